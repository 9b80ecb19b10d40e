/** A client's copy of the daemon's status, kept whole by revisions. */
import type { StatusChanged } from './contract.ts';
import type { DaemonStatus } from './status.ts';

/** The status after a change; null when a revision is missing in between and the whole must be asked for again. */
export function applyChange(status: DaemonStatus, change: StatusChanged): DaemonStatus | null {
  // A change from before the whole status was asked for says nothing new.
  if (change.revision <= status.revision) return status;
  if (change.revision !== status.revision + 1) return null;
  const changed = new Map(change.jobs.map((job) => [job.name, job]));
  const known = new Set(status.jobs.map((job) => job.name));
  if (change.jobs.some((job) => !known.has(job.name))) return null;
  return {
    ...status,
    revision: change.revision,
    nowMs: change.nowMs,
    commands: change.commands,
    state: change.state,
    paused: change.paused,
    conditions: change.conditions,
    jobs: status.jobs.map((job) => changed.get(job.name) ?? job),
  };
}
