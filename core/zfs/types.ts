/**
 * The one interface to OpenZFS. The engine above knows nothing of command lines; the simulation in the tests implements the
 * same interface. Names are checked by `names.ts` before they reach an argument vector.
 * Guids and txgs are bigint: they are unsigned 64-bit values and never pass through a number.
 */

export interface Version {
  readonly type: 'snapshot' | 'bookmark';
  /** Short name, without delimiter. */
  readonly name: string;
  readonly guid: bigint;
  /** Order within one pool; never compared across pools. */
  readonly createtxg: bigint;
  /** Unix seconds; absent when the listing did not ask. */
  readonly creationS?: number;
  /** Number of holds; absent when unknown (bookmarks, fast listings). */
  readonly userrefs?: number;
}

/** One dataset of a recursive listing with all its versions, in the order of createtxg. */
export interface DatasetVersions {
  readonly dataset: string;
  readonly guid: bigint;
  readonly versions: readonly Version[];
}

export type PropertySource = 'local' | 'default' | 'inherited' | 'none' | 'temporary' | 'received';

export interface PropertyValue {
  readonly value: string;
  readonly source: PropertySource;
}

/** What the datasets-only listing tells. */
export interface DatasetFacts {
  readonly dataset: string;
  readonly guid: bigint;
  readonly kind: 'filesystem' | 'volume';
  readonly encrypted: boolean;
  /** Null where not encrypted. */
  readonly encryptionRoot: string | null;
  readonly keyLoaded: boolean | null;
  /** Partial receive state; null when there is none. Untrusted text of bounded length. */
  readonly resumeToken: string | null;
  /** Unix seconds; null where ZFS is older than 2.2 or does not know. */
  readonly snapshotsChangedS: number | null;
  readonly mounted: boolean;
  /** Properties that the caller asked for, by name; what has no value is absent. */
  readonly properties: ReadonlyMap<string, PropertyValue>;
}

export interface Capabilities {
  readonly userlandVersion: string;
  readonly kernelVersion: string;
  readonly resumableReceive: boolean;
  readonly commaDestroy: boolean;
  readonly nativeEncryption: boolean;
  /** `zfs bookmark fs#a fs#b` (2.0.0). */
  readonly bookmarkCopy: boolean;
  readonly estimateFromBookmark: boolean;
  /** `zfs list -j` (2.3.0). */
  readonly jsonOutput: boolean;
  /** Columns name, guid, createtxg cost no property list (2.2.0). */
  readonly fastListing: boolean;
  readonly snapshotsChanged: boolean;
  readonly createUnmounted: boolean;
}

export interface Ctx {
  readonly signal?: AbortSignal;
}

export interface SendFlags {
  /** -w */
  readonly raw: boolean;
  /** -p */
  readonly properties: boolean;
  /** -b */
  readonly backupProperties: boolean;
  /** -L */
  readonly largeBlocks: boolean;
  /** -c */
  readonly compressed: boolean;
  /** -e */
  readonly embeddedData: boolean;
}

export interface SendRequest {
  readonly dataset: string;
  /** Absent: full. A bookmark cannot be the base of a range. */
  readonly from?: Pick<Version, 'type' | 'name' | 'guid'>;
  readonly to: Pick<Version, 'name' | 'guid'>;
  /** `-I`: all snapshots between `from` and `to` in one stream. */
  readonly range: boolean;
  readonly flags: SendFlags;
  /** With a token every flag and name is dropped from the command; the caller has checked that it fits. */
  readonly resumeToken?: string;
}

export interface ReceiveRequest {
  readonly dataset: string;
  /** Name of the snapshot as sent; not given for ranges, where the stream names them. */
  readonly snapshot?: string;
  /** -F; only ever onto an effective placeholder or to resume a full receive into a dataset without snapshots. */
  readonly force: boolean;
  /** -s */
  readonly savePartial: boolean;
  /** -x, in order */
  readonly inherit: readonly string[];
  /** -o, in order */
  readonly override: readonly (readonly [name: string, value: string])[];
}

/** A send that has not started; only a receive starts it. Opaque to the engine. */
export interface OutgoingStream {
  readonly request: SendRequest;
}

export interface TransferProgress {
  /** Stream bytes of this session. */
  readonly bytes: number;
  /** The snapshot being sent, where ZFS says so. */
  readonly snapshot?: string;
  /** Size of the whole stream as `zfs send -vP` announces it at the start of the transfer; absent when it does not. */
  readonly expectedBytes?: number;
}

export interface TransferOptions extends Ctx {
  readonly onProgress?: (progress: TransferProgress) => void;
  readonly limitBytesPerSecond?: number;
  /** As in `PipeOptions` of core/host. */
  readonly currentLimit?: () => number | null;
}

export interface TransferResult {
  /** Stream bytes of this session, as far as known. */
  readonly bytes: number;
}

/** Size of one step as ZFS estimates it; null = unknown. */
export interface StepEstimate {
  readonly to: string;
  readonly sizeBytes: number | null;
}

export interface HoldRow {
  readonly dataset: string;
  readonly snapshot: string;
  readonly tag: string;
}

