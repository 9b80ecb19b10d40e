/**
 * The status model: what the daemon knows, as plain data that a terminal, a tray or a script shows. Guids are decimal strings
 * and times are Unix milliseconds. Every string is bounded, because a client must not trust a daemon blindly either.
 */
import { z } from 'zod';
import { conditionsSchema, heldSchema, nextRunSchema, pauseSchema } from './conditions.ts';
import { driveFactsSchema } from './drive.ts';
import { bytes, guaranteeSchema, guid, name, timeMs } from './primitives.ts';
import { PROBLEMS } from './problem.ts';
import { type DatasetSafety, datasetSafetySchema } from './safety.ts';
import { SPACE_PLACES_MAX, spacePlaceSchema } from './space.ts';

const DETAIL_CHARS_MAX = 64 * 1024;

const text = z.string().max(DETAIL_CHARS_MAX);

export const problemSchema = z.object({
  code: z.enum(Object.keys(PROBLEMS) as [keyof typeof PROBLEMS, ...(keyof typeof PROBLEMS)[]]),
  retry: z.enum(['soon', 'later', 'replan', 'never']),
  happened: text,
  meaning: text,
  remedy: text,
  facts: z.record(z.string().max(64), text),
  phase: z.enum(['config', 'connect', 'snapshot', 'plan', 'step', 'cleanup', 'prune']).exactOptional(),
  side: z.enum(['sender', 'receiver', 'local']).exactOptional(),
  dataset: name.exactOptional(),
  detail: text,
});

/** An external drive of a job. */
export const driveReportSchema = driveFactsSchema.extend({
  /** Why it cannot be used, or what went wrong with it. */
  problem: problemSchema.nullable(),
});

/** One `zfs send | zfs receive`: a full send, an increment, or a run of increments in one stream. */
export const stepReportSchema = z.object({
  kind: z.enum(['full', 'incremental', 'range']),
  /** "@name" or "#name"; null for a full send. */
  from: name.nullable(),
  to: name,
  /** Snapshots that arrive with this step, `to` included. */
  snapshotCount: z.number().int().positive(),
  /** Bytes that an earlier session left on the receiver; null when the step starts afresh. */
  resumedFromBytes: bytes.nullable(),
  /** What ZFS estimates for this session; null = unknown. */
  bytesExpected: bytes.nullable(),
  /** Stream bytes of this session. */
  bytesReplicated: bytes,
  /** Smoothed over the last seconds; null while it says nothing yet. */
  bytesPerSecond: bytes.nullable(),
  /** Null while unknown. */
  remainingMs: z.number().nonnegative().nullable(),
  startedAtMs: timeMs.nullable(),
  finishedAtMs: timeMs.nullable(),
});

export const datasetReportSchema = z.object({
  dataset: name,
  state: z.enum(['planning', 'planning-error', 'stepping', 'step-error', 'done']),
  blockedOn: z.enum(['nothing', 'plan-queue', 'parent-initial-repl', 'repl-queue']),
  problem: problemSchema.nullable(),
  guarantee: guaranteeSchema,
  /** Partial state that had to be thrown away in this attempt. */
  discardedBytes: bytes,
  /** The newest snapshot known to be on both sides; null when there is none. */
  newestCommon: z.object({ name, guid, creationMs: timeMs.nullable() }).nullable(),
  /** Index of the step that runs or runs next; the number of steps when finished. */
  currentStep: z.number().int().nonnegative(),
  steps: z.array(stepReportSchema),
});

export const attemptReportSchema = z.object({
  state: z.enum(['planning', 'planning-error', 'fan-out-filesystems', 'filesystem-error', 'done']),
  startedAtMs: timeMs,
  finishedAtMs: timeMs.nullable(),
  /** A problem that kept the whole attempt from planning. */
  problem: problemSchema.nullable(),
  datasets: z.array(datasetReportSchema),
});

