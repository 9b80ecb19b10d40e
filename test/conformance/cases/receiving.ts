/** Receives of one snapshot: what arrives, and what is refused. See zfs-receive(8). */
import type { Case } from '../case.ts';
import type { Fixture } from '../fixture.ts';
import {
  at,
  codeOf,
  guidOf,
  pathsOf,
  prepare,
  problemOf,
  receive,
  sendOf,
  snapshotNames,
  stateOf,
} from '../support.ts';

/** A first snapshot that both sides have, and a second one with changes that only the source has. */
async function common({ source, target }: Fixture): Promise<void> {
  await prepare(source, 'a', '+2', '1');
  await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
  await source.operator.append(at(source, 'a'), 2);
  await source.operator.snapshot(at(source, 'a@2'));
}

export const RECEIVING: readonly Case[] = [
  {
    name: 'a first snapshot arrives with its guid and its data',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+3', '1');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      const [here, there] = [await stateOf(source, 'a'), await stateOf(target, 'a')];
      expect(there.snapshots).toEqual(here.snapshots);
      expect(there.digest).toBe(here.digest);
      expect(there.guid).not.toBe(here.guid);
    },
  },
  {
    name: 'what arrives is not mounted',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      const [facts] = await target.zfs.listDatasets([at(target, 'a')], { recursive: false, properties: [] });
      expect(facts?.mounted).toBe(false);
    },
  },
  {
    name: 'an increment arrives on its base',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await common(fixture);
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
      expect((await stateOf(target, 'a')).snapshots).toEqual((await stateOf(source, 'a')).snapshots);
    },
  },
  {
    name: 'overwritten and removed data arrive as they are',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+3', '1');
      await source.operator.overwrite(at(source, 'a'));
      await source.operator.snapshot(at(source, 'a@2'));
      await source.operator.clear(at(source, 'a'));
      await source.operator.snapshot(at(source, 'a@3'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@3', 'a@2'));
      expect((await stateOf(target, 'a')).snapshots).toEqual((await stateOf(source, 'a')).snapshots);
    },
  },
  {
    name: 'an increment may leave snapshots out',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1', '+1', '2', '+1', '3');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@3', 'a@1'));
      expect(await snapshotNames(target, 'a')).toEqual(['1', '3']);
      expect((await stateOf(target, 'a')).digest).toBe((await stateOf(source, 'a')).digest);
    },
  },
  {
    name: 'an increment from a bookmark arrives like one from the snapshot',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await common(fixture);
      await source.operator.bookmark(at(source, 'a@1'), 'mark');
      await source.operator.destroySnapshot(at(source, 'a@1'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a#mark'));
      expect((await stateOf(target, 'a')).digest).toBe((await stateOf(source, 'a')).digest);
    },
  },
  {
    name: 'a first stream of what is there is refused',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await common(fixture);
      const before = await target.observe();
      for (const to of ['a@1', 'a@2']) {
        const code = await codeOf(receive(target, 'a', source.zfs, await sendOf(source, to)));
        expect(code).toBe('destination-exists');
      }
      expect(await target.observe()).toEqual(before);
    },
  },
  {
    name: 'a first stream onto an empty dataset that stands there is refused',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      await prepare(target, 'a');
      const code = await codeOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@1')));
      expect(code).toBe('destination-exists');
    },
  },
  {
    name: 'an increment for nothing is not found',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1', '+1', '2');
      const work = receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
      expect(await problemOf(work)).toMatchObject({ code: 'not-found', facts: { name: at(target, 'a') } });
      expect(await pathsOf(target)).toEqual([]);
    },
  },
  {
    name: 'a first stream below nothing names what is missing',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      const work = receive(target, 'gone/a', source.zfs, await sendOf(source, 'a@1'));
      expect(await problemOf(work)).toMatchObject({ code: 'not-found', facts: { name: at(target, 'gone') } });
      expect(await pathsOf(target)).toEqual([]);
    },
  },
  {
    name: 'an increment on a base that is not there is told as such',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1', '+1', '2', '+1', '3');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      const code = await codeOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@3', 'a@2')));
      expect(code).toBe('source-mismatch');
      expect(await snapshotNames(target, 'a')).toEqual(['1']);
    },
  },
  {
    name: 'an increment again is taken and ignored',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await common(fixture);
      const request = await sendOf(source, 'a@2', 'a@1');
      await receive(target, 'a', source.zfs, request);
      const before = await target.observe();
      await receive(target, 'a', source.zfs, request);
      expect(await target.observe()).toEqual(before);
    },
  },
  {
    name: 'another snapshot of the same name is not replaced',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await common(fixture);
      await target.operator.snapshot(at(target, 'a@2'));
      const before = await target.observe();
      const code = await codeOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1')));
      expect(code).toBe('destination-name-taken');
      expect(await target.observe()).toEqual(before);
    },
  },
  {
    name: 'a changed copy is not overwritten',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await common(fixture);
      await target.operator.append(at(target, 'a'), 1);
      const before = await target.observe();
      const code = await codeOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1')));
      expect(code).toBe('destination-modified');
      expect(await target.observe()).toEqual(before);
    },
  },
  {
    name: 'a change that is rolled back does not matter any more',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await common(fixture);
      await target.operator.append(at(target, 'a'), 1);
      await target.operator.rollback(at(target, 'a@1'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
      expect(await snapshotNames(target, 'a')).toEqual(['1', '2']);
    },
  },
  {
    name: 'a change that somebody snapshotted is a change',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await common(fixture);
      await target.operator.append(at(target, 'a'), 1);
      await target.operator.snapshot(at(target, 'a@theirs'));
      const code = await codeOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1')));
      expect(code).toBe('destination-modified');
      expect(await snapshotNames(target, 'a')).toEqual(['1', 'theirs']);
    },
  },
  {
    name: 'a foreign snapshot without changes lets a plain increment pass',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await common(fixture);
      await target.operator.snapshot(at(target, 'a@theirs'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
      expect(await snapshotNames(target, 'a')).toEqual(['1', 'theirs', '2']);
    },
  },
  {
    name: 'a snapshot gets the name asked for',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'), { snapshot: 'another name' });
      expect(await snapshotNames(target, 'a')).toEqual(['another name']);
      expect(await guidOf(target, 'a@another name')).toBe(await guidOf(source, 'a@1'));
    },
  },
  {
    name: 'names with spaces arrive as they are',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a b', '+1', ' a snap');
      await receive(target, 'c d', source.zfs, await sendOf(source, 'a b@ a snap'));
      expect(await snapshotNames(target, 'c d')).toEqual([' a snap']);
    },
  },
  {
    name: 'a child arrives below its parent, without its siblings',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      await prepare(source, 'a/b', '+1', '1');
      await prepare(source, 'a/c', '1');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      await receive(target, 'a/b', source.zfs, await sendOf(source, 'a/b@1'));
      expect(await pathsOf(target)).toEqual(['a', 'a/b']);
    },
  },
  {
    name: 'a volume arrives as a volume',
    run: async ({ source, target }, expect) => {
      await source.operator.create(at(source, 'vol'), { kind: 'volume' });
      await source.operator.append(at(source, 'vol'), 2);
      await source.operator.snapshot(at(source, 'vol@1'));
      await receive(target, 'vol', source.zfs, await sendOf(source, 'vol@1'));
      expect(await stateOf(target, 'vol')).toMatchObject({ kind: 'volume', snapshots: [{ name: '1' }] });
    },
  },
  {
    name: 'a copy is itself a source',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+2', '1');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      await receive(source, 'back', target.zfs, await sendOf(target, 'a@1'));
      expect((await stateOf(source, 'back')).snapshots).toEqual((await stateOf(source, 'a')).snapshots);
    },
  },
  {
    name: 'holds and bookmarks of the source do not come along',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      await source.operator.hold('t', at(source, 'a@1'));
      await source.operator.bookmark(at(source, 'a@1'), 'mark');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      expect(await stateOf(target, 'a')).toMatchObject({ bookmarks: [], snapshots: [{ tags: [] }] });
    },
  },
  {
    name: 'a quota that is too small stops the increment and keeps what was there',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await common(fixture);
      await source.operator.append(at(source, 'a'), 40);
      await source.operator.snapshot(at(source, 'a@3'));
      await target.operator.set(at(target, 'a'), 'quota', String(8 * 128 * 1024));
      const request = await sendOf(source, 'a@3', 'a@1');
      const code = await codeOf(receive(target, 'a', source.zfs, request, { savePartial: false }));
      expect(code).toBe('quota-exceeded');
      expect(await snapshotNames(target, 'a')).toEqual(['1']);
      await target.operator.set(at(target, 'a'), 'quota', 'none');
      await receive(target, 'a', source.zfs, request);
      expect(await snapshotNames(target, 'a')).toEqual(['1', '3']);
    },
  },
  {
    name: 'an estimate is told as progress, and the result counts bytes',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+8', '1');
      const request = await sendOf(source, 'a@1');
      const [estimate] = await source.zfs.estimate(request);
      const { bytes } = await receive(target, 'a', source.zfs, request);
      expect(estimate?.to).toBe('1');
      expect(estimate?.sizeBytes ?? 0).toBeGreaterThan(7 * 128 * 1024);
      expect(bytes).toBeGreaterThanOrEqual(0);
    },
  },
];
