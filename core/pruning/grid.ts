/** The retention grid: time buckets laid backwards from the youngest snapshot. */

export interface GridBucket {
  readonly lengthS: number;
  readonly keep: number | 'all';
}

interface Timed {
  readonly createtxg: bigint;
  readonly creationS: number;
}

/** Oldest first; of two of the same second, that of higher createtxg counts as older and so is dropped later. */
function byAge(a: Timed, b: Timed): number {
  if (a.creationS !== b.creationS) return a.creationS - b.creationS;
  return a.createtxg === b.createtxg ? 0 : a.createtxg > b.createtxg ? -1 : 1;
}

/**
 * What the grid keeps. The first bucket begins at `nowS` (Unix seconds; without it the creation of the youngest) and each
 * covers from its begin, included, back to its end, excluded: what lies on a border belongs to the older bucket. In each
 * bucket the `keep` oldest stay. What is older than all buckets goes; what is younger than `nowS` stays.
 */
export function keptByGrid<S extends Timed>(
  snapshots: readonly S[],
  grid: readonly GridBucket[],
  nowS?: number,
): ReadonlySet<S> {
  const oldestFirst = snapshots.toSorted(byAge);
  const beginS = nowS ?? oldestFirst.at(-1)?.creationS;
  const kept = new Set<S>();
  if (beginS === undefined) return kept;

  let next = oldestFirst.length - 1;
  const takeYoungerThan = (limitS: number): S[] => {
    const taken: S[] = [];
    for (let at = oldestFirst[next]; at !== undefined && at.creationS > limitS; at = oldestFirst[next]) {
      taken.push(at);
      next -= 1;
    }
    return taken;
  };

  for (const snapshot of takeYoungerThan(beginS)) kept.add(snapshot);
  let startS = beginS;
  for (const { lengthS, keep } of grid) {
    if (next < 0) break;
    const youngestFirst = takeYoungerThan(startS - lengthS);
    const spared = keep === 'all' ? youngestFirst : youngestFirst.slice(Math.max(0, youngestFirst.length - keep));
    for (const snapshot of spared) kept.add(snapshot);
    startS -= lengthS;
  }
  return kept;
}
