/** A dataset of the sender and its copy of one job, and what the world knows of the two apart from the engine. */
import type { Dataset, Pool, Snapshot } from '../zfs/world.ts';
import type { Guarantee } from './scenario.ts';

export interface Pair {
  readonly job: string;
  /** Job id in the holds of the receiving end. */
  readonly receiverJob: string;
  readonly source: string;
  readonly target: string;
  readonly targetPool: Pool;
  /** Guids that a receive of this job has brought to the target. */
  readonly arrivals: Set<bigint>;
  /** Protection of the step that brought the newest of them. */
  arrivedUnder: Guarantee;
  /** Protection of the step that left the partial state. */
  partialUnder: Guarantee;
  /** Arrivals that the engine has not looked at. */
  readonly unseen: Set<bigint>;
  /** The target could not be listed when it was last tried. */
  unlisted: boolean;
  /** Snapshots that jobs have destroyed at the sender. */
  destroyed: number;
  /** A person did something to it since the last arrival. */
  robbed: boolean;
  /** Raised by whatever changes one of both sides and is not this job's own doing. */
  touched: number;
  /** `touched` when each side was listed last. */
  listedSource: number;
  listedTarget: number;
  /** The wall clock when either side was listed last, and by how much it was wrong. */
  listedAtWallMs: number;
  listedWallErrorMs: number;
  /** Attempts to take marks away that failed, since one did not, on either side. */
  refusedSource: number;
  refusedTarget: number;
  /** Which key the copy was received under. */
  key: string | null;
  /** Tentative cursors that pruning has set in place of snapshots. */
  reserved: number;
}

export function pairKey(job: string, source: string): string {
  return `${job} ${source}`;
}

/** Whether something else has changed the pair since the job listed it: what it does may rest on what was. */
export function isUndisturbed(pair: Pair): boolean {
  return pair.touched === Math.min(pair.listedSource, pair.listedTarget);
}

/** The job of another program on the same datasets: it marks what it sends as we do. */
export const ELSEWHERE = 'elsewhere';

export const stepTag = (job: string): string => `zrepl_STEP_J_${job}`;
export const receivedTag = (job: string): string => `zrepl_last_received_J_${job}`;

const MARK = /^zrepl_(CURSOR|CURSORTENTATIVE_)_G_([0-9a-f]{16})_J_(.+)$/;

export interface MarkName {
  readonly kind: 'cursor' | 'tentative';
  readonly guid: bigint;
  readonly job: string;
}

/** Reads the name of a bookmark; null when no job set it. */
export function markNameOf(name: string): MarkName | null {
  const [, kind, hex, job] = MARK.exec(name) ?? [];
  if (hex === undefined || job === undefined) return null;
  return { kind: kind === 'CURSOR' ? 'cursor' : 'tentative', guid: BigInt(`0x${hex}`), job };
}

/** The newest snapshot of the target that the job brought there. */
export function newestArrival(pair: Pair, target: Dataset | undefined): Snapshot | undefined {
  return target?.snapshots.findLast(({ guid }) => pair.arrivals.has(guid));
}

export function hasVersion(dataset: Dataset | undefined, guid: bigint): boolean {
  return (
    dataset !== undefined &&
    (dataset.snapshots.some((snapshot) => snapshot.guid === guid) ||
      dataset.bookmarks.some((bookmark) => bookmark.guid === guid))
  );
}

/** Whether the sender has a version that the next increment can start from, where there is anything to go on from. */
export function isLinked(pair: Pair, source: Dataset | undefined, target: Dataset | undefined): boolean {
  const newest = newestArrival(pair, target);
  return newest === undefined || hasVersion(source, newest.guid);
}

/** Whether a mark of the job keeps what the newest copy is: a snapshot alone can be destroyed by anybody. */
export function isMarked(pair: Pair, source: Dataset | undefined, target: Dataset | undefined): boolean {
  const guid = newestArrival(pair, target)?.guid;
  if (guid === undefined || source === undefined) return false;
  const held = source.snapshots.some((snapshot) => snapshot.guid === guid && snapshot.tags.has(stepTag(pair.job)));
  return (
    held || source.bookmarks.some((bookmark) => bookmark.guid === guid && markNameOf(bookmark.name)?.job === pair.job)
  );
}

export interface MarkCounts {
  readonly cursors: number;
  readonly tentative: number;
  readonly stepHolds: number;
  readonly receivedHolds: number;
}

/** Marks of the job on both sides. */
export function countMarks(pair: Pair, source: Dataset | undefined, target: Dataset | undefined): MarkCounts {
  let cursors = 0;
  let tentative = 0;
  for (const { name, guid } of source?.bookmarks ?? []) {
    const mark = name.startsWith('zrepl_CURSOR') ? markNameOf(name) : null;
    if (mark === null || mark.job !== pair.job || mark.guid !== guid) continue;
    if (mark.kind === 'cursor') cursors += 1;
    else tentative += 1;
  }
  const held = (dataset: Dataset | undefined, tag: string): number =>
    dataset?.snapshots.reduce((count, { tags }) => count + (tags.has(tag) ? 1 : 0), 0) ?? 0;
  return {
    cursors,
    tentative,
    stepHolds: held(source, stepTag(pair.job)),
    receivedHolds: held(target, receivedTag(pair.receiverJob)),
  };
}
