/**
 * Listings straight from the simulated pools, without the text in between: they are most of what a simulated run does. They
 * answer only where nothing is wrong; every refusal comes from the commands themselves. That both answer alike is tested.
 */
import { listingRoots, type ReadGuids } from '../../../core/zfs/cli-listing.ts';
import { checkAnyName, datasetOf, snapshotName } from '../../../core/zfs/names.ts';
import { compareVersions } from '../../../core/zfs/parse-versions.ts';
import type { DatasetFacts, PropertyValue, Version, Zfs } from '../../../core/zfs/types.ts';
import { findDataset, findPool, findSnapshot, subtreeOf } from './lookup.ts';
import { tokenTextOf } from './partial-token.ts';
import { propertyOf, propertyReader } from './properties.ts';
import { type Dataset, isSince, type Machine, type Pool } from './world.ts';

type Listing = Pick<Zfs, 'listVersions' | 'listDatasets' | 'snapshotDetails' | 'getProperties' | 'readBack'>;

interface Kept {
  readonly revision: number;
  readonly plain: readonly Version[];
  detailed: readonly Version[] | null;
}

const kept = new WeakMap<Dataset, Kept>();

function makeVersions(dataset: Dataset, details: boolean): readonly Version[] {
  const versions: Version[] = [];
  for (const { name, guid, createtxg, creationS, tags } of dataset.snapshots) {
    versions.push({
      type: 'snapshot',
      name,
      guid,
      createtxg,
      ...(details ? { creationS, userrefs: tags.size } : {}),
    });
  }
  for (const { name, guid, createtxg, creationS } of dataset.bookmarks) {
    versions.push({ type: 'bookmark', name, guid, createtxg, ...(details ? { creationS } : {}) });
  }
  return versions.sort(compareVersions);
}

function versionsOf(dataset: Dataset, details: boolean): readonly Version[] {
  let known = kept.get(dataset);
  if (known === undefined || known.revision !== dataset.revision) {
    known = { revision: dataset.revision, plain: makeVersions(dataset, false), detailed: null };
    kept.set(dataset, known);
  }
  if (!details) return known.plain;
  known.detailed ??= makeVersions(dataset, true);
  return known.detailed;
}

interface Found {
  readonly pool: Pool;
  readonly dataset: Dataset;
}

/** The datasets of a listing; null where any root is missing or its pool gives no answer. */
function select(machine: Machine, roots: readonly string[], recursive: boolean): readonly Found[] | null {
  const wanted = listingRoots(roots, recursive);
  const pools = [...machine.pools.values()].filter(({ state }) => state !== 'vanished');
  const found: Found[] = [];
  for (const root of roots.length === 0 ? pools.map(({ name }) => name) : wanted) {
    const pool = findPool(machine, root);
    const dataset = pool?.datasets.get(root);
    if (pool === undefined || dataset === undefined || pool.state === 'suspended') return null;
    for (const each of recursive ? subtreeOf(pool, root) : [dataset]) found.push({ pool, dataset: each });
  }
  return roots.every((root) => findDataset(machine, root) !== undefined) ? found : null;
}

function factsOf(machine: Machine, { pool, dataset }: Found, properties: readonly string[]): DatasetFacts {
  const value = (property: string): PropertyValue | null => propertyOf(pool, dataset, property);
  const isEncrypted = dataset.encryption !== null;
  return {
    dataset: dataset.name,
    guid: dataset.guid,
    kind: dataset.kind,
    encrypted: isEncrypted,
    encryptionRoot: isEncrypted ? (value('encryptionroot')?.value ?? null) : null,
    keyLoaded: isEncrypted ? value('keystatus')?.value === 'available' : null,
    resumeToken: tokenTextOf(dataset),
    snapshotsChangedS: isSince(machine, 2, 2) ? dataset.snapshotsChangedS : null,
    mounted: dataset.mounted,
    properties: new Map(
      properties.flatMap((property) => {
        const found = value(property);
        return found === null ? [] : [[property, found] as const];
      }),
    ),
  };
}

/** Whether every pool that the names lie in gives answers. */
function answers(machine: Machine, names: readonly string[]): boolean {
  return names.every((name) => findPool(machine, name)?.state !== 'suspended');
}

export function createDirectListing(
  machine: Machine,
  text: Listing & { readonly readGuids: ReadGuids },
): Listing & { readonly readGuids: ReadGuids } {
  const readBack: Listing['readBack'] = async (names, properties, ctx) => {
    if (ctx?.signal?.aborted === true || !answers(machine, names)) return text.readBack(names, properties, ctx);
    const found = new Map<string, ReadonlyMap<string, PropertyValue>>();
    for (const name of names.map(checkAnyName)) {
      const read = propertyReader(machine, name);
      if (read === undefined) continue;
      const values = new Map<string, PropertyValue>();
      for (const property of properties) {
        const value = read(property);
        if (value !== null) values.set(property, value);
      }
      found.set(name, values);
    }
    return found;
  };

  return {
    readBack,

    getProperties: async (name, properties, ctx) =>
      (await readBack([name], properties, ctx)).get(name) ?? text.getProperties(name, properties, ctx),

    listVersions: async (roots, options, ctx) => {
      const found = ctx?.signal?.aborted === true ? null : select(machine, roots, options.recursive);
      if (found === null) return text.listVersions(roots, options, ctx);
      return found.map(({ dataset }) => ({
        dataset: dataset.name,
        guid: dataset.guid,
        versions: versionsOf(dataset, options.details),
      }));
    },

    listDatasets: async (roots, options, ctx) => {
      const found = ctx?.signal?.aborted === true ? null : select(machine, roots, options.recursive);
      if (found === null) return text.listDatasets(roots, options, ctx);
      return found.map((each) => factsOf(machine, each, options.properties));
    },

    snapshotDetails: async (snapshots, ctx) => {
      const names = snapshots.map(({ dataset, name }) => snapshotName(dataset, name));
      if (ctx?.signal?.aborted === true || !answers(machine, names)) return text.snapshotDetails(snapshots, ctx);
      return new Map(
        names.flatMap((fullName) => {
          const snapshot = findSnapshot(machine, fullName);
          if (snapshot === undefined) return [];
          const { guid, createtxg, creationS, tags } = snapshot;
          return [[fullName, { guid, createtxg, creationS, userrefs: tags.size }] as const];
        }),
      );
    },

    readGuids: async (names, ctx) => {
      if (ctx?.signal?.aborted === true || !answers(machine, names.map(datasetOf))) return text.readGuids(names, ctx);
      return new Map(
        names.flatMap((fullName) => {
          const guid = findSnapshot(machine, fullName)?.guid;
          return guid === undefined ? [] : [[fullName, guid] as const];
        }),
      );
    },
  };
}
