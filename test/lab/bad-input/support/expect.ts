/** What a person must find after something went wrong, and what must be true on disk. */
import { expect } from 'vitest';
import { PROBLEMS, type Problem, type ProblemCode } from '../../../../core/api/problem.ts';
import type { DatasetReport } from '../../../../core/api/status.ts';
import { cursorName, lastReceivedHoldTag, stepHoldTag } from '../../../../core/zfs/marks.ts';
import { guidOf, namesOf, stateOf } from '../../platform/support/state.ts';
import type { JobRun, OpenJob } from './job.ts';
import type { Scene } from './pair.ts';

export interface Expected {
  readonly code: ProblemCode;
  /** What the advice must speak of. */
  readonly remedy: RegExp;
  /** Path below the source; without it, the whole run. */
  readonly below?: string;
}

/** A dataset as the last attempt that had it reports it. */
export function datasetOf(run: JobRun, dataset: string): DatasetReport {
  const all = run.status.replication?.attempts.flatMap((attempt) => attempt.datasets) ?? [];
  const found = all.findLast((report) => report.dataset === dataset);
  if (found === undefined) throw new Error(`no attempt knows ${dataset}: ${JSON.stringify(run.status.replication)}`);
  return found;
}

/** Nobody can act on a sentence with a hole in it. */
export function expectHelpful(problem: Problem, remedy: RegExp): void {
  const { happened, meaning, remedy: advice } = PROBLEMS[problem.code];
  const asked = [happened, meaning, advice].flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, key]) => key));
  for (const key of asked) expect(problem.facts, `the facts of ${problem.code}`).toHaveProperty(key ?? '');
  expect(problem.remedy).toMatch(remedy);
  expect(problem.happened).not.toBe('');
  expect(problem.meaning).not.toBe('');
}

/**
 * The run failed for exactly these reasons, and both its outcome and the status of the job say so. That pruning waits until
 * something of a dataset has arrived is told besides, and follows from them.
 */
export function expectProblems(scene: Scene, run: JobRun, expected: readonly Expected[]): readonly Problem[] {
  const { outcome, status } = run;
  const name = ({ below }: Expected) => (below === undefined ? undefined : scene.dataset(below));
  for (const problem of outcome.problems) expectHelpful(problem, /./);
  const causes = outcome.problems.filter(({ code }) => code !== 'prune-cursor-missing');
  const told = causes.map(({ code, dataset }) => `${code} ${dataset ?? ''}`);
  expect(told.sort(), JSON.stringify(status.replication?.attempts)).toEqual(
    expected.map((one) => `${one.code} ${name(one) ?? ''}`).sort(),
  );
  expect([outcome.ok, outcome.cancelled, status.lastRunFailed, status.stage]).toEqual([false, false, true, 'idle']);
  return expected.map((one) => {
    const shown =
      one.below === undefined
        ? (status.replication?.attempts.at(-1)?.problem ??
          status.pruning.find(({ problem }) => problem !== null)?.problem)
        : datasetOf(run, scene.dataset(one.below)).problem;
    if (shown === null || shown === undefined)
      throw new Error(`the status hides ${one.code}: ${JSON.stringify(status)}`);
    expect(shown.code).toBe(one.code);
    expectHelpful(shown, one.remedy);
    return shown;
  });
}

export function expectGood({ outcome, status }: JobRun): void {
  expect(outcome).toEqual({ ok: true, cancelled: false, problems: [] });
  expect([status.lastRunFailed, status.replication?.outcome]).toEqual([false, 'done']);
}

/** Names of the snapshots of every dataset of the scene's source, by path below it. */
export async function snapshotsHere(scene: Scene): Promise<Readonly<Record<string, readonly string[]>>> {
  return snapshotsBelow(scene.here.guest, scene.source);
}

export async function snapshotsThere(scene: Scene): Promise<Readonly<Record<string, readonly string[]>>> {
  return snapshotsBelow(scene.there.guest, `${scene.root}/${scene.source}`);
}

async function snapshotsBelow(guest: Scene['here']['guest'], top: string) {
  const all = [...(await stateOf(guest, top))].filter(([, state]) => state.snapshots.size > 0);
  return Object.fromEntries(all.map(([name, state]) => [name.slice(top.length + 1), namesOf(state)]));
}

/** Snapshots of the source with a step hold of the job, as "path@name". */
export async function stepHolds(scene: Scene, job: Pick<OpenJob, 'name'>): Promise<readonly string[]> {
  const held: string[] = [];
  for (const [dataset, state] of await stateOf(scene.here.guest, scene.source)) {
    for (const [name, { tags }] of state.snapshots) {
      if (tags.includes(stepHoldTag(job.name))) held.push(`${dataset.slice(scene.source.length + 1)}@${name}`);
    }
  }
  return held.sort();
}

/**
 * A dataset is safe: its newest snapshot is the newest of the copy, the cursor says so, the copy's newest alone is held there,
 * no step hold and no unfinished receive are left.
 */
export async function expectSafe(scene: Scene, job: Pick<OpenJob, 'name'>, ...below: readonly string[]): Promise<void> {
  const here = await stateOf(scene.here.guest, scene.source);
  const there = await stateOf(scene.there.guest, scene.root);
  for (const path of below) {
    const [source, copy] = [here.get(scene.dataset(path)), there.get(scene.copyOf(path))];
    if (source === undefined || copy === undefined) throw new Error(`${path} is not on both sides`);
    const newest = namesOf(source).at(-1) ?? '';
    expect([path, namesOf(copy).at(-1), guidOf(copy, newest)]).toEqual([path, newest, guidOf(source, newest)]);
    expect([path, copy.token]).toEqual([path, null]);
    expect([...source.bookmarks.keys()]).toEqual([cursorName(guidOf(source, newest), job.name)]);
    const tagged = (state: typeof source, tag: string) =>
      [...state.snapshots].flatMap(([name, { tags }]) => (tags.includes(tag) ? [name] : []));
    expect([path, tagged(source, stepHoldTag(job.name))]).toEqual([path, []]);
    expect([path, tagged(copy, lastReceivedHoldTag(job.name))]).toEqual([path, [newest]]);
  }
}
