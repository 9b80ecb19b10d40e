/** Snapshots and placeholders. See zfs-snapshot(8) and zfs-create(8). */
import type { Case } from '../case.ts';
import { at, codeOf, named, pathsOf, prepare, problemOf, snapshotNames, stateOf } from '../support.ts';

export const MAKING: readonly Case[] = [
  {
    name: 'snapshots of one command have one txg',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await prepare(source, 'a/b');
      await source.zfs.snapshot(named(source, 'a@1', 'a/b@1'));
      const listed = await source.zfs.listVersions([at(source, 'a')], { recursive: true, details: false });
      const txgs = listed.map(({ versions }) => versions[0]?.createtxg);
      expect([txgs.length, txgs[0] === txgs[1], typeof txgs[0]]).toEqual([2, true, 'bigint']);
    },
  },
  {
    name: 'snapshots of one command may have different names',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await prepare(source, 'b');
      await source.zfs.snapshot(named(source, 'a@one', 'b@two'));
      expect([await snapshotNames(source, 'a'), await snapshotNames(source, 'b')]).toEqual([['one'], ['two']]);
    },
  },
  {
    name: 'a later command has a higher txg',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      await source.zfs.snapshot(named(source, 'a@2'));
      await source.zfs.snapshot(named(source, 'a@1'));
      const [listed] = await source.zfs.listVersions([at(source, 'a')], { recursive: false, details: false });
      const [first, second] = listed?.versions ?? [];
      expect([first?.name, second?.name]).toEqual(['2', '1']);
      expect((second?.createtxg ?? 0n) > (first?.createtxg ?? 0n)).toBe(true);
    },
  },
  {
    name: 'a snapshot keeps the data that were there',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '+2', '1');
      const before = await stateOf(source, 'a');
      await source.operator.overwrite(at(source, 'a'));
      const after = await stateOf(source, 'a');
      expect(after.snapshots[0]?.digest).toBe(before.digest);
      expect(after.digest).not.toBe(before.digest);
    },
  },
  {
    name: 'one name that is taken, and no snapshot of the command is made',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await prepare(source, 'b');
      expect(await codeOf(source.zfs.snapshot(named(source, 'b@1', 'a@1')))).toBe('snapshot-exists');
      expect(await snapshotNames(source, 'b')).toEqual([]);
    },
  },
  {
    name: 'one dataset that is not there, and no snapshot of the command is made',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      const problem = await problemOf(source.zfs.snapshot(named(source, 'a@1', 'gone@1')));
      expect(problem).toMatchObject({ code: 'not-found', facts: { name: at(source, 'gone') } });
      expect(await snapshotNames(source, 'a')).toEqual([]);
    },
  },
  {
    name: 'two snapshots of one dataset in one command are refused',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      expect(await codeOf(source.zfs.snapshot(named(source, 'a@1', 'a@2')))).toBe('name-invalid');
      expect(await snapshotNames(source, 'a')).toEqual([]);
    },
  },
  {
    name: 'no snapshots are no command',
    run: async ({ source }, expect) => {
      const before = await source.observe();
      await source.zfs.snapshot([]);
      expect(await source.observe()).toEqual(before);
    },
  },
  {
    name: 'volumes are snapshotted like filesystems',
    run: async ({ source }, expect) => {
      await source.operator.create(at(source, 'vol'), { kind: 'volume' });
      await source.zfs.snapshot(named(source, 'vol@1'));
      expect(await snapshotNames(source, 'vol')).toEqual(['1']);
    },
  },
  ...['', 'a,b', 'a%b', 'a@b', 'a#b', 'a/b', '.', 'ä'].map(
    (name): Case => ({
      name: `a snapshot of the name "${name}" reaches no command`,
      run: async ({ source }, expect) => {
        await prepare(source, 'a');
        const work = source.zfs.snapshot([{ dataset: at(source, 'a'), name }]);
        expect(await codeOf(work)).toBe('name-invalid');
        expect(await snapshotNames(source, 'a')).toEqual([]);
      },
    }),
  ),
  {
    name: 'a full name of 255 bytes is the longest',
    run: async ({ source }, expect) => {
      await prepare(source, 'a');
      const room = 255 - at(source, 'a@').length;
      const dataset = at(source, 'a');
      expect(await codeOf(source.zfs.snapshot([{ dataset, name: 'x'.repeat(room + 1) }]))).toBe('name-invalid');
      await source.zfs.snapshot([{ dataset, name: 'x'.repeat(room) }]);
      expect(await snapshotNames(source, 'a')).toEqual(['x'.repeat(room)]);
    },
  },
  {
    name: 'a placeholder is marked, is not mounted, and will not be',
    run: async ({ target }, expect) => {
      await target.zfs.createPlaceholder(at(target, 'a b'), { encryption: 'inherit' });
      const found = await target.zfs.getProperties(at(target, 'a b'), ['zrepl:placeholder', 'mountpoint', 'mounted']);
      expect(found.get('zrepl:placeholder')).toEqual({ value: 'on', source: 'local' });
      expect(found.get('mountpoint')).toEqual({ value: 'none', source: 'local' });
      expect(found.get('mounted')?.value).toBe('no');
    },
  },
  {
    name: 'the mark of a placeholder is inherited below it, and does not count there',
    run: async ({ target }, expect) => {
      await target.zfs.createPlaceholder(at(target, 'a'), { encryption: 'inherit' });
      await prepare(target, 'a/b');
      const found = await target.zfs.getProperties(at(target, 'a/b'), ['zrepl:placeholder']);
      expect(found.get('zrepl:placeholder')).toEqual({ value: 'on', source: 'inherited' });
    },
  },
  {
    name: 'a placeholder where something stands is refused',
    run: async ({ target }, expect) => {
      await prepare(target, 'a', '1');
      const before = await target.observe();
      for (const encryption of ['off', 'inherit'] as const) {
        expect(await codeOf(target.zfs.createPlaceholder(at(target, 'a'), { encryption }))).toBe('destination-exists');
      }
      expect(await target.observe()).toEqual(before);
    },
  },
  {
    name: 'a placeholder below nothing names what is missing',
    run: async ({ target }, expect) => {
      const work = target.zfs.createPlaceholder(at(target, 'gone/a'), { encryption: 'inherit' });
      expect(await problemOf(work)).toMatchObject({ code: 'not-found', facts: { name: at(target, 'gone') } });
      expect(await pathsOf(target)).toEqual([]);
    },
  },
  {
    name: 'a pool is never created as a placeholder',
    run: async ({ target }, expect) => {
      expect(await codeOf(target.zfs.createPlaceholder('some pool', { encryption: 'inherit' }))).toBe('name-invalid');
    },
  },
  {
    name: 'a placeholder below an encrypted dataset is encrypted with its key, or not at all when so wanted',
    run: async ({ target }, expect) => {
      await target.operator.create(at(target, 'secret'), { passphrase: 'correct horse' });
      await target.zfs.createPlaceholder(at(target, 'secret/in'), { encryption: 'inherit' });
      await target.zfs.createPlaceholder(at(target, 'secret/off'), { encryption: 'off' });
      expect((await stateOf(target, 'secret/in')).encryptionRoot).toBe('secret');
      expect((await stateOf(target, 'secret/off')).encryptionRoot).toBeNull();
    },
  },
  {
    name: 'without the key above, only a placeholder without encryption can be made',
    run: async ({ target }, expect) => {
      await target.operator.create(at(target, 'secret'), { passphrase: 'correct horse' });
      await target.operator.unloadKey(at(target, 'secret'));
      const create = (encryption: 'inherit' | 'off') =>
        codeOf(target.zfs.createPlaceholder(at(target, `secret/${encryption}`), { encryption }));
      expect(await create('inherit')).toBe('key-not-loaded');
      expect(await create('off')).toBe('ok');
      expect(await pathsOf(target)).toEqual(['secret', 'secret/off']);
    },
  },
];
