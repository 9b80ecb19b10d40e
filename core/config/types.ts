/**
 * A whole configuration as plain data: every default filled in, every text already read. Times and sizes carry their unit in
 * the name. Nothing here has behaviour, so it can be printed, compared and sent.
 */
import type { Guarantee } from '../api/status.ts';
import type { GlobalConfig } from './types-global.ts';
import type { ConnectConfig, ServeConfig } from './types-reach.ts';

export type * from './types-global.ts';
export type * from './types-reach.ts';

/** Where something stands in a file. Line and column count from 1; a column is a UTF-16 unit. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Config {
  readonly global: GlobalConfig;
  /** In the order of the main file, those of included files after them. */
  readonly jobs: readonly JobConfig[];
}

/** Patterns and whether they take part; what they mean is said in core/endpoint/filter.ts. */
export type FilesystemPatterns = ReadonlyMap<string, boolean>;

interface JobBase {
  /** Unique. Part of the marks on disk: another name is another job. */
  readonly name: string;
  /** Own addition: what a person calls it; empty where the name is all. */
  readonly title: string;
  /** Own addition: it stays in the file and is not run. */
  readonly disabled: boolean;
  readonly definedAt: Place;
}

/** What has to be so before a transfer begins by itself. */
export type WaitFor = 'mains' | 'unmetered';

export interface PushJob extends JobBase {
  readonly type: 'push';
  /** Own addition. */
  readonly waitFor: readonly WaitFor[];
  readonly connect: ConnectConfig;
  readonly filesystems: FilesystemPatterns;
  readonly snapshotting: SnapshottingConfig;
  readonly send: SendConfig;
  /** How the other side receives. Given only with an agentless connection, which has no sink of its own; else null. */
  readonly recv: AgentlessReceiveConfig | null;
  /** Own addition: which snapshots are sent. */
  readonly snapshots: SnapshotSelection;
  readonly pruning: BothSidesPruning;
  readonly replication: ReplicationConfig;
  readonly initialReplication: InitialReplication;
}

export interface PullJob extends JobBase {
  readonly type: 'pull';
  readonly connect: ConnectConfig;
  readonly rootFs: string;
  /** Null: only when asked. */
  readonly intervalS: number | null;
  readonly recv: ReceiveConfig;
  readonly pruning: BothSidesPruning;
  readonly replication: ReplicationConfig;
  readonly initialReplication: InitialReplication;
}

export interface SinkJob extends JobBase {
  readonly type: 'sink';
  readonly serve: ServeConfig;
  /** Each client receives below `rootFs/<its identity>`. */
  readonly rootFs: string;
  readonly recv: ReceiveConfig;
}

export interface SourceJob extends JobBase {
  readonly type: 'source';
  readonly serve: ServeConfig;
  readonly filesystems: FilesystemPatterns;
  readonly snapshotting: SnapshottingConfig;
  readonly send: SendConfig;
}

export interface SnapJob extends JobBase {
  readonly type: 'snap';
  readonly filesystems: FilesystemPatterns;
  readonly snapshotting: SnapshottingConfig;
  readonly pruning: { readonly keep: readonly KeepRule[] };
}

export type JobConfig = PushJob | PullJob | SinkJob | SourceJob | SnapJob;

// Sending and receiving

export interface BandwidthLimit {
  /** Null: unlimited. */
  readonly maxBytesPerSecond: number | null;
  readonly bucketBytes: number;
  /** Own addition: hours of the day, by the clock of the machine, in which less may be sent; null: none. */
  readonly quietHours: {
    readonly fromMinute: number;
    readonly toMinute: number;
    readonly maxBytesPerSecond: number;
  } | null;
}

/** See zfs-send(8) for what the flags do. */
export interface SendConfig {
  /** `-w`, and a promise: an unencrypted dataset is refused. */
  readonly encrypted: boolean;
  /** `-w` for what is not encrypted; without `encrypted`, an encrypted dataset is refused. */
  readonly raw: boolean;
  readonly sendProperties: boolean;
  readonly backupProperties: boolean;
  readonly largeBlocks: boolean;
  readonly compressed: boolean;
  readonly embeddedData: boolean;
  /** `-S`, which zfs does not accept together with a snapshot: understood, never run. */
  readonly saved: boolean;
  readonly bandwidthLimit: BandwidthLimit;
}

export type PlaceholderEncryption = 'unspecified' | 'inherit' | 'off';

export interface ReceiveProperties {
  /** `zfs receive -x` */
  readonly inherit: readonly string[];
  /** `zfs receive -o` */
  readonly override: ReadonlyMap<string, string>;
}

export interface AgentlessReceiveConfig {
  readonly properties: ReceiveProperties;
  readonly placeholderEncryption: PlaceholderEncryption;
}

export interface ReceiveConfig extends AgentlessReceiveConfig {
  readonly bandwidthLimit: BandwidthLimit;
}

/** Regular expressions on the name behind the "@". A snapshot is sent if one of `include` finds it and none of `exclude`. */
export interface SnapshotSelection {
  /** Empty: all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface ReplicationConfig {
  readonly protection: { readonly initial: Guarantee; readonly incremental: Guarantee };
  /** How many steps run at the same time. */
  readonly steps: number;
  readonly sizeEstimates: number;
  /** Own addition: one send for each snapshot instead of one `zfs send -I` for a whole range. */
  readonly stepwise: boolean;
}

export type InitialReplication = 'most_recent' | 'all' | 'fail';

// Snapshots and how long they are kept

interface NamedSnapshots {
  readonly prefix: string;
  readonly timestampFormat: string;
  readonly timestampLocation: string;
  readonly hooks: readonly HookConfig[];
}

export interface PeriodicSnapshotting extends NamedSnapshots {
  readonly type: 'periodic';
  readonly intervalMs: number;
}

export interface CronSnapshotting extends NamedSnapshots {
  readonly type: 'cron';
  readonly cron: string;
}

export type SnapshottingConfig = PeriodicSnapshotting | CronSnapshotting | { readonly type: 'manual' };

interface HookBase {
  readonly errIsFatal: boolean;
  readonly timeoutMs: number;
  readonly filesystems: FilesystemPatterns;
}

export interface CommandHook extends HookBase {
  readonly type: 'command';
  readonly path: string;
}

export interface DatabaseHook extends HookBase {
  readonly type: 'postgres-checkpoint' | 'mysql-lock-tables';
  /** May hold a password: never printed. */
  readonly dsn: string;
}

export type HookConfig = CommandHook | DatabaseHook;

/** One bucket of a retention grid. */
export interface GridBucket {
  readonly lengthS: number;
  readonly keep: number | 'all';
}

export interface NotReplicatedRule {
  readonly type: 'not_replicated';
  readonly keepSnapshotAtCursor: boolean;
}

export type KeepRule =
  | NotReplicatedRule
  /** An empty regex finds every name. */
  | { readonly type: 'last_n'; readonly count: number; readonly regex: string }
  /** Buckets one by one, the youngest first. */
  | { readonly type: 'grid'; readonly grid: readonly GridBucket[]; readonly regex: string }
  | { readonly type: 'regex'; readonly regex: string; readonly negate: boolean };

export interface BothSidesPruning {
  readonly keepSender: readonly KeepRule[];
  readonly keepReceiver: readonly KeepRule[];
}
