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
  const compare = (a: Version, b: Version) =>
    compareBigint(a.createtxg, b.createtxg) ||
    kindOrder(a) - kindOrder(b) ||
    rank(a) - rank(b) ||
    compareText(b.name, a.name);
  // Listings come in this order, as good as always.
  const isSorted = versions.every((version, index) => {
    const before = versions[index - 1];
    return before === undefined || compare(before, version) <= 0;
  });
  return isSorted ? versions : versions.toSorted(compare);
}

/** Where in `ours` the newest of `theirs` is that is there at all; the last of equals, so that snapshots beat bookmarks. */
function newestCommon(
  theirs: readonly Version[],
  ours: readonly Version[],
): readonly [their: number, our: number] | null {
  const newest = theirs.at(-1);
  if (newest === undefined) return null;
  const last = ours.findLastIndex((version) => version.guid === newest.guid);
  if (last >= 0) return [theirs.length - 1, last];
  // Only where they have gone apart is the whole list worth an index.
  const indexByGuid = new Map(ours.map((version, index) => [version.guid, index]));
  const their = theirs.findLastIndex((version) => indexByGuid.has(version.guid));
  const our = indexByGuid.get(theirs[their]?.guid ?? newest.guid);
  return our === undefined ? null : [their, our];
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

  const [theirIndex, ourIndex] = newestCommon(theirs, ours) ?? [-1, -1];
  const base = ours[ourIndex];
  if (base === undefined) return { kind: 'no-common-ancestor', sender: ours, receiver: theirs };
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
