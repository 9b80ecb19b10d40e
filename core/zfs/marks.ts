/**
 * The marks that jobs leave on disk: cursor bookmarks and hold tags, and how their names are made and read. Pure. The names
 * are those of zrepl, letter by letter, so that either program finds the marks of the other.
 */
import { configFault } from '../api/config-fault.ts';
import { ProblemError } from '../api/problem.ts';
import { checkComponent, componentFault, entityFault, NAME_BYTES_MAX, showName } from './names.ts';

export type BookmarkMarkKind = 'cursor' | 'tentative-cursor';
export type HoldMarkKind = 'step-hold' | 'last-received-hold';

export interface BookmarkMark {
  readonly kind: BookmarkMarkKind;
  /** Guid that the name claims; counts only when the bookmark really has it. */
  readonly guid: bigint;
  readonly jobId: string;
}

export interface HoldMark {
  readonly kind: HoldMarkKind;
  readonly jobId: string;
}

// The prefix of the tentative cursor ends in "_" itself, hence the two underscores in its names. Both begin alike.
const BOOKMARK_PREFIX: Readonly<Record<BookmarkMarkKind, string>> = {
  cursor: 'zrepl_CURSOR',
  'tentative-cursor': 'zrepl_CURSORTENTATIVE_',
};
const TAG_PREFIX: Readonly<Record<HoldMarkKind, string>> = {
  'step-hold': 'zrepl_STEP_J_',
  'last-received-hold': 'zrepl_last_received_J_',
};
const BOOKMARK_KINDS: readonly BookmarkMarkKind[] = ['cursor', 'tentative-cursor'];
const HOLD_KINDS: readonly HoldMarkKind[] = ['step-hold', 'last-received-hold'];

/** The one cursor of a dataset before cursors had job ids. */
export const LEGACY_CURSOR_NAME = 'zrepl_replication_cursor';

/** The longest job id whose tentative cursor still fits on a dataset as short as `pool/ds`. */
export const JOB_ID_LENGTH_MAX = 203;

const GUID_MAX = 2n ** 64n - 1n;
// Greedy on purpose: the last "_G_..._J_" decides, as in every other program that reads these names.
const BOOKMARK_NAME = /^(.+)_G_([0-9a-f]{16})_J_(.+)$/;
const GUID_INSIDE = /_G_[0-9a-f]{16}_J_/;
const DRIVE_JOB_ID = /^(.+):([0-9a-f]{16})$/;

/** A guid as names carry it: 16 lower-case hexadecimal digits. */
export function guidHex(guid: bigint): string {
  if (guid < 0n || guid > GUID_MAX) throw new ProblemError('internal', { reason: `guid ${guid} does not fit 64 bits` });
  return guid.toString(16).padStart(16, '0');
}

/** Why this cannot be a job id in marks; null when it can. */
export function jobIdFault(jobId: string): string | null {
  const fault = componentFault(jobId);
  if (fault !== null) return fault;
  if (jobId.length > JOB_ID_LENGTH_MAX) return `it is longer than ${JOB_ID_LENGTH_MAX} characters`;
  if (GUID_INSIDE.test(jobId)) return 'it contains what separates a guid from a job in the names of cursors';
  return null;
}

/** @throws ProblemError `name-invalid` */
export function checkJobId(jobId: string): string {
  const fault = jobIdFault(jobId);
  if (fault !== null) throw new ProblemError('name-invalid', { name: showName(jobId), reason: fault });
  return jobId;
}

/** Why a configuration may not name a job so: beyond job ids, "_..." is reserved and "...:guid" belongs to drives. */
export function configuredJobNameFault(name: string): string | null {
  const fault = jobIdFault(name);
  if (fault !== null) return fault;
  if (name.startsWith('_')) return configFault('name-underscore');
  if (DRIVE_JOB_ID.test(name)) return configFault('name-of-drive');
  return null;
}

