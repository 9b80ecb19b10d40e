/** Lists a whole side: two processes whatever the number of datasets, run side by side. */
import { ProblemError } from '../api/problem.ts';
import type { Ctx, DatasetFacts, DatasetVersions, Version, Zfs } from '../zfs/types.ts';

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
  const { fastListing } = await zfs.capabilities(ctx);
  const options = { details: !fastListing };
  const missingRoots: string[] = [];
  if (roots === null) {
    const [facts, versions] = await Promise.all([
      zfs.listDatasets([], { recursive: true, properties }, ctx),
      zfs.listVersions([], { recursive: true, ...options }, ctx),
    ]);
    return { facts, versions: byDataset(versions), missingRoots };
  }
  const facts: DatasetFacts[] = [];
  const versions: DatasetVersions[] = [];
  for (const recursive of [true, false]) {
    let names = roots.filter((root) => root.recursive === recursive).map((root) => root.dataset);
    while (names.length > 0) {
      try {
        const [someFacts, someVersions] = await Promise.all([
          zfs.listDatasets(names, { recursive, properties }, ctx),
          zfs.listVersions(names, { recursive, ...options }, ctx),
        ]);
        facts.push(...someFacts);
        versions.push(...someVersions);
        break;
      } catch (error) {
        const gone = error instanceof ProblemError && error.code === 'not-found' ? error.facts.name : undefined;
        if (gone === undefined || !names.includes(gone)) throw error;
        missingRoots.push(gone);
        names = names.filter((name) => name !== gone);
      }
    }
  }
  return { facts, versions: byDataset(versions), missingRoots };
}

/** Versions of some datasets with creation and holds, one process for all. */
export async function refineVersions(
  zfs: Zfs,
  datasets: readonly string[],
  ctx: Ctx,
): Promise<ReadonlyMap<string, readonly Version[]>> {
  if (datasets.length === 0) return new Map();
  const listed = await zfs.listVersions(datasets, { recursive: false, details: true }, ctx);
  return new Map(listed.map((entry) => [entry.dataset, entry.versions]));
}

function byDataset(versions: readonly DatasetVersions[]): ReadonlyMap<string, DatasetVersions> {
  return new Map(versions.map((entry) => [entry.dataset, entry]));
}
