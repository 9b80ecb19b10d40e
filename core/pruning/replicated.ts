/** Which snapshots count as replicated. */
import type { PruneDataset, PruneSnapshot, PruneTarget } from './types.ts';

export interface ReplicatedOptions {
  /** The snapshot at the cursor does not count as replicated yet, so that `not_replicated` keeps it. */
  readonly keepAtCursor: boolean;
  /** With several targets: replicated to any of them, or only when to every one. */
  readonly targets: 'any' | 'every';
}

/** Guids that count as replicated to one target; null when nothing is known. */
function replicatedTo(
  target: PruneTarget,
  oldestFirst: readonly PruneSnapshot[],
  keepAtCursor: boolean,
): ReadonlySet<bigint> | null {
  const guids = oldestFirst.map((snapshot) => snapshot.guid);
  // A renamed dataset brings its cursor along, and a copy may have been removed: where there is nothing, nothing has arrived.
  if (target.otherSide?.size === 0) return new Set();
  if (target.cursorGuid !== null) {
    const at = guids.indexOf(target.cursorGuid);
    // A cursor whose snapshot is gone tells nothing of the order of the others here.
    return new Set(guids.slice(0, at < 0 || keepAtCursor ? Math.max(at, 0) : at + 1));
  }
  const { otherSide } = target;
  if (otherSide === null) return null;
  const common = guids.filter((guid) => otherSide.has(guid));
  return new Set(keepAtCursor ? common.slice(0, -1) : common);
}

/**
 * Guids that count as replicated: those before the cursor of the job, or without a cursor those present on both sides; none
 * where the other side was listed and is empty.
 * Null when neither is known of any target. A target of which nothing is known has received nothing.
 */
export function replicatedGuids(
  dataset: Pick<PruneDataset, 'snapshots' | 'targets'>,
  options: ReplicatedOptions,
): ReadonlySet<bigint> | null {
  const oldestFirst = dataset.snapshots.toSorted(byCreatetxg);
  const known = dataset.targets.map((target) => replicatedTo(target, oldestFirst, options.keepAtCursor));
  if (known.every((guids) => guids === null)) return dataset.targets.length === 0 ? new Set() : null;
  const [only] = known;
  if (known.length === 1) return only ?? null;
  const countOf = new Map<bigint, number>();
  for (const guid of known.flatMap((guids) => [...(guids ?? [])])) countOf.set(guid, (countOf.get(guid) ?? 0) + 1);
  const needed = options.targets === 'any' ? 1 : known.length;
  return new Set([...countOf].flatMap(([guid, count]) => (count >= needed ? [guid] : [])));
}

/** Oldest first; the only order that one pool guarantees. */
export function byCreatetxg(a: PruneSnapshot, b: PruneSnapshot): number {
  if (a.createtxg !== b.createtxg) return a.createtxg < b.createtxg ? -1 : 1;
  return a.guid === b.guid ? 0 : a.guid < b.guid ? -1 : 1;
}
