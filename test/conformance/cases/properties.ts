/** Properties that are read and set. See zfsprops(7). */
import type { Case } from '../case.ts';
import { at, codeOf, prepare, problemOf, stateOf } from '../support.ts';

export const PROPERTIES: readonly Case[] = [
  {
    name: 'a user property set here is local',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await source.operator.set(at(source, 'a'), 'user:word', 'some value');
      const found = await source.zfs.getProperties(at(source, 'a'), ['user:word']);
      expect(found.get('user:word')).toEqual({ value: 'some value', source: 'local' });
    },
  },
  {
    name: 'a user property set above is inherited',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await prepare(source, 'a/b');
      await source.operator.set(at(source, 'a'), 'user:word', 'x');
      const found = await source.zfs.getProperties(at(source, 'a/b'), ['user:word']);
      expect(found.get('user:word')).toEqual({ value: 'x', source: 'inherited' });
    },
  },
  {
    name: 'a user property that nobody set is absent',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      const found = await source.zfs.getProperties(at(source, 'a'), ['user:word', 'guid']);
      expect([...found.keys()]).toEqual(['guid']);
    },
  },
  {
    name: 'the nearest of two values counts',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await prepare(source, 'a/b');
      await source.operator.set(source.root, 'user:word', 'far');
      await source.operator.set(at(source, 'a'), 'user:word', 'near');
      const found = await source.zfs.getProperties(at(source, 'a/b'), ['user:word']);
      expect(found.get('user:word')?.value).toBe('near');
    },
  },
  {
    name: 'an inherited value shows again when the own one is taken back',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await source.operator.set(source.root, 'user:word', 'far');
      await source.operator.set(at(source, 'a'), 'user:word', 'near');
      await source.operator.inherit(at(source, 'a'), 'user:word');
      const found = await source.zfs.getProperties(at(source, 'a'), ['user:word']);
      expect(found.get('user:word')).toEqual({ value: 'far', source: 'inherited' });
    },
  },
  {
    name: 'a native property that nobody set has its default',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      const found = await source.zfs.getProperties(at(source, 'a'), ['readonly', 'canmount']);
      expect(found.get('readonly')).toEqual({ value: 'off', source: 'default' });
      expect(found.get('canmount')).toEqual({ value: 'on', source: 'default' });
    },
  },
  {
    name: 'a native property set above is inherited, unless it is one of those that never are',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await prepare(source, 'a/b');
      for (const [property, value] of [
        ['readonly', 'on'],
        ['exec', 'off'],
        ['canmount', 'noauto'],
        ['quota', '67108864'],
      ] as const) {
        await source.operator.set(at(source, 'a'), property, value);
      }
      const found = await source.zfs.getProperties(at(source, 'a/b'), ['readonly', 'exec', 'canmount', 'quota']);
      expect(found).toEqual(
        new Map([
          ['readonly', { value: 'on', source: 'inherited' }],
          ['exec', { value: 'off', source: 'inherited' }],
          ['canmount', { value: 'on', source: 'default' }],
          ['quota', { value: '0', source: 'default' }],
        ]),
      );
    },
  },
  {
    name: 'what does not apply to volumes is absent there',
    run: async ({ source }, expect) => {
      await source.operator.create(at(source, 'vol'), { kind: 'volume' });
      const found = await source.zfs.getProperties(at(source, 'vol'), ['canmount', 'exec', 'volsize', 'readonly']);
      expect([...found.keys()].toSorted()).toEqual(['readonly', 'volsize']);
    },
  },
  {
    name: 'properties with the listing are those asked for, and no others',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await source.operator.set(at(source, 'a'), 'user:word', 'x');
      const [facts] = await source.zfs.listDatasets([at(source, 'a')], {
        recursive: false,
        properties: ['user:word', 'user:other', 'readonly'],
      });
      expect(facts?.properties).toEqual(
        new Map([
          ['user:word', { value: 'x', source: 'local' }],
          ['readonly', { value: 'off', source: 'default' }],
        ]),
      );
    },
  },
  {
    name: 'snapshots and bookmarks tell their guids',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.operator.bookmark(at(source, 'a@1'), 'mark');
      const [snapshot] = (await stateOf(source, 'a')).snapshots;
      for (const name of ['a@1', 'a#mark']) {
        const found = await source.zfs.getProperties(at(source, name), ['guid']);
        expect(found.get('guid')).toEqual({ value: snapshot?.guid, source: 'none' });
      }
    },
  },
  {
    name: 'a snapshot inherits the user properties of its dataset',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.operator.set(at(source, 'a'), 'user:word', 'x');
      const found = await source.zfs.getProperties(at(source, 'a@1'), ['user:word']);
      expect(found.get('user:word')).toEqual({ value: 'x', source: 'inherited' });
    },
  },
  ...['gone', 'a@gone', 'a#gone', 'gone@1'].map(
    (path): Case => ({
      name: `properties of ${path}, which is not there, are not found, by that name`,
      run: async ({ source }, expect) => {
        await prepare(source, 'a', '1');
        const problem = await problemOf(source.zfs.getProperties(at(source, path), ['guid']));
        expect(problem).toMatchObject({ code: 'not-found', facts: { name: at(source, path) } });
      },
    }),
  ),
  {
    name: 'reading back leaves out names that are gone',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      const names = ['gone', 'a@1', 'a#gone', 'a'].map((path) => at(source, path));
      const found = await source.zfs.readBack(names, ['guid']);
      expect([...found.keys()].toSorted()).toEqual([at(source, 'a'), at(source, 'a@1')]);
    },
  },
  {
    name: 'several properties are set at once',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await source.zfs.setProperties(at(source, 'a'), [
        ['user:one', '1'],
        ['user:two', 'a b'],
        ['readonly', 'on'],
      ]);
      expect((await stateOf(source, 'a')).properties).toEqual({
        readonly: ['on', 'local'],
        'user:one': ['1', 'local'],
        'user:two': ['a b', 'local'],
      });
    },
  },
  {
    name: 'setting nothing changes nothing',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      const before = await source.observe();
      await source.zfs.setProperties(at(source, 'a'), []);
      expect(await source.observe()).toEqual(before);
    },
  },
  {
    name: 'an empty value of a user property is a value',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await source.zfs.setProperties(at(source, 'a'), [['user:word', '']]);
      const found = await source.zfs.getProperties(at(source, 'a'), ['user:word']);
      expect(found.get('user:word')).toEqual({ value: '', source: 'local' });
    },
  },
  {
    name: 'properties of a dataset that is not there are not set',
    run: async ({ source }, expect) => {
      expect(await codeOf(source.zfs.setProperties(at(source, 'gone'), [['user:word', 'x']]))).toBe('not-found');
    },
  },
  ...(
    [
      ['user word', 'x'],
      ['-user:word', 'x'],
      ['user:word', 'a\nb'],
      ['user:word', 'a\tb'],
    ] as const
  ).map(
    ([property, value]): Case => ({
      name: `the assignment ${JSON.stringify(`${property}=${value}`)} reaches no command`,
      run: async ({ source }, expect) => {
        await prepare(source, 'a');
        expect(await codeOf(source.zfs.setProperties(at(source, 'a'), [[property, value]]))).toBe('name-invalid');
      },
    }),
  ),
];
