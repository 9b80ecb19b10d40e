/**
 * What earlier surveys of one side have listed, so that an idle cycle lists datasets only. `snapshots_changed` moves whenever a
 * snapshot of the dataset is created, received, renamed or destroyed (OpenZFS >= 2.2, see zfsprops(7)); it counts whole
 * seconds, and says nothing of bookmarks and holds. So what is remembered decides only that nothing is to be done: whatever
 * has something to do is listed anew before it is done.
 */
import { poolOf } from '../zfs/names.ts';
import type { DatasetFacts, DatasetVersions, Version } from '../zfs/types.ts';

/**
 * A snapshot of the clone that is promoted moves to it without a trace in `snapshots_changed`, but not without one here. Asked
 * for wherever something is to be remembered.
 */
export const ORIGIN_PROPERTY = 'origin';

/**
 * A value that was seen this long before a listing began belongs to a second that was over by then: nothing that the listing
 * did not show can have happened under it.
 */
export const SETTLED_MS = 2_000;
/** Nothing is believed for longer: bookmarks come and go without a trace. */
export const TRUSTED_MS = 24 * 3_600_000;
/** Some 35 MiB. What goes beyond is listed every time. */
export const VERSIONS_MAX = 400_000;
/** Where more than one in so many datasets must be listed, one recursive listing costs no more. */
const WHOLE_SIDE_SHARE = 3;

/** When versions were listed, and what was listed. */
interface Listed {
  /** Monotonic, before the listing began. */
  readonly startedMs: number;
  readonly versions: readonly Version[];
}

interface Entry {
  /** Of the dataset. */
  readonly guid: bigint;
  /** What must not have changed since. */
  readonly state: string;
  /** Monotonic, after it was first seen. */
  readonly seenMs: number;
  readonly listed: Listed | null;
}

/** One observation of a whole side. */
export interface Observation {
  readonly facts: readonly DatasetFacts[];
  /** Versions that were listed for it; what was recalled need not be among them. */
  readonly listed: ReadonlyMap<string, DatasetVersions>;
  /** Monotonic, before the listing of versions began. */
  readonly listingStartedMs: number;
  /** Monotonic, after the facts were there. */
  readonly factsSeenMs: number;
}

export interface SideCacheOptions {
  /** Never goes back, and counts the time that the machine was asleep. */
  readonly monotonicMs: () => number;
  readonly versionsMax?: number;
}

/** Of one side of one job; its runs, one after the other, share it. */
export class SideCache {
  readonly #options: SideCacheOptions;
  #entries: ReadonlyMap<string, Entry> = new Map();
  /** Since when, monotonic: only a listing that began after that is believed. */
  readonly #distrusted = new Map<string, number>();

  constructor(options: SideCacheOptions) {
    this.#options = options;
  }

  nowMs(): number {
    return this.#options.monotonicMs();
  }

