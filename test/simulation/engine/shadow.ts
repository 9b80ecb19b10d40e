/** What a dataset was like when last looked at: tells exactly what one change did to it. */
import type { Content, Dataset } from '../zfs/world.ts';

export interface SeenSnapshot {
  readonly guid: bigint;
  readonly name: string;
  readonly createtxg: bigint;
  readonly creationS: number;
  readonly tags: readonly string[];
}

export interface Seen {
  readonly revision: number;
  /** In the order of createtxg. */
  readonly snapshots: readonly SeenSnapshot[];
  readonly bookmarks: ReadonlyMap<string, bigint>;
}

export interface Change {
  readonly before: Seen;
  readonly now: Seen;
  readonly gone: readonly SeenSnapshot[];
  readonly came: readonly SeenSnapshot[];
  readonly released: readonly { readonly guid: bigint; readonly tag: string }[];
  readonly bookmarksGone: readonly (readonly [name: string, guid: bigint])[];
  readonly bookmarksCame: readonly (readonly [name: string, guid: bigint])[];
}

const NOTHING: Seen = { revision: -1, snapshots: [], bookmarks: new Map() };

function look(dataset: Dataset): Seen {
  return {
    revision: dataset.revision,
    snapshots: dataset.snapshots.map(({ guid, name, createtxg, creationS, tags }) => {
      return { guid, name, createtxg, creationS, tags: [...tags] };
    }),
    bookmarks: new Map(dataset.bookmarks.map(({ name, guid }) => [name, guid])),
  };
}

export class Shadows {
  readonly #seen = new WeakMap<Dataset, Seen>();
  /** What every snapshot of a sender held, by guid: copies must hold the same. */
  readonly contents = new Map<bigint, Content>();

  /** Looks again; null when nothing of it has changed. */
  refresh(dataset: Dataset): Change | null {
    const before = this.#seen.get(dataset) ?? NOTHING;
    if (before.revision === dataset.revision) return null;
    const now = look(dataset);
    this.#seen.set(dataset, now);
    for (const { guid, content } of dataset.snapshots) if (!this.contents.has(guid)) this.contents.set(guid, content);
    return { before, now, ...difference(before, now) };
  }
}

function difference(before: Seen, now: Seen): Omit<Change, 'before' | 'now'> {
  const were = new Map(before.snapshots.map((snapshot) => [snapshot.guid, snapshot]));
  const are = new Map(now.snapshots.map((snapshot) => [snapshot.guid, snapshot]));
  return {
    gone: before.snapshots.filter(({ guid }) => !are.has(guid)),
    came: now.snapshots.filter(({ guid }) => !were.has(guid)),
    released: before.snapshots.flatMap(({ guid, tags }) => {
      const left = are.get(guid);
      return left === undefined ? [] : tags.filter((tag) => !left.tags.includes(tag)).map((tag) => ({ guid, tag }));
    }),
    bookmarksGone: [...before.bookmarks].filter(([name]) => !now.bookmarks.has(name)),
    bookmarksCame: [...now.bookmarks].filter(([name]) => !before.bookmarks.has(name)),
  };
}
