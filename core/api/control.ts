/** Requests that make jobs stand still, and go on again. */
import { z } from 'zod';
import { pauseSchema } from './conditions.ts';
import { jobName } from './primitives.ts';

/** A timed pause needs no administrator, so that it cannot be for ever; see "tomorrow" in docs/cli.md. */
export const PAUSE_MAX_MS = 36 * 60 * 60 * 1000;
export const PAUSE_MIN_MS = 60 * 1000;

export const pauseUntilSchema = z.union([
  z.strictObject({ kind: z.literal('for'), durationMs: z.number().int().min(PAUSE_MIN_MS).max(PAUSE_MAX_MS) }),
  /** Tomorrow morning, by the clock of the daemon. */
  z.strictObject({ kind: z.literal('tomorrow') }),
  /** Until somebody resumes it. */
  z.strictObject({ kind: z.literal('told') }),
]);

/** What becomes of a run at work. One that was stopped goes on after the pause, where it was. */
export const stopHowSchema = z.enum(['after-step', 'now']);

/** Null for a job means all of them. */
export const pauseParams = z.strictObject({
  job: jobName.nullable(),
  until: pauseUntilSchema,
  /** Null: the run at work goes on to its end. */
  stop: stopHowSchema.nullable(),
});
export const pauseReply = z.object({
  pause: pauseSchema,
  /** It is on disk and so outlives the daemon. */
  kept: z.boolean(),
  /** Jobs of which a run at work is being stopped. */
  stopping: z.array(jobName).max(10_000),
});

export const resumeParams = z.strictObject({ job: jobName.nullable() });
export const resumeReply = z.object({
  /** False when nothing of it was paused. */
  done: z.boolean(),
  /** Jobs that stand still all the same, because all are paused or because another pause is their own. */
  stillPaused: z.array(jobName).max(10_000),
  kept: z.boolean(),
});

export const stopParams = z.strictObject({ job: jobName.nullable(), how: stopHowSchema });
/** Jobs of which something was at work or queued. */
export const stopReply = z.object({ stopping: z.array(jobName).max(10_000) });

export type PauseUntil = z.infer<typeof pauseUntilSchema>;
export type StopHow = z.infer<typeof stopHowSchema>;
