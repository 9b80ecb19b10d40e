/**
 * Listings of versions: `zfs list -Hp -o name,guid,createtxg[,creation,userrefs]` with all types mixed. Pure. See
 * zfs-list(8).
 */
import { readable } from './parse-common.ts';
import type { DatasetVersions, Version } from './types.ts';
import { VersionScanner } from './version-scanner.ts';

/** Columns without a property list, which are cheap on ZFS >= 2.2. */
export const FAST_COLUMNS: readonly string[] = ['name', 'guid', 'createtxg'];
export const DETAIL_COLUMNS: readonly string[] = [...FAST_COLUMNS, 'creation', 'userrefs'];

/** One row, whatever it is of. */
export interface VersionRow {
  readonly fullName: string;
  readonly dataset: string;
  /** Null for a row of the dataset itself. */
  readonly version: Version | null;
  readonly guid: bigint;
}

/** Bookmark before snapshot at the same txg, then by name, so that equal listings are equal. */
export function compareVersions(a: Version, b: Version): number {
  if (a.createtxg !== b.createtxg) return a.createtxg < b.createtxg ? -1 : 1;
  if (a.type !== b.type) return a.type === 'bookmark' ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function versionOf(row: VersionScanner, details: boolean): Version | null {
  const { type, name, guid, createtxg, creationS } = row;
  if (type === 'filesystem') return null;
  if (!details) return { type, name, guid, createtxg };
  return type === 'snapshot'
    ? { type, name, guid, createtxg, creationS, userrefs: row.userrefs }
    : { type, name, guid, createtxg, creationS };
}

/** Rows in the order in which zfs printed them. @throws ProblemError `output-unreadable` */
export function parseVersionRows(stdout: string, details: boolean): readonly VersionRow[] {
  const rows: VersionRow[] = [];
  const scanner = new VersionScanner(stdout, details);
  while (scanner.next()) {
    const { dataset, guid } = scanner;
    const version = versionOf(scanner, details);
    const sign = version?.type === 'bookmark' ? '#' : '@';
    rows.push({ fullName: version === null ? dataset : `${dataset}${sign}${version.name}`, dataset, version, guid });
  }
  return rows;
}

/** What is collected of one dataset. */
interface Gathered {
  readonly dataset: string;
  /** Null until its own row was met. */
  guid: bigint | null;
  readonly versions: Version[];
}

/**
 * All datasets of a listing with their versions. Rows of one dataset usually come together, but nothing depends on it.
 * @throws ProblemError `output-unreadable`, also when a version comes without its dataset or anything comes twice
 */
export function parseVersionListing(stdout: string, details: boolean): readonly DatasetVersions[] {
  const gathered = new Map<string, Gathered>();
  const listed: Gathered[] = [];
  const scanner = new VersionScanner(stdout, details);
  let current: Gathered | undefined;
  while (scanner.next()) {
    const { dataset } = scanner;
    if (current?.dataset !== dataset) {
      current = gathered.get(dataset) ?? { dataset, guid: null, versions: [] };
      gathered.set(dataset, current);
    }
    const version = versionOf(scanner, details);
    if (version !== null) {
      current.versions.push(version);
      continue;
    }
    readable(current.guid === null, 'a name stands twice', dataset);
    current.guid = scanner.guid;
    listed.push(current);
  }
  for (const { dataset, guid } of gathered.values()) {
    readable(guid !== null, 'versions are listed without their dataset', dataset);
  }
  return listed.map(({ dataset, guid, versions }) => ({
    dataset,
    guid: guid ?? 0n,
    versions: inOrder(dataset, versions),
  }));
}

/** Sorted, and in an array without room to grow. */
function inOrder(dataset: string, versions: readonly Version[]): readonly Version[] {
  const names = { snapshot: new Set<string>(), bookmark: new Set<string>() };
  let sorted = true;
  let before: Version | undefined;
  for (const version of versions) {
    const { type, name } = version;
    readable(!names[type].has(name), 'a name stands twice', `${dataset}${type === 'snapshot' ? '@' : '#'}${name}`);
    names[type].add(name);
    if (before !== undefined && compareVersions(before, version) > 0) sorted = false;
    before = version;
  }
  return sorted ? versions.slice() : versions.toSorted(compareVersions);
}
