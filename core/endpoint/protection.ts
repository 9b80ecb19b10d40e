/**
 * Which marks a step needs, and which are left over. Pure.
 *
 * resumability: holds on everything the stream carries, so that an interrupted stream can go on.
 * incremental:  a tentative cursor bookmark on both ends, so that whichever of the two the receiver ends up with, there is a
 *               base for the next increment even when the snapshots are gone.
 * nothing:      neither.
 */
import type { Guarantee } from '../api/status.ts';
import { type BookmarkMarkKind, bookmarkMarkOf } from '../zfs/marks.ts';
import type { Version } from '../zfs/types.ts';
import type { TransferStep } from './types.ts';

/** A bookmark that a job set for itself. */
export interface OwnMark {
  readonly kind: BookmarkMarkKind;
  readonly version: Version;
}

export interface Protection {
  /** Snapshots to hold, in one command. */
  readonly hold: readonly Version[];
  /** Versions that need a tentative cursor. */
  readonly tentative: readonly Version[];
}

/** Bookmarks of this job whose name and guid agree. */
export function ownBookmarks(dataset: string, versions: readonly Version[], jobId: string): readonly OwnMark[] {
  const marks: OwnMark[] = [];
  for (const version of versions) {
    const mark = version.type === 'bookmark' ? bookmarkMarkOf(dataset, version) : null;
    if (mark !== null && mark.jobId === jobId) marks.push({ kind: mark.kind, version });
  }
  return marks;
}

/** Everything a step reads: its base, its target, and what lies between. */
export function neededVersions(step: TransferStep): readonly Version[] {
  return [...(step.from === null ? [] : [step.from]), ...step.between, step.to];
}

/**
 * Marks to set before the first byte.
 * @param marks own bookmarks that are there already: a base that has one needs no other
 * @param canCopyBookmarks a base that is somebody else's bookmark can be protected only by copying it
 */
export function protectionFor(
  step: TransferStep,
  guarantee: Guarantee,
  marks: readonly OwnMark[],
  canCopyBookmarks: boolean,
): Protection {
  switch (guarantee) {
    case 'guarantee_nothing':
      return { hold: [], tentative: [] };
    case 'guarantee_resumability':
      return { hold: neededVersions(step).filter((version) => version.type === 'snapshot'), tentative: [] };
    case 'guarantee_incremental': {
      const marked = new Set(marks.map((mark) => mark.version.guid));
      const ends = [...(step.from === null ? [] : [step.from]), step.to];
      return {
        hold: [],
        tentative: ends.filter(
          (version) => !marked.has(version.guid) && (version.type === 'snapshot' || canCopyBookmarks),
        ),
      };
    }
  }
}

/**
 * Tentative cursors that no step at hand needs. Under resumability or nothing only those that a step uses as its base stay;
 * final cursors are never stale here, they are replaced when a newer one stands.
 */
export function staleBookmarks(
  marks: readonly OwnMark[],
  steps: readonly TransferStep[],
  guarantee: Guarantee,
): readonly OwnMark[] {
  const bases = new Set(steps.flatMap((step) => (step.from?.type === 'bookmark' ? [step.from.name] : [])));
  const ends = new Set(
    guarantee === 'guarantee_incremental'
      ? steps.flatMap((step) => [...(step.from === null ? [] : [step.from.guid]), step.to.guid])
      : [],
  );
  return marks.filter(
    ({ kind, version }) => kind === 'tentative-cursor' && !bases.has(version.name) && !ends.has(version.guid),
  );
}
