/** Requests that prepare a destination: the key is brought there, and what lies there already is looked at. */
import { z } from 'zod';
import { bytes, count, guid, name, timeMs } from './primitives.ts';
import { sshAccount, sshReach } from './ssh-reach.ts';
import { problemSchema } from './status.ts';
import { clientIdentity, datasetName } from './zfs-names.ts';

export const LOOK_DATASETS_MAX = 5000;
/** Copies at other places that are told of one dataset. */
export const ELSEWHERE_MAX = 20_000;
export const ADOPTIONS_MAX = 20;
const COMMAND_WORDS_MAX = 64;
const FIRST_COMMANDS_MAX = 130;

/**
 * Logs in once with a password and puts the public line of one of the daemon's keys into `authorized_keys` there. The password is
 * used for that and kept nowhere.
 */
export const bringKeyParams = z.strictObject({
  ...sshAccount.shape,
  // What no prompt takes is refused.
  password: z
    .string()
    .min(1)
    .max(1024)
    .regex(/^[^\0\r\n]*$/),
});
export const bringKeyReply = z.object({
  /** It was there already, whoever has put it there. */
  outcome: z.enum(['added', 'present']),
});

export const destinationLookParams = z.strictObject({
  ...sshReach.shape,
  rootFs: datasetName,
  clientIdentity: clientIdentity.nullable(),
  /** Where encrypted datasets have a job of their own: the others go below `rootFs/<plainIdentity>` instead. */
  plainIdentity: clientIdentity.exactOptional(),
  /** Datasets of this machine. */
  datasets: z.array(datasetName).min(1).max(LOOK_DATASETS_MAX),
  /** How encrypted datasets would be sent: as they are on disk, or decrypted. */
  encryptedAs: z.enum(['raw', 'plain']),
});

/** A snapshot that both sides have. */
const commonSchema = z.object({
  /** As it is called here. */
  name,
  guid,
  createdMs: timeMs.nullable(),
});

export const lookedAtSchema = z.object({
  dataset: name,
  /** Where its copy is, or would be. */
  copy: name,
  state: z.enum([
    /** Nothing there: the whole dataset would be sent. */
    'absent',
    /** An empty stand-in; the whole dataset takes its place. */
    'placeholder',
    /** A first transfer was interrupted there. */
    'begun',
    /** Snapshots in common: only what came after the newest of them would be sent. */
    'common',
    /** Something is there, and this job could not go on with it; see `problem`. */
    'unusable',
    /** It could not be looked at; see `problem`. */
    'unreadable',
  ]),
  /** The newest that both have; null where there is none. */
  common: commonSchema.nullable(),
  /** What stands in the way, as the job would report it; null where nothing does. */
  problem: problemSchema.nullable(),
  /** What would be sent first; null where it cannot be told. */
  bytes: bytes.nullable(),
  /** By a dry run of `zfs send`, or what the dataset refers to on disk where there is no snapshot yet. */
  bytesBy: z.enum(['dry-run', 'referenced']).nullable(),
});

/** Settings with which a job, or the two jobs of a draft, find a copy. */
const adoptSchema = z.object({
  rootFs: name,
  clientIdentity: name.nullable(),
  /** Present where the draft asks for two places. */
  plainIdentity: name.exactOptional(),
});

/** A copy that lies below the target, but not where this draft would look for it. */
export const elsewhereSchema = z.object({
  dataset: name,
  copy: name,
  common: commonSchema,
  /** With this in the draft the job would go on with it; null where no setting leads there. */
  adopt: adoptSchema.nullable(),
});

/** A command of the first run. It is told, never taken. */
const firstCommandSchema = z.object({
  does: z.enum(['snapshot', 'stand-in', 'send', 'receive']),
  on: z.enum(['here', 'there']),
  argv: z.array(z.string().max(4096)).min(1).max(COMMAND_WORDS_MAX),
  /** Further names in the same command, which are not told. */
  more: count,
});

/** What the first run of a job would start, by the example of one dataset. */
const firstRunSchema = z.object({
  /** The copy of which it is told. */
  dataset: name,
  /** Further datasets that are sent in the same way. */
  others: count,
  commands: z.array(firstCommandSchema).max(FIRST_COMMANDS_MAX),
});

export const destinationLookReply = z.object({
  /** One of each that was asked for, in that order. */
  datasets: z.array(lookedAtSchema).max(LOOK_DATASETS_MAX),
  elsewhere: z.array(elsewhereSchema).max(ELSEWHERE_MAX),
  /** Settings with which copies would be adopted, those of the most datasets first. Without the present one. */
  adoptions: z.array(z.object({ ...adoptSchema.shape, datasets: count })).max(ADOPTIONS_MAX),
  /** Copies at the present place with which the job would go on. */
  adopted: count,
  /** What is free for the target, quotas counted; null where it is not known. Absent: an older daemon. */
  availableBytes: bytes.nullable().exactOptional(),
  /** One for each job that has something to send: the encrypted datasets first, where they have a job of their own. */
  firstRuns: z.array(firstRunSchema).max(2).exactOptional(),
});

export type DestinationLookParams = z.infer<typeof destinationLookParams>;
export type DestinationLook = z.infer<typeof destinationLookReply>;
export type LookedAt = z.infer<typeof lookedAtSchema>;
export type Elsewhere = z.infer<typeof elsewhereSchema>;
export type FirstRun = z.infer<typeof firstRunSchema>;
export type FirstCommand = z.infer<typeof firstCommandSchema>;
export type CommonSnapshot = z.infer<typeof commonSchema>;
