/** How the first run of a new job stands. Pure. */
import type { JobStatus } from '../../../core/api/status.ts';
import { isAtWork } from '../progress.ts';

export type FirstRun =
  /** The service has not read the new configuration yet. */
  | 'not-there'
  | 'to-begin'
  | 'running'
  | 'done'
  | 'failed'
  /** It was asked for, and nothing has been heard of it yet. */
  | 'asked'
  | 'refused';

/** `begun`: it was asked for once already. */
export function firstRun(job: JobStatus | null, begun: boolean): FirstRun {
  if (job === null) return 'not-there';
  if (job.refusal !== null) return 'refused';
  if (isAtWork(job)) return 'running';
  const outcome = job.replication?.outcome;
  if (job.lastSuccessMs !== null || outcome === 'done') return 'done';
  if (outcome === 'failed' || outcome === 'cancelled') return 'failed';
  return begun ? 'asked' : 'to-begin';
}
