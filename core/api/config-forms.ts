/** When a configured job takes snapshots and what it keeps, in the form in which a person edits it. */
import { z } from 'zod';
import { GRID_INTERVALS_MAX, gridFault, gridIntervalSchema, SPAN_S_MAX } from './keep.ts';
import { timeMs } from './primitives.ts';

const CRON_CHARS_MAX = 1024;
export const PREFIX_CHARS_MAX = 100;
export const REGEX_CHARS_MAX = 1024;
export const RULES_MAX = 100;
const COUNT_MAX = 1_000_000;
/** So many of the next times of a calendar rule are told. */
export const NEXT_TIMES = 3;

const prefix = z.string().max(PREFIX_CHARS_MAX);
const regex = z.string().max(REGEX_CHARS_MAX);

const PERIODIC = { kind: z.literal('periodic'), intervalS: z.number().int().min(1).max(SPAN_S_MAX), prefix };
const CRON = { kind: z.literal('cron'), cron: z.string().max(CRON_CHARS_MAX), prefix };
const MANUAL = { kind: z.literal('manual') };

/** As it is told: what a newer daemon says beside it is dropped. */
export const scheduleSchema = z.union([z.object(PERIODIC), z.object(CRON), z.object(MANUAL)]);
/** As it is asked for. */
export const wantedScheduleSchema = z.union([z.strictObject(PERIODIC), z.strictObject(CRON), z.strictObject(MANUAL)]);

const NOT_REPLICATED = { type: z.literal('not_replicated'), keepSnapshotAtCursor: z.boolean() };
const LAST_N = { type: z.literal('last_n'), count: z.number().int().min(1).max(COUNT_MAX), regex };
const GRID = {
  type: z.literal('grid'),
  /** The youngest first. */
  grid: z
    .array(gridIntervalSchema)
    .min(1)
    .max(GRID_INTERVALS_MAX)
    .refine((grid) => gridFault(grid) === null),
  regex,
};
const REGEX = { type: z.literal('regex'), regex, negate: z.boolean() };

export const keepRuleSchema = z.union([z.object(NOT_REPLICATED), z.object(LAST_N), z.object(GRID), z.object(REGEX)]);
const wantedRuleSchema = z.union([
  z.strictObject(NOT_REPLICATED),
  z.strictObject(LAST_N),
  z.strictObject(GRID),
  z.strictObject(REGEX),
]);

/** Whose snapshots a list of rules keeps: `keep_sender`, `keep_receiver`, or `keep` of a job that sends nothing. */
export const keepSideSchema = z.enum(['sender', 'receiver', 'local']);

/** Null for a job that takes none of its own. */
export const jobScheduleSchema = z
  .object({
    /** Null where a form has no words for it. */
    schedule: scheduleSchema.nullable(),
    /** False where only the file can change it: it is included, or written in a way that others share. */
    editable: z.boolean(),
    /** Programs that run around a snapshot; a job without a schedule has none. */
    hooks: z.boolean(),
    /** The next times of a calendar rule, by the clock of the daemon; empty for others. */
    nextMs: z.array(timeMs).max(NEXT_TIMES),
  })
  .nullable();

export const jobKeepSchema = z.object({
  side: keepSideSchema,
  editable: z.boolean(),
  /** In the order of the file; what one of them keeps stays. */
  rules: z
    .array(
      z.object({
        /** Null where a form has no words for it. */
        rule: keepRuleSchema.nullable(),
        /** Whether it is about the snapshots that this job takes under its present prefix. */
        own: z.boolean(),
      }),
    )
    .max(RULES_MAX),
});

/** A list of rules as it shall be: where each came from in the list as it is, and what it says now. */
export const wantedRulesSchema = z
  .array(
    z
      .strictObject({
        /** Its index in the list as it is; null for a new one. */
        from: z.number().int().min(0).max(RULES_MAX).nullable(),
        /** Null: as it is. */
        rule: wantedRuleSchema.nullable(),
      })
      .refine(({ from, rule }) => from !== null || rule !== null),
  )
  .min(1)
  .max(RULES_MAX);

/** "22:30". */
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const rate = z.number().int().positive();

/** How much a job may send a second, in bytes, as it is configured. */
export const jobLimitSchema = z.object({
  /** Null: as much as it can. */
  bytesPerSecond: rate.nullable(),
  /** Hours of the day in which less may be sent, by the clock of the daemon; they may go over midnight. */
  quiet: z.object({ from: timeOfDay, to: timeOfDay, bytesPerSecond: rate }).nullable(),
});

export type JobLimit = z.infer<typeof jobLimitSchema>;
export type Schedule = z.infer<typeof wantedScheduleSchema>;
export type JobSchedule = z.infer<typeof jobScheduleSchema>;
export type KeepRuleForm = z.infer<typeof wantedRuleSchema>;
export type KeepSide = z.infer<typeof keepSideSchema>;
export type JobKeep = z.infer<typeof jobKeepSchema>;
export type WantedRules = z.infer<typeof wantedRulesSchema>;
