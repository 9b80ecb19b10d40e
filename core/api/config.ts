/**
 * Requests about the configuration. The file is the one truth: what is asked for is a change of its text, bound to the digest of
 * the text that it was made for. Comments survive.
 */
import { z } from 'zod';
import {
  jobKeepSchema,
  jobLimitSchema,
  jobScheduleSchema,
  keepSideSchema,
  wantedRulesSchema,
  wantedScheduleSchema,
} from './config-forms.ts';
import { newDriveSchema } from './drive-making.ts';
import { count, guid, jobName, name } from './primitives.ts';

/** Characters of the main file, see core/config. */
export const CONFIG_TEXT_MAX = 256 * 1024;
export const CONFIG_EDITS_MAX = 200;
const VALUE_DEPTH_MAX = 8;
export const TITLE_CHARS_MAX = 100;

const text = z.string().max(CONFIG_TEXT_MAX);
/** SHA-256 of the file, in hexadecimal digits. */
export const configDigestSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** What YAML can hold here: texts, lists and maps. Numbers and booleans stand for their text. */
export type ConfigValue = string | number | boolean | readonly ConfigValue[] | { readonly [key: string]: ConfigValue };

function valueSchema(depth: number): z.ZodType<ConfigValue> {
  const scalar = z.union([z.string().max(4096), z.number().int(), z.boolean()]);
  if (depth === 0) return scalar;
  const inner = valueSchema(depth - 1);
  return z.union([scalar, z.array(inner).max(1000), z.record(z.string().max(512), inner)]);
}
const value = valueSchema(VALUE_DEPTH_MAX);
/** Keys of maps and indices of lists, from the job down. */
const path = z
  .array(z.union([z.string().max(512), count.max(10_000)]))
  .min(1)
  .max(VALUE_DEPTH_MAX);

export const configEditSchema = z.union([
  z.strictObject({ op: z.literal('set'), job: jobName, path, value }),
  z.strictObject({ op: z.literal('unset'), job: jobName, path }),
  /** A whole new job, at the end. */
  z.strictObject({ op: z.literal('add'), job: z.record(z.string().max(64), value) }),
  /** Its snapshots, copies and marks stay. */
  z.strictObject({ op: z.literal('remove'), job: jobName }),
  z.strictObject({ op: z.literal('disable'), job: jobName, disabled: z.boolean() }),
  /** What a person calls it; "" for nothing but its name. The name itself is part of the marks on disk and stays. */
  z.strictObject({ op: z.literal('title'), job: jobName, title: z.string().max(TITLE_CHARS_MAX) }),
  /** Its machine is asked for at this address first, and at the one of before next. The pinned host key stays. */
  z.strictObject({ op: z.literal('put-first'), job: jobName, address: z.string().min(1).max(255) }),
  /** It backs up to this drive, too: it gets a set where it had one drive. */
  z.strictObject({ op: z.literal('add-drive'), job: jobName, drive: newDriveSchema }),
  /** It backs up to this drive of its set no more. What is on the drive stays, and so do the marks here. */
  z.strictObject({ op: z.literal('forget-drive'), job: jobName, poolGuid: guid }),
  /** When it takes snapshots. What else is said there stays, hooks above all. */
  z.strictObject({ op: z.literal('schedule'), job: jobName, schedule: wantedScheduleSchema }),
  /** What it keeps on one side. */
  z.strictObject({ op: z.literal('keep'), job: jobName, side: keepSideSchema, rules: wantedRulesSchema }),
]);

export const configChangeSchema = z.union([
  z.strictObject({ kind: z.literal('text'), text }),
  z.strictObject({ kind: z.literal('edits'), edits: z.array(configEditSchema).min(1).max(CONFIG_EDITS_MAX) }),
]);

export const complaintSchema = z.object({
  severity: z.enum(['error', 'warning']),
  file: z.string().max(4096),
  line: count,
  column: count,
  /** The key as one would say it; empty where the whole file is meant. */
  path: z.string().max(4096),
  message: z.string().max(64 * 1024),
  hint: z
    .string()
    .max(64 * 1024)
    .nullable(),
});

export const configJobSchema = z.object({
  name: jobName,
  title: z.string().max(TITLE_CHARS_MAX),
  type: z.enum(['push', 'pull', 'sink', 'source', 'snap']),
  disabled: z.boolean(),
  /** Where it stands. */
  file: z.string().max(4096),
  line: count,
  /** Why this version cannot run it; empty where it can. */
  refused: z.array(z.string().max(4096)).max(100),
  /** A daemon of before tells neither of these. */
  schedule: jobScheduleSchema.default(null),
  keeps: z.array(jobKeepSchema).max(2).default([]),
  /** Null for a job that sends nothing. */
  limit: jobLimitSchema.nullable().default(null),
  /** Whether `put-first` has a meaning for it: its machine is known by its host key and not by its name. */
  movable: z.boolean().default(false),
});

/** What a change would mean for a job. */
export const configEffectSchema = z.object({
  job: name,
  kind: z.enum([
    'added',
    /** Its snapshots, copies and marks stay; nothing looks after them any more. */
    'removed',
    'disabled',
    'enabled',
    /** Where the copies go: what is there already may have to be sent anew to the new place. */
    'destination-changed',
    /** Copies go to a further drive; those to the others go on as before. */
    'drive-added',
    'datasets-changed',
    /** More, or other snapshots may be destroyed by the next run. */
    'pruning-changed',
    'snapshotting-changed',
    'changed',
  ]),
});

export const configGetReply = z.object({
  file: z.string().max(4096),
  /** Null where it cannot be read. */
  text: text.nullable(),
  /** Passwords in it are not shown. */
  masked: z.boolean(),
  digest: configDigestSchema.nullable(),
  jobs: z.array(configJobSchema).max(10_000),
  problems: z.array(complaintSchema).max(1000),
});

/** Of `config/validate` and of `config/put`. */
export const configChangeParams = z.strictObject({ digest: configDigestSchema, change: configChangeSchema });
export const configValidateReply = z.object({
  /** The file as it would be. */
  text,
  /** Whether it would be taken: no errors, and nothing that only the file itself can say. */
  valid: z.boolean(),
  jobs: z.array(configJobSchema).max(10_000),
  problems: z.array(complaintSchema).max(1000),
  /** Keys that cannot be set this way: programs, hooks, files of keys, and who may ask the daemon. */
  refused: z.array(z.string().max(4096)).max(1000),
  effects: z.array(configEffectSchema).max(10_000),
});

export const configPutReply = z.object({
  digest: configDigestSchema,
  /** Where the file of before is kept. */
  keptAs: z.string().max(4096),
});

/** Reads the file again, as after an edit by hand. Runs at work are stopped and go on. */
export const configReloadReply = z.object({ file: z.string().max(4096) });

export type ConfigEdit = z.infer<typeof configEditSchema>;
export type ConfigChange = z.infer<typeof configChangeSchema>;
export type ConfigJob = z.infer<typeof configJobSchema>;
export type ConfigEffect = z.infer<typeof configEffectSchema>;
export type ConfigComplaint = z.infer<typeof complaintSchema>;
