/** Reads what the sync point is computed from: one listing, and the age of one snapshot a dataset. */
import type { Clock } from '../api/clock.ts';
import { asProblemError, type Problem } from '../api/problem.ts';
import type { Zfs } from '../zfs/types.ts';
import type { SnapshotScope } from './run.ts';
import { newestWithPrefix, type SyncInput, syncPoint } from './sync-point.ts';

export interface FoundSyncPoint {
  /** Null when it could not be found; `problem` says why. */
  readonly atMs: number | null;
  readonly problem: Problem | null;
  readonly warnings: readonly string[];
}

/** Never rejects. */
export async function findSyncPoint(
  zfs: Zfs,
  scope: SnapshotScope,
  prefix: string,
  clock: Clock,
  intervalMs: number,
  signal: AbortSignal,
): Promise<FoundSyncPoint> {
  try {
    const inputs = await readInputs(zfs, scope, prefix, signal);
    const point = syncPoint(inputs, clock.nowMs(), intervalMs);
    const problem = point.problems[0]?.error.toProblem() ?? null;
    const warnings = point.problems.map(({ error }) => error.message);
    if (point.kind === 'failed') return { atMs: null, problem, warnings };
    for (const dataset of point.waiting) {
      warnings.push(`${dataset} has no snapshot of this job yet and waits for the next common moment`);
    }
    return { atMs: point.atMs, problem, warnings };
  } catch (error) {
    return { atMs: null, problem: asProblemError(error, { phase: 'snapshot' }).toProblem(), warnings: [] };
  }
}

async function readInputs(
  zfs: Zfs,
  scope: SnapshotScope,
  prefix: string,
  signal: AbortSignal,
): Promise<readonly SyncInput[]> {
  const listed = await scope.versions(signal);
  const newest = listed.map(({ dataset, versions }) => ({ dataset, version: newestWithPrefix(versions, prefix) }));
  const unknown = newest.flatMap(({ dataset, version }) =>
    version === null || version.creationS !== undefined ? [] : [{ dataset, name: version.name }],
  );
  const details =
    unknown.length === 0
      ? new Map<string, { readonly creationS: number }>()
      : await zfs.snapshotDetails(unknown, { signal });
  return newest.map(({ dataset, version }) => {
    if (version === null) return { dataset, newest: null };
    const creationS = version.creationS ?? details.get(`${dataset}@${version.name}`)?.creationS;
    // A snapshot that vanished meanwhile says nothing about the rhythm.
    return { dataset, newest: creationS === undefined ? null : { creationS } };
  });
}
