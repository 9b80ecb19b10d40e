/** How much a run has done, counted from its reports. Pure. */
import { EMPTY_TALLY, type RunTally } from '../api/history.ts';
import type { PruningReport, ReplicationReport } from '../api/status.ts';
import { destroyedIn, lastReports } from './status-parts.ts';

/** `replication` null: of a job that does not replicate, or a run that did not get that far. */
export function tallyOf(
  replication: ReplicationReport | null,
  pruning: readonly PruningReport[],
  snapshotsTaken: number,
): RunTally {
  const reports = replication === null ? [] : lastReports(replication);
  const pruned = replication === null ? pruning.flatMap(({ datasets }) => datasets) : [];
  const attempts = replication?.attempts.flatMap(({ datasets }) => datasets) ?? [];
  const steps = attempts.flatMap((report) => report.steps);
  const arrived = attempts.flatMap((report) => report.steps.slice(0, report.currentStep));
  const begun = steps.filter((step) => step.startedAtMs !== null);
  return {
    datasets: reports.length + pruned.length,
    datasetsDone:
      reports.filter(({ state }) => state === 'done').length +
      pruned.filter(({ state }) => state === 'done' || state === 'skipped').length,
    snapshotsTaken,
    snapshotsSent: sum(arrived.map((step) => step.snapshotCount)),
    snapshotsDestroyed: sum(pruning.map(destroyedIn)),
    bytesSent: sum(steps.map((step) => step.bytesReplicated)),
    resumedFromBytes: sum(begun.map((step) => step.resumedFromBytes ?? 0)),
  };
}

/** What one way of a job reports. */
interface Reports {
  readonly replication: ReplicationReport | null;
  readonly pruning: readonly PruningReport[];
}

/** The same for a run over several destinations. */
export function tallyOfAll(reports: readonly Reports[], snapshotsTaken: number): RunTally {
  return reports
    .map(({ replication, pruning }) => tallyOf(replication, pruning, 0))
    .reduce(addTallies, { ...EMPTY_TALLY, snapshotsTaken });
}

/** Whether the run has changed how much room there is. */
export function hasMoved({ bytesSent, snapshotsTaken, snapshotsDestroyed }: RunTally): boolean {
  return bytesSent > 0 || snapshotsTaken > 0 || snapshotsDestroyed > 0;
}

function addTallies(a: RunTally, b: RunTally): RunTally {
  return {
    datasets: a.datasets + b.datasets,
    datasetsDone: a.datasetsDone + b.datasetsDone,
    snapshotsTaken: a.snapshotsTaken + b.snapshotsTaken,
    snapshotsSent: a.snapshotsSent + b.snapshotsSent,
    snapshotsDestroyed: a.snapshotsDestroyed + b.snapshotsDestroyed,
    bytesSent: a.bytesSent + b.bytesSent,
    resumedFromBytes: a.resumedFromBytes + b.resumedFromBytes,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
