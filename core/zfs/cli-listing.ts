/** Reading: versions, datasets, properties. A listing is whole, or it is an error. See zfs-list(8) and zfs-get(8). */
import { ProblemError } from '../api/problem.ts';
import { chunkNames, LISTING_LIMITS, NAMES_MAX } from './chunk.ts';
import type { CliRunner } from './cli-runner.ts';
import { missingLines, runTolerant, type TolerantRun } from './cli-tolerant.ts';
import { ancestorsOf, checkAnyName, checkDataset, snapshotName } from './names.ts';
import { readable } from './parse-common.ts';
import { factProperties, knownProperties, needEncryption, readDatasetFacts } from './parse-datasets.ts';
import { parsePropertyRows, propertyOrder } from './parse-properties.ts';
import {
  DETAIL_COLUMNS,
  FAST_COLUMNS,
  parseVersionListing,
  parseVersionRows,
  type VersionRow,
} from './parse-versions.ts';
import type { Capabilities, Ctx, PropertyValue, Zfs } from './types.ts';

type Listing = Pick<Zfs, 'listVersions' | 'listDatasets' | 'snapshotDetails' | 'getProperties' | 'readBack'>;

/** Guids of named snapshots; those that are gone are absent. */
export type ReadGuids = (fullNames: readonly string[], ctx?: Ctx) => Promise<ReadonlyMap<string, bigint>>;

const DATASET_TYPES = 'filesystem,volume';
const ALL_TYPES = 'filesystem,volume,snapshot,bookmark';
/** So many snapshots of each dataset, on average, are reason enough to list all of them. */
const WHOLE_FROM = 8;
const PROPERTY_COLUMNS = 'name,property,value,source';

/** The roots, each once, without those that another one covers. @throws ProblemError `name-invalid` */
export function listingRoots(roots: readonly string[], recursive: boolean): readonly string[] {
  const unique = [...new Set(roots.map(checkDataset))];
  if (!recursive) return unique;
  const given = new Set(unique);
  return unique.filter((root) => !ancestorsOf(root).some((ancestor) => given.has(ancestor)));
}

/** A root that another one covers is not asked for by itself, so that it is missing shows only here. */
function checkRootsListed(roots: readonly string[], listed: Iterable<string>, host: string): void {
  const there = new Set(listed);
  const name = roots.find((root) => !there.has(root));
  if (name !== undefined) throw new ProblemError('not-found', { name, host });
}

/** The parts to ask for one after the other; no roots are one part: all imported pools. */
function partsOf(roots: readonly string[]): readonly (readonly string[])[] {
  return roots.length === 0 ? [[]] : chunkNames(roots, LISTING_LIMITS);
}

/** Names that neither stand in the output nor are reported missing make the whole output doubtful. */
function checkAllAccounted(run: TolerantRun, listed: ReadonlySet<string>): void {
  for (const name of run.names) {
    const missing = missingLines(name).some((line) => run.complaints.has(line));
    readable(listed.has(name) !== missing, 'a name is neither listed nor missing, or both', name);
  }
  readable(listed.size <= run.names.length, 'more is listed than was asked for', run.stdout);
}

