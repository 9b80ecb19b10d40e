import { afterEach, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { MarkSide } from '../../../core/job/marks.ts';
import { SWEEP_INTERVAL_MS, Sweeper } from '../../../core/job/sweep.ts';
import { SILENT_LOG } from '../../../core/monitoring/log.ts';
import { cursorName, lastReceivedHoldTag, stepHoldTag } from '../../../core/zfs/marks.ts';
import type { MemoryCall, MemoryZfs } from '../doubles/memory-zfs.ts';
import { COPIES, expectLogged, GOOD, House, pushText } from './support.ts';

let house = new House();
afterEach(async () => {
  await house.stop();
  house = new House();
});

const LEFT = 'tank/left';
const NOTHING_KNOWN = { settled: new Set<string>(), unsettled: new Set<string>() };

/** Marks of a run that was killed, on a dataset that the job does not replicate any more: no run will tidy them. */
async function leave(): Promise<void> {
  if (!house.laptop.datasets.has(LEFT)) house.snapshots(LEFT, 'a', 'b');
  for (const name of ['a', 'b']) {
    const guid = house.guid(LEFT, name);
    await house.laptop.bookmark(LEFT, { type: 'snapshot', name, guid }, cursorName(guid, 'laptop'));
    await house.laptop.hold(stepHoldTag('laptop'), [{ dataset: LEFT, name }]);
  }
}

const isLeft = () => house.laptop.holdsOn(LEFT).length > 0 || house.laptop.bookmarkNames(LEFT).length > 1;

describe('the sweep', () => {
  it('comes with the first run after the start, then once a day', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(pushText());
    await leave();
    expect(await house.run(job)).toEqual(GOOD);
    expect(isLeft()).toBe(false);
    expect(house.laptop.bookmarkNames(LEFT)).toEqual([cursorName(house.guid(LEFT, 'b'), 'laptop')]);
    expectLogged(house, 'stale marks were removed');

    await leave();
    house.clock.pass(SWEEP_INTERVAL_MS - 1);
    await house.run(job);
    expect(isLeft()).toBe(true);
    house.clock.pass(1);
    await house.run(job);
    expect(isLeft()).toBe(false);
  });

  it('without a cursor lets no hold of what the job leaves out go: the receiver may have any of it', async () => {
    house.snapshots('tank/data', 'a');
    house.snapshots(LEFT, 'a', 'b', 'c');
    for (const name of ['a', 'b', 'c']) await house.laptop.hold(stepHoldTag('laptop'), [{ dataset: LEFT, name }]);
    expect(await house.run(house.start(pushText()))).toEqual(GOOD);
    expect(house.laptop.holdsOn(LEFT)).toHaveLength(3);
  });

  it('releases every step hold of what is settled, also where no guarantee is given any more', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const more = 'replication: {protection: {initial: guarantee_nothing, incremental: guarantee_nothing}}';
    await house.run(house.start(pushText({ more })));
    // Left by a process that was killed after the receive, under another configuration.
    for (const name of ['a', 'b']) {
      await house.laptop.hold(stepHoldTag('laptop'), [{ dataset: 'tank/data', name }]);
    }
    expect(await house.run(house.start(pushText({ more })))).toEqual(GOOD);
    expect(house.laptop.holdsOn('tank/data')).toEqual([]);
  });

  it('releases superseded holds of the receiver below the own root', async () => {
    house.snapshots('tank/data', 'a');
    await house.run(house.start(pushText()));
    const gone = `${COPIES}/tank/gone`;
    for (const dataset of [gone, 'backup/root/desktop']) {
      house.nas.addDataset(dataset);
      for (const name of ['a', 'b']) {
        house.nas.addSnapshot(dataset, name);
        await house.nas.hold(lastReceivedHoldTag('laptop'), [{ dataset, name }]);
      }
    }
    await house.run(house.start(pushText()));
    expect(house.nas.holdsOn(gone)).toEqual(['b zrepl_last_received_J_laptop']);
    expect(house.nas.holdsOn('backup/root/desktop')).toHaveLength(2);
  });

  it('comes after a run that could not clean up, and then not again', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(pushText());
    await house.run(job);
    house.snapshots('tank/data', 'b');
    let refusals = 1;
    house.laptop.before = ({ method }) => {
      if (method !== 'release' || refusals === 0) return;
      refusals -= 1;
      throw new ProblemError('command-timeout', { host: 'this machine' });
    };
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.laptop.holdsOn('tank/data')).toEqual([]);
    house.nas.calls.length = 0;
    await house.run(job);
    expect(house.nas.calls.filter(({ method }) => method === 'holds')).toEqual([]);
  });

  it('costs a listing and a process for the holds a side, one release per tag, and otherwise nothing', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const job = house.start(pushText());
    await house.run(job);
    for (let index = 0; index < 20; index++) {
      const dataset = `tank/many${index}`;
      house.snapshots(dataset, 'a', 'b');
      await house.laptop.hold(stepHoldTag('laptop'), [
        { dataset, name: 'a' },
        { dataset, name: 'b' },
      ]);
    }
    house.laptop.calls.length = 0;
    const sides: readonly MarkSide[] = [
      { zfs: house.laptop, jobId: 'laptop', end: 'sender', roots: null, above: null },
      { zfs: house.nas, jobId: 'laptop', end: 'receiver', roots: [{ dataset: COPIES, recursive: true }], above: null },
    ];
    house.nas.calls.length = 0;
    const settled = new Set(house.laptop.datasets.keys());
    await new Sweeper(sides, house.clock, SILENT_LOG).afterRun({ ...NOTHING_KNOWN, settled }, {});
    expect(processes(house.laptop)).toEqual(['listVersions', 'holds', 'release']);
    expect(processes(house.nas)).toEqual(['listVersions', 'holds']);
    expect(house.laptop.holdsOn('tank/many7')).toEqual([]);
  });

  it('leaves the step holds of a transfer that may go on', async () => {
    // The first increment on top of a copy that something else made: there is no cursor yet.
    house.snapshots('tank/data', 'a');
    await house.run(house.start(pushText()));
    for (const name of house.laptop.bookmarkNames('tank/data')) await house.laptop.destroyBookmark('tank/data', name);
    house.snapshots('tank/data', 'b', 'c');
    house.nas.cutAfter = { error: new ProblemError('no-space', { name: 'x', host: 'nas' }) };
    await leave();
    const job = house.start(pushText());
    expect(await house.run(job)).toMatchObject({ ok: false });
    expect(isLeft()).toBe(false);
    const tag = 'zrepl_STEP_J_laptop';
    expect(house.laptop.holdsOn('tank/data')).toEqual([`a ${tag}`, `b ${tag}`, `c ${tag}`]);
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.copies()).toEqual(['a', 'b', 'c']);
    expect(house.laptop.holdsOn('tank/data')).toEqual([]);
  });

  it('waits while the receiver is away', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(pushText());
    await leave();
    house.disconnect();
    await house.run(job);
    expect(isLeft()).toBe(true);
    house.reconnect();
    await house.run(job);
    expect(isLeft()).toBe(false);
  });

  it('fails no run: what goes wrong is logged, and tried again by side', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(pushText());
    await leave();
    // Only the sweep lists whole pools.
    const wholePool = ({ method, names }: MemoryCall) => method === 'listVersions' && names[0] === 'tank';
    house.laptop.before = (call) => {
      if (wholePool(call)) throw new ProblemError('command-timeout', { host: 'this machine' });
    };
    expect(await house.run(job)).toEqual(GOOD);
    expectLogged(house, 'sweeping failed');
    expect(isLeft()).toBe(true);
    house.laptop.before = ({ method }) => {
      if (method === 'release') throw new ProblemError('permission-denied', { host: 'this machine' });
    };
    expect(await house.run(job)).toEqual(GOOD);
    expectLogged(house, 'a stale mark could not be removed');
    expect(house.laptop.bookmarkNames(LEFT)).toHaveLength(1);
    expect(house.laptop.holdsOn(LEFT)).toHaveLength(2);
  });

  it('that failed after a run that left something is made up for after the next one', async () => {
    await leave();
    const side: MarkSide = { zfs: house.laptop, jobId: 'laptop', end: 'sender', roots: null, above: null };
    const sweeper = new Sweeper([side], house.clock, SILENT_LOG);
    expect(await sweeper.afterRun(NOTHING_KNOWN, {})).toBe(true);
    await leave();
    expect(await sweeper.afterRun(NOTHING_KNOWN, {})).toBe(false);
    expect(isLeft()).toBe(true);
    sweeper.noteLeft();
    house.laptop.before = () => {
      throw new ProblemError('command-timeout', { host: 'this machine' });
    };
    await sweeper.afterRun(NOTHING_KNOWN, {});
    house.laptop.before = () => {};
    await sweeper.afterRun(NOTHING_KNOWN, {});
    expect(isLeft()).toBe(false);
  });

  it('that was cancelled says nothing and is due again', async () => {
    await leave();
    const side: MarkSide = { zfs: house.laptop, jobId: 'laptop', end: 'sender', roots: null, above: null };
    const sweeper = new Sweeper([side, { ...side, zfs: house.nas }], house.clock, SILENT_LOG);
    sweeper.noteLeft();
    const abort = new AbortController();
    house.laptop.before = ({ method }) => {
      if (method === 'release') abort.abort();
    };
    // Some of it may be gone all the same.
    expect(await sweeper.afterRun(NOTHING_KNOWN, { signal: abort.signal })).toBe(true);
    expect(house.nas.calls).toEqual([]);
    house.laptop.before = () => {};
    await leave();
    await sweeper.afterRun(NOTHING_KNOWN, {});
    expect(isLeft()).toBe(false);
  });
});

function processes(zfs: MemoryZfs): readonly string[] {
  return zfs.calls.flatMap(({ method, processes: count }) => (count > 0 ? [method] : []));
}
