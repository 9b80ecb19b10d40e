/**
 * Steps of a path. A run of consecutive snapshots travels as one `zfs send -I`: every one of them becomes a snapshot of the
 * receiver as it completes, so nothing is lost by it when the stream breaks. Pure.
 */
import type { SenderDataset, TransferStep } from '../endpoint/types.ts';
import type { Version } from '../zfs/types.ts';
import { sortVersions } from './diff.ts';

/** Snapshots in one stream at most: bounds what one command holds and how long the argument list of that command gets. */
export const RANGE_SNAPSHOTS_MAX = 1_000;

/**
 * @param base what the receiver has
 * @param path snapshots to send after it, oldest first
 * @param stepwise one stream per snapshot
 */
export function groupPath(
  source: SenderDataset,
  base: Version,
  path: readonly Version[],
  stepwise: boolean,
): readonly TransferStep[] {
  const position = positionsFrom(base, source.versions);
  const follows = (earlier: Version, later: Version) =>
    position.get(later.guid) === (position.get(earlier.guid) ?? -2) + 1;

  const steps: TransferStep[] = [];
  let from = base;
  let run: Version[] = [];
  const flush = () => {
    const to = run.at(-1);
    if (to === undefined) return;
    steps.push({ dataset: source.dataset, from, to, between: run.slice(0, -1), resume: null });
    from = to;
    run = [];
  };
  for (const version of path) {
    const before = run.at(-1) ?? from;
    // A bookmark cannot be the base of -I, and -I takes every snapshot in between, wanted or not.
    const joins =
      !stepwise &&
      run.length > 0 &&
      run.length < RANGE_SNAPSHOTS_MAX &&
      from.type === 'snapshot' &&
      follows(before, version) &&
      follows(from, run[0] ?? version);
    if (!joins) flush();
    run.push(version);
  }
  flush();
  return steps;
}

/** Which of the snapshots from the base on comes when: those before it are no part of any step. */
function positionsFrom(base: Version, versions: readonly Version[]): ReadonlyMap<bigint, number> {
  const snapshots = versions.filter((version) => version.type === 'snapshot' && version.createtxg >= base.createtxg);
  return new Map(sortVersions(snapshots).map((version, index) => [version.guid, index]));
}