export function createListing(
  runner: CliRunner,
  capabilities: (ctx?: Ctx) => Promise<Capabilities>,
): Listing & { readonly readGuids: ReadGuids } {
  const { listMs } = runner.deadlines;

  /** Rows of named snapshots that are still there. */
  const rowsOf = async (names: readonly string[], details: boolean, ctx?: Ctx): Promise<readonly VersionRow[]> => {
    const columns = details ? DETAIL_COLUMNS : FAST_COLUMNS;
    const runs = await runTolerant(
      runner,
      {
        operation: 'list',
        names,
        args: (part) => ['list', '-Hp', '-t', 'snapshot', '-o', columns.join(','), ...part],
        foreseen: missingLines,
        deadlineMs: () => listMs,
      },
      ctx,
    );
    return runs.flatMap((run) => {
      const rows = parseVersionRows(run.stdout, details);
      checkAllAccounted(run, new Set(rows.map((row) => row.fullName)));
      return rows;
    });
  };

  /** Rows of named snapshots; of many in few datasets, whole listings of those are fewer commands. */
  const detailRowsOf = async (
    snapshots: Parameters<Listing['snapshotDetails']>[0],
    ctx?: Ctx,
  ): Promise<readonly VersionRow[]> => {
    const names = snapshots.map(({ dataset, name }) => snapshotName(dataset, name));
    const datasets = [...new Set(snapshots.map(({ dataset }) => dataset))];
    if (names.length <= NAMES_MAX || names.length < datasets.length * WHOLE_FROM) return rowsOf(names, true, ctx);
    const columns = DETAIL_COLUMNS.join(',');
    const runs = await runTolerant(
      runner,
      {
        operation: 'list',
        names: datasets,
        args: (part) => ['list', '-Hp', '-d', '1', '-t', 'snapshot', '-o', columns, ...part],
        foreseen: missingLines,
        deadlineMs: () => listMs,
        limits: LISTING_LIMITS,
      },
      ctx,
    );
    const wanted = new Set(names);
    return runs.flatMap((run) => {
      const rows = parseVersionRows(run.stdout, true);
      const asked = new Set(run.names);
      for (const { fullName, dataset, version } of rows) {
        readable(asked.has(dataset) && version?.type === 'snapshot', 'more is listed than was asked for', fullName);
      }
      return rows.filter(({ fullName }) => wanted.has(fullName));
    });
  };

  const propertiesOf = async (
    names: readonly string[],
    properties: readonly string[],
    ctx?: Ctx,
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, PropertyValue>>> => {
    const known = needEncryption(properties) ? knownProperties(await capabilities(ctx), properties) : properties;
    const order = propertyOrder(known);
    const wanted = new Set(known);
    const runs = await runTolerant(
      runner,
      {
        operation: 'get',
        names: names.map(checkAnyName),
        args: (part) => ['get', '-Hp', '-o', PROPERTY_COLUMNS, order.join(','), ...part],
        foreseen: missingLines,
        deadlineMs: () => listMs,
      },
      ctx,
    );
    const found = new Map<string, ReadonlyMap<string, PropertyValue>>();
    for (const run of runs) {
      const rows = parsePropertyRows(run.stdout, order);
      checkAllAccounted(run, new Set(rows.keys()));
      for (const [name, values] of rows) {
        found.set(name, new Map([...values].filter(([property]) => wanted.has(property))));
      }
    }
    return found;
  };

  return {
    readGuids: async (names, ctx) =>
      new Map((await rowsOf(names, false, ctx)).map((row) => [row.fullName, row.guid] as const)),

    listVersions: async (roots, { recursive, details }, ctx) => {
      const names = listingRoots(roots, recursive);
      const columns = (details ? DETAIL_COLUMNS : FAST_COLUMNS).join(',');
      // Depth 1 reaches the versions, and the children as well, which are left out below.
      const depth = recursive ? ['-r'] : ['-d', '1'];
      const listings = [];
      for (const part of partsOf(names)) {
        const args = ['list', '-Hp', ...depth, '-t', ALL_TYPES, '-o', columns, ...part];
        const { stdout } = await runner.succeed({ operation: 'list', names: part, args, deadlineMs: listMs, ctx });
        listings.push(...parseVersionListing(stdout, details));
      }
      checkRootsListed(
        roots,
        listings.map(({ dataset }) => dataset),
        runner.host.label,
      );
      if (recursive) return listings;
      const wanted = new Set(names);
      return listings.filter(({ dataset }) => (wanted.size === 0 ? !dataset.includes('/') : wanted.has(dataset)));
    },

    listDatasets: async (roots, { recursive, properties }, ctx) => {
      const support = await capabilities(ctx);
      const order = factProperties(support, properties);
      const names = listingRoots(roots, recursive);
      const depth = recursive ? ['-r'] : ['-d', '0'];
      const facts = [];
      for (const part of partsOf(names)) {
        const args = ['get', '-Hp', ...depth, '-t', DATASET_TYPES, '-o', PROPERTY_COLUMNS, order.join(','), ...part];
        const { stdout } = await runner.succeed({ operation: 'get', names: part, args, deadlineMs: listMs, ctx });
        for (const [dataset, values] of parsePropertyRows(stdout, order)) {
          facts.push(readDatasetFacts(dataset, values, support, properties));
        }
      }
      checkRootsListed(
        roots,
        facts.map(({ dataset }) => dataset),
        runner.host.label,
      );
      return facts;
    },

    snapshotDetails: async (snapshots, ctx) => {
      const rows = await detailRowsOf(snapshots, ctx);
      return new Map(
        rows.map(({ fullName, version }) => {
          const { guid, createtxg, creationS, userrefs } = version ?? {};
          readable(
            guid !== undefined && createtxg !== undefined && creationS !== undefined && userrefs !== undefined,
            'a row is not of a snapshot',
            fullName,
          );
          return [fullName, { guid, createtxg, creationS, userrefs }] as const;
        }),
      );
    },

    readBack: propertiesOf,

    getProperties: async (name, properties, ctx) => {
      const values = (await propertiesOf([name], properties, ctx)).get(name);
      if (values === undefined) throw new ProblemError('not-found', { name, host: runner.host.label });
      return values;
    },
  };
}
