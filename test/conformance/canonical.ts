/** States of different machines made comparable: guids and digests count only as equal or not. Pure. */
import type { DatasetState, PlaceState } from './fixture.ts';

/** Numbers things by their first appearance. */
class Classes {
  readonly #known = new Map<string, number>();

  of(value: string | null): number | null {
    if (value === null) return null;
    const known = this.#known.get(value) ?? this.#known.size;
    this.#known.set(value, known);
    return known;
  }
}

function canonicalDataset(state: DatasetState, guids: Classes, digests: Classes): unknown {
  return {
    ...state,
    guid: guids.of(state.guid),
    digest: digests.of(state.digest),
    snapshots: state.snapshots.map((snapshot) => ({
      ...snapshot,
      guid: guids.of(snapshot.guid),
      digest: digests.of(snapshot.digest),
    })),
    bookmarks: state.bookmarks.map((bookmark) => ({ ...bookmark, guid: guids.of(bookmark.guid) })),
    token:
      state.token === null
        ? null
        : { ...state.token, fromGuid: guids.of(state.token.fromGuid), toGuid: guids.of(state.token.toGuid) },
  };
}

/**
 * The states of several places as one plain value that is equal for equal pasts, whatever machines they were on. Everything
 * that is equal across the places stays so.
 */
export function canonicalStates(places: Readonly<Record<string, PlaceState>>): unknown {
  const guids = new Classes();
  const digests = new Classes();
  return Object.fromEntries(
    Object.entries(places)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, datasets]) => [name, datasets.map((state) => canonicalDataset(state, guids, digests))]),
  );
}