export interface SnapshotRef {
  readonly dataset: string;
  readonly name: string;
  readonly guid: bigint;
}

export type DestroyOutcome =
  | { readonly kind: 'destroyed' }
  /** Was not there any more: as good as destroyed. */
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'kept';
      readonly code: 'snapshot-held' | 'has-clones' | 'guid-changed' | 'undestroyable';
      readonly reason: string;
    };

/** OpenZFS on one host. Every method may reject with a `ProblemError`. */
export interface Zfs {
  /** As a person knows the host. */
  readonly label: string;

  /** Read once and kept; failures are never kept. */
  capabilities(ctx?: Ctx): Promise<Capabilities>;
  /** Whether partial receive state can be kept on this pool. */
  poolResumable(pool: string, ctx?: Ctx): Promise<boolean>;

  /**
   * All versions of all datasets at and below the roots, one process. `details`: with creation and userrefs (slower on
   * ZFS >= 2.2). Whole or an error, never a part. A missing root: `not-found`.
   */
  listVersions(
    roots: readonly string[],
    options: { readonly recursive: boolean; readonly details: boolean },
    ctx?: Ctx,
  ): Promise<readonly DatasetVersions[]>;
  /** Facts of all datasets at and below the roots (all imported pools where none is given), one process. */
  listDatasets(
    roots: readonly string[],
    options: { readonly recursive: boolean; readonly properties: readonly string[] },
    ctx?: Ctx,
  ): Promise<readonly DatasetFacts[]>;
  /** Creation (Unix seconds) and userrefs of named snapshots; those that are gone are absent. Batched. */
  snapshotDetails(
    snapshots: readonly Pick<SnapshotRef, 'dataset' | 'name'>[],
    ctx?: Ctx,
  ): Promise<
    ReadonlyMap<
      string,
      { readonly guid: bigint; readonly createtxg: bigint; readonly creationS: number; readonly userrefs: number }
    >
  >;
  /** Properties of one dataset, snapshot or bookmark with their sources. */
  getProperties(name: string, properties: readonly string[], ctx?: Ctx): Promise<ReadonlyMap<string, PropertyValue>>;
  /**
   * Properties of several datasets, snapshots and bookmarks in one process (`zfs get ... a a@x a#y`), by full name. What does
   * not apply to a name is absent. A name that is gone is absent from the result.
   */
  readBack(
    names: readonly string[],
    properties: readonly string[],
    ctx?: Ctx,
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, PropertyValue>>>;
  setProperties(
    dataset: string,
    properties: readonly (readonly [name: string, value: string])[],
    ctx?: Ctx,
  ): Promise<void>;

  /** Atomic for all given datasets, which must be in one pool: one command, one txg. */
  snapshot(targets: readonly { readonly dataset: string; readonly name: string }[], ctx?: Ctx): Promise<void>;
  /** Creates a placeholder: never mounted, marked, `encryption=off` only when asked. */
  createPlaceholder(dataset: string, options: { readonly encryption: 'inherit' | 'off' }, ctx?: Ctx): Promise<void>;

  /** One process for all; a tag that is there already counts as done. */
  hold(tag: string, snapshots: readonly Pick<SnapshotRef, 'dataset' | 'name'>[], ctx?: Ctx): Promise<void>;
  /** One process per batch; tags and snapshots that are gone count as done. */
  release(tag: string, snapshots: readonly Pick<SnapshotRef, 'dataset' | 'name'>[], ctx?: Ctx): Promise<void>;
  /** All holds of the given snapshots, batched. Snapshots that are gone are skipped. */
  holds(snapshots: readonly Pick<SnapshotRef, 'dataset' | 'name'>[], ctx?: Ctx): Promise<readonly HoldRow[]>;

  /**
   * Bookmark of a snapshot, or copy of a bookmark. Idempotent for the same guid, else `bookmark-exists`; a missing source is
   * `not-found` even when the bookmark is there.
   */
  bookmark(dataset: string, source: Pick<Version, 'type' | 'name' | 'guid'>, name: string, ctx?: Ctx): Promise<void>;
  /** Destroys one bookmark; gone counts as done. */
  destroyBookmark(dataset: string, name: string, ctx?: Ctx): Promise<void>;
  /**
   * Destroys snapshots in batches per dataset. Guids are re-read right before; what changed is kept. The outcome has one
   * entry per snapshot given, in the same order.
   */
  destroySnapshots(snapshots: readonly SnapshotRef[], ctx?: Ctx): Promise<readonly DestroyOutcome[]>;

  /** Estimates of all steps of a request, one process. */
  estimate(request: SendRequest, ctx?: Ctx): Promise<readonly StepEstimate[]>;
  /** Checks the request's form; starts nothing. */
  prepareSend(request: SendRequest): OutgoingStream;
  /** Starts the send and receives it here. Success means that the receive ended well; the caller still verifies guids. */
  receive(request: ReceiveRequest, stream: OutgoingStream, options?: TransferOptions): Promise<TransferResult>;
  /** Discards partial receive state; none there counts as done. An unfinished first receive is destroyed whole by ZFS. */
  abortReceive(dataset: string, ctx?: Ctx): Promise<void>;
}
