/** What is remembered of the health of a drive's pool, from one look to the next. Pure. */
import type { DriveHealth } from '../api/drive.ts';
import type { PoolHealth } from './pool-health.ts';

/** ZFS remembers its last scan only: a resilver makes it forget the scrub before, and we do not. */
export function learnHealth(before: DriveHealth | null, seen: PoolHealth, nowMs: number): DriveHealth {
  const { state, errors, isDamaged, scan } = seen;
  const lastScrub =
    scan.kind === 'scrubbed'
      ? { endedMs: scan.endedMs, repairedBytes: scan.repairedBytes, errorCount: scan.errorCount }
      : (before?.lastScrub ?? null);
  const isAtWork = scan.kind === 'scrubbing' || scan.kind === 'paused';
  return {
    seenMs: nowMs,
    poolState: state,
    ...errors,
    isDamaged,
    lastScrub,
    neverScrubbed: scan.kind === 'none' && lastScrub === null,
    scrub: isAtWork
      ? {
          sinceMs: scan.sinceMs,
          isPaused: scan.kind === 'paused',
          fraction: scan.fraction,
          doneBytes: scan.doneBytes,
          totalBytes: scan.totalBytes,
        }
      : null,
  };
}
