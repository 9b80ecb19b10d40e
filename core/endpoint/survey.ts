/**
 * Lists a whole side: two processes whatever the number of datasets, run side by side; one alone where what is remembered of
 * earlier surveys is still true.
 */
import { ProblemError } from '../api/problem.ts';
import type { Ctx, DatasetFacts, DatasetVersions, Version, Zfs } from '../zfs/types.ts';
import { isPlaceholderFlag, PLACEHOLDER_PROPERTY } from './placeholder.ts';
import { isMost, ORIGIN_PROPERTY, type SideCache } from './side-cache.ts';

export interface ListingRoot {
  readonly dataset: string;
  readonly recursive: boolean;
}

export interface Side {
  readonly facts: readonly DatasetFacts[];
  readonly versions: ReadonlyMap<string, DatasetVersions>;
  /** Datasets whose versions were not listed now, but come from an earlier survey. */
  readonly remembered: ReadonlySet<string>;
  /** Roots that do not exist. */
  readonly missingRoots: readonly string[];
}

/** Where surveys of a side remember what they listed. */
export interface SurveyMemory {
  readonly cache: SideCache;
  /** Datasets whose versions matter. */
  readonly wants: (dataset: string) => boolean;
}

/**
 * Facts and versions of everything at and below the roots; `null` means all imported pools. A root that does not exist is
 * reported and left out: its absence must not hide the others.
 * @param memory without it everything is listed
 */
export async function listSide(
  zfs: Zfs,
  roots: readonly ListingRoot[] | null,
  properties: readonly string[],
  ctx: Ctx,
  memory?: SurveyMemory,
): Promise<Side> {
  return memory !== undefined && (await zfs.capabilities(ctx)).snapshotsChanged
    ? listWithMemory(zfs, roots, [...properties, ORIGIN_PROPERTY], ctx, memory)
    : listAll(zfs, roots, properties, ctx, () => {});
}

/** Facts and versions side by side. */
async function listAll(
  zfs: Zfs,
  roots: readonly ListingRoot[] | null,
  properties: readonly string[],
  ctx: Ctx,
  onFacts: () => void,
): Promise<Side> {
  const missing = new Set<string>();
  const noteMissing = (root: string) => missing.add(root);
  const seeFacts = async () => {
    const facts = await listFacts(zfs, roots, properties, ctx, noteMissing);
    onFacts();
    return facts;
  };
  const [facts, versions] = await Promise.all([seeFacts(), listVersionsOf(zfs, roots, ctx, noteMissing)]);
  return { facts, versions: byDataset(versions), remembered: new Set(), missingRoots: [...missing] };
}

async function listWithMemory(
  zfs: Zfs,
  roots: readonly ListingRoot[] | null,
  properties: readonly string[],
  ctx: Ctx,
  { cache, wants }: SurveyMemory,
): Promise<Side> {
  const standsIn = (fact: DatasetFacts) => isPlaceholderFlag(fact.dataset, fact.properties.get(PLACEHOLDER_PROPERTY));
  const learn = (side: Side, listed: Side['versions'], listingStartedMs: number, factsSeenMs: number): Side => {
    const facts = side.facts.filter((fact) => wants(fact.dataset));
    cache.learn({ facts, listed, listingStartedMs, factsSeenMs }, standsIn);
    return side;
  };
  const withCreation = (listed: Iterable<DatasetVersions>) =>
    byDataset([...listed].map((entry) => cache.withCreation(entry)));
  if (!cache.isWorthAsking()) {
    const startedMs = cache.nowMs();
    let factsSeenMs = startedMs;
    const side = await listAll(zfs, roots, properties, ctx, () => {
      factsSeenMs = cache.nowMs();
    });
    const versions = withCreation(side.versions.values());
    return learn({ ...side, versions }, versions, startedMs, factsSeenMs);
  }

  const missing = new Set<string>();
  const facts = await listFacts(zfs, roots, properties, ctx, (root) => missing.add(root));
  const factsSeenMs = cache.nowMs();
  const wanted = facts.filter((fact) => wants(fact.dataset));
  const recalled = new Map<string, DatasetVersions>();
  for (const fact of wanted) {
    const versions = cache.recall(fact, standsIn(fact));
    const { dataset, guid } = fact;
    if (versions !== undefined) recalled.set(dataset, { dataset, guid, versions });
  }
  const open = wanted.filter(({ dataset }) => !recalled.has(dataset));
  const isWhole = isMost(open.length, wanted.length);
  const openRoots = isWhole ? roots : open.map(({ dataset }) => ({ dataset, recursive: false }));
  // Who vanished since is not among the versions, and that is all there is to say of it: the roots were there.
  const listed = withCreation(openRoots?.length === 0 ? [] : await listVersionsOf(zfs, openRoots, ctx));
  const remembered = new Set([...recalled.keys()].filter((dataset) => !listed.has(dataset)));
  const side = { facts, versions: new Map([...recalled, ...listed]), remembered, missingRoots: [...missing] };
  return learn(side, listed, factsSeenMs, factsSeenMs);
}

function byDataset(versions: readonly DatasetVersions[]): ReadonlyMap<string, DatasetVersions> {
  return new Map(versions.map((entry) => [entry.dataset, entry]));
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

/** What a survey knows of the versions of a dataset. */
interface Surveyed {
  readonly remembered?: boolean;
  readonly versions: readonly Version[];
}

/** Whether there is more to ask than a survey has told, or all there is to ask again. */
export function lacksDetails(known: Surveyed): boolean {
  return (
    known.remembered === true ||
    known.versions.some((version) => version.type === 'snapshot' && version.userrefs === undefined)
  );
}

/** The dataset with versions that were just listed. */
export function withVersions<T extends Surveyed>(known: T, versions: readonly Version[]): Omit<T, 'remembered'> {
  const { remembered: _, ...rest } = known;
  return { ...rest, versions };
}

/** Versions of some datasets with creation and holds, one process for all. What is gone meanwhile is left out. */
export async function refineVersions(
  zfs: Zfs,
  datasets: readonly string[],
  ctx: Ctx,
): Promise<ReadonlyMap<string, DatasetVersions>> {
  const roots = datasets.map((dataset) => ({ dataset, recursive: false }));
  return byDataset(await listDetails(zfs, roots, ctx));
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
