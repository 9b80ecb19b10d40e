/**
 * The simulated machines and their pools as plain data: no functions, no promises, so that a state can be copied, compared and
 * printed. Only the files beside this one change it.
 */

/** Bytes of one block of content, and of what a send stream adds to each. */
export const BLOCK_BYTES = 128 * 1024;

/**
 * `stalled`: the drive is gone and nobody has noticed; reading answers from memory, and what writes hangs until told.
 * `suspended`: ZFS has noticed, and every command fails. `vanished`: not imported.
 */
export type PoolState = 'ok' | 'stalled' | 'suspended' | 'read-only' | 'vanished';

/** Ids of blocks by position; 0 is a hole. Never changed once it is shared. */
export type Content = readonly number[];

export interface World {
  /** The wall clock of all machines, in Unix seconds. Set by whoever drives the world. */
  nowS: number;
  /** What all guids are made of. */
  seed: bigint;
  guidsMade: bigint;
  blocksMade: number;
  /** Changes that commands made so far. */
  effects: number;
  readonly machines: Map<string, Machine>;
}

export type Release = readonly [major: number, minor: number, patch: number];

export interface Machine {
  readonly name: string;
  zfsRelease: Release;
  readonly pools: Map<string, Pool>;
  /** How often it has been started: a command of an earlier time is no more. */
  boots: number;
  /** Subcommands that the account may not use: `receive`, `destroy`, ... */
  readonly denied: Set<string>;
  /** Properties that the account may not set by a receive: zfs leaves them out and exits 0. */
  readonly deniedProperties: Set<string>;
}

export interface Pool {
  readonly name: string;
  readonly guid: bigint;
  state: PoolState;
  txg: bigint;
  /** Null: endless. */
  capacityBlocks: number | null;
  /** Whether partial receive state can be kept (feature extensible_dataset). */
  extensibleDataset: boolean;
  /** Whether the pool can hold bookmarks. */
  bookmarks: boolean;
  readonly datasets: Map<string, Dataset>;
}

/** What was set on a dataset itself. A local value hides a received one. */
export interface OwnValue {
  readonly local: string | null;
  readonly received: string | null;
}

export interface WrappingKey {
  /** Equal where the same key opens both. */
  readonly id: bigint;
  readonly passphrase: string;
  readonly format: 'passphrase' | 'raw';
  readonly salt: bigint;
}

export interface Encryption {
  /** Guid of the dataset whose key is used, this one or one above. */
  rootGuid: bigint;
  /** Stays the same for all copies that were sent raw. */
  readonly masterKey: bigint;
  /** Which key the master key is wrapped with. Where it is not the root's, the dataset cannot be opened. */
  wrapping: WrappingKey;
  /** Of encryption roots. */
  keyLoaded: boolean;
}

export interface Snapshot {
  name: string;
  readonly guid: bigint;
  readonly createtxg: bigint;
  readonly creationS: number;
  readonly content: Content;
  /** What raw increments are checked with; null where not encrypted. */
  readonly ivset: bigint | null;
  readonly tags: Set<string>;
  /** Guids of datasets that were cloned from it. */
  readonly clones: Set<bigint>;
  /** Goes with its last hold and clone. */
  deferred: boolean;
  /** Sends that read it right now. */
  readers: number;
}

export interface Bookmark {
  readonly name: string;
  readonly guid: bigint;
  readonly createtxg: bigint;
  readonly creationS: number;
  readonly content: Content;
  readonly ivset: bigint | null;
}

/** An unfinished receive: `%recv` of a dataset that was there before, or the whole of one that was not. */
export interface PartialState {
  readonly fromGuid: bigint | null;
  readonly toGuid: bigint;
  /** Full name on the sender. */
  readonly toName: string;
  /** `rawok`, `compressok`, `embedok`. */
  readonly flags: readonly string[];
  /** Guid of the newest snapshot when it began. */
  readonly baseGuid: bigint | null;
  readonly content: number[];
  /** Changed blocks that have arrived; once it is interrupted, those that need not come again. */
  blocks: number;
  /** Of `blocks`, those that need not come again whenever the receive is interrupted. */
  sureBlocks: number;
  /** Whether a token names the object that the content lies in, and counts bytes. */
  hasContent: boolean;
  /** Whether a receive works on it right now. */
  active: boolean;
  /** Whether it is to outlive the receive. */
  readonly kept: boolean;
  /** Whether so much has arrived that it can: a record after the first of the stream, of a raw stream a block. */
  worthKeeping: boolean;
  /** Its token, made when somebody asks. */
  tokenText: string | null;
}

