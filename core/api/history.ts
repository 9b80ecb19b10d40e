/**
 * What became of every run of a job, and of every time a job was due and did not run. The same form stands on disk and on the
 * wire, and is checked in both places; times are Unix milliseconds.
 */
import { z } from 'zod';
import { holdReasonSchema } from './conditions.ts';
import { guid, name } from './primitives.ts';

/** Problems told of one run; what there was beyond is counted. */
export const HISTORY_PROBLEMS_MAX = 20;
/** Characters of the sentence of a problem. */
export const HISTORY_TEXT_MAX = 500;
/** As many drives as a job may have. */
const HISTORY_DRIVES_MAX = 64;
/** Entries in one answer. */
export const HISTORY_PAGE_MAX = 500;

const timeMs = z.number().int().nonnegative();
const count = z.number().int().nonnegative();
const bytes = z.number().nonnegative();

/** How much a run has done, whatever became of it. */
export const runTallySchema = z.object({
  /** Datasets that the run had to look after, and those of them that it finished. */
  datasets: count,
  datasetsDone: count,
  /** By the run, or by the schedule that woke it. */
  snapshotsTaken: count,
  snapshotsSent: count,
  snapshotsDestroyed: count,
  /** Stream bytes of this run. */
  bytesSent: bytes,
  /** Bytes that earlier runs had left on the receiver and that were not sent again. */
  resumedFromBytes: bytes,
});

export const skipReasonSchema = z.enum([
  /** The datasets could not be listed, so that no snapshots were taken. */
  'snapshots-failed',
  /** Snapshots of the time before were still being taken. */
  'still-at-work',
  /** Cancelled while it was queued. */
  'cancelled',
  /** The daemon ended while it was queued. */
  'daemon-ended',
  /** It was held back; it runs when nothing does so any more. */
  ...holdReasonSchema.options,
]);

/** A drive that a run went to. */
const drivenRunSchema = z.object({
  poolGuid: guid,
  /** What it was called then. */
  name,
  /** When everything had arrived there; null when it did not. */
  successMs: timeMs.nullable(),
});

export const historyOutcomeSchema = z.enum([
  'running',
  'ok',
  /** Part of the work was done. */
  'problems',
  /** Nothing was done. */
  'failed',
  'cancelled',
  /** The daemon ended in the middle of it, without a word. */
  'interrupted',
  'skipped',
]);

export const historyEntrySchema = z.object({
  /** Grows; an entry that is told again with the same id is the newer word on the same run. */
  id: z.number().int().positive(),
  job: z.string().min(1).max(255),
  cause: z.enum(['snapshots', 'wakeup', 'run', 'continued', 'plugged']),
  /** When the run began; of one that was skipped, when it was due first. */
  startMs: timeMs,
  /** Null while it is at work, and where it is not known; of one that was skipped, when it was due last. */
  endMs: timeMs.nullable(),
  outcome: historyOutcomeSchema,
  /** Null unless skipped; `times` counts how often in a row. */
  skipped: z.object({ reason: skipReasonSchema, times: z.number().int().positive() }).nullable(),
  /** Every dataset was brought over and pruned without error. */
  success: z.boolean(),
  tally: runTallySchema,
  problems: z
    .array(
      z.object({
        code: z.string().regex(/^[a-z0-9-]{1,64}$/),
        dataset: z.string().max(512).nullable(),
        text: z.string().max(HISTORY_TEXT_MAX),
      }),
    )
    .max(HISTORY_PROBLEMS_MAX),
  problemsLeftOut: count,
  /** The drives that the run went to; only where there was one. */
  drives: z.array(drivenRunSchema).max(HISTORY_DRIVES_MAX).exactOptional(),
});

export type DrivenRun = z.infer<typeof drivenRunSchema>;
export type RunTally = z.infer<typeof runTallySchema>;
export type SkipReason = z.infer<typeof skipReasonSchema>;
export type HistoryOutcome = z.infer<typeof historyOutcomeSchema>;
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

export const EMPTY_TALLY: RunTally = {
  datasets: 0,
  datasetsDone: 0,
  snapshotsTaken: 0,
  snapshotsSent: 0,
  snapshotsDestroyed: 0,
  bytesSent: 0,
  resumedFromBytes: 0,
};
