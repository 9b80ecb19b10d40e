/** Completes a listing to a plan: creation and holds are read where the listing did not bring them, in as few commands as can be. */
import { invariant, type ProblemError } from '../api/problem.ts';
import { poolOf } from '../zfs/names.ts';
import type { Ctx, HoldRow, Version, Zfs } from '../zfs/types.ts';
import type { CreationCache } from './creation-cache.ts';
import { perPool } from './per-pool.ts';
import { doomed, failedDataset, type PlanSettings, planPrune, withHolds } from './plan.ts';
import type { ListedDataset, PruneDataset, PrunePlan, PruneSnapshot } from './types.ts';

type Detail = { readonly guid: bigint; readonly creationS: number; readonly userrefs: number };
interface Wanted {
  readonly dataset: string;
  readonly name: string;
}

/** What has been read in the course of one plan, by full snapshot name. */
class Gathered {
  readonly details = new Map<string, Detail>();
  readonly asked = new Set<string>();
  readonly failures = new Map<string, ProblemError>();

  readonly #zfs: Zfs;
  readonly #ctx: Ctx;

  constructor(zfs: Zfs, ctx: Ctx) {
    this.#zfs = zfs;
    this.#ctx = ctx;
  }

  async read(wanted: readonly Wanted[]): Promise<void> {
    const fresh = wanted.filter(({ dataset, name }) => {
      const fullName = `${dataset}@${name}`;
      return !this.asked.has(fullName) && this.asked.add(fullName);
    });
    const { results, failures } = await perPool(fresh, (some) => this.#zfs.snapshotDetails(some, this.#ctx));
    for (const result of results) for (const [name, detail] of result) this.details.set(name, detail);
    this.#fail(failures);
  }

  async holds(wanted: readonly Wanted[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const { results, failures } = await perPool(wanted, (some) => this.#zfs.holds(some, this.#ctx));
    this.#fail(failures);
    const rows: readonly HoldRow[] = results.flat();
    const byName = Map.groupBy(rows, (row) => `${row.dataset}@${row.snapshot}`);
    return new Map([...byName].map(([name, held]) => [name, held.map((row) => row.tag).sort()]));
  }

  #fail(failures: ReadonlyMap<string, ProblemError>): void {
    for (const [pool, error] of failures) this.failures.set(pool, error);
  }
}

/**
 * Plans a side from its listing. Reads only: at most two commands for details and one for holds, whatever the number of
 * datasets; normally one. A pool that cannot be read becomes a problem of its datasets. Never rejects for one of them.
 */
export async function gatherPlan(
  zfs: Zfs,
  cache: CreationCache,
  listed: readonly ListedDataset[],
  settings: PlanSettings,
  ctx: Ctx,
): Promise<PrunePlan> {
  const gathered = new Gathered(zfs, ctx);
  const relevant = listed.filter((dataset) => !dataset.isPlaceholder && dataset.onSender);
  const creationOf = (dataset: ListedDataset, version: Version): number | undefined =>
    version.creationS ??
    gathered.details.get(`${dataset.dataset}@${version.name}`)?.creationS ??
    cache.get(dataset.guid, version.guid);
  const complete = (fallbackS: number | null): readonly PruneDataset[] =>
    listed.map((dataset) => toPruneDataset(dataset, gathered, (version) => creationOf(dataset, version) ?? fallbackS));

  // What has no known creation was almost certainly taken just now. Planning with that tells which others to ask about.
  const unknown = relevant.flatMap((dataset) =>
    snapshotsOf(dataset).flatMap((version) =>
      creationOf(dataset, version) === undefined ? [{ dataset: dataset.dataset, name: version.name }] : [],
    ),
  );
  const preview = planPrune(complete(Math.floor(settings.nowMs / 1000)), settings);
  await gathered.read([...unknown, ...unasked(preview, gathered)]);
  remember(cache, listed, gathered);

  let plan = planPrune(complete(null), settings);
  const left = unasked(plan, gathered);
  if (left.length > 0) {
    await gathered.read(left);
    plan = planPrune(complete(null), settings);
  }
  const held = doomed(plan).filter(({ snapshot }) => snapshot.userrefs !== 0);
  const tags = await gathered.holds(held.map(({ dataset, snapshot }) => ({ dataset, name: snapshot.name })));
  return withFailures(withHolds(plan, tags), gathered.failures);
}

function snapshotsOf(dataset: ListedDataset): readonly Version[] {
  return dataset.versions.filter((version) => version.type === 'snapshot');
}

/** Snapshots that are gone since the listing, or are others than listed, take no part. */
function toPruneDataset(
  dataset: ListedDataset,
  gathered: Gathered,
  creationOf: (version: Version) => number | null,
): PruneDataset {
  const snapshots = snapshotsOf(dataset).flatMap((version): readonly PruneSnapshot[] => {
    const fullName = `${dataset.dataset}@${version.name}`;
    const detail = gathered.details.get(fullName);
    if (gathered.asked.has(fullName) && detail?.guid !== version.guid) return [];
    const creationS = creationOf(version);
    if (creationS === null) return [];
    const userrefs = detail?.userrefs ?? version.userrefs;
    const { name, guid, createtxg } = version;
    return [{ name, guid, createtxg, creationS, ...(userrefs === undefined ? {} : { userrefs }) }];
  });
  const { versions: _, ...basis } = dataset;
  return { ...basis, snapshots };
}

/** Snapshots to be destroyed of which it is not known whether they are held. */
function unasked(plan: PrunePlan, gathered: Gathered): readonly Wanted[] {
  return doomed(plan).flatMap(({ dataset, snapshot }) =>
    snapshot.userrefs === undefined && !gathered.asked.has(`${dataset}@${snapshot.name}`)
      ? [{ dataset, name: snapshot.name }]
      : [],
  );
}

function remember(cache: CreationCache, listed: readonly ListedDataset[], gathered: Gathered): void {
  for (const dataset of listed) {
    for (const version of snapshotsOf(dataset)) {
      const detail = gathered.details.get(`${dataset.dataset}@${version.name}`);
      const creationS = detail?.guid === version.guid ? detail.creationS : version.creationS;
      if (creationS !== undefined) cache.set(dataset.guid, version.guid, creationS);
    }
  }
}

function withFailures(plan: PrunePlan, failures: ReadonlyMap<string, ProblemError>): PrunePlan {
  const datasets = plan.datasets.map((entry) => {
    const failure = failures.get(poolOf(entry.dataset));
    return failure === undefined || entry.kind !== 'planned' ? entry : failedDataset(entry.dataset, plan.side, failure);
  });
  const sealed = { ...plan, datasets };
  invariant(
    doomed(sealed).every(({ snapshot }) => snapshot.userrefs !== undefined),
    'a snapshot would be destroyed without knowing whether it is held',
  );
  return sealed;
}
