/**
 * Which marks nothing needs any more, judged from the marks alone. Pure. Per dataset and job: of the cursors and of the
 * last-received holds only the newest counts; a step hold at or before the newest cursor belonged to a finished step; without
 * a cursor only the newest step hold may belong to a first send that was interrupted. Tentative cursors and marks without a
 * job are never judged stale here: only a run that sees both sides can tell.
 */
import type { AbstractionType } from '../api/contract.ts';
import type { Version } from '../zfs/types.ts';

/** A hold or bookmark that some job set. */
export interface Abstraction {
  readonly type: AbstractionType;
  /** Named as on the host it lies on. */
  readonly dataset: string;
  /** The bookmark itself, or the snapshot that is held. */
  readonly version: Version;
  /** Null for bookmarks. */
  readonly tag: string | null;
  /** Null where the mark does not say. */
  readonly jobId: string | null;
}

/** The stale ones among all marks of some datasets; the list must be whole for each dataset and job in it. */
export function staleAbstractions(all: readonly Abstraction[]): ReadonlySet<Abstraction> {
  const groups = Map.groupBy(
    all.filter((mark) => mark.jobId !== null),
    (mark) => `${mark.dataset}\n${mark.jobId}`,
  );
  const stale = new Set<Abstraction>();
  for (const group of groups.values()) {
    const ofType = (type: AbstractionType) => group.filter((mark) => mark.type === type);
    const cursors = ofType('replication-cursor-bookmark-v2');
    const newestCursor = newestTxg(cursors);
    for (const mark of cursors) if (mark.version.createtxg !== newestCursor) stale.add(mark);

    const received = ofType('last-received-hold');
    const newestReceived = newestTxg(received);
    for (const mark of received) if (mark.version.createtxg !== newestReceived) stale.add(mark);

    const steps = ofType('step-hold');
    const newestStep = newestTxg(steps);
    for (const mark of steps) {
      const finished =
        newestCursor === null ? mark.version.createtxg !== newestStep : mark.version.createtxg <= newestCursor;
      if (finished) stale.add(mark);
    }
  }
  return stale;
}

function newestTxg(marks: readonly Abstraction[]): bigint | null {
  let newest: bigint | null = null;
  for (const { version } of marks) if (newest === null || version.createtxg > newest) newest = version.createtxg;
  return newest;
}
