/**
 * What one may ask the daemon, as JSON-RPC 2.0 over its Unix socket: every request, reply and notification with the schema
 * that both ends check it against. Unknown fields in a request are refused; in a reply they are dropped, so that a newer
 * daemon can say more than an older client understands.
 */
import { z } from 'zod';
import {
  configChangeParams,
  configGetReply,
  configPutReply,
  configReloadReply,
  configValidateReply,
} from './config.ts';
import {
  callerSchema,
  consentNumberParams,
  consentOutcomeSchema,
  consentRedeemParams,
  consentShowReply,
} from './consent.ts';
import { pauseParams, pauseReply, resumeParams, resumeReply, stopParams, stopReply } from './control.ts';
import { bringKeyParams, bringKeyReply, destinationLookParams, destinationLookReply } from './destination.ts';
import { diagnosticsReply } from './diagnostics.ts';
import { disksReply } from './disk.ts';
import {
  lookDriveParams,
  makePoolParams,
  makePoolReply,
  prepareDriveParams,
  prepareDriveReply,
  unlockDriveParams,
  unlockDriveReply,
} from './drive-making.ts';
import { HISTORY_PAGE_MAX, historyEntrySchema } from './history.ts';
import { limitReply, limitSetParams } from './limit.ts';
import { guid, jobName, name } from './primitives.ts';
import { retentionPreviewParams, retentionPreviewReply } from './retention.ts';
import { daemonStatusSchema, jobPlanSchema, jobStatusSchema, problemSchema } from './status.ts';
import {
  destinationTestParams,
  destinationTestReply,
  discoverReply,
  hostKeysParams,
  hostKeysReply,
  keyParams,
  keyReply,
} from './surroundings.ts';

/**
 * The versions of the contract that are spoken here. The newest grows when an old client could misunderstand a new daemon;
 * the oldest, when that one cannot be served any more. What is only added needs neither: `hello` names the requests.
 */
export const PROTOCOLS = { oldest: 2, newest: 2 } as const;

/** Where the daemon listens unless told otherwise. */
export const SOCKET_PATH_DEFAULT = '/run/snapferry/control.sock';

export { HEADER_BYTES_MAX, REPLY_BYTES_MAX, REQUEST_BYTES_MAX } from './message-bounds.ts';

/** Code of every JSON-RPC error that carries a problem in its data. */
export const PROBLEM_ERROR_CODE = 1;

const ROWS_MAX = 200_000;

const runId = z.number().int().positive();
const protocol = z.number().int().positive();
const protocols = z.strictObject({ oldest: protocol, newest: protocol });

export const helloParams = z.strictObject({ protocols, client: z.string().max(64) });
export const helloReply = z.object({
  /** The one that is spoken on this connection from now on: the newest that both know. */
  protocol,
  protocols: z.object({ oldest: protocol, newest: protocol }),
  version: name,
  configFile: z.string().max(4096),
  /** Every request that this daemon answers. */
  features: z.array(z.string().max(64)).max(1000),
  /** As whom the daemon knows this connection. */
  you: callerSchema,
  /** From now on something is said on this connection at least this often; absent: an older daemon, which may keep silent. */
  heartbeatMs: z.number().int().min(100).max(600_000).exactOptional(),
});

export const noParams = z.strictObject({});
export const jobParams = z.strictObject({ job: jobName });

export const runParams = z.strictObject({ job: jobName, snapshot: z.boolean() });
/** What waking a job gave. */
export const wakeReply = z.object({
  /** Names the run to `wait` for. */
  runId,
  /** Another run is at work; this one begins after it. */
  queued: z.boolean(),
  /** Whether this run begins with new snapshots; false where the job's snapshots are taken by hand. */
  snapshot: z.boolean(),
});

export const waitParams = z.strictObject({ job: jobName, runId });
/** How a run ended. */
export const runOutcomeSchema = z.object({
  ok: z.boolean(),
  cancelled: z.boolean(),
  problems: z.array(problemSchema).max(ROWS_MAX),
});

/** A drive by the guid of its pool. */
export const driveParams = z.strictObject({ poolGuid: guid });
export const driveEjectReply = z.object({ ejected: z.boolean() });
export const driveScrubReply = z.object({ scrubbing: z.boolean() });

export const signalParams = z.strictObject({ job: jobName, op: z.enum(['wakeup', 'reset']) });
export const signalReply = z.object({
  /** False when there was nothing to do: a reset where nothing ran. */
  done: z.boolean(),
  /** A wakeup is queued behind the run at work. */
  queued: z.boolean(),
});

/** The kinds of marks that jobs set on snapshots and bookmarks, named as in the existing dialect. */
export const abstractionTypeSchema = z.enum([
  'step-hold',
  'last-received-hold',
  'tentative-replication-cursor-bookmark-v2',
  'replication-cursor-bookmark-v1',
  'replication-cursor-bookmark-v2',
]);

