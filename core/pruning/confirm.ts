/**
 * A plan that was decided on remembered listings is a suspicion. Bookmarks come and go without a trace in what told that nothing
 * has changed, and an unfinished transfer is known by its bookmarks; so whatever would lose a snapshot is listed anew and
 * decided again before anything is destroyed.
 */
import type { ListedDataset, PrunePlan } from './types.ts';

/** Lists datasets anew, by their names on the side that is pruned. What is gone, or was not listed, is left out. */
export type Relist = (datasets: readonly string[]) => Promise<readonly ListedDataset[]>;

/** Datasets that would lose a snapshot on the strength of what is only remembered. */
export function doubtfulDatasets(plan: PrunePlan, listed: readonly ListedDataset[]): readonly string[] {
  const remembered = new Set(listed.filter((dataset) => dataset.remembered === true).map(({ dataset }) => dataset));
  return plan.datasets.flatMap((entry) =>
    entry.kind === 'planned' &&
    remembered.has(entry.dataset) &&
    entry.snapshots.some(({ verdict }) => verdict === 'destroy')
      ? [entry.dataset]
      : [],
  );
}

/** The plan with what was decided again in place of what was doubtful; nothing goes where nothing was decided again. */
export function withDecided(plan: PrunePlan, doubtful: readonly string[], decided: PrunePlan): PrunePlan {
  const again = new Map(decided.datasets.map((entry) => [entry.dataset, entry]));
  const open = new Set(doubtful);
  return {
    ...plan,
    datasets: plan.datasets.map((entry) => {
      if (!open.has(entry.dataset)) return entry;
      const reason = 'it could not be listed again before anything was destroyed';
      return again.get(entry.dataset) ?? { kind: 'skipped', dataset: entry.dataset, reason };
    }),
  };
}
