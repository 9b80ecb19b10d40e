/** Parts of a job's status that follow from what a run saw. Pure. */
import type { RunOutcome } from '../api/contract.ts';
import type { Problem } from '../api/problem.ts';
import type { DatasetReport, PruningReport, ReplicationReport } from '../api/status.ts';
import type { SnapshotRun } from '../snapshotting/run.ts';
import type { RunDatasets } from './sweep.ts';

/** Datasets that failed in the run, each with its last problem, and what kept the run from planning. */
export function problemsOf(report: ReplicationReport): readonly Problem[] {
  const whole = report.attempts.at(-1)?.problem ?? null;
  return [whole, ...lastReports(report).map(({ problem }) => problem)].filter((problem) => problem !== null);
}

/** Of which datasets everything has arrived and been completed, and of which not. */
export function runDatasetsOf(report: ReplicationReport): RunDatasets {
  const { settled = [], unsettled = [] } = Object.groupBy(lastReports(report), ({ state }) =>
    state === 'done' ? 'settled' : 'unsettled',
  );
  const names = (reports: readonly DatasetReport[]) => new Set(reports.map(({ dataset }) => dataset));
  return { settled: names(settled), unsettled: names(unsettled) };
}

/** Whether both sides could be listed in the last attempt of the run, and were there to its end. */
export function bothReached(report: ReplicationReport): boolean {
  return (
    report.attempts.at(-1)?.problem === null && !lastReports(report).some(({ problem }) => problem?.retry === 'soon')
  );
}

/** Snapshots that a pruning pass destroyed. */
export function destroyedIn(report: PruningReport | null): number {
  return report?.datasets.reduce((sum, dataset) => sum + dataset.destroyedCount, 0) ?? 0;
}

/** Whether the run had any dataset to look after. */
export function hadDatasets(report: ReplicationReport): boolean {
  return lastReports(report).length > 0;
}

/** Every dataset of the run with the last that was said of it. */
export function lastReports(report: ReplicationReport): readonly DatasetReport[] {
  const datasets = report.attempts.flatMap((attempt) => attempt.datasets);
  return [...new Map(datasets.map((dataset) => [dataset.dataset, dataset])).values()];
}

/** How a run ended. What was cut off by cancelling it is no trouble of its own. */
export function outcomeOf(seen: readonly Problem[], cancelled: boolean): RunOutcome {
  const problems = seen.filter((problem) => !cancelled || problem.code !== 'command-aborted');
  // A copy that is there without its protective properties is there: worth telling, no failure.
  const ok = !cancelled && problems.every((problem) => problem.code === 'received-unprotected');
  return { ok, cancelled, problems };
}

/** What went wrong when taking snapshots. */
export function snapshotProblems(taken: SnapshotRun | null): readonly Problem[] {
  if (taken === null) return [];
  return [taken.problem, ...taken.items.map((item) => item.problem)].filter((problem) => problem !== null);
}
