/**
 * What is destroyed and what stays, and why. Pure: rules first, then the guards that no rule can overrule. The same input in
 * any order gives the same plan.
 */
import { ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import { describeHold } from './describe.ts';
import { guardsOf, tentativeJobs } from './guards.ts';
import { byCreatetxg, replicatedGuids } from './replicated.ts';
import { applyRules, type CompiledRule } from './rules.ts';
import type { DatasetPlan, PlannedSnapshot, PruneDataset, PrunePlan, PruneSide, Reason } from './types.ts';

export interface PlanSettings {
  readonly side: PruneSide;
  readonly rules: readonly CompiledRule[];
  /** With several targets, when a snapshot counts as replicated. */
  readonly replicatedOn: 'any' | 'every';
  /** The wall clock, Unix milliseconds. */
  readonly nowMs: number;
}

/** Clocks of two machines differ a little; a snapshot that was just received may seem to come from the future. */
const FUTURE_SLACK_MS = 60_000;

const NONE: readonly never[] = [];
const UNWANTED: readonly Reason[] = [{ kind: 'unwanted', text: remark('kept-by-none') }];
const NO_RULES: Reason = { kind: 'guard', guard: 'no-rules', text: remark('kept-without-rules') };

function skipReason(dataset: PruneDataset): string | null {
  if (dataset.isPlaceholder) return remark('prune-stand-in');
  if (!dataset.onSender) return remark('prune-not-on-sender');
  return null;
}

function problemOf(dataset: PruneDataset, settings: PlanSettings): ProblemError | null {
  const latestMs = settings.nowMs + FUTURE_SLACK_MS;
  if (dataset.snapshots.some((snapshot) => snapshot.creationS * 1000 > latestMs)) {
    return new ProblemError('clock-jumped', { reason: remark('clock-future-snapshot', { dataset: dataset.dataset }) });
  }
  return null;
}

function replicatedOf(dataset: PruneDataset, settings: PlanSettings): ReadonlySet<bigint> | null {
  if (settings.rules.length === 0) return new Set();
  const rules = settings.rules.flatMap(({ rule }) => (rule.type === 'not_replicated' ? [rule] : []));
  // On the receiver the cursor itself has certainly arrived.
  const keepAtCursor = settings.side !== 'receiver' && rules.every((rule) => rule.keepSnapshotAtCursor);
  const known = replicatedGuids(dataset, { keepAtCursor, targets: settings.replicatedOn });
  // Whatever the rules ask: where nothing is known of the other side, the next increment may start from anything here.
  return known === null || rules.length > 0 ? known : new Set();
}

function planSnapshots(
  dataset: PruneDataset,
  settings: PlanSettings,
  replicated: ReadonlySet<bigint>,
): readonly PlannedSnapshot[] {
  const oldestFirst = dataset.snapshots.toSorted(byCreatetxg);
  const guards = guardsOf(dataset, oldestFirst.toReversed());
  const candidates = oldestFirst.map((snapshot) => ({ ...snapshot, replicated: replicated.has(snapshot.guid) }));
  const keptBy = applyRules(settings.rules, candidates);
  const byRules = rulesInWords(settings);
  return oldestFirst.map((snapshot, at): PlannedSnapshot => {
    const candidate = candidates[at];
    const kept = byRules((candidate === undefined ? undefined : keptBy.get(candidate)) ?? NONE);
    const guarded = guards(snapshot);
    const reasons = guarded.length === 0 ? kept : [...kept, ...guarded];
    if (reasons.length > 0) return { ...snapshot, verdict: 'keep', reasons, needsTentativeFirst: NONE };
    return {
      ...snapshot,
      verdict: 'destroy',
      reasons: UNWANTED,
      needsTentativeFirst: tentativeJobs(dataset, snapshot),
    };
  });
}

/** The reasons of the rules by their indices; the same few for most snapshots, so they are made once. */
function rulesInWords({ rules }: PlanSettings): (indices: readonly number[]) => readonly Reason[] {
  if (rules.length === 0) return () => [NO_RULES];
  const made = new Map<string, readonly Reason[]>();
  return (indices) => {
    const key = indices.join();
    const known = made.get(key);
    if (known !== undefined) return known;
    const reasons = indices.map((index): Reason => {
      return {
        kind: 'rule',
        index,
        text: remark('kept-by-rule', { index: `${index + 1}`, reason: rules[index]?.text ?? '' }),
      };
    });
    made.set(key, reasons);
    return reasons;
  };
}

/** Plans one dataset. */
export function planDataset(dataset: PruneDataset, settings: PlanSettings): DatasetPlan {
  const name = dataset.dataset;
  const reason = skipReason(dataset);
  if (reason !== null) return { kind: 'skipped', dataset: name, reason };
  if (dataset.snapshots.length === 0) return { kind: 'planned', dataset: name, snapshots: [] };
  const replicated = replicatedOf(dataset, settings);
  if (replicated === null && dataset.targets.every(({ isAway }) => isAway === true)) {
    return { kind: 'skipped', dataset: name, reason: remark('prune-on-no-drive') };
  }
  const error =
    problemOf(dataset, settings) ?? (replicated === null ? new ProblemError('prune-cursor-missing', { name }) : null);
  if (error !== null || replicated === null) return failedDataset(name, settings.side, error);
  return { kind: 'planned', dataset: name, snapshots: planSnapshots(dataset, settings, replicated) };
}

/** A dataset of which nothing is destroyed because of an error. */
export function failedDataset(dataset: string, side: PruneSide, error: ProblemError | null): DatasetPlan {
  const known = error ?? new ProblemError('internal', { reason: 'a plan failed without a reason' });
  return { kind: 'problem', dataset, problem: known.at({ phase: 'prune', side, dataset }).toProblem() };
}

/** Plans a side. Skipped and failed datasets do not touch the others. */
export function planPrune(datasets: readonly PruneDataset[], settings: PlanSettings): PrunePlan {
  const plans = datasets.map((dataset) => planDataset(dataset, settings));
  return { side: settings.side, problem: null, datasets: plans.toSorted(byDataset) };
}

function byDataset(a: DatasetPlan, b: DatasetPlan): number {
  return a.dataset < b.dataset ? -1 : a.dataset > b.dataset ? 1 : 0;
}

/** The snapshots that a plan destroys, in its order. */
export function doomed(plan: PrunePlan): readonly { readonly dataset: string; readonly snapshot: PlannedSnapshot }[] {
  return plan.datasets.flatMap((entry) =>
    entry.kind === 'planned'
      ? entry.snapshots.flatMap((snapshot) =>
          snapshot.verdict === 'destroy' ? [{ dataset: entry.dataset, snapshot }] : [],
        )
      : [],
  );
}

/** The same plan without destroying what is held. `tags` by full snapshot name. */
export function withHolds(plan: PrunePlan, tags: ReadonlyMap<string, readonly string[]>): PrunePlan {
  if (tags.size === 0) return plan;
  const spare = (dataset: string, snapshot: PlannedSnapshot): PlannedSnapshot => {
    const held = tags.get(`${dataset}@${snapshot.name}`) ?? [];
    if (snapshot.verdict === 'keep' || held.length === 0) return snapshot;
    const text = remark('kept-held', { holds: held.map(describeHold).join(', ') });
    return { ...snapshot, verdict: 'keep', reasons: [{ kind: 'guard', guard: 'held', text }], needsTentativeFirst: [] };
  };
  return {
    ...plan,
    datasets: plan.datasets.map((entry) =>
      entry.kind === 'planned'
        ? { ...entry, snapshots: entry.snapshots.map((snapshot) => spare(entry.dataset, snapshot)) }
        : entry,
    ),
  };
}
