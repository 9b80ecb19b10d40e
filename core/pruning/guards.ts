/** What the rules may not decide: snapshots that stay whatever they say, because something else depends on them. */
import { remark } from '../api/remark.ts';
import type { Guard, PruneDataset, PruneSnapshot, PruneTarget } from './types.ts';

export interface GuardReason {
  readonly kind: 'guard';
  readonly guard: Guard;
  readonly text: string;
}

/** The guid that the next increment to the target starts from: listed on both sides, else what the cursor remembers. */
function baseOf(target: PruneTarget, newestFirst: readonly PruneSnapshot[]): ReadonlySet<bigint> {
  const bases = new Set<bigint>();
  if (target.baseGuid !== null) bases.add(target.baseGuid);
  const common = newestFirst.find((snapshot) => target.otherSide?.has(snapshot.guid) === true);
  if (common !== undefined) bases.add(common.guid);
  if (bases.size === 0 && target.cursorGuid !== null && target.isAway !== true) bases.add(target.cursorGuid);
  return bases;
}

/** The guards of a dataset: for a snapshot, the reasons why it must stay. `newestFirst` is in the order of createtxg. */
export function guardsOf(
  dataset: PruneDataset,
  newestFirst: readonly PruneSnapshot[],
): (snapshot: PruneSnapshot) => readonly GuardReason[] {
  const newestTxg = newestFirst[0]?.createtxg;
  const bases = dataset.targets.map((target) => ({ label: target.label, guids: baseOf(target, newestFirst) }));
  return (snapshot) => {
    const reasons: GuardReason[] = [];
    if (snapshot.createtxg === newestTxg) {
      reasons.push({ kind: 'guard', guard: 'newest', text: remark('kept-as-newest') });
    }
    for (const { label, guids } of bases) {
      if (!guids.has(snapshot.guid)) continue;
      reasons.push({ kind: 'guard', guard: 'base', text: remark('kept-as-base', { target: label }) });
    }
    for (const range of dataset.unfinished) {
      if (range.protection === 'incremental' || !range.guids.has(snapshot.guid)) continue;
      const text = remark('kept-for-transfer', { job: range.jobId });
      reasons.push({ kind: 'guard', guard: 'unfinished', text });
    }
    return reasons;
  };
}

/** Jobs whose unfinished transfer can go on from a bookmark of this snapshot, provided that it is set first. */
export function tentativeJobs(dataset: PruneDataset, snapshot: PruneSnapshot): readonly string[] {
  const ranges = dataset.unfinished.filter(
    (range) => range.protection === 'incremental' && range.guids.has(snapshot.guid),
  );
  return [...new Set(ranges.map((range) => range.jobId))].sort();
}
