/** Bookmarks, holds and destroying: what may be repeated, what is refused, and what is said about it. */
import { describe, expect, test } from 'vitest';
import { parseDestroyFailure } from '../../../core/zfs/destroy-errors.ts';
import { cursorName } from '../../../core/zfs/marks.ts';
import type { SnapshotRef } from '../../../core/zfs/types.ts';
import { tamperedHost } from '../platform/support/hosts.ts';
import { usePlatform, type World } from '../platform/support/platform.ts';
import { guidOf, holdsOf, namesOf, onDisk } from '../platform/support/state.ts';

const platform = usePlatform('marks', 'nas', { sizeMiB: 256 });

/** A dataset with these snapshots. */
async function worldWith(name: string, ...snapshots: readonly string[]): Promise<World> {
  return platform().world(name, snapshots.map((snapshot) => `zfs snapshot "$S@${snapshot}"`).join('\n'));
}

async function refsOf({ guest, source }: World, ...names: readonly string[]): Promise<readonly SnapshotRef[]> {
  const state = await onDisk(guest, source);
  return names.map((name) => ({ dataset: source, name, guid: guidOf(state, name) }));
}

const HELD = expect.stringMatching(/^(?:dataset is busy|it's being held\. Run 'zfs holds -r .*' to see holders\.)$/);

describe('bookmarks', () => {
  test('platform 2: a cursor can be set again, and is copied where the snapshot is gone', async () => {
    const { zfs, zfsOver, host } = platform();
    const world = await worldWith('2 c', '1', '2');
    const { source, guest } = world;
    const before = await onDisk(guest, source);
    const guid = guidOf(before, '1');
    const cursor = cursorName(guid, 'a job');
    const ofSnapshot = { type: 'snapshot', name: '1', guid } as const;
    const ofBookmark = (name: string) => ({ type: 'bookmark', name, guid }) as const;
    await zfs.bookmark(source, ofSnapshot, cursor);
    await zfs.bookmark(source, ofSnapshot, cursor);
    await world.sh('zfs bookmark "$S@1" "$S#by hand"');
    await zfs.bookmark(source, ofBookmark('by hand'), cursor);
    await zfs.bookmark(source, ofBookmark(cursor), cursor);
    const [listed] = await zfs.listVersions([source], { recursive: false, details: false });
    const versions = listed?.versions ?? [];
    const at = (type: string, name: string) =>
      versions.find((version) => version.type === type && version.name === name);
    expect(at('bookmark', cursor)).toMatchObject({ guid, createtxg: at('snapshot', '1')?.createtxg });

    await world.sh('zfs destroy "$S@1"');
    const another = cursorName(guid, 'another job');
    // A zfs before 2.0 cannot copy, and says nothing of use when asked to.
    const old = zfsOver(
      tamperedHost(host, (argv) =>
        argv[1] === 'version' ? ['printf', '%s\\n', 'zfs-0.8.6-1', 'zfs-kmod-0.8.6-1'] : argv,
      ),
    );
    await expect(old.bookmark(source, ofBookmark('by hand'), another)).rejects.toMatchObject({
      code: 'bookmark-copy-unsupported',
    });
    await old.bookmark(source, ofBookmark('by hand'), cursor);
    await zfs.bookmark(source, ofBookmark('by hand'), another);
    expect(new Map((await onDisk(guest, source)).bookmarks)).toEqual(
      new Map([
        [cursor, guid],
        ['by hand', guid],
        [another, guid],
      ]),
    );
  });

  test('platform 5: a bookmark is made again only of the same snapshot, and only while that is there', async () => {
    const { zfs } = platform();
    const world = await worldWith('5 b', '1 one', '2 two');
    const { source, guest } = world;
    const state = await onDisk(guest, source);
    const of = (name: string) => ({ type: 'snapshot', name, guid: guidOf(state, name) }) as const;
    await zfs.bookmark(source, of('1 one'), 'a mark');
    await zfs.bookmark(source, of('1 one'), 'a mark');
    expect((await onDisk(guest, source)).bookmarks).toEqual(new Map([['a mark', guidOf(state, '1 one')]]));
    await expect(zfs.bookmark(source, of('2 two'), 'a mark')).rejects.toMatchObject({
      code: 'bookmark-exists',
      facts: { name: `${source}#a mark` },
    });
    await world.sh('zfs destroy "$S@1 one"');
    await expect(zfs.bookmark(source, of('1 one'), 'a mark')).rejects.toMatchObject({ code: 'not-found' });
    await expect(zfs.bookmark(source, of('1 one'), 'new mark')).rejects.toMatchObject({ code: 'not-found' });
    expect((await onDisk(guest, source)).bookmarks).toEqual(new Map([['a mark', guidOf(state, '1 one')]]));
  });
});

describe('holds', () => {
  test('platform 4: two tags with spaces on a snapshot with spaces', async () => {
    const { zfs } = platform();
    const { source } = await worldWith('4 h', 'a snap');
    const snapshot = { dataset: source, name: 'a snap' };
    await zfs.hold('tag one', [snapshot]);
    await zfs.hold('tag  two', [snapshot]);
    const rows = await zfs.holds([snapshot, { dataset: source, name: 'gone' }]);
    expect(rows.map(({ dataset, snapshot: name, tag }) => [dataset, name, tag]).sort()).toEqual([
      [source, 'a snap', 'tag  two'],
      [source, 'a snap', 'tag one'],
    ]);
    expect(await zfs.holds([{ dataset: source, name: 'gone' }])).toEqual([]);
  });

  test('platform 7: holding and releasing again is no error, and does what was left to do', async () => {
    const { zfs } = platform();
    const { source, guest } = await worldWith('7 h', '1', '2', '3');
    const at = (...names: readonly string[]) => names.map((name) => ({ dataset: source, name }));
    await zfs.hold('a tag', at('2'));
    await zfs.hold('a tag', at('2'));
    await zfs.hold('a tag', at('1', '2', '3'));
    const all = { 1: ['a tag'], 2: ['a tag'], 3: ['a tag'] };
    expect(holdsOf(await onDisk(guest, source))).toEqual(all);
    await expect(zfs.hold('a tag', at('gone'))).rejects.toMatchObject({ code: 'not-found' });
    await zfs.release('a tag', at('2'));
    await zfs.release('a tag', [...at('1', '2', 'gone'), { dataset: `${source}/gone`, name: '1' }, ...at('3')]);
    await zfs.release('a tag', at('1'));
    expect(holdsOf(await onDisk(guest, source))).toEqual({});
  });
});

describe('destroying', () => {
  test('platform 1: a held snapshot of a batch is kept by name, the others go', async () => {
    const { zfs } = platform();
    const world = await worldWith('1 d', '1', '2', '3');
    await world.sh('zfs hold keep "$S@2"');
    expect(await zfs.destroySnapshots(await refsOf(world, '3', '2'))).toEqual([
      { kind: 'destroyed' },
      { kind: 'kept', code: 'snapshot-held', reason: HELD },
    ]);
    expect(namesOf(await onDisk(world.guest, world.source))).toEqual(['1', '2']);
    await world.sh('zfs release keep "$S@2"');
    expect(await zfs.destroySnapshots(await refsOf(world, '2'))).toEqual([{ kind: 'destroyed' }]);
    expect(namesOf(await onDisk(world.guest, world.source))).toEqual(['1']);
  });

  test('platform 6: what is gone is as good as destroyed, its dataset or pool included', async () => {
    const { zfs, pool } = platform();
    const world = await worldWith('6 d', '1 one', '2 two');
    const { source } = world;
    const refs = await refsOf(world, '1 one', '2 two');
    const [one, two] = refs;
    if (one === undefined || two === undefined) throw new Error('no snapshots');
    await zfs.bookmark(source, { type: 'snapshot', name: one.name, guid: one.guid }, 'a mark');
    expect(await zfs.destroySnapshots([one])).toEqual([{ kind: 'destroyed' }]);
    const nowhere = [`${source}/gone`, `${pool.name} gone/fs`].map((dataset) => ({ ...one, dataset }));
    expect(await zfs.destroySnapshots([one, two, ...nowhere])).toEqual([
      { kind: 'gone' },
      { kind: 'destroyed' },
      { kind: 'gone' },
      { kind: 'gone' },
    ]);
    await zfs.destroyBookmark(source, 'a mark');
    await zfs.destroyBookmark(source, 'a mark');
    for (const { dataset } of nowhere) await zfs.destroyBookmark(dataset, 'a mark');
    // There is nothing to abort, and then not even the dataset.
    await zfs.abortReceive(source);
    await zfs.abortReceive(`${source}/gone`);
    expect((await onDisk(world.guest, source)).bookmarks.size).toBe(0);
  });

  test('platform 47: the snapshot that cannot be destroyed is read out of what zfs says', async () => {
    const { zfs, host } = platform();
    const names = ['1 2 3', '4 5 6', '7 8 9'];
    const world = await worldWith('47 d', ...names);
    const { source } = world;
    await world.sh('zfs hold keep "$S@4 5 6"');
    const { exit, stderr } = await host.run(['/usr/sbin/zfs', 'destroy', `${source}@${names.join(',')}`], {
      deadlineMs: 120_000,
    });
    expect(exit.code).toBe(1);
    expect(parseDestroyFailure({ dataset: source, names }, stderr)).toEqual({
      kind: 'undestroyable',
      snapshots: [{ name: '4 5 6', reason: HELD }],
    });
    await world.sh('zfs clone -o canmount=off "$S@7 8 9" "$S/a clone"');
    expect(await zfs.destroySnapshots(await refsOf(world, ...names))).toEqual([
      { kind: 'destroyed' },
      { kind: 'kept', code: 'snapshot-held', reason: HELD },
      { kind: 'kept', code: 'has-clones', reason: expect.any(String) },
    ]);
    expect(namesOf(await onDisk(world.guest, source))).toEqual(['4 5 6', '7 8 9']);
  });

  test('a snapshot that was replaced by another of its name is kept', async () => {
    const { zfs } = platform();
    const world = await worldWith('guid', '1', '2');
    const planned = await refsOf(world, '1', '2');
    await world.sh('zfs destroy "$S@2"; zfs snapshot "$S@2"');
    expect(await zfs.destroySnapshots(planned)).toEqual([
      { kind: 'destroyed' },
      { kind: 'kept', code: 'guid-changed', reason: expect.any(String) },
    ]);
    expect(namesOf(await onDisk(world.guest, world.source))).toEqual(['2']);
  });
});
