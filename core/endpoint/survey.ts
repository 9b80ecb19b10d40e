/** Lists a whole side: two processes whatever the number of datasets, run side by side. */
import { ProblemError } from '../api/problem.ts';
import type { Ctx, DatasetFacts, DatasetVersions, Zfs } from '../zfs/types.ts';

export interface ListingRoot {
  readonly dataset: string;
  readonly recursive: boolean;
}

export interface Side {
  readonly facts: readonly DatasetFacts[];
  readonly versions: ReadonlyMap<string, DatasetVersions>;
  /** Roots that do not exist. */
  readonly missingRoots: readonly string[];
}

/**
 * Facts and versions of everything at and below the roots; `null` means all imported pools. A root that does not exist is
 * reported and left out: its absence must not hide the others.
 */
export async function listSide(
  zfs: Zfs,
  roots: readonly ListingRoot[] | null,
  properties: readonly string[],
  ctx: Ctx,
): Promise<Side> {
  const missing = new Set<string>();
  const noteMissing = (root: string) => missing.add(root);
  const [facts, versions] = await Promise.all([
    listFacts(zfs, roots, properties, ctx, noteMissing),
    listVersionsOf(zfs, roots, ctx, noteMissing),
  ]);
  return {
    facts,
    versions: new Map(versions.map((entry) => [entry.dataset, entry])),
    missingRoots: [...missing],
  };
}

/** Facts alone, one process. */
export function listFacts(
  zfs: Zfs,
  roots: readonly ListingRoot[] | null,
  properties: readonly string[],
  ctx: Ctx,
  noteMissing: (root: string) => void = () => {},
): Promise<readonly DatasetFacts[]> {
  return overRoots(roots, noteMissing, (names, recursive) => zfs.listDatasets(names, { recursive, properties }, ctx));
}

/** Versions alone, one process; with details where they cost nothing extra. */
export async function listVersionsOf(
  zfs: Zfs,
  roots: readonly ListingRoot[] | null,
  ctx: Ctx,
  noteMissing: (root: string) => void = () => {},
): Promise<readonly DatasetVersions[]> {
  const { fastListing } = await zfs.capabilities(ctx);
  return overRoots(roots, noteMissing, (names, recursive) =>
    zfs.listVersions(names, { recursive, details: !fastListing }, ctx),
  );
}

/** Versions with creation and the number of holds, one process; slower than without them. */
export function listDetails(
  zfs: Zfs,
  roots: readonly ListingRoot[] | null,
  ctx: Ctx,
  noteMissing: (root: string) => void = () => {},
): Promise<readonly DatasetVersions[]> {
  return overRoots(roots, noteMissing, (names, recursive) =>
    zfs.listVersions(names, { recursive, details: true }, ctx),
  );
}

/** Versions of some datasets with creation and holds, one process for all. What is gone meanwhile is left out. */
export async function refineVersions(
  zfs: Zfs,
  datasets: readonly string[],
  ctx: Ctx,
): Promise<ReadonlyMap<string, DatasetVersions>> {
  const roots = datasets.map((dataset) => ({ dataset, recursive: false }));
  const listed = await listDetails(zfs, roots, ctx);
  return new Map(listed.map((entry) => [entry.dataset, entry]));
}

/** One listing for the recursive roots and one for the others; again without a root that does not exist. */
async function overRoots<T>(
  roots: readonly ListingRoot[] | null,
  noteMissing: (root: string) => void,
  list: (names: readonly string[], recursive: boolean) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  if (roots === null) return list([], true);
  const rows: T[] = [];
  for (const recursive of [true, false]) {
    let names = roots.filter((root) => root.recursive === recursive).map((root) => root.dataset);
    while (names.length > 0) {
      try {
        rows.push(...(await list(names, recursive)));
        break;
      } catch (error) {
        const gone = error instanceof ProblemError && error.code === 'not-found' ? error.facts.name : undefined;
        if (gone === undefined || !names.includes(gone)) throw error;
        noteMissing(gone);
        names = names.filter((name) => name !== gone);
      }
    }
  }
  return rows;
}
