/** Destroying snapshots. See zfs-destroy(8). */
import type { SnapshotRef } from '../../../core/zfs/types.ts';
import type { Case } from '../case.ts';
import type { Place } from '../fixture.ts';
import { at, guidOf, prepare, receive, sendOf, snapshotNames } from '../support.ts';

async function refs(place: Place, ...paths: readonly string[]): Promise<readonly SnapshotRef[]> {
  const found: SnapshotRef[] = [];
  for (const path of paths) {
    const [dataset = '', name = ''] = path.split('@');
    found.push({ dataset: at(place, dataset), name, guid: await guidOf(place, path) });
  }
  return found;
}

const DESTROYED = { kind: 'destroyed' };
const GONE = { kind: 'gone' };

export const DESTROYING: readonly Case[] = [
  {
    name: 'one snapshot goes, the others stay',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2', '3');
      expect(await source.zfs.destroySnapshots(await refs(source, 'a@2'))).toEqual([DESTROYED]);
      expect(await snapshotNames(source, 'a')).toEqual(['1', '3']);
    },
  },
  {
    name: 'several go, of several datasets, each with an outcome in the order given',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2', '3');
      await prepare(source, 'b', '1', '2');
      const outcomes = await source.zfs.destroySnapshots(await refs(source, 'b@1', 'a@3', 'a@1'));
      expect(outcomes).toEqual([DESTROYED, DESTROYED, DESTROYED]);
      expect([await snapshotNames(source, 'a'), await snapshotNames(source, 'b')]).toEqual([['2'], ['2']]);
    },
  },
  {
    name: 'what is gone is as good as destroyed, its dataset or pool included',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      const [one, two] = await refs(source, 'a@1', 'a@2');
      if (one === undefined || two === undefined) throw new Error('no snapshots');
      await source.operator.destroySnapshot(at(source, 'a@1'));
      const elsewhere = [at(source, 'gone'), 'no such pool/a'].map((dataset) => ({ ...one, dataset }));
      expect(await source.zfs.destroySnapshots([one, two, ...elsewhere])).toEqual([GONE, DESTROYED, GONE, GONE]);
    },
  },
  {
    name: 'destroying again is no error',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      const once = await refs(source, 'a@1');
      expect(await source.zfs.destroySnapshots(once)).toEqual([DESTROYED]);
      expect(await source.zfs.destroySnapshots(once)).toEqual([GONE]);
    },
  },
  {
    name: 'nothing to destroy is no command',
    run: async ({ source }, expect) => {
      expect(await source.zfs.destroySnapshots([])).toEqual([]);
    },
  },
  {
    name: 'one given twice has two outcomes',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      const [one] = await refs(source, 'a@1');
      if (one === undefined) throw new Error('no snapshot');
      expect(await source.zfs.destroySnapshots([one, { ...one }])).toEqual([DESTROYED, DESTROYED]);
    },
  },
  {
    name: 'a held one is kept, the others of its list go',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2', '3');
      await source.operator.hold('keep', at(source, 'a@2'));
      const outcomes = await source.zfs.destroySnapshots(await refs(source, 'a@1', 'a@2', 'a@3'));
      expect(outcomes).toMatchObject([DESTROYED, { kind: 'kept', code: 'snapshot-held' }, DESTROYED]);
      expect(await snapshotNames(source, 'a')).toEqual(['2']);
    },
  },
  {
    name: 'two held ones are both kept',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2', '3', '4');
      for (const name of ['2', '3']) await source.operator.hold('keep', at(source, `a@${name}`));
      const outcomes = await source.zfs.destroySnapshots(await refs(source, 'a@1', 'a@2', 'a@3', 'a@4'));
      const kept = { kind: 'kept', code: 'snapshot-held' };
      expect(outcomes).toMatchObject([DESTROYED, kept, kept, DESTROYED]);
    },
  },
  {
    name: 'a held one alone is kept',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.operator.hold('keep', at(source, 'a@1'));
      const outcomes = await source.zfs.destroySnapshots(await refs(source, 'a@1'));
      expect(outcomes).toMatchObject([{ kind: 'kept', code: 'snapshot-held' }]);
    },
  },
  {
    name: 'after its hold is released it goes',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.operator.hold('keep', at(source, 'a@1'));
      await source.zfs.destroySnapshots(await refs(source, 'a@1'));
      await source.operator.release('keep', at(source, 'a@1'));
      expect(await source.zfs.destroySnapshots(await refs(source, 'a@1'))).toEqual([DESTROYED]);
    },
  },
  {
    name: 'one with a clone is kept, the others go',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '+1', '1', '2', '3');
      await source.operator.clone(at(source, 'a@2'), at(source, 'clone'));
      const outcomes = await source.zfs.destroySnapshots(await refs(source, 'a@1', 'a@2', 'a@3'));
      expect(outcomes).toMatchObject([DESTROYED, { kind: 'kept', code: 'has-clones' }, DESTROYED]);
      expect(await snapshotNames(source, 'a')).toEqual(['2']);
    },
  },
  {
    name: 'a clone and a hold in one list are told apart',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2', '3');
      await source.operator.hold('keep', at(source, 'a@1'));
      await source.operator.clone(at(source, 'a@3'), at(source, 'a clone'));
      const outcomes = await source.zfs.destroySnapshots(await refs(source, 'a@1', 'a@2', 'a@3'));
      expect(outcomes).toMatchObject([
        { kind: 'kept', code: 'snapshot-held' },
        DESTROYED,
        { kind: 'kept', code: 'has-clones' },
      ]);
    },
  },
  {
    name: 'it goes when its clone is gone',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await source.operator.clone(at(source, 'a@1'), at(source, 'clone'));
      await source.operator.destroyDataset(at(source, 'clone'));
      expect(await source.zfs.destroySnapshots(await refs(source, 'a@1'))).toEqual([DESTROYED]);
    },
  },
  {
    name: 'one that was replaced by another of its name is kept',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2');
      const planned = await refs(source, 'a@1', 'a@2');
      await source.operator.destroySnapshot(at(source, 'a@2'));
      await source.operator.snapshot(at(source, 'a@2'));
      const outcomes = await source.zfs.destroySnapshots(planned);
      expect(outcomes).toMatchObject([DESTROYED, { kind: 'kept', code: 'guid-changed' }]);
      expect(await snapshotNames(source, 'a')).toEqual(['2']);
    },
  },
  {
    name: 'one that was renamed is gone by its old name, and is kept',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      const planned = await refs(source, 'a@1');
      await source.operator.renameSnapshot(at(source, 'a@1'), 'kept');
      expect(await source.zfs.destroySnapshots(planned)).toEqual([GONE]);
      expect(await snapshotNames(source, 'a')).toEqual(['kept']);
    },
  },
  {
    name: 'names that would widen the command are kept, and the rest goes',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1', '2', '3');
      const [one] = await refs(source, 'a@1');
      if (one === undefined) throw new Error('no snapshot');
      const bad = ['1,2', '1%3', '%', '', '2@3'].map((name) => ({ ...one, name }));
      const outcomes = await source.zfs.destroySnapshots([...bad, one]);
      const kept = { kind: 'kept', code: 'undestroyable' };
      expect(outcomes).toMatchObject([kept, kept, kept, kept, kept, DESTROYED]);
      expect(await snapshotNames(source, 'a')).toEqual(['2', '3']);
    },
  },
  {
    name: 'spaces and dots in names are no separators',
    run: async ({ source }, expect) => {
      await prepare(source, 'a b', ' 1', '1 2', '1.2', '1: x');
      const outcomes = await source.zfs.destroySnapshots(await refs(source, 'a b@ 1', 'a b@1.2', 'a b@1: x'));
      expect(outcomes).toEqual([DESTROYED, DESTROYED, DESTROYED]);
      expect(await snapshotNames(source, 'a b')).toEqual(['1 2']);
    },
  },
  {
    name: 'snapshots of children of the same name stay',
    run: async ({ source }, expect) => {
      await prepare(source, 'a', '1');
      await prepare(source, 'a/b', '1');
      await source.zfs.destroySnapshots(await refs(source, 'a@1'));
      expect([await snapshotNames(source, 'a'), await snapshotNames(source, 'a/b')]).toEqual([[], ['1']]);
    },
  },
  {
    name: 'the base of an unfinished increment is kept until that is aborted',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1', '+4', '2');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      const cut = receive(target, 'a', source.cutting(2), await sendOf(source, 'a@2', 'a@1'));
      await expect(cut).rejects.toMatchObject({ code: 'receive-interrupted' });
      const base = await refs(target, 'a@1');
      expect(await target.zfs.destroySnapshots(base)).toMatchObject([{ kind: 'kept', code: 'has-clones' }]);
      await target.zfs.abortReceive(at(target, 'a'));
      expect(await target.zfs.destroySnapshots(base)).toEqual([DESTROYED]);
    },
  },
  {
    name: 'thirty at once, of which one is held',
    run: async ({ source }, expect) => {
      const names = Array.from({ length: 30 }, (_, index) => `s${index}`);
      await prepare(source, 'a', ...names);
      await source.operator.hold('keep', at(source, 'a@s23'));
      const state = await source.zfs.listVersions([at(source, 'a')], { recursive: false, details: false });
      const all = (state[0]?.versions ?? []).map(({ name, guid }) => ({ dataset: at(source, 'a'), name, guid }));
      const outcomes = await source.zfs.destroySnapshots(all);
      expect(outcomes.filter(({ kind }) => kind === 'destroyed')).toHaveLength(29);
      expect(await snapshotNames(source, 'a')).toEqual(['s23']);
    },
  },
];
