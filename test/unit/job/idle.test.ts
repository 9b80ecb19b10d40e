import { afterEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../core/job/types.ts';
import { tentativeCursorName } from '../../../core/zfs/marks.ts';
import type { MemoryZfs } from '../doubles/memory-zfs.ts';
import { COPIES, GOOD, House, KEEP_ALL, KEEP_ONE, pushText } from './support.ts';

let house = new House();
afterEach(async () => {
  await house.stop();
  house = new House();
});

function costs(zfs: MemoryZfs): readonly string[] {
  return zfs.calls.filter(({ processes }) => processes > 0).map(({ method }) => method);
}

/** A good run that much later, and what it cost on the laptop and on the NAS. */
async function cycle(
  job: Job,
  afterMs = 60_000,
): Promise<readonly [laptop: readonly string[], nas: readonly string[]]> {
  house.clock.pass(afterMs);
  house.laptop.calls.length = 0;
  house.nas.calls.length = 0;
  expect(await house.run(job)).toEqual(GOOD);
  return [costs(house.laptop), costs(house.nas)];
}

async function settle(job: Job): Promise<void> {
  for (let n = 0; n < 6; n++) {
    const listed = (await cycle(job)).flat();
    if (!listed.includes('listVersions')) return;
  }
  throw new Error('it does not come to rest');
}

describe('a push with nothing to do', () => {
  it('costs one process on either side, pruning included, as long as nothing happens', async () => {
    house.snapshots('tank/data', 'a', 'b');
    house.snapshots('tank/data/sub', 'a', 'b');
    const job = house.start(pushText({ keepSender: KEEP_ALL, keepReceiver: KEEP_ALL }));
    await settle(job);
    for (let n = 0; n < 3; n++) expect(await cycle(job)).toEqual([['listDatasets'], ['listDatasets']]);
    expect(job.status().safety.map(({ newestCommon }) => newestCommon?.name)).toEqual(['b', 'b']);

    house.laptop.addSnapshot('tank/data/sub', 'c');
    await cycle(job);
    expect(house.copies('tank/data/sub')).toEqual(['b', 'c']);
  });

  it('lists anew, on both sides, before it destroys by what it remembers', async () => {
    house.snapshots('tank/data', 'a', 'b', 'c');
    const old = ['a', 'b'].map((name) => ({ dataset: 'tank/data', name }));
    await house.laptop.hold('somebody', old);
    const job = house.start(pushText({ keepSender: KEEP_ONE, keepReceiver: KEEP_ALL }));
    await settle(job);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['a', 'b', 'c']);
    const lostGuid = house.guid('tank/data', 'b');

    // Neither that the holds went nor that another job began a transfer leaves a trace but marks.
    await house.laptop.release('somebody', old);
    const dataset = house.laptop.datasets.get('tank/data');
    for (const snapshot of dataset?.snapshots.filter(({ name }) => name !== 'b') ?? []) {
      dataset?.bookmarks.push({ ...snapshot, name: tentativeCursorName(snapshot.guid, 'other') });
    }
    const [laptop, nas] = await cycle(job);
    expect(laptop.filter((method) => method === 'listVersions')).toHaveLength(1);
    expect(nas.filter((method) => method === 'listVersions')).toHaveLength(1);
    expect(laptop.indexOf('listVersions')).toBeLessThan(laptop.indexOf('destroySnapshots'));
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['c']);
    // What lay inside that transfer went as a bookmark.
    expect(house.laptop.bookmarkNames('tank/data')).toContain(tentativeCursorName(lostGuid, 'other'));
  });

  it('lists the receiver anew before it destroys there by what it remembers', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(pushText({ keepSender: KEEP_ALL, keepReceiver: KEEP_ONE }));
    const old = ['a', 'b'].map((name) => ({ dataset: `${COPIES}/tank/data`, name }));
    for (const [at, copy] of old.entries()) {
      await cycle(job);
      await house.nas.hold('somebody', [copy]);
      house.laptop.addSnapshot('tank/data', ['b', 'c'][at] ?? '');
    }
    await settle(job);
    expect(house.copies('tank/data')).toEqual(['a', 'b', 'c']);

    await house.nas.release('somebody', old);
    const [, nas] = await cycle(job);
    expect(nas.filter((method) => method === 'listVersions')).toHaveLength(1);
    expect(nas.indexOf('listVersions')).toBeLessThan(nas.indexOf('destroySnapshots'));
    expect(house.copies('tank/data')).toEqual(['c']);
  });

  it('lists everything after marks were released on somebody’s order', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(pushText());
    await settle(job);
    const marks = house.laptop.bookmarkNames('tank/data');
    await house.clock.runUntil(job.releaseAbstractions('all', false, house.signal));
    expect(house.laptop.bookmarkNames('tank/data')).toEqual([]);
    await cycle(job);
    expect(house.laptop.bookmarkNames('tank/data')).toEqual(marks);
  });

  it('plans by what is there, not by what it remembers', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(pushText());
    await settle(job);
    house.laptop.calls.length = 0;
    await house.plan(job);
    expect(costs(house.laptop)).toContain('listVersions');
  });
});
