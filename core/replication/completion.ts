/**
 * Whether the marks on both sides already say what the data says. Pure. A completion can be lost between the receive and the
 * marks; since it can be repeated at will, it is repeated whenever the marks lag behind, and never otherwise.
 */
import type { Guarantee } from '../api/status.ts';
import { ownBookmarks } from '../endpoint/protection.ts';
import type { ReceiverDataset, SenderDataset } from '../endpoint/types.ts';
import { cursorName } from '../zfs/marks.ts';
import type { Version } from '../zfs/types.ts';

/**
 * `certain`: a mark of ours is missing, behind, or left over. `perhaps`: something is held that should not be held by us; only
 * trying to release our tag tells whether it is ours.
 */
export type Lack = 'nothing' | 'perhaps' | 'certain';

/** The cursor is missing or behind, or marks of a finished step are left. */
export function lacksCompletion(source: SenderDataset, common: Version, guarantee: Guarantee, jobId: string): Lack {
  const marks = ownBookmarks(source.dataset, source.versions, jobId);
  if (marks.some((mark) => mark.kind === 'tentative-cursor')) return 'certain';
  const cursor = cursorName(common.guid, jobId);
  const onlyCursor = marks.length === 1 && marks[0]?.version.name === cursor;
  if (guarantee !== 'guarantee_nothing' && !onlyCursor) return 'certain';
  const held = source.versions.some((version) => version.type === 'snapshot' && (version.userrefs ?? 0) > 0);
  return held ? 'perhaps' : 'nothing';
}

/** Whether the listing says by how many the copy of this snapshot is held. */
export function tellsHolds(target: ReceiverDataset, { guid }: Version): boolean {
  return target.versions.some((version) => version.guid === guid && version.userrefs !== undefined);
}

/** The newest snapshot is not held, older ones still are, or the stand-in mark was left on. */
export function lacksConfirmation(target: ReceiverDataset, common: Version, guarantee: Guarantee): Lack {
  if (target.placeholderFlag) return 'certain';
  const snapshots = target.versions.filter((version) => version.type === 'snapshot');
  const isNewest = (version: Version) => version.guid === common.guid && guarantee !== 'guarantee_nothing';
  if (snapshots.some((version) => isNewest(version) && version.userrefs === 0)) return 'certain';
  return snapshots.some((version) => !isNewest(version) && (version.userrefs ?? 0) > 0) ? 'perhaps' : 'nothing';
}
