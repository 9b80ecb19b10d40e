/**
 * Listings of versions: `zfs list -Hp -o name,guid,createtxg[,creation,userrefs]` with all types mixed. Pure. See
 * zfs-list(8).
 */
import { entityFault, entityTypeOf } from './names.ts';
import { parseCount, parseSeconds, parseU64, readable, wholeLines } from './parse-common.ts';
import type { DatasetVersions, Version } from './types.ts';

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

function parseRow(line: string, details: boolean): VersionRow {
  const fields = line.split('\t');
  readable(fields.length === (details ? 5 : 3), 'a row has a wrong number of fields', line);
  const [fullName = '', guidText = '', txgText = '', creationText = '', userrefsText = ''] = fields;
  const type = entityTypeOf(fullName);
  readable(entityFault(fullName, type) === null, 'a row has an invalid name', line);
  const guid = parseU64(guidText);
  const createtxg = parseU64(txgText);
  readable(guid !== null && createtxg !== null, 'a row has an invalid guid or txg', line);

  let detail: Pick<Version, 'creationS' | 'userrefs'> = {};
  if (details) {
    const creationS = parseSeconds(creationText);
    readable(creationS !== null, 'a row has an invalid creation time', line);
    if (type === 'snapshot') {
      const userrefs = parseCount(userrefsText);
      readable(userrefs !== null, 'a row has an invalid number of holds', line);
      detail = { creationS, userrefs };
    } else {
      readable(userrefsText === '-', 'a row has holds where none can be', line);
      detail = { creationS };
    }
  }
  if (type === 'filesystem') return { fullName, dataset: fullName, version: null, guid };
  const at = fullName.search(/[@#]/);
  const version: Version = { type, name: fullName.slice(at + 1), guid, createtxg, ...detail };
  return { fullName, dataset: fullName.slice(0, at), version, guid };
}

/** Rows in the order in which zfs printed them. @throws ProblemError `output-unreadable` */
export function parseVersionRows(stdout: string, details: boolean): readonly VersionRow[] {
  return wholeLines(stdout).map((line) => parseRow(line, details));
}

/**
 * All datasets of a listing with their versions. Rows of one dataset usually come together, but nothing depends on it.
 * @throws ProblemError `output-unreadable`, also when a version comes without its dataset or anything comes twice
 */
export function parseVersionListing(stdout: string, details: boolean): readonly DatasetVersions[] {
  const guids = new Map<string, bigint>();
  const versions = new Map<string, Version[]>();
  const seen = new Set<string>();
  for (const { fullName, dataset, version, guid } of parseVersionRows(stdout, details)) {
    readable(!seen.has(fullName), 'a name stands twice', fullName);
    seen.add(fullName);
    if (version === null) {
      guids.set(dataset, guid);
      continue;
    }
    const known = versions.get(dataset);
    if (known === undefined) versions.set(dataset, [version]);
    else known.push(version);
  }
  for (const dataset of versions.keys()) {
    readable(guids.has(dataset), 'versions are listed without their dataset', dataset);
  }
  return [...guids].map(([dataset, guid]) => ({
    dataset,
    guid,
    versions: (versions.get(dataset) ?? []).sort(compareVersions),
  }));
}