  /** Whether so little is left to be listed, most likely, that it pays to look at the facts first. */
  isWorthAsking(): boolean {
    let trusted = 0;
    for (const [key, entry] of this.#entries) if (this.#trusts(key, entry)) trusted += 1;
    return trusted > 0 && !isMost(this.#entries.size - trusted, this.#entries.size);
  }

  /**
   * Versions as they still must be, but for bookmarks.
   * @param standsIn it is marked as a stand-in: never having had a snapshot is its normal state
   */
  recall(fact: DatasetFacts, standsIn: boolean): readonly Version[] | undefined {
    const key = keyOf(fact);
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.state !== stateOf(fact, standsIn) || !this.#trusts(key, entry)) return undefined;
    return entry.listed?.versions;
  }

  /** Takes in what a survey has seen; what it has not seen is forgotten. */
  learn(observation: Observation, standsIn: (fact: DatasetFacts) => boolean): void {
    const { facts, listed, listingStartedMs, factsSeenMs } = observation;
    const entries = new Map<string, Entry>();
    let room = this.#options.versionsMax ?? VERSIONS_MAX;
    for (const fact of facts) {
      const state = stateOf(fact, standsIn(fact));
      if (state === null) continue;
      const key = keyOf(fact);
      const before = this.#entries.get(key);
      const same = before?.state === state ? before : undefined;
      const fresh = listed.get(fact.dataset);
      const older = same?.listed ?? null;
      // A survey that took long may end after one that began later.
      const isNewest = fresh?.guid === fact.guid && (older === null || older.startedMs <= listingStartedMs);
      const latest = isNewest ? { startedMs: listingStartedMs, versions: fresh.versions } : older;
      const kept = latest !== null && this.#isBelieved(key, latest) ? latest : null;
      const fits = kept !== null && kept.versions.length <= room;
      if (fits) room -= kept.versions.length;
      entries.set(key, { guid: fact.guid, state, seenMs: same?.seenMs ?? factsSeenMs, listed: fits ? kept : null });
    }
    this.#entries = entries;
    for (const key of this.#distrusted.keys()) {
      const entry = entries.get(key);
      if (entry === undefined || entry.listed !== null) this.#distrusted.delete(key);
    }
  }

  /** Versions that were just listed, with the creation of those that are remembered: it never changes. */
  withCreation(listed: DatasetVersions): DatasetVersions {
    const known = new Map<bigint, number>();
    for (const { guid, creationS } of this.#entries.get(keyOf(listed))?.listed?.versions ?? []) {
      if (creationS !== undefined) known.set(guid, creationS);
    }
    return known.size === 0 ? listed : { ...listed, versions: completed(listed.versions, (guid) => known.get(guid)) };
  }

  /** Takes in when snapshots were created, as far as the listings have not told. */
  learnCreation(creationOf: (datasetGuid: bigint, snapshotGuid: bigint) => number | undefined): void {
    this.#entries = new Map(
      [...this.#entries].map(([key, entry]) => {
        const { listed, guid } = entry;
        if (listed === null) return [key, entry];
        const versions = completed(listed.versions, (snapshotGuid) => creationOf(guid, snapshotGuid));
        return [key, { ...entry, listed: { ...listed, versions } }];
      }),
    );
  }

  /** What is remembered of the dataset counts for nothing any more: it is about to be changed, or something went wrong. */
  distrust(dataset: Pick<DatasetFacts, 'dataset' | 'guid'>): void {
    this.#distrusted.set(keyOf(dataset), this.nowMs());
  }

  clear(): void {
    this.#entries = new Map();
    this.#distrusted.clear();
  }

  #trusts(key: string, { seenMs, listed }: Entry): boolean {
    if (listed === null || !this.#isBelieved(key, listed)) return false;
    return listed.startedMs - seenMs >= SETTLED_MS && this.nowMs() - listed.startedMs < TRUSTED_MS;
  }

  #isBelieved(key: string, { startedMs }: Listed): boolean {
    const sinceMs = this.#distrusted.get(key);
    return sinceMs === undefined || startedMs > sinceMs;
  }
}

/** The same versions, and the same list where nothing was lacking or nothing is known. */
function completed(
  versions: readonly Version[],
  creationOf: (snapshotGuid: bigint) => number | undefined,
): readonly Version[] {
  let changed = false;
  const all = versions.map((version) => {
    const creationS = version.creationS ?? creationOf(version.guid);
    if (creationS === undefined || version.creationS !== undefined) return version;
    changed = true;
    return { ...version, creationS };
  });
  return changed ? all : versions;
}

/** Whether that many of all are so many that the whole side is listed at once. */
export function isMost(some: number, all: number): boolean {
  return some * WHOLE_SIDE_SHARE > all;
}

/** A dataset keeps its guid when it is renamed; two halves of a pool that was split have the same guids. */
function keyOf({ dataset, guid }: Pick<DatasetFacts, 'dataset' | 'guid'>): string {
  return `${poolOf(dataset)} ${guid}`;
}

/** Everything that moves when snapshots do; null where that is not known. */
function stateOf(fact: DatasetFacts, standsIn: boolean): string | null {
  const { snapshotsChangedS } = fact;
  const isKnown = snapshotsChangedS !== null && snapshotsChangedS > 0;
  if (!isKnown && !standsIn) return null;
  return `${isKnown ? snapshotsChangedS : 'never'} ${fact.properties.get(ORIGIN_PROPERTY)?.value ?? '-'}`;
}
