/** How a job stands, in one mark. Pure. */
import type { JobStatus } from '../../core/api/status.ts';
import { isAtWork } from './progress.ts';

export const JOB_MARKS = ['refused', 'failed', 'waiting', 'working', 'paused', 'quiet'] as const;
export type JobMarkKind = (typeof JOB_MARKS)[number];

/** The strongest that holds. */
export function jobMark(job: JobStatus): JobMarkKind {
  if (job.refusal !== null) return 'refused';
  if (job.nextRun.state === 'waiting') return 'waiting';
  if (isAtWork(job)) return 'working';
  if (job.lastRunFailed) return 'failed';
  return job.held.some(({ reason }) => reason === 'paused') ? 'paused' : 'quiet';
}
