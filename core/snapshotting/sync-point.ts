/** Finding the rhythm of earlier snapshots again after a start. */

import { ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import type { Version } from '../zfs/types.ts';

/** The newest snapshot of a dataset that carries the prefix; null where there is none. */
export interface SyncInput {
  readonly dataset: string;
  readonly newest: { readonly creationS: number } | null;
}

export interface SyncProblem {
  readonly dataset: string;
  readonly error: ProblemError;
}

export type SyncPoint =
  | {
      readonly kind: 'at';
      readonly atMs: number;
      /** Datasets without such a snapshot that have to wait until then. */
      readonly waiting: readonly string[];
      readonly problems: readonly SyncProblem[];
    }
  | { readonly kind: 'failed'; readonly problems: readonly SyncProblem[] };

/** Up to here a wait is not worth a word. */
const WORTH_MENTIONING_MS = 1000;

/** The snapshot of highest createtxg whose name begins with the prefix. */
export function newestWithPrefix(versions: readonly Version[], prefix: string): Version | null {
  let newest: Version | null = null;
  for (const version of versions) {
    if (version.type !== 'snapshot' || !version.name.startsWith(prefix)) continue;
    if (newest === null || version.createtxg > newest.createtxg) newest = version;
  }
  return newest;
}

/**
 * When the first snapshots are due: one interval after the newest snapshot of the dataset that is most overdue. Datasets whose
 * newest snapshot lies in the future are left out, with `clock-jumped`; when all are, there is no such point.
 */
export function syncPoint(inputs: readonly SyncInput[], nowMs: number, intervalMs: number): SyncPoint {
  const problems: SyncProblem[] = [];
  const without: string[] = [];
  const candidates: number[] = [];
  for (const { dataset, newest } of inputs) {
    if (newest === null) {
      without.push(dataset);
    } else if (newest.creationS * 1000 > nowMs) {
      const reason = remark('clock-future-newest', { dataset });
      problems.push({
        dataset,
        error: new ProblemError('clock-jumped', { reason }, { place: { phase: 'snapshot', dataset } }),
      });
    } else {
      candidates.push(newest.creationS * 1000 + intervalMs);
    }
  }
  if (inputs.length > 0 && problems.length === inputs.length) return { kind: 'failed', problems };
  const atMs = candidates.length === 0 ? nowMs : Math.max(nowMs, Math.min(...candidates));
  return { kind: 'at', atMs, waiting: atMs - nowMs > WORTH_MENTIONING_MS ? without : [], problems };
}
