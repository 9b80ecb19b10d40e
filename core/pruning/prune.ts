/** One pruning pass of one side: the safety stops, then the plan, then carrying it out. */
import { asProblemError, type ProblemError } from '../api/problem.ts';
import type { PruningReport } from '../api/status.ts';
import type { Ctx } from '../zfs/types.ts';
import type { ClockGuard } from './clock-guard.ts';
import { doubtfulDatasets, type Relist, withDecided } from './confirm.ts';
import type { CreationCache } from './creation-cache.ts';
import { type ExecuteParts, executePlan } from './execute.ts';
import { gatherPlan } from './gather.ts';
import type { ListingCount, ListingGuard } from './listing-guard.ts';
import { emptyReport } from './report.ts';
import type { CompiledRule } from './rules.ts';
import type { ListedDataset, PrunePlan, PruneSide } from './types.ts';

export interface PruneParts extends ExecuteParts {
  readonly creations: CreationCache;
  readonly clockGuard: ClockGuard;
  readonly listingGuard: ListingGuard;
  /** Without it, nothing is destroyed of what is only remembered. */
  readonly relist?: Relist;
}

export interface PruneRequest {
  readonly side: PruneSide;
  readonly rules: readonly CompiledRule[];
  readonly replicatedOn: 'any' | 'every';
  /** One listing of this run; the plan and what is destroyed rest on it alone. */
  readonly datasets: readonly ListedDataset[];
  /** The listing that the datasets were made from. */
  readonly listing: ListingCount;
  /** Listings of the other sides that the targets were made from. */
  readonly otherListings: readonly ListingCount[];
}

/** Creation of the newest snapshot whose creation is known so far. */
function newestCreationS(parts: PruneParts, datasets: readonly ListedDataset[]): number | null {
  let newestS: number | null = null;
  for (const { guid, versions } of datasets) {
    for (const version of versions) {
      const creationS = version.creationS ?? parts.creations.get(guid, version.guid);
      if (creationS !== undefined && (newestS === null || creationS > newestS)) newestS = creationS;
    }
  }
  return newestS;
}

/** The first reason why nothing may be destroyed now. */
function stopOf(parts: PruneParts, request: PruneRequest): ProblemError | null {
  const clock = parts.clockGuard.check(newestCreationS(parts, request.datasets));
  // All listings are looked at, so that a second look counts for each of them.
  const listings = [request.listing, ...request.otherListings].map((listing) => parts.listingGuard.check(listing));
  return clock ?? listings.find((problem) => problem !== null) ?? null;
}

/** What a pass would do now; reads only. Rejects only for a defect. */
export async function planPruning(parts: PruneParts, request: PruneRequest): Promise<PrunePlan> {
  const { side } = request;
  const stop = stopOf(parts, request);
  if (stop !== null) return { side, problem: stop.at({ phase: 'prune', side }).toProblem(), datasets: [] };
  return decide(parts, request);
}

function decide(parts: PruneParts, request: PruneRequest): Promise<PrunePlan> {
  const { side, rules, replicatedOn } = request;
  const settings = { side, rules, replicatedOn, nowMs: parts.clock.nowMs() };
  const ctx: Ctx = parts.signal === undefined ? {} : { signal: parts.signal };
  return gatherPlan(parts.zfs, parts.creations, request.datasets, settings, ctx);
}

/** The plan that may be carried out: nothing in it rests on what is only remembered. */
async function confirmed(parts: PruneParts, request: PruneRequest, plan: PrunePlan): Promise<PrunePlan> {
  const doubtful = doubtfulDatasets(plan, request.datasets);
  if (doubtful.length === 0) return plan;
  const listed = (await parts.relist?.(doubtful)) ?? [];
  const datasets = listed.filter((dataset) => dataset.remembered !== true);
  return withDecided(plan, doubtful, await decide(parts, { ...request, datasets }));
}

/** Plans and carries out one pass. Never rejects: the report says what was done and what was not. */
export async function prune(parts: PruneParts, request: PruneRequest): Promise<PruningReport> {
  const startedMs = parts.clock.nowMs();
  parts.onProgress?.(emptyReport(request.side, 'planning', startedMs, null, null));
  try {
    const plan = await planPruning(parts, request);
    if (plan.problem !== null) {
      return emptyReport(request.side, 'paused', startedMs, parts.clock.nowMs(), plan.problem);
    }
    const sure = await confirmed(parts, request, plan);
    const report = { ...(await executePlan(sure, parts)), startedAtMs: startedMs };
    // What we destroyed ourselves is missing from the next listing for a known reason.
    const destroyed = report.datasets.reduce((sum, dataset) => sum + dataset.destroyedCount, 0);
    parts.listingGuard.destroyed(request.listing.key, destroyed);
    return report;
  } catch (error) {
    const problem = asProblemError(error, { phase: 'prune', side: request.side }).toProblem();
    return emptyReport(request.side, 'error', startedMs, parts.clock.nowMs(), problem);
  }
}