/** One hold or bookmark that a job set. */
export const abstractionRowSchema = z.object({
  type: abstractionTypeSchema,
  side: z.enum(['sender', 'receiver', 'local']),
  /** As a person knows it: "this machine", "root@nas". */
  host: name,
  dataset: name,
  /** "fs@snapshot" for a hold, "fs#bookmark" for a bookmark. */
  fullName: name,
  /** Tag of a hold; null for a bookmark. */
  tag: name.nullable(),
  /** Null for the legacy cursor, which names no job. */
  job: name.nullable(),
  guid,
  createtxg: guid,
  /** Nothing needs it any more. */
  stale: z.boolean(),
});

/** What became of one mark that was to be released. */
export const abstractionReleaseSchema = z.object({
  row: abstractionRowSchema,
  outcome: z.enum(['released', 'would-release', 'failed']),
  problem: problemSchema.nullable(),
});

export const driveForgetParams = z.strictObject({ poolGuid: guid, dryRun: z.boolean() });
export const driveForgetReply = z.object({
  /** The jobs that named it. */
  jobs: z.array(jobName).max(1000),
  /** What was kept here for its next increment, and what became of that. */
  releases: z.array(abstractionReleaseSchema).max(ROWS_MAX),
  /** Where the configuration of before is kept; null: nothing was done. */
  keptAs: z.string().max(4096).nullable(),
});

export const abstractionsListParams = z.strictObject({ job: jobName.nullable() });
/** Jobs that could not be asked stand beside the rows of those that could. */
export const abstractionsListReply = z.object({
  rows: z.array(abstractionRowSchema).max(ROWS_MAX),
  problems: z.array(problemSchema).max(1000),
});
export const abstractionsReleaseParams = z.strictObject({
  job: jobName.nullable(),
  which: z.enum(['stale', 'all']),
  dryRun: z.boolean(),
});
export const abstractionsReleaseReply = z.object({
  releases: z.array(abstractionReleaseSchema).max(ROWS_MAX),
  problems: z.array(problemSchema).max(1000),
});

/** The newest entries before `beforeId`, or of all; null for a job means every job. */
export const historyParams = z.strictObject({
  job: jobName.nullable(),
  beforeId: z.number().int().positive().nullable(),
  limit: z.number().int().min(1).max(HISTORY_PAGE_MAX),
});
/** Newest first. */
export const historyReply = z.object({
  entries: z.array(historyEntrySchema).max(HISTORY_PAGE_MAX),
  /** There are older ones. */
  more: z.boolean(),
});

/**
 * What a request may do, from harmless to grave: look; start or cancel what is configured; change what is configured or how
 * long it stands still; destroy data, or marks without which data may have to be sent anew. The last two take the consent of an
 * administrator. To confirm is to give it, which only the socket of root takes.
 */
export type Grade = 'read' | 'run' | 'change' | 'destroy' | 'confirm';

