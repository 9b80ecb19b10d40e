/**
 * What the receiver lacks, by guid. Pure. Names never decide: snapshots can be renamed, and two snapshots of one name can be
 * different ones. Receiver bookmarks count for nothing: they can neither be the base of an increment nor block a receive.
 */
import type { Version } from '../zfs/types.ts';

export type Difference =
  /** The sender has nothing at all. */
  | { readonly kind: 'no-sender-versions' }
  /** No guid in common. */
  | { readonly kind: 'no-common-ancestor'; readonly sender: readonly Version[]; readonly receiver: readonly Version[] }
  /** The receiver's newest snapshot is unknown to the sender. */
  | {
      readonly kind: 'diverged';
      readonly common: Version;
      readonly senderOnly: readonly Version[];
      readonly receiverOnly: readonly Version[];
    }
  | { readonly kind: 'up-to-date'; readonly common: Version }
  /** `base` is the newest common version as it is on the sender; `missing` are the sender's snapshots after it. */
  | { readonly kind: 'path'; readonly base: Version; readonly missing: readonly Version[] };

/**
 * How good a version is as the base of an increment when several have the same createtxg; the best sorts last. A snapshot
 * beats any bookmark; of bookmarks the own cursor beats the own tentative cursor, and both beat foreign ones.
 */
export type BaseRank = (version: Version) => number;

function compareBigint(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Versions in the order of createtxg; at the same createtxg bookmarks before snapshots, better bases later. */
export function sortVersions(versions: readonly Version[], rank: BaseRank = () => 0): readonly Version[] {
  const kindOrder = (version: Version) => (version.type === 'snapshot' ? 1 : 0);
  return [...versions].sort(
    (a, b) =>
      compareBigint(a.createtxg, b.createtxg) ||
      kindOrder(a) - kindOrder(b) ||
      rank(a) - rank(b) ||
      compareText(b.name, a.name),
  );
}

/**
 * Compares two lists of versions of one dataset.
 * @param rank how good a sender bookmark is as a base, see {@link BaseRank}
 */
export function diffVersions(
  receiver: readonly Version[],
  sender: readonly Version[],
  rank: BaseRank = () => 0,
): Difference {
  const theirs = sortVersions(receiver.filter((version) => version.type === 'snapshot'));
  const ours = sortVersions(sender, rank);
  if (ours.length === 0) return { kind: 'no-sender-versions' };

  // The last of equals wins, so that a snapshot is preferred to a bookmark of the same version.
  const indexByGuid = new Map(ours.map((version, index) => [version.guid, index]));
  const theirIndex = theirs.findLastIndex((version) => indexByGuid.has(version.guid));
  const common = theirs[theirIndex];
  const ourIndex = common === undefined ? undefined : indexByGuid.get(common.guid);
  const base = ourIndex === undefined ? undefined : ours[ourIndex];
  if (base === undefined || ourIndex === undefined) {
    return { kind: 'no-common-ancestor', sender: ours, receiver: theirs };
  }
  if (theirIndex !== theirs.length - 1) {
    return {
      kind: 'diverged',
      common: base,
      senderOnly: ours.slice(ourIndex + 1),
      receiverOnly: theirs.slice(theirIndex + 1),
    };
  }
  const missing = ours
    .slice(ourIndex + 1)
    .filter((version) => version.type === 'snapshot' && version.guid !== base.guid);
  return missing.length === 0 ? { kind: 'up-to-date', common: base } : { kind: 'path', base, missing };
}
