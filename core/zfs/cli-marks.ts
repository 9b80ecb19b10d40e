/** Holds and bookmarks. Everything here may be repeated. See zfs-hold(8) and zfs-bookmark(8). */
import { ProblemError } from '../api/problem.ts';
import { type CliRunner, type Invocation, succeeded } from './cli-runner.ts';
import { missingLines, runTolerant } from './cli-tolerant.ts';
import { saysBookmarkGone } from './destroy-errors.ts';
import { bookmarkName, checkHoldTag, datasetOf, snapshotName, versionName } from './names.ts';
import { parseU64 } from './parse-common.ts';
import { parseHolds } from './parse-holds.ts';
import type { Capabilities, Ctx, SnapshotRef, Zfs } from './types.ts';

type Named = Pick<SnapshotRef, 'dataset' | 'name'>;

function fullNames(snapshots: readonly Named[]): readonly string[] {
  return snapshots.map(({ dataset, name }) => snapshotName(dataset, name));
}

function createHolds(runner: CliRunner): Pick<Zfs, 'hold' | 'release' | 'holds'> {
  const { changeMs, changePerNameMs, listMs } = runner.deadlines;
  const deadlineMs = (count: number): number => changeMs + count * changePerNameMs;
  return {
    hold: async (tag, snapshots, ctx) => {
      checkHoldTag(tag);
      await runTolerant(
        runner,
        {
          operation: 'hold',
          names: fullNames(snapshots),
          args: (names) => ['hold', tag, ...names],
          foreseen: (name) => [`cannot hold snapshot '${name}': tag already exists on this dataset`],
          deadlineMs,
          facts: { tag },
        },
        ctx,
      );
    },

    release: async (tag, snapshots, ctx) => {
      checkHoldTag(tag);
      await runTolerant(
        runner,
        {
          operation: 'release',
          names: fullNames(snapshots),
          args: (names) => ['release', tag, ...names],
          foreseen: (name) => [
            `cannot release hold from snapshot '${name}': no such tag on this dataset`,
            `cannot release hold from snapshot '${name}': dataset does not exist`,
            ...missingLines(name),
            ...missingLines(datasetOf(name)),
          ],
          deadlineMs,
          facts: { tag },
        },
        ctx,
      );
    },

    holds: async (snapshots, ctx) => {
      const runs = await runTolerant(
        runner,
        {
          operation: 'holds',
          names: fullNames(snapshots),
          args: (names) => ['holds', '-H', ...names],
          foreseen: (name) => [...missingLines(name), ...missingLines(datasetOf(name))],
          foreseenOfAll: ['no datasets available'],
          deadlineMs: () => listMs,
        },
        ctx,
      );
      return runs.flatMap((run) => parseHolds(run.stdout, new Set(run.names)));
    },
  };
}

function createBookmarks(
  runner: CliRunner,
  capabilities: (ctx?: Ctx) => Promise<Capabilities>,
  readBack: Zfs['readBack'],
): Pick<Zfs, 'bookmark' | 'destroyBookmark'> {
  const { changeMs } = runner.deadlines;

  const guidOf = async (fullName: string, ctx?: Ctx): Promise<bigint | null> => {
    const guid = (await readBack([fullName], ['guid'], ctx)).get(fullName)?.get('guid');
    return guid === undefined ? null : parseU64(guid.value);
  };

  return {
    bookmark: async (dataset, source, name, ctx) => {
      const target = bookmarkName(dataset, name);
      const from = versionName(dataset, source);
      if (source.type === 'bookmark' && !(await capabilities(ctx)).bookmarkCopy) {
        if ((await guidOf(target, ctx)) === source.guid) return;
        throw new ProblemError('bookmark-copy-unsupported', { name: from, host: runner.host.label });
      }
      const invocation: Invocation = {
        operation: 'bookmark',
        names: [from],
        args: ['bookmark', from, target],
        deadlineMs: changeMs,
        ctx,
        facts: { name: target },
      };
      const result = await runner.run(invocation);
      if (succeeded(result)) return;
      const problem = runner.problem(invocation, result);
      // zfs says so whatever the existing one marks. It has looked for the source before.
      if (problem.code === 'bookmark-exists' && (await guidOf(target, ctx)) === source.guid) return;
      throw problem;
    },

    destroyBookmark: async (dataset, name, ctx) => {
      const target = bookmarkName(dataset, name);
      const invocation: Invocation = {
        operation: 'destroy-bookmark',
        names: [target],
        args: ['destroy', target],
        deadlineMs: changeMs,
        ctx,
      };
      const result = await runner.run(invocation);
      if (!succeeded(result) && !saysBookmarkGone(dataset, target, result.stderr)) {
        throw runner.problem(invocation, result);
      }
    },
  };
}

export function createMarks(
  runner: CliRunner,
  capabilities: (ctx?: Ctx) => Promise<Capabilities>,
  readBack: Zfs['readBack'],
): Pick<Zfs, 'hold' | 'release' | 'holds' | 'bookmark' | 'destroyBookmark'> {
  return { ...createHolds(runner), ...createBookmarks(runner, capabilities, readBack) };
}
