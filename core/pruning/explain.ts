/** A plan in words, for "what would be pruned, and why is this one kept". */
import { remark } from '../api/remark.ts';
import type { JobPlan } from '../api/status.ts';
import type { PlannedSnapshot, PrunePlan } from './types.ts';

export type PruneExplanation = JobPlan['pruning'][number];

/** Why, snapshot by snapshot; what must happen before a destroy is said too. */
export function explainSnapshot(snapshot: PlannedSnapshot): string[] {
  const reasons = snapshot.reasons.map((reason) => reason.text);
  for (const job of snapshot.needsTentativeFirst) {
    reasons.push(remark('prune-bookmark-first', { job }));
  }
  return reasons;
}

/** Every dataset and snapshot of a plan with its verdict and the reasons for it. */
export function explainPlan(plan: PrunePlan): PruneExplanation {
  return {
    side: plan.side,
    problem: plan.problem,
    datasets: plan.datasets.map((entry) => ({
      dataset: entry.dataset,
      skipReason: entry.kind === 'skipped' ? entry.reason : '',
      problem: entry.kind === 'problem' ? entry.problem : null,
      snapshots:
        entry.kind === 'planned'
          ? entry.snapshots.map((snapshot) => ({
              name: snapshot.name,
              verdict: snapshot.verdict,
              because: explainSnapshot(snapshot),
            }))
          : [],
    })),
  };
}
