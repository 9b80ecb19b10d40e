/** The state of simulated pools, as plain data, and how properties are looked up in it. */

import type { PropertySource, PropertyValue, Version } from '../../../core/zfs/types.ts';
import type { TokenFields } from './token-encoder.ts';

export interface MemorySnapshot {
  name: string;
  guid: bigint;
  createtxg: bigint;
  creationS: number;
  sizeBytes: number;
  readonly tags: Set<string>;
}

export interface MemoryBookmark {
  readonly name: string;
  readonly guid: bigint;
  readonly createtxg: bigint;
  readonly creationS: number;
}

/** An unfinished receive that can go on. */
export interface MemoryPartial {
  readonly token: TokenFields;
  readonly text: string;
  /** Newest snapshot when it began: another one since makes it useless. */
  readonly base: bigint | null;
}

export interface MemoryDataset {
  name: string;
  readonly guid: bigint;
  readonly kind: 'filesystem' | 'volume';
  encrypted: boolean;
  /** Name of the dataset whose key it uses. */
  encryptionRoot: string | null;
  keyLoaded: boolean;
  /** Set on this dataset: local or received. */
  readonly properties: Map<string, PropertyValue>;
  snapshots: MemorySnapshot[];
  bookmarks: MemoryBookmark[];
  partial: MemoryPartial | null;
  /** Only an unfinished first receive made it. */
  inconsistent: boolean;
  /** Somebody wrote to it since its newest snapshot. */
  modified: boolean;
}

/** Values of properties that nobody set. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['readonly', 'off'],
  ['canmount', 'on'],
  ['setuid', 'on'],
  ['exec', 'on'],
  ['devices', 'on'],
  ['compression', 'on'],
  ['quota', '0'],
]);
const NOT_INHERITED: ReadonlySet<string> = new Set(['canmount', 'quota']);

export function poolName(dataset: string): string {
  return dataset.split('/')[0] ?? dataset;
}

export function parentName(dataset: string): string | null {
  const slash = dataset.lastIndexOf('/');
  return slash < 0 ? null : dataset.slice(0, slash);
}

export function isAtOrBelowName(dataset: string, root: string): boolean {
  return dataset === root || dataset.startsWith(`${root}/`);
}

export function newestOf(dataset: MemoryDataset): MemorySnapshot | undefined {
  return dataset.snapshots.at(-1);
}

/** A property with its source, as zfsprops(7) says: set here, or inherited, or a default. */
export function propertyOf(
  datasets: ReadonlyMap<string, MemoryDataset>,
  dataset: MemoryDataset,
  property: string,
): PropertyValue | undefined {
  const fixed = fixedProperty(datasets, dataset, property);
  if (fixed !== undefined) return { value: fixed, source: 'none' };
  const own = dataset.properties.get(property);
  if (own !== undefined) return own;
  for (let name = parentName(dataset.name); name !== null; name = parentName(name)) {
    const above = NOT_INHERITED.has(property) ? undefined : datasets.get(name)?.properties.get(property);
    if (above !== undefined) return { value: above.value, source: 'inherited' };
  }
  const value = DEFAULTS.get(property);
  return value === undefined ? undefined : { value, source: 'default' };
}

function fixedProperty(
  datasets: ReadonlyMap<string, MemoryDataset>,
  dataset: MemoryDataset,
  property: string,
): string | undefined {
  const root = dataset.encryptionRoot === null ? undefined : datasets.get(dataset.encryptionRoot);
  switch (property) {
    case 'guid':
      return dataset.guid.toString();
    case 'encryption':
      return dataset.encrypted ? 'aes-256-gcm' : 'off';
    case 'keyformat':
    case 'pbkdf2salt':
      return root?.properties.get(`memory:${property}`)?.value;
    default:
      return undefined;
  }
}

export function setLocal(
  dataset: MemoryDataset,
  property: string,
  value: string,
  source: PropertySource = 'local',
): void {
  dataset.properties.set(property, { value, source });
}

/** All versions in the order of createtxg, bookmarks after the snapshots as zfs-list(8) prints them. */
export function versionsOf(dataset: MemoryDataset, details: boolean): Version[] {
  const snapshots = dataset.snapshots.map(
    ({ name, guid, createtxg, creationS, tags }): Version => ({
      type: 'snapshot',
      name,
      guid,
      createtxg,
      ...(details ? { creationS, userrefs: tags.size } : {}),
    }),
  );
  const bookmarks = dataset.bookmarks.map(
    ({ name, guid, createtxg, creationS }): Version => ({
      type: 'bookmark',
      name,
      guid,
      createtxg,
      ...(details ? { creationS } : {}),
    }),
  );
  return [...snapshots, ...bookmarks].sort((a, b) =>
    a.createtxg < b.createtxg ? -1 : a.createtxg > b.createtxg ? 1 : 0,
  );
}
