/** Completes a listing to a plan: creation and holds are read where the listing did not bring them, in as few commands as can be. */
import { invariant, type ProblemError } from '../api/problem.ts';
import { poolOf } from '../zfs/names.ts';
import type { Ctx, Zfs } from '../zfs/types.ts';
import type { CreationCache } from './creation-cache.ts';
import { Gathered, type Wanted } from './gathered.ts';
import { doomed, failedDataset, type PlanSettings, planPrune, withHolds } from './plan.ts';
import type { ListedDataset, PruneDataset, PrunePlan, PruneSnapshot } from './types.ts';

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
  const complete = (fallbackS: number | null): readonly PruneDataset[] =>
    listed.map((dataset) => toPruneDataset(dataset, gathered, cache, fallbackS));

  // What has no known creation was almost certainly taken just now. Planning with that tells which others to ask about.
  const unknown = relevant.flatMap((dataset) => ofUnknownCreation(dataset, cache));
  if (unknown.length > 0) {
    const guessedS = Math.floor(settings.nowMs / 1000);
    // A plan may be large: this one is gone before anything is read.
    const alsoAsked = () => unasked(planPrune(complete(guessedS), settings), gathered);
    await gathered.read([...unknown, ...alsoAsked()]);
    gathered.remember(cache, listed);
  }

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

function ofUnknownCreation({ dataset, guid, versions }: ListedDataset, cache: CreationCache): readonly Wanted[] {
  const unknown: Wanted[] = [];
  for (const { type, name, guid: snapshotGuid, creationS } of versions) {
    if (type !== 'snapshot' || creationS !== undefined || cache.get(guid, snapshotGuid) !== undefined) continue;
    unknown.push({ dataset, name });
  }
  return unknown;
}

/** Snapshots that are gone since the listing, or are others than listed, take no part. */
function toPruneDataset(
  dataset: ListedDataset,
  gathered: Gathered,
  cache: CreationCache,
  fallbackS: number | null,
): PruneDataset {
  const { versions, ...basis } = dataset;
  const details = gathered.of(dataset.dataset);
  const snapshots: PruneSnapshot[] = [];
  for (const version of versions) {
    const { type, name, guid, createtxg } = version;
    const detail = details?.get(name);
    if (type !== 'snapshot' || (detail !== undefined && detail?.guid !== guid)) continue;
    const creationS = version.creationS ?? detail?.creationS ?? cache.get(dataset.guid, guid) ?? fallbackS;
    if (creationS === null) continue;
    const userrefs = detail?.userrefs ?? version.userrefs;
    snapshots.push({ name, guid, createtxg, creationS, ...(userrefs === undefined ? {} : { userrefs }) });
  }
  return { ...basis, snapshots };
}

/** Snapshots to be destroyed of which it is not known whether they are held. */
function unasked(plan: PrunePlan, gathered: Gathered): readonly Wanted[] {
  return doomed(plan)
    .filter(({ snapshot }) => snapshot.userrefs === undefined)
    .map(({ dataset, snapshot }) => ({ dataset, name: snapshot.name }))
    .filter((one) => !gathered.wasAsked(one));
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