/** The job id under which a job keeps its marks for one drive of a set. */
export function driveJobId(jobName: string, poolGuid: bigint): string {
  return checkJobId(markedDrive(jobName, poolGuid));
}

/** Why a job of that name cannot keep marks for a drive; null when it can. */
export function driveJobIdFault(jobName: string, poolGuid: bigint): string | null {
  return jobIdFault(markedDrive(jobName, poolGuid));
}

function markedDrive(jobName: string, poolGuid: bigint): string {
  return `${jobName}:${guidHex(poolGuid)}`;
}

/** The job and pool behind the job id of a drive; null for any other job id. */
export function parseDriveJobId(jobId: string): { readonly jobName: string; readonly poolGuid: bigint } | null {
  const match = DRIVE_JOB_ID.exec(jobId);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return { jobName: match[1], poolGuid: BigInt(`0x${match[2]}`) };
}

/** Short name of the bookmark for this guid. */
export function bookmarkMarkName(kind: BookmarkMarkKind, guid: bigint, jobId: string): string {
  return checkComponent(`${BOOKMARK_PREFIX[kind]}_G_${guidHex(guid)}_J_${checkJobId(jobId)}`);
}

export const cursorName = (guid: bigint, jobId: string): string => bookmarkMarkName('cursor', guid, jobId);
export const tentativeCursorName = (guid: bigint, jobId: string): string =>
  bookmarkMarkName('tentative-cursor', guid, jobId);

/** Reads the full name of a bookmark; null when it is no mark. The claimed guid is not compared with anything. */
export function parseBookmarkMark(fullName: string): BookmarkMark | null {
  if (entityFault(fullName, 'bookmark') !== null) return null;
  const match = BOOKMARK_NAME.exec(fullName.slice(fullName.indexOf('#') + 1));
  const [, prefix, hex, jobId] = match ?? [];
  const kind = BOOKMARK_KINDS.find((candidate) => BOOKMARK_PREFIX[candidate] === prefix);
  if (kind === undefined || hex === undefined || jobId === undefined || jobIdFault(jobId) !== null) return null;
  return { kind, guid: BigInt(`0x${hex}`), jobId };
}

/** The mark that a bookmark is; null when it is none, or when its name claims another guid than it has. */
export function bookmarkMarkOf(
  dataset: string,
  bookmark: { readonly name: string; readonly guid: bigint },
): BookmarkMark | null {
  if (!bookmark.name.startsWith(BOOKMARK_PREFIX.cursor)) return null;
  const mark = parseBookmarkMark(`${dataset}#${bookmark.name}`);
  return mark !== null && mark.guid === bookmark.guid ? mark : null;
}

/** The tag of a hold of this kind. */
export function holdMarkTag(kind: HoldMarkKind, jobId: string): string {
  return `${TAG_PREFIX[kind]}${checkJobId(jobId)}`;
}

export const stepHoldTag = (jobId: string): string => holdMarkTag('step-hold', jobId);
export const lastReceivedHoldTag = (jobId: string): string => holdMarkTag('last-received-hold', jobId);

/** Reads a tag; null when it is no mark. */
export function parseHoldMark(tag: string): HoldMark | null {
  for (const kind of HOLD_KINDS) {
    if (!tag.startsWith(TAG_PREFIX[kind])) continue;
    const jobId = tag.slice(TAG_PREFIX[kind].length);
    return jobIdFault(jobId) === null ? { kind, jobId } : null;
  }
  return null;
}

/** Whether every mark of the job fits on the dataset; the tentative cursor has the longest name. */
export function marksFitDataset(dataset: string, jobId: string): boolean {
  return dataset.length + 1 + tentativeCursorName(0n, jobId).length <= NAME_BYTES_MAX;
}

/** @throws ProblemError `name-too-long`, when planned rather than in the middle of a replication */
export function checkMarksFit(dataset: string, jobId: string): void {
  if (!marksFitDataset(dataset, jobId)) throw new ProblemError('name-too-long', { dataset, job: jobId });
}
