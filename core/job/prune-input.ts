/** What pruning has to know of each dataset, from what a run has seen of both sides. Pure. */
import { ownBookmarks } from '../endpoint/protection.ts';
import type { ReceiverDataset, SenderDataset } from '../endpoint/types.ts';
import type { ListingCount } from '../pruning/listing-guard.ts';
import type { ListedDataset, UnfinishedRange } from '../pruning/types.ts';
import { bookmarkMarkOf } from '../zfs/marks.ts';
import type { Version } from '../zfs/types.ts';

/** A destination that is not at hand. */
export interface OtherTarget {
  readonly label: string;
  readonly jobId: string;
}

/** The two sides as the run last saw them, by the sender's names. */
export interface SeenSides {
  readonly sender: ReadonlyMap<string, SenderDataset>;
  readonly receiver: ReadonlyMap<string, ReceiverDataset>;
  readonly senderLabel: string;
  readonly receiverLabel: string;
  readonly jobId: string;
  /** False when the receiver could not be listed: then nothing is known of what it has. */
  readonly receiverKnown: boolean;
  /** Further destinations of the same job, drives all of them, of which only its marks here are known. */
  readonly others?: readonly OtherTarget[];
  /** The receiver is a drive, too: that it is not there is no failure. */
  readonly isDrive?: boolean;
  /** Lists some datasets anew, by the sender's names, on both sides. Without it nothing here is remembered. */
  readonly relist?: (datasets: readonly string[]) => Promise<SeenSides | null>;
}

/** The same with nothing but these datasets, by the sender's names. */
export function onlyThese(sides: SeenSides, datasets: readonly string[]): SeenSides {
  const some = <T>(all: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map(
      datasets.flatMap((name) => {
        const found = all.get(name);
        return found === undefined ? [] : [[name, found] as const];
      }),
    );
  return { ...sides, sender: some(sides.sender), receiver: some(sides.receiver) };
}

/** What is known of the dataset on either side is only remembered. */
function isRemembered(sides: SeenSides, dataset: string): { readonly remembered?: true } {
  const seen = [sides.sender.get(dataset), sides.receiver.get(dataset)];
  return seen.some((side) => side?.remembered === true) ? { remembered: true } : {};
}

/** Datasets of the sender to prune. */
export function senderDatasets(sides: SeenSides): readonly ListedDataset[] {
  return [...sides.sender.values()].map((source) => ({
    dataset: source.dataset,
    guid: source.guid,
    isPlaceholder: source.isPlaceholder,
    onSender: true,
    versions: source.versions,
    ...isRemembered(sides, source.dataset),
    unfinished: unfinishedRanges(source.dataset, source.versions),
    targets: [
      {
        label: sides.receiverLabel,
        cursorGuid: newestCursor(source, sides.jobId)?.guid ?? null,
        otherSide: sides.receiverKnown ? snapshotGuids(sides.receiver.get(source.dataset)?.versions ?? []) : null,
        baseGuid: null,
        ...(sides.isDrive === true && !sides.receiverKnown ? { isAway: true } : {}),
      },
      ...(sides.others ?? []).map(({ label, jobId }) => ({
        label,
        cursorGuid: newestCursor(source, jobId)?.guid ?? null,
        otherSide: null,
        baseGuid: null,
        isAway: true,
      })),
    ],
  }));
}

/** How much was listed of the sender, for a side whose decisions rest on that listing. */
export function senderListing(sides: SeenSides): ListingCount {
  return { key: 'sender', host: sides.senderLabel, count: countVersions(sides.sender) };
}

/** How much was listed of the receiver. */
export function receiverListing(sides: SeenSides): ListingCount {
  return { key: 'receiver', host: sides.receiverLabel, count: countVersions(sides.receiver) };
}

/** Datasets of the receiver to prune: those below its root that the sender has too. */
export function receiverDatasets(sides: SeenSides): readonly ListedDataset[] {
  return [...sides.receiver.values()].map((target) => {
    const source = sides.sender.get(target.dataset);
    return {
      dataset: target.localName,
      guid: target.guid,
      // The mark alone never makes a dataset with snapshots a stand-in.
      isPlaceholder: target.placeholderFlag && target.versions.length === 0,
      onSender: source !== undefined && !source.isPlaceholder,
      versions: target.versions,
      ...isRemembered(sides, target.dataset),
      // Copies may be sent on from here.
      unfinished: unfinishedRanges(target.localName, target.versions),
      targets: [
        {
          label: sides.senderLabel,
          cursorGuid: source === undefined ? null : (newestCursor(source, sides.jobId)?.guid ?? null),
          otherSide: source === undefined ? null : versionGuids(source.versions),
          baseGuid: null,
        },
      ],
    };
  });
}

/** Datasets of a job without a destination. */
export function localDatasets(sender: ReadonlyMap<string, SenderDataset>): readonly ListedDataset[] {
  return [...sender.values()].map((source) => ({
    dataset: source.dataset,
    guid: source.guid,
    isPlaceholder: source.isPlaceholder,
    onSender: true,
    versions: source.versions,
    unfinished: unfinishedRanges(source.dataset, source.versions),
    targets: [],
  }));
}

/**
 * Transfers that were begun and not completed, of whatever job, read from the marks on disk: from the oldest tentative cursor
 * (or from the job's cursor, where the base was protected by it already) to the newest. Transfers that are protected by holds
 * need no mention, the holds speak for themselves.
 */
export function unfinishedRanges(dataset: string, versions: readonly Version[]): readonly UnfinishedRange[] {
  const jobs = new Set(
    versions.flatMap((version) => {
      const mark = version.type === 'bookmark' ? bookmarkMarkOf(dataset, version) : null;
      return mark?.kind === 'tentative-cursor' ? [mark.jobId] : [];
    }),
  );
  return [...jobs].sort().map((jobId) => {
    const marks = ownBookmarks(dataset, versions, jobId).map(({ version }) => version.createtxg);
    const low = marks.reduce((a, b) => (b < a ? b : a));
    const high = marks.reduce((a, b) => (b > a ? b : a));
    const guids = versions
      .filter((version) => version.type === 'snapshot' && version.createtxg >= low && version.createtxg <= high)
      .map((version) => version.guid);
    return { jobId, guids: new Set(guids), protection: 'incremental' as const };
  });
}

/** The job's cursor on a dataset; while one replaces another there are two. */
export function newestCursor(source: SenderDataset, jobId: string): Version | undefined {
  return ownBookmarks(source.dataset, source.versions, jobId)
    .filter((mark) => mark.kind === 'cursor')
    .map((mark) => mark.version)
    .reduce<Version | undefined>((best, version) => {
      return best === undefined || version.createtxg > best.createtxg ? version : best;
    }, undefined);
}

export function snapshotGuids(versions: readonly Version[]): ReadonlySet<bigint> {
  const guids = new Set<bigint>();
  for (const { type, guid } of versions) if (type === 'snapshot') guids.add(guid);
  return guids;
}

function versionGuids(versions: readonly Version[]): ReadonlySet<bigint> {
  const guids = new Set<bigint>();
  for (const { guid } of versions) guids.add(guid);
  return guids;
}

function countVersions(side: ReadonlyMap<string, { readonly versions: readonly Version[] }>): number {
  let count = 0;
  for (const { versions } of side.values()) count += versions.length;
  return count;
}
