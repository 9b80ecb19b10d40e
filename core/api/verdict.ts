/**
 * How the backups stand, as one verdict over the whole status: what the sentence says and what the tray shows both follow from
 * it. Pure. Something is wrong, or something is not known, or everything is there: never the last while one of the first two
 * holds of anything.
 */
import { driveAt } from './drive-status.ts';
import { lateLevelOf } from './lateness.ts';
import type { DaemonStatus, DatasetSafety, JobStatus } from './status.ts';

/** Two clocks may differ a little; a snapshot from further ahead has no age that could be believed. */
export const AHEAD_MS_MAX = 60_000;

export type Verdict =
  | { readonly kind: 'nothing-configured' | 'only-here' | 'answers-only' | 'nothing-yet' }
  | { readonly kind: 'refused' | 'run-failed' | 'snapshots-failed' | 'unknown'; readonly job: JobStatus }
  /** At least one; the worst stands first. */
  | { readonly kind: 'behind'; readonly worst: DatasetSafety; readonly moreCount: number }
  | {
      readonly kind: 'everything';
      readonly destinations: readonly string[];
      readonly oldestMs: number;
      /** Drives beside them, each with the age of the oldest copy on it. */
      readonly drives: readonly { readonly name: string; readonly ageMs: number }[];
      /** The only thing that went wrong: snapshots that were to go are still there. */
      readonly pruningFailed: JobStatus | null;
    };

/** Jobs that bring data elsewhere. */
function carries(job: JobStatus): boolean {
  return job.type === 'push' || job.type === 'pull';
}

/** Age of the newest snapshot that is on both sides; null where there is none, or none whose age is known. */
export function ageMsOf(row: DatasetSafety, nowMs: number): number | null {
  const atMs = row.newestCommon?.creationMs ?? null;
  if (atMs === null || atMs - nowMs > AHEAD_MS_MAX) return null;
  return Math.max(0, nowMs - atMs);
}

/** Nothing is there, or nobody knows how old it is, or it is late by the schedule of its job. */
function isBehind(job: JobStatus, row: DatasetSafety, nowMs: number): boolean {
  const ageMs = ageMsOf(row, nowMs);
  return ageMs === null || lateLevelOf(job, row.destination, ageMs) > 0;
}

/** All rows that are behind, worst first: nothing there, age not known, latest by its own schedule, oldest. */
export function behindRows(jobs: readonly JobStatus[], nowMs: number): readonly DatasetSafety[] {
  return jobs
    .filter(carries)
    .flatMap((job) => job.safety.filter((row) => isBehind(job, row, nowMs)).map((row) => ranked(job, row, nowMs)))
    .sort((a, b) => b.rank - a.rank || b.ageMs - a.ageMs)
    .map(({ row }) => row);
}

function ranked(job: JobStatus, row: DatasetSafety, nowMs: number) {
  const ageMs = ageMsOf(row, nowMs);
  if (row.newestCommon === null) return { row, rank: 5, ageMs: 0 };
  return ageMs === null ? { row, rank: 4, ageMs: 0 } : { row, rank: lateLevelOf(job, row.destination, ageMs), ageMs };
}

/** The schedule of this job could not take all of its last snapshots. */
export function snapshotsFailed(job: JobStatus): boolean {
  const { snapshotting } = job;
  if (snapshotting === null) return false;
  return snapshotting.problem !== null || snapshotting.items.some(({ problem }) => problem !== null);
}

/** The last run failed, and all that is known to have gone wrong in it is pruning. */
export function onlyPruningFailed(job: JobStatus): boolean {
  const pruning = job.pruning.some(
    ({ problem, datasets }) => problem !== null || datasets.some((dataset) => dataset.problem !== null),
  );
  return job.lastRunFailed && pruning && job.replication?.outcome === 'done' && !snapshotsFailed(job);
}

/** The verdict. What is wrong comes before what is not known, and both before what is well. */
export function verdictOf(status: DaemonStatus, nowMs: number): Verdict {
  const { jobs } = status;
  if (jobs.length === 0) return { kind: 'nothing-configured' };
  const refused = jobs.find((job) => job.refusal !== null);
  if (refused !== undefined) return { kind: 'refused', job: refused };

  const carrying = jobs.filter(carries);
  const rows = carrying.flatMap((job) => job.safety);
  const [worst, ...more] = behindRows(carrying, nowMs);
  const failed = jobs.find((job) => job.lastRunFailed && !onlyPruningFailed(job));
  if (worst !== undefined) {
    if (failed === undefined && rows.every((row) => row.newestCommon === null)) return { kind: 'nothing-yet' };
    return { kind: 'behind', worst, moreCount: more.length };
  }
  if (failed !== undefined) return { kind: 'run-failed', job: failed };
  const without = jobs.find(snapshotsFailed);
  if (without !== undefined) return { kind: 'snapshots-failed', job: without };
  if (carrying.length === 0) return { kind: jobs.some(({ type }) => type === 'snap') ? 'only-here' : 'answers-only' };
  // A job that has looked at nothing since the daemon started may have anything.
  const unknown = carrying.find((job) => job.safety.length === 0);
  if (unknown !== undefined) return { kind: 'unknown', job: unknown };
  return { kind: 'everything', ...placesOf(carrying, nowMs), pruningFailed: jobs.find(onlyPruningFailed) ?? null };
}

/**
 * Where everything is. A drive comes and goes, and is told apart with an age of its own, unless there is nothing but drives: then the
 * freshest stands for all.
 */
function placesOf(jobs: readonly JobStatus[], nowMs: number) {
  const oldest = (rows: readonly DatasetSafety[]) => Math.max(...rows.map((row) => ageMsOf(row, nowMs) ?? 0));
  const onDrives = new Map<string, { name: string; rows: DatasetSafety[] }>();
  const rest: DatasetSafety[] = [];
  for (const job of jobs) {
    for (const row of job.safety) {
      const drive = driveAt(job, row.destination);
      if (drive === undefined) rest.push(row);
      else
        onDrives.set(drive.poolGuid, { name: drive.name, rows: [...(onDrives.get(drive.poolGuid)?.rows ?? []), row] });
    }
  }
  const drives = [...onDrives.values()]
    .map(({ name, rows }) => ({ name, ageMs: oldest(rows) }))
    .sort((a, b) => a.ageMs - b.ageMs);
  const [freshest, ...others] = drives;
  if (rest.length === 0 && freshest !== undefined) {
    return { destinations: [freshest.name], oldestMs: freshest.ageMs, drives: others };
  }
  return { destinations: [...new Set(rest.map(({ destination }) => destination))], oldestMs: oldest(rest), drives };
}
