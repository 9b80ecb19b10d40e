/** Destroying snapshots: the guids are read right before, and what is no longer what was meant is kept. See zfs-destroy(8). */
import { remark } from '../api/remark.ts';
import { isArgumentListTooLong } from '../host/errors.ts';
import {
  type DestroyAttempt,
  type DestroyItem,
  destroyInBatches,
  destroyItemFault,
  planDestroyBatches,
} from './batch.ts';
import { chunk, NAME_LIMITS } from './chunk.ts';
import type { ReadGuids } from './cli-listing.ts';
import { type CliRunner, type Invocation, succeeded } from './cli-runner.ts';
import { type DestroyArgument, formatDestroyArgument, parseDestroyFailure } from './destroy-errors.ts';
import type { Capabilities, Ctx, DestroyOutcome, SnapshotRef, Zfs } from './types.ts';

function fullNameOf({ dataset, name }: DestroyItem): string {
  return `${dataset}@${name}`;
}

/** Runs of whole commands whose names fit one listing, so that many small datasets share one look at their guids. */
function groupsOf(items: readonly DestroyItem[], comma: boolean): readonly DestroyItem[][] {
  const commands = planDestroyBatches(items, { comma }).map(({ dataset, names }) =>
    names.map((name) => ({ dataset, name })),
  );
  const bytesOf = (names: readonly DestroyItem[]): number =>
    names.reduce((sum, item) => sum + fullNameOf(item).length + 3, 0);
  const groups: DestroyItem[][] = [];
  for (const run of chunk(commands, bytesOf, { ...NAME_LIMITS, countMax: Number.POSITIVE_INFINITY })) {
    // The number of names is bounded as well, but never within a command.
    let group: DestroyItem[] = [];
    for (const command of run) {
      if (group.length > 0 && group.length + command.length > NAME_LIMITS.countMax) {
        groups.push(group);
        group = [];
      }
      group.push(...command);
    }
    groups.push(group);
  }
  return groups;
}

export function createDestroy(
  runner: CliRunner,
  capabilities: (ctx?: Ctx) => Promise<Capabilities>,
  readGuids: ReadGuids,
): Pick<Zfs, 'destroySnapshots'> {
  const exec = async (argument: DestroyArgument, ctx: Ctx | undefined): Promise<DestroyAttempt> => {
    const invocation: Invocation = {
      operation: 'destroy',
      names: [argument.dataset, ...argument.names.map((name) => fullNameOf({ dataset: argument.dataset, name }))],
      args: ['destroy', formatDestroyArgument(argument)],
      deadlineMs: runner.deadlines.destroyMs,
      ctx,
    };
    let result: Awaited<ReturnType<CliRunner['run']>>;
    try {
      result = await runner.run(invocation);
    } catch (thrown) {
      if (isArgumentListTooLong(thrown)) return { kind: 'argument-too-long' };
      throw thrown;
    }
    if (succeeded(result)) return { kind: 'done' };
    const failure = parseDestroyFailure(argument, result.stderr === '' ? result.stdout : result.stderr);
    if (failure.kind !== 'other') return failure;
    const problem = runner.problem(invocation, result);
    // A pool that is away or read-only takes no other destroy either, and whoever asked must know.
    if (problem.code === 'pool-unavailable' || problem.code === 'pool-read-only') throw problem;
    return { kind: 'failed', reason: problem.detail, hopeless: problem.code === 'permission-denied' };
  };

  const destroySnapshots = async (snapshots: readonly SnapshotRef[], ctx?: Ctx): Promise<readonly DestroyOutcome[]> => {
    if (snapshots.length === 0) return [];
    const comma = (await capabilities(ctx)).commaDestroy;
    const outcomes = new Map<SnapshotRef, DestroyOutcome>();
    const waiting = Map.groupBy(snapshots, fullNameOf);
    const valid = [...waiting.values()].flatMap(([first]) =>
      first !== undefined && destroyItemFault(first) === null ? [first] : [],
    );
    for (const group of groupsOf(valid, comma)) {
      const guids = await readGuids(group.map(fullNameOf), ctx);
      const items: DestroyItem[] = [];
      const meant: SnapshotRef[][] = [];
      for (const item of group) {
        const guid = guids.get(fullNameOf(item));
        const refs = waiting.get(fullNameOf(item)) ?? [];
        for (const ref of refs) {
          if (guid === undefined) outcomes.set(ref, { kind: 'gone' });
          else if (guid !== ref.guid) {
            outcomes.set(ref, {
              kind: 'kept',
              code: 'guid-changed',
              reason: remark('guid-other', { guid: `${guid}`, other: `${ref.guid}` }),
            });
          }
        }
        const matching = refs.filter((ref) => ref.guid === guid);
        if (matching.length > 0) {
          items.push(item);
          meant.push(matching);
        }
      }
      const results = await destroyInBatches(items, { comma }, (argument) => exec(argument, ctx));
      results.forEach((outcome, index) => {
        for (const ref of meant[index] ?? []) outcomes.set(ref, outcome);
      });
    }
    return snapshots.map((ref) => {
      const fault = destroyItemFault(ref);
      if (fault !== null)
        return { kind: 'kept', code: 'undestroyable', reason: remark('name-refused', { reason: fault }) };
      return outcomes.get(ref) ?? { kind: 'kept', code: 'undestroyable', reason: remark('not-tried') };
    });
  };
  return { destroySnapshots };
}
