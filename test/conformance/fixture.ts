/**
 * What a conformance case has to work with, whatever OpenZFS stands behind it. Small on purpose: every member is one or two
 * commands on a real machine.
 */
import type { Zfs } from '../../core/zfs/types.ts';

/** The releases whose behaviour cases tell apart: those of Debian 12 and of its backports. */
export type Release = '2.1' | '2.3';

export interface CreateOptions {
  readonly kind?: 'filesystem' | 'volume';
  /** Makes it an encryption root with this passphrase, its key loaded. Eight characters at least. */
  readonly passphrase?: string;
  /** The key has to come from the passphrase by way of a salt; where nobody looks, a machine may take a quicker way. */
  readonly isSalted?: boolean;
  readonly properties?: Readonly<Record<string, string>>;
}

/** What a person does at the console. Full names everywhere; rejects where zfs refuses. */
export interface Operator {
  /** Filesystems are mounted, volumes are sparse. */
  create(dataset: string, options?: CreateOptions): Promise<void>;
  /** Writes so many blocks of 128 KiB of random data, to a new file or behind what a volume has, and syncs. */
  append(dataset: string, blocks: number): Promise<void>;
  /** Overwrites the first block of the first file, and syncs. */
  overwrite(dataset: string): Promise<void>;
  /** Removes all files, and syncs. */
  clear(dataset: string): Promise<void>;
  /** In one command. */
  snapshot(...snapshots: readonly string[]): Promise<void>;
  /** `defer`: `zfs destroy -d`. */
  destroySnapshot(snapshot: string, options?: { readonly defer?: boolean }): Promise<void>;
  /** `zfs destroy -r`. */
  destroyDataset(dataset: string): Promise<void>;
  renameSnapshot(snapshot: string, name: string): Promise<void>;
  renameDataset(dataset: string, name: string): Promise<void>;
  /** `zfs rollback -r`. */
  rollback(snapshot: string): Promise<void>;
  hold(tag: string, snapshot: string): Promise<void>;
  release(tag: string, snapshot: string): Promise<void>;
  bookmark(snapshot: string, name: string): Promise<void>;
  destroyBookmark(bookmark: string): Promise<void>;
  clone(snapshot: string, dataset: string): Promise<void>;
  set(dataset: string, property: string, value: string): Promise<void>;
  inherit(dataset: string, property: string): Promise<void>;
  loadKey(dataset: string, passphrase: string): Promise<void>;
  /** Unmounts what needs it, and unloads it. */
  unloadKey(dataset: string): Promise<void>;
  changeKey(dataset: string, passphrase: string): Promise<void>;
  /** `zfs change-key -i`. */
  inheritKey(dataset: string): Promise<void>;
}

export interface SnapshotState {
  readonly name: string;
  readonly guid: string;
  /** Sorted. */
  readonly tags: readonly string[];
  /** Equal where the data are; null where they cannot be read. */
  readonly digest: string | null;
}

export interface BookmarkState {
  readonly name: string;
  readonly guid: string;
}

export interface TokenState {
  readonly fromGuid: string | null;
  readonly toGuid: string;
  readonly raw: boolean;
}

/** A dataset as it is, read without the code under test. */
export interface DatasetState {
  /** Below the root of the place; empty for the root. */
  readonly path: string;
  readonly guid: string;
  readonly kind: 'filesystem' | 'volume';
  /** Of the live data; null where they cannot be read. */
  readonly digest: string | null;
  /** In the order of createtxg. */
  readonly snapshots: readonly SnapshotState[];
  /** In the order of createtxg, then by name. */
  readonly bookmarks: readonly BookmarkState[];
  readonly token: TokenState | null;
  /** Path of the encryption root, relative as `path` is; null where not encrypted. */
  readonly encryptionRoot: string | null;
  readonly keyLoaded: boolean;
  /** Those of `OBSERVED_PROPERTIES` and `OBSERVED_USER_PROPERTIES` that are local or received: value and source. */
  readonly properties: Readonly<Record<string, readonly [value: string, source: 'local' | 'received']>>;
}

export const OBSERVED_PROPERTIES: readonly string[] = [
  'readonly',
  'canmount',
  'setuid',
  'exec',
  'devices',
  'compression',
  'quota',
  'refquota',
];

/** Those that the cases and the operations set. One that is not among them is not seen. */
export const OBSERVED_USER_PROPERTIES: readonly string[] = [
  'user:word',
  'user:one',
  'user:two',
  'user:other',
  'zrepl:placeholder',
  'snapferry:chain',
  'snapferry:key',
];

/** All datasets of a place, parents before children, siblings by name. */
export type PlaceState = readonly DatasetState[];

/** A dataset of its own on one machine, for one case. */
/** A dataset and its versions, oldest first, without what is in them. */
export interface Glance {
  readonly path: string;
  readonly snapshots: readonly VersionGlance[];
  readonly bookmarks: readonly VersionGlance[];
}

interface VersionGlance {
  readonly name: string;
  readonly guid: string;
}

export interface Place {
  readonly release: Release;
  /** The dataset; it exists, is empty, and is not encrypted. Its name holds a space. */
  readonly root: string;
  /** The OpenZFS under test. */
  readonly zfs: Zfs;
  readonly operator: Operator;
  /**
   * The same machine, but the streams of its sends end when so many blocks have passed, as if that had been all. On a real
   * one: after the bytes of those blocks and some KiB more, so that the last of them has arrived.
   */
  cutting(blocks: number): Zfs;
  observe(): Promise<PlaceState>;
  /** What is there by name and guid; cheaper than all of it. */
  glance(): Promise<readonly Glance[]>;
  /** Of the datasets that are there, below the root; cheaper where only that is asked. */
  paths(): Promise<readonly string[]>;
}

/** Two places in different pools; the machines may be one and the same. */
export interface Fixture {
  readonly source: Place;
  readonly target: Place;
}
