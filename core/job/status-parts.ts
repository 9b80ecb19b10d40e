/** Parts of a job's status that follow from what a run saw. Pure. */
import type { Problem } from '../api/problem.ts';
import type { DatasetSafety, Guarantee, ReplicationReport } from '../api/status.ts';
import type { ReceiverDataset, SenderDataset } from '../endpoint/types.ts';
import { describeVersion } from '../replication/report.ts';
import type { SnapshotRun } from '../snapshotting/run.ts';
import type { Version } from '../zfs/types.ts';

/**
 * Per dataset the newest snapshot that is on both sides, compared by guid in what was listed, and the newest here. Stand-ins
 * have nothing to be safe.
 */
export function safetyOf(
  sender: ReadonlyMap<string, SenderDataset>,
  receiver: ReadonlyMap<string, ReceiverDataset> | null,
  destination: string,
  guarantee: Guarantee,
): readonly DatasetSafety[] {
  return [...sender.values()]
    .filter((source) => !source.isPlaceholder)
    .sort((a, b) => (a.dataset < b.dataset ? -1 : 1))
    .map((source) => {
      const there = new Set(
        receiver
          ?.get(source.dataset)
          ?.versions.flatMap((version) => (version.type === 'snapshot' ? [version.guid] : [])),
      );
      const common = newest(source.versions.filter((version) => there.has(version.guid)));
      const local = newest(source.versions.filter((version) => version.type === 'snapshot'));
      return {
        dataset: source.dataset,
        destination,
        newestCommon: common === undefined ? null : describeVersion(common),
        newestLocal: local === undefined ? null : describeVersion(local),
        guarantee,
      };
    });
}

/** Datasets that failed in the run, each with its last problem, and what kept the run from planning. */
export function problemsOf(report: ReplicationReport): readonly Problem[] {
  const last = new Map<string, Problem | null>();
  for (const attempt of report.attempts) {
    for (const dataset of attempt.datasets) last.set(dataset.dataset, dataset.problem);
  }
  const whole = report.attempts.at(-1)?.problem ?? null;
  return [whole, ...last.values()].filter((problem) => problem !== null);
}

/** What went wrong when taking snapshots. */
export function snapshotProblems(taken: SnapshotRun | null): readonly Problem[] {
  if (taken === null) return [];
  return [taken.problem, ...taken.items.map((item) => item.problem)].filter((problem) => problem !== null);
}

function newest(versions: readonly Version[]): Version | undefined {
  return versions.reduce<Version | undefined>((best, version) => {
    if (best === undefined || version.createtxg > best.createtxg) return version;
    // The snapshot rather than its bookmark: it has a name that a person gave.
    return version.createtxg === best.createtxg && version.type === 'snapshot' ? version : best;
  }, undefined);
}
