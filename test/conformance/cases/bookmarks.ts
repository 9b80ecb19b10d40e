/** Bookmarks. See zfs-bookmark(8). */
import type { Case } from '../case.ts';
import { at, bookmarkNames, codeOf, prepare, problemOf, stateOf, versionAt } from '../support.ts';

export const BOOKMARKS: readonly Case[] = [
  {
    name: 'a bookmark has the guid of its snapshot',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      await source.zfs.bookmark(at(source, 'a'), await versionAt(source, 'a@1'), 'mark');
      const { snapshots, bookmarks } = await stateOf(source, 'a');
      expect(bookmarks).toEqual([{ name: 'mark', guid: snapshots[0]?.guid }]);
    },
  },
  {
    name: 'the same bookmark again is no error',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      const version = await versionAt(source, 'a@1');
      await source.zfs.bookmark(at(source, 'a'), version, 'a mark');
      await source.zfs.bookmark(at(source, 'a'), version, 'a mark');
      expect(await bookmarkNames(source, 'a')).toEqual(['a mark']);
    },
  },
  {
    name: 'a bookmark of that name for another snapshot is refused and kept',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      await source.zfs.bookmark(at(source, 'a'), await versionAt(source, 'a@1'), 'mark');
      const before = await source.observe();
      const work = source.zfs.bookmark(at(source, 'a'), await versionAt(source, 'a@2'), 'mark');
      expect(await problemOf(work)).toMatchObject({ code: 'bookmark-exists', facts: { name: at(source, 'a#mark') } });
      expect(await source.observe()).toEqual(before);
    },
  },
  {
    name: 'a bookmark survives its snapshot',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      const version = await versionAt(source, 'a@1');
      await source.zfs.bookmark(at(source, 'a'), version, 'mark');
      await source.operator.destroySnapshot(at(source, 'a@1'));
      expect((await stateOf(source, 'a')).bookmarks).toEqual([{ name: 'mark', guid: `${version.guid}` }]);
    },
  },
  {
    name: 'a bookmark of a snapshot that is gone is not found, even where the bookmark is there',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      const version = await versionAt(source, 'a@1');
      await source.zfs.bookmark(at(source, 'a'), version, 'mark');
      await source.operator.destroySnapshot(at(source, 'a@1'));
      for (const name of ['mark', 'new']) {
        expect(await codeOf(source.zfs.bookmark(at(source, 'a'), version, name))).toBe('not-found');
      }
      expect(await bookmarkNames(source, 'a')).toEqual(['mark']);
    },
  },
  {
    name: 'a bookmark of a dataset that is gone is not found',
    run: async ({ source }, expect) => {
      const version = { type: 'snapshot', name: '1', guid: 1n } as const;
      expect(await codeOf(source.zfs.bookmark(at(source, 'gone'), version, 'mark'))).toBe('not-found');
    },
  },
  {
    name: 'a bookmark is copied, also where the snapshot is gone',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      const version = await versionAt(source, 'a@1');
      await source.operator.bookmark(at(source, 'a@1'), 'mark');
      await source.operator.destroySnapshot(at(source, 'a@1'));
      await source.zfs.bookmark(at(source, 'a'), await versionAt(source, 'a#mark'), 'copy');
      expect((await stateOf(source, 'a')).bookmarks).toEqual([
        { name: 'copy', guid: `${version.guid}` },
        { name: 'mark', guid: `${version.guid}` },
      ]);
    },
  },
  {
    name: 'a bookmark is copied onto itself without harm',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.operator.bookmark(at(source, 'a@1'), 'mark');
      const before = await source.observe();
      await source.zfs.bookmark(at(source, 'a'), await versionAt(source, 'a#mark'), 'mark');
      expect(await source.observe()).toEqual(before);
    },
  },
  {
    name: 'a copy of a bookmark that is gone is not found',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      const gone = { type: 'bookmark', name: 'gone', guid: 1n } as const;
      expect(await codeOf(source.zfs.bookmark(at(source, 'a'), gone, 'copy'))).toBe('not-found');
      expect(await bookmarkNames(source, 'a')).toEqual([]);
    },
  },
  {
    name: 'a copy over a bookmark of another snapshot is refused',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      await source.operator.bookmark(at(source, 'a@1'), 'one');
      await source.operator.bookmark(at(source, 'a@2'), 'two');
      const work = source.zfs.bookmark(at(source, 'a'), await versionAt(source, 'a#one'), 'two');
      expect(await codeOf(work)).toBe('bookmark-exists');
    },
  },
  {
    name: 'several bookmarks of one snapshot are sorted by name',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      for (const name of ['z', 'a b', 'm']) {
        await source.zfs.bookmark(at(source, 'a'), await versionAt(source, 'a@1'), name);
      }
      const [listed] = await source.zfs.listVersions([at(source, 'a')], { recursive: false, details: false });
      expect(listed?.versions.map(({ name }) => name)).toEqual(['a b', 'm', 'z', '1']);
    },
  },
  {
    name: 'a bookmark is destroyed, and again',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.operator.bookmark(at(source, 'a@1'), 'a mark');
      await source.zfs.destroyBookmark(at(source, 'a'), 'a mark');
      expect(await bookmarkNames(source, 'a')).toEqual([]);
      expect(await codeOf(source.zfs.destroyBookmark(at(source, 'a'), 'a mark'))).toBe('ok');
    },
  },
  {
    name: 'a bookmark of a dataset or a pool that is gone counts as destroyed',
    run: async ({ source }, expect) => {
      expect(await codeOf(source.zfs.destroyBookmark(at(source, 'gone'), 'mark'))).toBe('ok');
      expect(await codeOf(source.zfs.destroyBookmark('no such pool/a', 'mark'))).toBe('ok');
    },
  },
  {
    name: 'destroying a bookmark leaves its snapshot and its copies',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.operator.bookmark(at(source, 'a@1'), 'one');
      await source.operator.bookmark(at(source, 'a@1'), 'two');
      await source.zfs.destroyBookmark(at(source, 'a'), 'one');
      const { snapshots, bookmarks } = await stateOf(source, 'a');
      expect([snapshots.length, bookmarks.map(({ name }) => name)]).toEqual([1, ['two']]);
    },
  },
  {
    name: 'a rollback takes newer bookmarks along and leaves older ones',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2', '3');
      for (const name of ['1', '2', '3']) await source.operator.bookmark(at(source, `a@${name}`), `m${name}`);
      await source.operator.rollback(at(source, 'a@2'));
      expect(await bookmarkNames(source, 'a')).toEqual(['m1', 'm2']);
    },
  },
  ...['', 'a,b', 'a%b', 'a@b', 'a#b', '..'].map(
    (name): Case => ({
      name: `a bookmark of the name "${name}" reaches no command`,
      run: async ({ source }, expect) => {
        await prepare(source, 'a', '1');
        const version = await versionAt(source, 'a@1');
        expect(await codeOf(source.zfs.bookmark(at(source, 'a'), version, name))).toBe('name-invalid');
        expect(await codeOf(source.zfs.destroyBookmark(at(source, 'a'), name))).toBe('name-invalid');
      },
    }),
  ),
];
