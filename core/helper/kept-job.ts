/** A configured job as the daemon keeps it, whether it can run or not. */
import { ProblemError } from '../api/problem.ts';
import type { JobReport } from '../api/status.ts';
import type { Job } from '../job/types.ts';

export interface KeptJob {
  readonly name: string;
  readonly type: JobReport['type'];
  /** Null when it could not be made. */
  readonly job: Job | null;
  /** Why it does not run; null while it does. */
  refusal: ProblemError | null;
  /** Ends it. */
  readonly abort: AbortController;
  /** Resolves when its loop has ended, or at once where there is none. */
  ended: Promise<void>;
}

/** The job of that name. Throws `job-unknown`, or its refusal. */
export function runnable(kept: readonly KeptJob[], name: string): Job {
  const found = kept.find((one) => one.name === name);
  if (found === undefined) throw new ProblemError('job-unknown', { job: name });
  if (found.refusal !== null) throw found.refusal;
  if (found.job === null) throw new ProblemError('job-unknown', { job: name });
  return found.job;
}

/** The status of a job that does not run, with what is still known from when it did. */
export function refusedStatus(kept: KeptJob, refusal: ProblemError, last: JobReport | null): JobReport {
  return {
    name: kept.name,
    type: kept.type,
    destination: null,
    lastWake: null,
    lastSuccessMs: null,
    replication: null,
    pruning: [],
    safety: [],
    ...last,
    stage: 'refused',
    refusal: refusal.toProblem(),
    queued: false,
    stopping: false,
    // Standing still because somebody wants it is no failure.
    lastRunFailed: refusal.code !== 'job-disabled',
    snapshotting: null,
  };
}
