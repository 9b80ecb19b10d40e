/** Requests about how much may be sent a second. */
import { z } from 'zod';
import { jobName } from './primitives.ts';

/** Less would be a pause by another name, and without an end. */
export const LIMIT_MIN = 16 * 1024;

const perSecond = z.number().int().positive();

export const limitReply = z.object({
  /** Set for now, for all jobs, until the daemon ends or begins anew as a whole; null: what is configured is all. */
  bytesPerSecond: perSecond.nullable(),
  /** What counts for each job that sends at this moment: the lowest of all; null is no limit. */
  jobs: z.array(z.object({ job: jobName, bytesPerSecond: perSecond.nullable() })).max(10_000),
});

export const limitSetParams = z.strictObject({ bytesPerSecond: perSecond.min(LIMIT_MIN).nullable() });