export interface Dataset {
  name: string;
  readonly guid: bigint;
  readonly createtxg: bigint;
  readonly creationS: number;
  readonly kind: 'filesystem' | 'volume';
  readonly properties: Map<string, OwnValue>;
  encryption: Encryption | null;
  content: Content;
  /** In the order of createtxg. */
  snapshots: Snapshot[];
  bookmarks: Bookmark[];
  partial: PartialState | null;
  /** Only an unfinished first receive made it. */
  inconsistent: boolean;
  /** Guid of the snapshot it is a clone of. */
  originGuid: bigint | null;
  /** Unix seconds. */
  snapshotsChangedS: number | null;
  mounted: boolean;
  /** Raised by every change of snapshots, bookmarks and holds: what was made of them can be kept until then. */
  revision: number;
}

export function createWorld(seed = 1n, nowS = 1_700_000_000): World {
  return { nowS, seed, guidsMade: 0n, blocksMade: 0, effects: 0, machines: new Map() };
}

/** OpenZFS of Debian 12, and of its backports. */
export const RELEASE_2_1: Release = [2, 1, 11];
export const RELEASE_2_3: Release = [2, 3, 2];
/** Says other words of snapshots that are held. */
export const RELEASE_2_3_3: Release = [2, 3, 3];

export function addMachine(world: World, name: string, zfsRelease: Release = RELEASE_2_3): Machine {
  const machine: Machine = {
    name,
    zfsRelease,
    pools: new Map(),
    boots: 0,
    denied: new Set(),
    deniedProperties: new Set(),
  };
  world.machines.set(name, machine);
  return machine;
}

/** A pool with its root dataset. */
export function addPool(world: World, machine: Machine, name: string, capacityBlocks: number | null = null): Pool {
  const pool: Pool = {
    name,
    guid: nextGuid(world),
    state: 'ok',
    txg: 4n,
    capacityBlocks,
    extensibleDataset: true,
    bookmarks: true,
    datasets: new Map(),
  };
  machine.pools.set(name, pool);
  const root = newDataset(world, pool, name, 'filesystem');
  root.mounted = true;
  pool.datasets.set(name, root);
  return pool;
}

/** A dataset that belongs to no pool yet. */
export function newDataset(world: World, pool: Pool, name: string, kind: Dataset['kind']): Dataset {
  return {
    name,
    guid: nextGuid(world),
    createtxg: pool.txg,
    creationS: world.nowS,
    kind,
    properties: new Map(),
    encryption: null,
    content: [],
    snapshots: [],
    bookmarks: [],
    partial: null,
    inconsistent: false,
    originGuid: null,
    snapshotsChangedS: null,
    mounted: false,
    revision: 0,
  };
}

const U64 = 2n ** 64n;
const GOLDEN = 0x9e37_79b9_7f4a_7c15n;

/** Spread over all 64 bits and never the same twice: the output function of splitmix64 is a bijection. */
export function nextGuid(world: World): bigint {
  world.guidsMade += 1n;
  let z = (world.seed + world.guidsMade * GOLDEN) % U64;
  z = ((z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n) % U64;
  z = ((z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn) % U64;
  z ^= z >> 31n;
  return z === 0n ? nextGuid(world) : z;
}

/** A block that no other one is equal to. */
export function nextBlock(world: World): number {
  world.blocksMade += 1;
  return world.blocksMade;
}

/** Whether the machine has this release or a newer one. */
export function isSince({ zfsRelease }: Machine, major: number, minor: number, patch = 0): boolean {
  const [ownMajor, ownMinor, ownPatch] = zfsRelease;
  if (ownMajor !== major) return ownMajor > major;
  return ownMinor === minor ? ownPatch >= patch : ownMinor > minor;
}