export const replicationReportSchema = z.object({
  startedAtMs: timeMs,
  finishedAtMs: timeMs.nullable(),
  outcome: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** Said once, e.g. that no dataset matched. */
  warnings: z.array(text),
  /** Set while the run waits for a peer. */
  waiting: z
    .object({
      sinceMs: timeMs,
      untilMs: timeMs,
      nextTryMs: timeMs,
      problem: problemSchema,
      /** The peer was woken, and has time until then to come up. */
      wakingUntilMs: timeMs.exactOptional(),
    })
    .nullable(),
  attempts: z.array(attemptReportSchema),
});

export const prunedDatasetSchema = z.object({
  dataset: name,
  state: z.enum(['pending', 'running', 'done', 'skipped', 'error']),
  /** Why it was skipped; empty otherwise. */
  skipReason: text,
  problem: problemSchema.nullable(),
  /** Snapshots looked at, to be destroyed, destroyed, and kept although the rules let them go. */
  snapshotCount: z.number().int().nonnegative(),
  destroyCount: z.number().int().nonnegative(),
  destroyedCount: z.number().int().nonnegative(),
  keptAnyway: z.array(z.object({ snapshot: name, reason: text })),
});

export const pruningReportSchema = z.object({
  side: z.enum(['sender', 'receiver', 'local']),
  state: z.enum(['planning', 'running', 'done', 'error', 'paused']),
  startedAtMs: timeMs,
  finishedAtMs: timeMs.nullable(),
  problem: problemSchema.nullable(),
  datasets: z.array(prunedDatasetSchema),
});

export const snapshotItemSchema = z.object({
  dataset: name,
  state: z.enum(['pending', 'started', 'done', 'error']),
  snapshot: name.nullable(),
  problem: problemSchema.nullable(),
});

export const snapshottingStatusSchema = z.object({
  type: z.enum(['periodic', 'cron', 'manual']),
  state: z.enum(['sync-up', 'sync-up-error', 'planning', 'snapshotting', 'waiting', 'error-wait', 'stopped', 'manual']),
  /** When the next snapshots are due; null when nothing is scheduled. */
  nextAtMs: timeMs.nullable(),
  /** The longest time that the schedule leaves between two snapshots; absent: nothing is scheduled. */
  intervalMs: z.number().positive().exactOptional(),
  problem: problemSchema.nullable(),
  items: z.array(snapshotItemSchema),
});

/** What a job says of itself. */
export const jobReportSchema = z.object({
  name,
  type: z.enum(['push', 'pull', 'sink', 'source', 'snap']),
  /** What the job does right now. */
  stage: z.enum([
    'refused',
    'idle',
    'snapshotting',
    'replicating',
    'pruning-sender',
    'pruning-receiver',
    'pruning-local',
  ]),
  /** Why the job cannot run; null when it can. */
  refusal: problemSchema.nullable(),
  destination: name.nullable(),
  /** Where the other machine was met, when that is not the address that is asked first. */
  metAt: z.object({ address: name, first: name }).exactOptional(),
  lastWake: z
    .object({ atMs: timeMs, reason: z.enum(['snapshots', 'wakeup', 'run', 'continued', 'plugged']) })
    .nullable(),
  /** A further run is queued behind the one at work, or a run is due and held back. */
  queued: z.boolean(),
  /** The run at work ends after the steps that have begun. */
  stopping: z.boolean(),
  /** End of the last run that brought every dataset over and pruned without error; null = none is known. */
  lastSuccessMs: timeMs.nullable(),
  lastRunFailed: z.boolean(),
  snapshotting: snapshottingStatusSchema.nullable(),
  replication: replicationReportSchema.nullable(),
  pruning: z.array(pruningReportSchema),
  safety: z.array(datasetSafetySchema),
  /** The drives that the job backs up to; only where it has such. */
  drives: z.array(driveReportSchema).max(64).exactOptional(),
  /** Where the job needs room: the pools of its datasets, and its destinations. Absent: an older daemon, or nothing to tell. */
  space: z.array(spacePlaceSchema).max(SPACE_PLACES_MAX).exactOptional(),
});

