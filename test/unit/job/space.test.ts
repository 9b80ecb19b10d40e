import { afterEach, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { spaceAt } from '../../../core/api/space.ts';
import type { JobReport } from '../../../core/api/status.ts';
import type { Config } from '../../../core/config/types.ts';
import type { JobDeps } from '../../../core/job/deps.ts';
import { READ_AGAIN_MS, SpaceBook } from '../../../core/job/space-book.ts';
import type { Job } from '../../../core/job/types.ts';
import { setLocal } from '../doubles/memory-model.ts';
import type { MemoryZfs } from '../doubles/memory-zfs.ts';
import { BLUE, drivesText, HouseWithDrives } from './drive-house.ts';
import { COPIES, GOOD, KEEP_ONE, pushText } from './support.ts';

class SpaciousHouse extends HouseWithDrives {
  book = new SpaceBook();

  override deps(config: Config): JobDeps {
    return { ...super.deps(config), space: this.book };
  }
}

let house = new SpaciousHouse();
afterEach(async () => {
  await house.stop();
  house = new SpaciousHouse();
});

function room(zfs: MemoryZfs, dataset: string, availableBytes: number, usedBytes = 5000): void {
  const found = zfs.datasets.get(dataset);
  if (found === undefined) throw new Error(`no dataset ${dataset}`);
  setLocal(found, 'available', `${availableBytes}`);
  setLocal(found, 'used', `${usedBytes}`);
}

/** Whether a call asks for the room somewhere. */
const asksForRoom = ({ method, names }: { readonly method: string; readonly names: readonly string[] }): boolean =>
  method === 'readBack' && ['tank', COPIES].includes(names[0] ?? '');

/** Processes that asked for it, with the names they asked for. */
const asked = (zfs: MemoryZfs): readonly (readonly string[])[] =>
  zfs.calls.filter(asksForRoom).map(({ names }) => names);

const seen = (job: Job) =>
  job.status().space?.map(({ side, host, dataset, seen: at }) => [side, host, dataset, at?.availableBytes ?? null]);

async function run(job: Job): Promise<JobReport> {
  expect(await house.run(job)).toEqual(GOOD);
  return job.status();
}

describe('a push', () => {
  it('tells the room where its copies lie and in the pools of its datasets, and reads it with a run', async () => {
    house.snapshots('tank/data', 'a');
    room(house.laptop, 'tank', 700);
    room(house.nas, 'backup/root', 300);
    const job = house.start(pushText());
    expect(seen(job)).toEqual([
      ['destination', 'nas', COPIES, null],
      ['source', 'this machine', 'tank', null],
    ]);
    await run(job);
    expect(seen(job)).toEqual([
      ['destination', 'nas', COPIES, 300],
      ['source', 'this machine', 'tank', 700],
    ]);
    expect(spaceAt(job.status(), `nas:${COPIES}`)?.forecast).toEqual({ kind: 'unknown' });
    expect([asked(house.laptop), asked(house.nas)]).toEqual([[['tank']], [[COPIES, 'backup/root']]]);
  });

  it('goes by the quota of the client’s own dataset', async () => {
    house.snapshots('tank/data', 'a');
    room(house.laptop, 'tank', 700);
    room(house.nas, 'backup/root', 300);
    const job = house.start(pushText());
    await run(job);
    room(house.nas, COPIES, 20, 100);
    house.laptop.addSnapshot('tank/data', 'b');
    house.clock.pass(READ_AGAIN_MS);
    await run(job);
    expect(spaceAt(job.status(), `nas:${COPIES}`)?.seen).toMatchObject({ availableBytes: 20, usedBytes: 100 });
  });

  it('asks again only after a while when nothing happens, and once for all jobs', async () => {
    house.snapshots('tank/data', 'a');
    room(house.laptop, 'tank', 700);
    room(house.nas, 'backup/root', 300);
    const job = house.start(pushText());
    for (let n = 0; n < 4; n += 1) {
      await run(job);
      house.clock.pass(60_000);
    }
    expect([asked(house.laptop).length, asked(house.nas).length]).toEqual([1, 1]);
    const snap = house.start(
      `
  - {type: snap, name: here, filesystems: {"tank/data": true}, snapshotting: {type: manual}, pruning: {keep: [${KEEP_ONE}]}}`,
      'here',
    );
    await run(snap);
    expect(seen(snap)).toEqual([['source', 'this machine', 'tank', 700]]);
    expect(asked(house.laptop)).toHaveLength(1);
    house.clock.pass(READ_AGAIN_MS);
    await run(job);
    expect([asked(house.laptop).length, asked(house.nas).length]).toEqual([2, 2]);
  });

  it('is as good where the room cannot be read, which is then not known', async () => {
    house.snapshots('tank/data', 'a');
    for (const zfs of [house.laptop, house.nas]) {
      zfs.before = (call) => {
        if (asksForRoom(call)) throw new ProblemError('command-failed', { host: 'nas' });
      };
    }
    const job = house.start(pushText());
    await run(job);
    expect(seen(job)?.map((row) => row[3])).toEqual([null, null]);
    // Nor is it asked with every run then.
    house.clock.pass(60_000);
    await run(job);
    expect(asked(house.nas)).toHaveLength(1);
  });

  it('does not ask a destination that could not be reached', async () => {
    house.snapshots('tank/data', 'a');
    room(house.laptop, 'tank', 700);
    house.disconnect();
    const job = house.start(pushText());
    expect((await house.run(job)).ok).toBe(false);
    expect(asked(house.nas)).toEqual([]);
    expect(seen(job)?.map((row) => row[3])).toEqual([null, 700]);
  });

  it('knows at the start what the one before it has noted', async () => {
    house.book.load([{ key: `nas:${COPIES}`, samples: [{ atMs: 1, availableBytes: 5, usedBytes: 6 }] }]);
    const job = house.start(pushText());
    expect(spaceAt(job.status(), `nas:${COPIES}`)?.seen).toEqual({ atMs: 1, availableBytes: 5, usedBytes: 6 });
  });
});

describe('a push to a drive', () => {
  it('reads its room while it is there, before it is ejected, and that of this machine while it is away', async () => {
    house.snapshots('tank/data', 'a');
    room(house.laptop, 'tank', 700);
    room(house.pool(BLUE), 'blue/copies', 90);
    const connect = drivesText([BLUE], 'eject_when_done: true, on_plug: start');
    const job = house.start(pushText({ connect }));
    await house.machine.settle();
    await house.run(job);
    expect(seen(job)?.map((row) => row[3])).toEqual([null, 700]);
    await house.plug(BLUE);
    await house.run(job);
    expect(spaceAt(job.status(), house.drive(job, BLUE).destination)?.seen?.availableBytes).toBe(90);
    expect(house.book.records.map(({ key }) => key)).toContain(`drive ${BLUE.guid} blue/copies`);
    expect(house.astray).toEqual([]);
  });
});