/** All requests, each with its grade. The server answers exactly these. */
export const REQUESTS = {
  hello: { grade: 'read', params: helloParams, reply: helloReply },
  status: { grade: 'read', params: noParams, reply: daemonStatusSchema },
  /** The whole status; from its revision on, `status/changed` follows on this connection. */
  watch: { grade: 'read', params: noParams, reply: daemonStatusSchema },
  run: { grade: 'run', params: runParams, reply: wakeReply },
  wait: { grade: 'read', params: waitParams, reply: runOutcomeSchema },
  signal: { grade: 'run', params: signalParams, reply: signalReply },
  stop: { grade: 'run', params: stopParams, reply: stopReply },
  pause: { grade: 'change', params: pauseParams, reply: pauseReply },
  resume: { grade: 'run', params: resumeParams, reply: resumeReply },
  'limit/get': { grade: 'read', params: noParams, reply: limitReply },
  'limit/set': { grade: 'run', params: limitSetParams, reply: limitReply },
  /** Exports the pool of a drive, so that it may be unplugged. Backs nothing up before. */
  'drive/eject': { grade: 'run', params: driveParams, reply: driveEjectReply },
  /** Takes a drive out of the set of its jobs, and releases the marks that are kept here for it: without them everything may have to be sent anew. */
  'drive/forget': { grade: 'destroy', params: driveForgetParams, reply: driveForgetReply },
  /** Has everything on a drive read and checked by ZFS; it stays connected until that is through. */
  'drive/scrub': { grade: 'run', params: driveParams, reply: driveScrubReply },
  'drive/scrub-stop': { grade: 'run', params: driveParams, reply: driveScrubReply },
  /** All disks of this machine, and what may be made of each. Wakes none of them. */
  'drive/disks': { grade: 'read', params: noParams, reply: disksReply },
  /** Makes a pool on disks, and destroys what was on them. */
  'drive/make': { grade: 'destroy', params: makePoolParams, reply: makePoolReply },
  /** A pool that somebody else may have made is read by the kernel for the first time. */
  'drive/prepare': { grade: 'change', params: prepareDriveParams, reply: prepareDriveReply },
  'drive/look': { grade: 'run', params: lookDriveParams, reply: destinationLookReply },
  'drive/unlock': { grade: 'run', params: unlockDriveParams, reply: unlockDriveReply },
  plan: { grade: 'read', params: jobParams, reply: jobPlanSchema },
  history: { grade: 'read', params: historyParams, reply: historyReply },
  /** Names are replaced: what it says may be posted, once somebody has looked at it. */
  diagnostics: { grade: 'read', params: noParams, reply: diagnosticsReply },
  'abstractions/list': { grade: 'read', params: abstractionsListParams, reply: abstractionsListReply },
  'abstractions/release': { grade: 'destroy', params: abstractionsReleaseParams, reply: abstractionsReleaseReply },
  'config/get': { grade: 'read', params: noParams, reply: configGetReply },
  'config/validate': { grade: 'read', params: configChangeParams, reply: configValidateReply },
  'config/put': { grade: 'change', params: configChangeParams, reply: configPutReply },
  'config/reload': { grade: 'change', params: noParams, reply: configReloadReply },
  discover: { grade: 'read', params: noParams, reply: discoverReply },
  'destination/hostkeys': { grade: 'run', params: hostKeysParams, reply: hostKeysReply },
  /** Makes a key if there is none of that name; it opens nothing before somebody has put it on the other machine. */
  'destination/key': { grade: 'run', params: keyParams, reply: keyReply },
  'destination/test': { grade: 'run', params: destinationTestParams, reply: destinationTestReply },
  /** The same for the destination of a job as it is configured. */
  'destination/test-job': { grade: 'run', params: jobParams, reply: destinationTestReply },
  /** Changes the other machine by one line, with what its own password permits. */
  'destination/bring-key': { grade: 'run', params: bringKeyParams, reply: bringKeyReply },
  'destination/look': { grade: 'run', params: destinationLookParams, reply: destinationLookReply },
  'retention/preview': { grade: 'read', params: retentionPreviewParams, reply: retentionPreviewReply },
  'consent/show': { grade: 'read', params: consentNumberParams, reply: consentShowReply },
  'consent/redeem': { grade: 'confirm', params: consentRedeemParams, reply: consentOutcomeSchema },
  'consent/wait': { grade: 'read', params: consentNumberParams, reply: consentOutcomeSchema },
} as const satisfies Record<string, { readonly grade: Grade; readonly params: z.ZodType; readonly reply: z.ZodType }>;

export type Method = keyof typeof REQUESTS;

/** The grade of one request: some that may be grave are harmless in one of their forms. */
export function gradeOf(method: Method, params: unknown): Grade {
  if (method === 'pause') {
    const pause = pauseParams.safeParse(params);
    // A pause that ends by itself is no change of what is configured.
    if (pause.success && pause.data.until.kind !== 'told') return 'run';
  }
  if (method === 'abstractions/release') {
    const release = abstractionsReleaseParams.safeParse(params);
    if (release.success && release.data.dryRun) return 'read';
  }
  if (method === 'drive/forget') {
    const forget = driveForgetParams.safeParse(params);
    if (forget.success && forget.data.dryRun) return 'read';
  }
  return REQUESTS[method].grade;
}

/** The newest version that both ends speak; null where there is none. */
export function commonProtocol(mine: Protocols, theirs: Protocols): number | null {
  const newest = Math.min(mine.newest, theirs.newest);
  return newest >= Math.max(mine.oldest, theirs.oldest) ? newest : null;
}

export interface Protocols {
  readonly oldest: number;
  readonly newest: number;
}

export type Params<M extends Method> = z.infer<(typeof REQUESTS)[M]['params']>;
export type Reply<M extends Method> = z.infer<(typeof REQUESTS)[M]['reply']>;

/**
 * `status/changed`: the whole new status of every job that changed. Revisions are consecutive; a client that sees a gap
 * asks `watch` again.
 */
export const STATUS_CHANGED = 'status/changed';
export const statusChangedParams = z.object({
  revision: z.number().int().nonnegative(),
  nowMs: z.number().int().nonnegative(),
  jobs: z.array(jobStatusSchema),
  commands: daemonStatusSchema.shape.commands,
  state: daemonStatusSchema.shape.state,
  paused: daemonStatusSchema.shape.paused,
  conditions: daemonStatusSchema.shape.conditions,
});

/** `heartbeat`: nothing but that the daemon is there and at its work. Whoever misses two in a row takes it for lost. */
export const HEARTBEAT = 'heartbeat';
/** How often it is said. */
export const HEARTBEAT_MS = 10_000;

export type StatusChanged = z.infer<typeof statusChangedParams>;
export type WakeResult = z.infer<typeof wakeReply>;
export type RunOutcome = z.infer<typeof runOutcomeSchema>;
export type AbstractionType = z.infer<typeof abstractionTypeSchema>;
export type AbstractionRow = z.infer<typeof abstractionRowSchema>;
export type AbstractionRelease = z.infer<typeof abstractionReleaseSchema>;