/** What the daemon says of a job. */
export const jobStatusSchema = jobReportSchema.extend({
  /** Its own pause; that of all jobs stands in the status of the daemon. */
  paused: pauseSchema.nullable(),
  /** Why it would not run by itself now; empty where nothing holds it back. */
  held: z.array(heldSchema).max(16),
  nextRun: nextRunSchema,
});

/** What the daemon keeps on disk beyond its own life. */
export const stateStatusSchema = z.object({
  folder: z.string().max(4096),
  /** Why it cannot be kept; null while it can. */
  problem: problemSchema.nullable(),
  /** Lines of the history that could not be read when the daemon started, and were left out. */
  damagedLines: z.number().int().nonnegative(),
});

export const daemonStatusSchema = z.object({
  /** Grows by one with every change; a client that misses one asks for the whole status. */
  revision: z.number().int().nonnegative(),
  version: name,
  startedAtMs: timeMs,
  nowMs: timeMs,
  configFile: z.string().max(4096),
  /** When it was read last; absent: with the start. */
  configReadAtMs: timeMs.exactOptional(),
  jobs: z.array(jobStatusSchema),
  commands: z.object({ active: z.number().int().nonnegative(), abandoned: z.number().int().nonnegative() }),
  state: stateStatusSchema,
  /** The pause of all jobs. */
  paused: pauseSchema.nullable(),
  conditions: conditionsSchema,
});

export type DriveReport = z.infer<typeof driveReportSchema>;
export type StepReport = z.infer<typeof stepReportSchema>;
export type DatasetReport = z.infer<typeof datasetReportSchema>;
export type AttemptReport = z.infer<typeof attemptReportSchema>;
export type ReplicationReport = z.infer<typeof replicationReportSchema>;
export type PrunedDataset = z.infer<typeof prunedDatasetSchema>;
export type PruningReport = z.infer<typeof pruningReportSchema>;
export type SnapshotItem = z.infer<typeof snapshotItemSchema>;
export type SnapshottingStatus = z.infer<typeof snapshottingStatusSchema>;
export type { DatasetSafety };
export type JobReport = z.infer<typeof jobReportSchema>;
export type JobStatus = z.infer<typeof jobStatusSchema>;
export type StateStatus = z.infer<typeof stateStatusSchema>;
export type DaemonStatus = z.infer<typeof daemonStatusSchema>;
export type { Guarantee } from './primitives.ts';

/** What a dry run says: nothing of it has happened. */
export const jobPlanSchema = z.object({
  job: name,
  replication: z.array(
    z.object({
      dataset: name,
      verdict: z.enum(['up-to-date', 'steps', 'problem', 'skipped']),
      problem: problemSchema.nullable(),
      /** Why it is skipped, or what happens beside the steps (partial state discarded, completion repeated). */
      notes: z.array(text),
      steps: z.array(
        z.object({
          kind: z.enum(['full', 'incremental', 'range']),
          from: name.nullable(),
          to: name,
          snapshotCount: z.number().int().positive(),
          resumedFromBytes: bytes.nullable(),
          bytesExpected: bytes.nullable(),
        }),
      ),
    }),
  ),
  pruning: z.array(
    z.object({
      side: z.enum(['sender', 'receiver', 'local']),
      problem: problemSchema.nullable(),
      datasets: z.array(
        z.object({
          dataset: name,
          skipReason: text,
          problem: problemSchema.nullable(),
          snapshots: z.array(z.object({ name, verdict: z.enum(['keep', 'destroy']), because: z.array(text) })),
        }),
      ),
    }),
  ),
});
export type JobPlan = z.infer<typeof jobPlanSchema>;
