/** Holds. See zfs-hold(8). */
import type { Case } from '../case.ts';
import { at, codeOf, named, prepare, problemOf, tagsOf } from '../support.ts';

const row = ({ dataset, snapshot, tag }: { dataset: string; snapshot: string; tag: string }): string =>
  `${dataset}@${snapshot} ${tag}`;

export const HOLDS: readonly Case[] = [
  {
    name: 'a hold is there, and the snapshot cannot be destroyed',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.zfs.hold('a tag', named(source, 'a@1'));
      expect(await tagsOf(source, 'a@1')).toEqual(['a tag']);
      await expect(source.operator.destroySnapshot(at(source, 'a@1'))).rejects.toThrow();
    },
  },
  {
    name: 'holding again is no error',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.zfs.hold('t', named(source, 'a@1'));
      await source.zfs.hold('t', named(source, 'a@1'));
      expect(await tagsOf(source, 'a@1')).toEqual(['t']);
    },
  },
  {
    name: 'a tag that is there on one holds the others all the same',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2', '3');
      await source.zfs.hold('t', named(source, 'a@2'));
      await source.zfs.hold('t', named(source, 'a@1', 'a@2', 'a@3'));
      for (const path of ['a@1', 'a@2', 'a@3']) expect(await tagsOf(source, path)).toEqual(['t']);
    },
  },
  {
    name: 'a snapshot that is missing is an error, and the others are held',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      const problem = await problemOf(source.zfs.hold('t', named(source, 'a@1', 'a@gone', 'a@2')));
      expect(problem).toMatchObject({ code: 'not-found', facts: { name: at(source, 'a@gone') } });
      expect([await tagsOf(source, 'a@1'), await tagsOf(source, 'a@2')]).toEqual([['t'], ['t']]);
    },
  },
  {
    name: 'a dataset that is missing is an error by its own name',
    run: async ({ source }, expect) => {
      const problem = await problemOf(source.zfs.hold('t', named(source, 'gone@1')));
      expect(problem).toMatchObject({ code: 'not-found', facts: { name: at(source, 'gone') } });
    },
  },
  {
    name: 'several tags on one snapshot, with spaces in all names',
    run: async ({ source }, expect) => {
      await prepare(source, 'a b', 'a snap');
      await source.zfs.hold('tag one', named(source, 'a b@a snap'));
      await source.zfs.hold('tag  two', named(source, 'a b@a snap'));
      const rows = await source.zfs.holds(named(source, 'a b@a snap'));
      expect(rows.map(row).toSorted()).toEqual([at(source, 'a b@a snap tag  two'), at(source, 'a b@a snap tag one')]);
    },
  },
  {
    name: 'holds of snapshots of several datasets in one question',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      await prepare(source, 'b', '1');
      await source.zfs.hold('t', named(source, 'a@2', 'b@1'));
      const rows = await source.zfs.holds(named(source, 'a@1', 'a@2', 'b@1'));
      expect(rows.map(row).toSorted()).toEqual([at(source, 'a@2 t'), at(source, 'b@1 t')]);
    },
  },
  {
    name: 'a snapshot without holds has none, and one that is gone as well',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      expect(await source.zfs.holds(named(source, 'a@1'))).toEqual([]);
      expect(await source.zfs.holds(named(source, 'a@gone'))).toEqual([]);
      expect(await source.zfs.holds(named(source, 'gone@1', 'a@1'))).toEqual([]);
      expect(await source.zfs.holds([])).toEqual([]);
    },
  },
  {
    name: 'a release takes one tag and leaves the others',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.zfs.hold('x', named(source, 'a@1'));
      await source.zfs.hold('y', named(source, 'a@1'));
      await source.zfs.release('x', named(source, 'a@1'));
      expect(await tagsOf(source, 'a@1')).toEqual(['y']);
    },
  },
  {
    name: 'releasing again is no error',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.zfs.hold('t', named(source, 'a@1'));
      await source.zfs.release('t', named(source, 'a@1'));
      await source.zfs.release('t', named(source, 'a@1'));
      expect(await tagsOf(source, 'a@1')).toEqual([]);
    },
  },
  {
    name: 'a release goes on over what is gone',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2', '3');
      await source.zfs.hold('t', named(source, 'a@1', 'a@3'));
      await source.zfs.release('t', named(source, 'a@1', 'a@2', 'a@gone', 'gone@1', 'a@3'));
      for (const path of ['a@1', 'a@2', 'a@3']) expect(await tagsOf(source, path)).toEqual([]);
    },
  },
  {
    name: 'a release of nothing but what is gone is no error',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      expect(await codeOf(source.zfs.release('t', named(source, 'a@gone', 'gone@1')))).toBe('ok');
      expect(await codeOf(source.zfs.release('t', []))).toBe('ok');
    },
  },
  {
    name: 'a snapshot that was to go with its last hold goes with it',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.zfs.hold('x', named(source, 'a@1'));
      await source.zfs.hold('y', named(source, 'a@1'));
      await source.operator.destroySnapshot(at(source, 'a@1'), { defer: true });
      await source.zfs.release('x', named(source, 'a@1'));
      expect(await tagsOf(source, 'a@1')).toEqual(['y']);
      await source.zfs.release('y', named(source, 'a@1'));
      const [listed] = await source.zfs.listVersions([at(source, 'a')], { recursive: false, details: false });
      expect(listed?.versions).toEqual([]);
    },
  },
  {
    name: 'a hold survives the renaming of its snapshot and of its dataset',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.zfs.hold('t', named(source, 'a@1'));
      await source.operator.renameSnapshot(at(source, 'a@1'), 'new');
      await source.operator.renameDataset(at(source, 'a'), at(source, 'b'));
      expect(await tagsOf(source, 'b@new')).toEqual(['t']);
    },
  },
  {
    name: 'a tag of 255 bytes is the longest',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      expect(await codeOf(source.zfs.hold('x'.repeat(256), named(source, 'a@1')))).toBe('name-invalid');
      await source.zfs.hold('x'.repeat(255), named(source, 'a@1'));
      expect(await tagsOf(source, 'a@1')).toEqual(['x'.repeat(255)]);
    },
  },
  ...['', '.t', '-t', 'a\tb', 'a\nb'].map(
    (tag): Case => ({
      name: `the tag ${JSON.stringify(tag)} reaches no command`,
      run: async ({ source }, expect) => {
        await prepare(source, 'a', '1');
        expect(await codeOf(source.zfs.hold(tag, named(source, 'a@1')))).toBe('name-invalid');
        expect(await tagsOf(source, 'a@1')).toEqual([]);
      },
    }),
  ),
];
