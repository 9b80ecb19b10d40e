/** When a job runs next by itself, and why not earlier. Pure. */
import type { Held, NextRun } from './conditions.ts';
import type { JobReport } from './status.ts';

/** Of several reasons to hold a run back, the one that lasts longest is told. */
export function nextRunOf(job: JobReport, held: readonly Held[]): NextRun {
  if (job.refusal?.code === 'job-disabled') return { state: 'never', atMs: null, why: 'disabled' };
  if (job.refusal !== null) return { state: 'never', atMs: null, why: 'refused' };
  if (job.type === 'sink' || job.type === 'source') return { state: 'never', atMs: null, why: 'passive' };
  const waiting = job.replication?.waiting ?? null;
  if (job.stage !== 'idle' && waiting !== null) return { state: 'waiting', atMs: waiting.nextTryMs, why: 'peer-away' };
  if (job.stage !== 'idle') return { state: 'running', atMs: null, why: 'at-work' };
  const own = ownNext(job);
  if (!job.queued && own.state !== 'scheduled') return own;
  const [longest] = [...held].sort((a, b) => endOf(b) - endOf(a));
  if (longest === undefined) return own;
  // A run that is queued waits for nothing else; one that is scheduled begins no earlier than its time.
  const dueMs = job.queued ? 0 : (own.atMs ?? 0);
  if (endOf(longest) <= dueMs) return own;
  return { state: 'held', atMs: longest.untilMs, why: longest.reason };
}

function endOf({ untilMs }: Held): number {
  return untilMs ?? Number.POSITIVE_INFINITY;
}

/** What the schedule alone says. */
function ownNext({ snapshotting }: JobReport): NextRun {
  switch (snapshotting?.state) {
    case undefined:
    case 'manual':
      return { state: 'by-hand', atMs: null, why: 'by-hand' };
    case 'planning':
    case 'snapshotting':
      return { state: 'scheduled', atMs: null, why: 'taking-snapshots' };
    case 'sync-up-error':
    case 'error-wait':
      return { state: 'scheduled', atMs: snapshotting?.nextAtMs ?? null, why: 'retry' };
    case 'stopped':
      return { state: 'never', atMs: null, why: 'schedule-stopped' };
    case 'sync-up':
    case 'waiting':
      return { state: 'scheduled', atMs: snapshotting?.nextAtMs ?? null, why: 'schedule' };
  }
}
