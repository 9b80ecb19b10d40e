/** What is listed: versions, datasets, details. See zfs-list(8). */
import type { Case } from '../case.ts';
import { at, codeOf, guidOf, named, prepare, problemOf, stateOf } from '../support.ts';

const PLAIN_LISTING = { recursive: false, details: false };
const DETAILED = { recursive: false, details: true };
const WHOLE = { recursive: true, details: false };

const shown = (versions: readonly { readonly type: string; readonly name: string }[]): readonly string[] =>
  versions.map(({ type, name }) => `${type === 'snapshot' ? '@' : '#'}${name}`);

export const LISTING: readonly Case[] = [
  {
    name: 'a dataset without versions is listed with none',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      for (const options of [PLAIN_LISTING, DETAILED]) {
        const [listed] = await source.zfs.listVersions([at(source, 'a')], options);
        expect(listed?.versions).toEqual([]);
      }
    },
  },
  {
    name: 'snapshots are listed in the order of their making, not of their names',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', 'z', 'y', 'x 1');
      const [listed] = await source.zfs.listVersions([at(source, 'a')], PLAIN_LISTING);
      expect(shown(listed?.versions ?? [])).toEqual(['@z', '@y', '@x 1']);
    },
  },
  {
    name: 'a bookmark stands before the snapshot it was made of, with its guid and txg',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      await source.operator.bookmark(at(source, 'a@1'), 'mark');
      const [listed] = await source.zfs.listVersions([at(source, 'a')], PLAIN_LISTING);
      const [mark, first] = listed?.versions ?? [];
      expect(shown(listed?.versions ?? [])).toEqual(['#mark', '@1', '@2']);
      expect([mark?.guid, mark?.createtxg]).toEqual([first?.guid, first?.createtxg]);
    },
  },
  {
    name: 'versions of children are not those of their parent',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await prepare(source, 'a/b', '2');
      const listed = await source.zfs.listVersions([at(source, 'a')], PLAIN_LISTING);
      expect(listed.map(({ dataset, versions }) => [dataset, shown(versions)])).toEqual([[at(source, 'a'), ['@1']]]);
    },
  },
  {
    name: 'a recursive listing holds every dataset, those without versions too',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await prepare(source, 'a/b');
      await prepare(source, 'c d', ' first');
      const listed = await source.zfs.listVersions([source.root], WHOLE);
      const entries = listed.map(({ dataset, versions }) => [dataset, shown(versions)] as const);
      expect(new Map(entries)).toEqual(
        new Map([
          [source.root, []],
          [at(source, 'a'), ['@1']],
          [at(source, 'a/b'), []],
          [at(source, 'c d'), ['@ first']],
        ]),
      );
    },
  },
  {
    name: 'a name that begins like another is not below it',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await prepare(source, 'ab', '1');
      const listed = await source.zfs.listVersions([at(source, 'a')], WHOLE);
      expect(listed.map(({ dataset }) => dataset)).toEqual([at(source, 'a')]);
    },
  },
  {
    name: 'roots that cover each other are listed once',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await prepare(source, 'a/b', '1');
      const listed = await source.zfs.listVersions([at(source, 'a/b'), at(source, 'a'), at(source, 'a')], WHOLE);
      expect(listed.map(({ dataset }) => dataset).toSorted()).toEqual([at(source, 'a'), at(source, 'a/b')]);
    },
  },
  {
    name: 'a missing root makes the whole listing fail, by name',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      for (const options of [PLAIN_LISTING, DETAILED, WHOLE]) {
        const problem = await problemOf(source.zfs.listVersions([at(source, 'a'), at(source, 'gone')], options));
        expect(problem).toMatchObject({ code: 'not-found', facts: { name: at(source, 'gone') } });
      }
    },
  },
  {
    name: 'a missing root below one that is there fails as well',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      const problem = await problemOf(source.zfs.listVersions([at(source, 'a'), at(source, 'a/gone')], WHOLE));
      expect(problem).toMatchObject({ code: 'not-found', facts: { name: at(source, 'a/gone') } });
    },
  },
  {
    name: 'a pool that is not there is not found',
    run: async ({ source }, expect) => {
      expect(await codeOf(source.zfs.listVersions(['no such pool/a'], WHOLE))).toBe('not-found');
      expect(await codeOf(source.zfs.listDatasets(['no such pool/a'], { recursive: true, properties: [] }))).toBe(
        'not-found',
      );
    },
  },
  {
    name: 'details count the holds of snapshots and know none of bookmarks',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      await source.operator.bookmark(at(source, 'a@1'), 'mark');
      await source.operator.hold('x', at(source, 'a@2'));
      await source.operator.hold('y', at(source, 'a@2'));
      const [listed] = await source.zfs.listVersions([at(source, 'a')], DETAILED);
      expect(listed?.versions.map(({ userrefs }) => userrefs)).toEqual([undefined, 0, 2]);
      expect(listed?.versions.every(({ creationS }) => Number.isSafeInteger(creationS))).toBe(true);
    },
  },
  {
    name: 'a listing after a hold, a release and a destroy tells what is there then',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      const list = async () => {
        const [listed] = await source.zfs.listVersions([at(source, 'a')], DETAILED);
        return (listed?.versions ?? []).map(({ name, userrefs }) => `${name} ${userrefs}`);
      };
      expect(await list()).toEqual(['1 0', '2 0']);
      await source.zfs.hold('t', named(source, 'a@1'));
      expect(await list()).toEqual(['1 1', '2 0']);
      await source.zfs.release('t', named(source, 'a@1'));
      await source.operator.destroySnapshot(at(source, 'a@1'));
      expect(await list()).toEqual(['2 0']);
    },
  },
  {
    name: 'a renamed snapshot keeps its guid and its place',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      const guid = await guidOf(source, 'a@1');
      await source.operator.renameSnapshot(at(source, 'a@1'), 'z');
      const [listed] = await source.zfs.listVersions([at(source, 'a')], PLAIN_LISTING);
      expect(listed?.versions.map((version) => [version.name, version.guid])).toEqual([
        ['z', guid],
        ['2', await guidOf(source, 'a@2')],
      ]);
    },
  },
  {
    name: 'a renamed dataset keeps its guid and its snapshots',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await prepare(source, 'a/b', '1');
      const before = await source.zfs.listVersions([at(source, 'a')], WHOLE);
      await source.operator.renameDataset(at(source, 'a'), at(source, 'new name'));
      const after = await source.zfs.listVersions([at(source, 'new name')], WHOLE);
      expect(after.map(({ guid, versions }) => [guid, versions])).toEqual(
        before.map(({ guid, versions }) => [guid, versions]),
      );
      expect(await codeOf(source.zfs.listVersions([at(source, 'a')], WHOLE))).toBe('not-found');
    },
  },
  {
    name: 'guids are different, also of snapshots of one moment',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await prepare(source, 'b');
      await source.operator.snapshot(at(source, 'a@1'), at(source, 'b@1'));
      expect(await guidOf(source, 'a@1')).not.toBe(await guidOf(source, 'b@1'));
    },
  },
  {
    name: 'details of named snapshots leave out those that are gone',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      const details = await source.zfs.snapshotDetails(named(source, 'a@1', 'a@gone', 'gone@1', 'a@2'));
      expect([...details.keys()].toSorted()).toEqual([at(source, 'a@1'), at(source, 'a@2')]);
      expect(details.get(at(source, 'a@1'))?.guid).toBe(await guidOf(source, 'a@1'));
    },
  },
  {
    name: 'details of nothing are nothing',
    run: async ({ source }, expect) => {
      expect((await source.zfs.snapshotDetails([])).size).toBe(0);
    },
  },
  {
    name: 'datasets are listed with their kind, volumes included',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await source.operator.create(at(source, 'vol 1'), { kind: 'volume' });
      const listed = await source.zfs.listDatasets([source.root], { recursive: true, properties: [] });
      expect(new Map(listed.map(({ dataset, kind, mounted }) => [dataset, [kind, mounted]] as const))).toEqual(
        new Map([
          [source.root, ['filesystem', true]],
          [at(source, 'a'), ['filesystem', true]],
          [at(source, 'vol 1'), ['volume', false]],
        ]),
      );
    },
  },
  {
    name: 'one dataset alone is listed without its children',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await prepare(source, 'a/b');
      const listed = await source.zfs.listDatasets([at(source, 'a')], { recursive: false, properties: [] });
      expect(listed).toMatchObject([
        { dataset: at(source, 'a'), encrypted: false, encryptionRoot: null, keyLoaded: null, resumeToken: null },
      ]);
    },
  },
  {
    name: 'a listing of datasets has the guids that are on disk',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      const [facts] = await source.zfs.listDatasets([at(source, 'a')], { recursive: false, properties: [] });
      expect(facts?.guid.toString()).toBe((await stateOf(source, 'a')).guid);
    },
  },
  {
    name: 'when snapshots changed is known since 2.2, and is there after the first one',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      const [facts] = await source.zfs.listDatasets([at(source, 'a')], { recursive: false, properties: [] });
      const expected = source.release === '2.1' ? null : expect.any(Number);
      expect(facts?.snapshotsChangedS).toEqual(expected);
    },
  },
  {
    name: 'the listing of all pools holds this one',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      const facts = await source.zfs.listDatasets([], { recursive: true, properties: [] });
      expect(facts.map(({ dataset }) => dataset)).toContain(at(source, 'a'));
      const versions = await source.zfs.listVersions([], WHOLE);
      expect(versions.find(({ dataset }) => dataset === at(source, 'a'))?.versions).toHaveLength(1);
    },
  },
  ...(['a@1', 'a#1', '-a', 'a//b', 'a,b', 'a%b', ''] as const).map(
    (name): Case => ({
      name: `a root of the name "${name}" reaches no command`,
      run: async ({ source }, expect) => {
        expect(await codeOf(source.zfs.listVersions([name], WHOLE))).toBe('name-invalid');
        expect(await codeOf(source.zfs.listDatasets([name], { recursive: true, properties: [] }))).toBe('name-invalid');
      },
    }),
  ),
];
