import { afterEach, describe, expect, it } from 'vitest';
import { applyEdits } from '../../../core/config/edit.ts';
import type { Job } from '../../../core/job/types.ts';
import { cursorName, lastReceivedHoldTag } from '../../../core/zfs/marks.ts';
import type { FakeDrive } from '../drives/machine.ts';
import { BLUE, BLUE_ID, drivesText, HouseWithDrives, RED, RED_ID } from './drive-house.ts';
import { codes, GOOD, KEEP_ONE, pushText } from './support.ts';

const NOT_REPLICATED = '{type: not_replicated}';
/** Once, and then nothing is due while a test runs. */
const HOURLY = '{type: periodic, interval: 1h, prefix: auto_}';
const PERIODIC = '{type: periodic, interval: 30d, prefix: auto_}';

let house = new HouseWithDrives();
afterEach(async () => {
  await house.stop();
  expect(house.astray).toEqual([]);
  expect(house.machine.onMissing).toEqual([]);
  house = new HouseWithDrives();
});

function startJob(more: string, keys: Parameters<typeof pushText>[0] = {}, drives = [BLUE]) {
  return house.start(pushText({ connect: drivesText(drives, more), ...keys }));
}

describe('a drive that is plugged in', () => {
  it('starts a backup by itself where that is wanted, and is ejected afterwards', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('on_plug: start');
    await house.machine.settle();
    expect(house.drive(job, BLUE)).toMatchObject({ state: 'away', lastSuccessMs: null, asks: false });
    await house.plug(BLUE);
    expect(house.ended).toEqual(['plugged']);
    expect(house.onDrive(BLUE)).toEqual(['a']);
    expect(house.machine.imported.size).toBe(0);
    expect(house.machine.commands.at(-1)).toBe('zpool export blue');
    expect(house.drive(job, BLUE)).toMatchObject({
      name: 'blue',
      poolGuid: String(BLUE.guid),
      destination: 'this machine:blue/copies',
      state: 'safe',
      problem: null,
      asks: false,
      freeBytes: 400,
    });
    expect(house.drive(job, BLUE).lastSuccessMs).not.toBeNull();
    expect(job.status().safety).toMatchObject([
      {
        dataset: 'tank/data',
        destination: 'this machine:blue/copies',
        newestCommon: { name: 'a' },
        guarantee: 'guarantee_incremental',
      },
    ]);
    // What marks there are says that it may be away for long: no hold on this side.
    expect(house.laptop.holdsOn('tank/data')).toEqual([]);
    const guid = house.guid('tank/data', 'a');
    expect(house.laptop.bookmarkNames('tank/data')).toEqual([cursorName(guid, BLUE_ID)]);
    expect(house.pool(BLUE).holdsOn('blue/copies/tank/data')).toEqual([`a ${lastReceivedHoldTag(BLUE_ID)}`]);
  });

  it('at the start counts as one that has come', async () => {
    house.snapshots('tank/data', 'a');
    house.machine.plug(BLUE);
    startJob('on_plug: start');
    await house.machine.settle();
    expect([house.ended, house.onDrive(BLUE)]).toEqual([['plugged'], ['a']]);
  });

  it('is asked for where that is wanted, and is left alone until somebody says yes', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('', { snapshotting: PERIODIC });
    await house.plug(BLUE);
    expect(house.drive(job, BLUE)).toMatchObject({ state: 'plugged', asks: true });
    expect(house.ended).toEqual(['snapshots']);
    expect(house.machine.commands).toEqual([]);
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.onDrive(BLUE)).toHaveLength(1);
    expect(house.drive(job, BLUE)).toMatchObject({ state: 'safe', asks: false });
    await house.unplug(BLUE);
    await house.plug(BLUE);
    expect(house.drive(job, BLUE)).toMatchObject({ state: 'plugged', asks: true });
  });

  it('is never used by itself where that is wanted', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('on_plug: never', { snapshotting: PERIODIC });
    await house.plug(BLUE);
    expect([house.ended, house.machine.commands]).toEqual([['snapshots'], []]);
    expect(house.drive(job, BLUE)).toMatchObject({ state: 'plugged', asks: false });
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.onDrive(BLUE)).toHaveLength(1);
  });

  it('stays connected where that is wanted, and is ejected when somebody says so', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('on_plug: start, eject_when_done: false');
    await house.plug(BLUE);
    expect(house.drive(job, BLUE).state).toBe('connected');
    house.snapshots('tank/data', 'b');
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.onDrive(BLUE)).toEqual(['a', 'b']);
    expect(await house.clock.runUntil(job.ejectDrive?.('5', house.signal) ?? Promise.resolve(true))).toBe(false);
    await house.clock.runUntil(job.ejectDrive?.(String(BLUE.guid), house.signal) ?? Promise.resolve(false));
    expect(house.drive(job, BLUE).state).toBe('safe');
  });

  it('is left alone after it was ejected until it was away, but not by a person', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('on_plug: start', { snapshotting: HOURLY });
    await house.plug(BLUE);
    const ran = house.machine.commands.length;
    const copies = house.onDrive(BLUE).length;
    await house.machine.settle(2 * 3_600_000);
    expect(house.ended.filter((cause) => cause === 'snapshots').length).toBeGreaterThan(1);
    expect([house.machine.commands.length, house.onDrive(BLUE).length]).toEqual([ran, copies]);
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.onDrive(BLUE).length).toBeGreaterThan(copies);
    await house.unplug(BLUE);
    await house.plug(BLUE);
    expect(house.ended.at(-1)).toBe('plugged');
  });

  it('that has errors fails the run and says how many, although all of it has arrived', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('');
    const rows = ' state: ONLINE\n\tblue  ONLINE  0  0  0\n\t  usb-1  ONLINE  3  12  0\n';
    house.machine.answer = (argv) => (argv.startsWith('zpool status -p blue') ? { stdout: rows } : undefined);
    await house.plug(BLUE);
    const outcome = await house.run(job);
    expect([outcome.ok, codes(outcome)]).toEqual([false, ['drive-failing']]);
    expect(house.onDrive(BLUE)).toEqual(['a']);
    const problem = { code: 'drive-failing', facts: { reads: '3', writes: '12', checksums: '0' } };
    expect(house.drive(job, BLUE)).toMatchObject({ state: 'safe', lastSuccessMs: null, problem });
    // Somebody has looked after it.
    house.machine.answer = () => undefined;
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.drive(job, BLUE)).toMatchObject({ state: 'safe', problem: null });
  });

  it('that cannot be used fails the run, with the reason in its report', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('');
    house.machine.said = 'status: The pool was last accessed by another system.';
    await house.plug(BLUE);
    expect(codes(await house.run(job))).toEqual(['drive-foreign']);
    expect(house.drive(job, BLUE)).toMatchObject({ state: 'unusable', problem: { code: 'drive-foreign' } });
    expect(house.machine.imported.size).toBe(0);
  });
});

describe('a drive that is away', () => {
  it('is no failure for the schedule, and what lies here is thinned out', async () => {
    house.snapshots('tank/data', 'old1', 'old2');
    const job = startJob('on_plug: start', { snapshotting: HOURLY, keepSender: KEEP_ONE });
    await house.plug(BLUE);
    await house.unplug(BLUE);
    const before = house.ended.length;
    await house.machine.settle(3 * 3_600_000);
    expect(house.ended.slice(before).length).toBeGreaterThan(1);
    for (const event of house.events) if (event.kind === 'ended') expect(event.outcome).toEqual(GOOD);
    expect(house.events.at(-1)).toMatchObject({ kind: 'ended', success: false });
    // What the next increment starts from is a bookmark, which holds no space.
    expect(house.laptop.snapshotNames('tank/data')).toHaveLength(1);
    expect(house.laptop.bookmarkNames('tank/data')).toHaveLength(1);
    const copied = house.onDrive(BLUE).length;
    await house.plug(BLUE);
    expect(house.onDrive(BLUE).length).toBeGreaterThan(copied);
    expect(job.status().lastRunFailed).toBe(false);
  });

  it('that never was there is no failure either, and nothing is destroyed before anything is on it', async () => {
    house.snapshots('tank/data', 'old1', 'old2');
    const job = startJob('', { snapshotting: PERIODIC, keepSender: KEEP_ONE });
    await house.machine.settle();
    expect(house.ended).toEqual(['snapshots']);
    expect(house.events.at(-1)).toMatchObject({ kind: 'ended', outcome: GOOD, success: false });
    expect(house.events.at(-1)).not.toHaveProperty('drives');
    expect(house.laptop.snapshotNames('tank/data')).toHaveLength(3);
    expect(job.status()).toMatchObject({
      stage: 'idle',
      lastRunFailed: false,
      lastSuccessMs: null,
      pruning: [{ side: 'sender', state: 'done' }],
    });
    expect(job.status().safety).toMatchObject([
      { dataset: 'tank/data', destination: 'this machine:blue/copies', newestCommon: null },
    ]);
    expect(house.machine.commands).toEqual([]);
  });

  it('fails a run that a person asks for, which says what to do', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('');
    const outcome = await house.run(job);
    expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'drive-away', facts: { drive: 'blue' } }] });
    expect(job.status().lastRunFailed).toBe(true);
  });

  it('has no plan and no marks that can be listed, and those here can', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('on_plug: start');
    await house.plug(BLUE);
    await house.unplug(BLUE);
    await expect(house.plan(job)).rejects.toMatchObject({ code: 'drive-away' });
    const rows = await house.clock.runUntil(job.abstractions(house.signal));
    expect(rows.map(({ side, job: owner }) => [side, owner])).toEqual([['sender', BLUE_ID]]);
  });

  it('that is connected has both', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('on_plug: start, eject_when_done: false');
    await house.plug(BLUE);
    house.snapshots('tank/data', 'b');
    expect((await house.plan(job)).replication).toMatchObject([{ dataset: 'tank/data' }]);
    const rows = await house.clock.runUntil(job.abstractions(house.signal));
    expect(rows.map(({ side }) => side).sort()).toEqual(['receiver', 'sender']);
  });
});

describe('two drives of one set', () => {
  it('take turns, each with its own marks, and neither disturbs the other', async () => {
    const job = startJob('on_plug: start', {}, [BLUE, RED]);
    const turns = [BLUE, RED, BLUE, BLUE, RED];
    for (const [turn, drive] of turns.entries()) {
      house.snapshots('tank/data', `s${turn}`);
      await house.plug(drive);
      expect(house.drive(job, drive).state).toBe('safe');
      expect(house.onDrive(drive).at(-1)).toBe(`s${turn}`);
      await house.unplug(drive);
    }
    expect(house.ended).toEqual(turns.map(() => 'plugged'));
    expect(house.onDrive(BLUE)).toEqual(['s0', 's1', 's2', 's3']);
    expect(house.onDrive(RED)).toEqual(['s1', 's2', 's3', 's4'].filter((name) => house.onDrive(RED).includes(name)));
    expect(house.laptop.bookmarkNames('tank/data').toSorted()).toEqual(
      [
        cursorName(house.guid('tank/data', 's3'), BLUE_ID),
        cursorName(house.guid('tank/data', 's4'), RED_ID),
      ].toSorted(),
    );
    // An increment, not another full stream: the base was kept by a bookmark.
    expect(house.laptop.holdsOn('tank/data')).toEqual([]);
  });

  it('the first of which had been alone: it goes on from what is on it, and the further one gets everything', async () => {
    const one = `{type: drive, pool: blue, pool_guid: "${BLUE.guid}", root_fs: blue/copies, on_plug: start}`;
    const jobs = pushText({ connect: one, keepSender: KEEP_ONE });
    house.snapshots('tank/data', 'a', 'b');
    house.start(jobs);
    await house.plug(BLUE);
    await house.unplug(BLUE);
    await house.stop();
    const drive = { title: 'Red', pool: 'red', poolGuid: String(RED.guid), rootFs: 'red/copies', keyFile: null };
    const edited = applyEdits(`jobs:${jobs}`, [{ op: 'add-drive', job: 'laptop', drive }]);
    house.start(edited.slice('jobs:'.length));
    house.snapshots('tank/data', 'c');
    await house.plug(RED);
    await house.unplug(RED);
    expect([house.onDrive(BLUE), house.onDrive(RED)]).toEqual([['b'], ['c']]);
    const red = house.guid('tank/data', 'c');
    house.snapshots('tank/data', 'd');
    await house.plug(BLUE);
    expect(house.ended).toEqual(['plugged', 'plugged', 'plugged']);
    // A full stream would not have been taken on top of that.
    expect(house.onDrive(BLUE)).toEqual(['b', 'c', 'd']);
    expect(house.laptop.bookmarkNames('tank/data').toSorted()).toEqual(
      [cursorName(house.guid('tank/data', 'd'), BLUE_ID), cursorName(red, RED_ID)].toSorted(),
    );
  });

  it('what is on one of them counts as replicated, what is on none does not', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const job = startJob('on_plug: start', { keepSender: NOT_REPLICATED }, [BLUE, RED]);
    await house.plug(BLUE);
    await house.unplug(BLUE);
    house.snapshots('tank/data', 'c');
    // Nobody is there: what is on Blue may go, what is on none stays.
    await house.run(job);
    expect(house.laptop.snapshotNames('tank/data')).toContain('c');
    expect(house.laptop.snapshotNames('tank/data')).not.toContain('a');
    await house.plug(RED);
    expect(house.onDrive(RED).at(-1)).toBe('c');
    await house.unplug(RED);
    house.snapshots('tank/data', 'd');
    await house.plug(BLUE);
    expect(house.onDrive(BLUE).slice(-1)).toEqual(['d']);
    expect(codes(await house.run(job))).toEqual([]);
  });

  it('both have rows in the safety table, kept current by whichever was there', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('on_plug: start', {}, [BLUE, RED]);
    await house.plug(BLUE);
    await house.unplug(BLUE);
    house.snapshots('tank/data', 'b');
    await house.plug(RED);
    expect(
      job
        .status()
        .safety.map(({ destination, newestCommon, newestLocal }) => [
          destination,
          newestCommon?.name ?? null,
          newestLocal?.name ?? null,
        ]),
    ).toEqual([
      ['this machine:blue/copies', 'a', 'b'],
      ['this machine:red/copies', 'b', 'b'],
    ]);
  });

  it('whose copies have the same name are told apart by what they are called', () => {
    const one = (guid: number, name: string) => `{pool: blue, pool_guid: ${guid}, root_fs: blue/copies, name: ${name}}`;
    const text = pushText({ connect: `{type: drive, drives: [${one(177, 'Left')}, ${one(237, 'Right')}]}` });
    expect(
      house
        .jobs(text)
        .get('laptop')
        ?.status()
        .drives?.map(({ destination }) => destination),
    ).toEqual(['this machine:blue/copies (Left)', 'this machine:blue/copies (Right)']);
  });

  it('both plugged in are served one after the other, and one that fails does not keep the other from its backup', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('', {}, [BLUE, RED]);
    await house.plug(BLUE);
    await house.plug(RED);
    house.machine.answer = (argv) =>
      argv.startsWith('zpool import -N') && argv.endsWith(String(BLUE.guid))
        ? { exit: { code: 1, signal: null }, stderr: 'cannot import: I/O error' }
        : undefined;
    expect(codes(await house.run(job))).toEqual(['command-failed']);
    expect([house.onDrive(BLUE), house.onDrive(RED)]).toEqual([[], ['a']]);
    expect([house.drive(job, BLUE).lastSuccessMs === null, house.drive(job, RED).lastSuccessMs === null]).toEqual([
      true,
      false,
    ]);
    const ended = house.events.findLast(({ kind }) => kind === 'ended');
    const drives = [
      { poolGuid: String(BLUE.guid), name: 'blue', successMs: null },
      { poolGuid: String(RED.guid), name: 'red', successMs: house.drive(job, RED).lastSuccessMs },
    ];
    expect(ended).toMatchObject({ success: false, tally: { snapshotsSent: 1, datasets: 1 }, drives });
  });
});

describe('forgetting a drive', () => {
  const forget = async (job: Job, drive: FakeDrive, dryRun: boolean) => {
    const work = job.forgetDrive?.(String(drive.guid), dryRun, house.signal) ?? Promise.resolve([]);
    const releases = await house.clock.runUntil(work);
    return releases.map(({ row, outcome }) => [row.fullName, row.job, outcome]);
  };

  it('of a set releases what is kept here for it, and nothing of the others or on the drive', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('on_plug: start', {}, [BLUE, RED]);
    for (const drive of [BLUE, RED]) {
      await house.plug(drive);
      await house.unplug(drive);
    }
    const [blue, red] = [BLUE_ID, RED_ID].map((id) => cursorName(house.guid('tank/data', 'a'), id));
    expect(house.laptop.bookmarkNames('tank/data').toSorted()).toEqual([blue, red].toSorted());
    expect(await forget(job, BLUE, true)).toEqual([[`tank/data#${blue}`, BLUE_ID, 'would-release']]);
    expect(house.laptop.bookmarkNames('tank/data')).toHaveLength(2);
    const commands = house.machine.commands.length;
    expect(await forget(job, BLUE, false)).toEqual([[`tank/data#${blue}`, BLUE_ID, 'released']]);
    expect(house.laptop.bookmarkNames('tank/data')).toEqual([red]);
    expect([house.onDrive(BLUE), house.machine.commands.length]).toEqual([['a'], commands]);
  });

  it('is refused for the only one, and while anything works on it', async () => {
    house.snapshots('tank/data', 'a');
    const alone = startJob('on_plug: never');
    await expect(forget(alone, BLUE, true)).rejects.toMatchObject({ code: 'drive-last', facts: { job: 'laptop' } });
    expect(await forget(alone, RED, true)).toEqual([]);
    await house.stop();
    house = new HouseWithDrives();
    house.snapshots('tank/data', 'a');
    const job = startJob('on_plug: never', {}, [BLUE, RED]);
    await house.plug(BLUE);
    await house.clock.runUntil(job.scrubDrive?.(String(BLUE.guid), 'start', house.signal) ?? Promise.resolve(false));
    expect(house.drive(job, BLUE)).toMatchObject({ scrubbing: true, health: { scrub: { fraction: 0.0777 } } });
    await expect(forget(job, BLUE, true)).rejects.toMatchObject({ code: 'drive-in-use' });
    await house.clock.runUntil(job.scrubDrive?.(String(BLUE.guid), 'stop', house.signal) ?? Promise.resolve(false));
    await house.machine.settle(60_000);
    expect(house.drive(job, BLUE)).toMatchObject({ state: 'safe' });
    expect(await forget(job, BLUE, true)).toEqual([]);
  });
});

describe('a drive that is pulled in the middle of a run', () => {
  /** Pulls it when it is about to receive. */
  function pullAtReceive(): void {
    house.onCall = (method) => {
      if (method !== 'receive') return;
      house.onCall = () => undefined;
      house.machine.pull(BLUE);
    };
  }

  it('ends the run after its patience, which prunes here and touches nothing there', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('', { snapshotting: PERIODIC });
    await house.plug(BLUE);
    pullAtReceive();
    const outcome = await house.run(job);
    expect(codes(outcome)).toEqual(['drive-pulled']);
    expect(house.drive(job, BLUE)).toMatchObject({ state: 'pulled', problem: { code: 'drive-pulled' } });
    expect(house.machine.commands.filter((argv) => argv.includes('export') || argv.includes('clear'))).toEqual([]);
    // The schedule goes on without it.
    await house.machine.settle();
    expect(codes(await house.run(job))).toContain('drive-pulled');
    expect(house.drive(job, BLUE).state).toBe('pulled');
  });

  it('goes on by itself when it comes back later', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('on_plug: start');
    pullAtReceive();
    await house.plug(BLUE);
    await house.machine.settle(20 * 60_000);
    house.machine.suspend('blue');
    expect(house.ended).toEqual(['plugged']);
    expect(house.onDrive(BLUE)).toEqual([]);
    house.machine.suspend('blue');
    await house.plug(BLUE);
    expect(house.machine.commands.filter((argv) => argv.startsWith('zpool clear'))).toEqual(['zpool clear blue']);
    expect(house.ended).toEqual(['plugged', 'plugged']);
    expect(house.onDrive(BLUE)).toEqual(['a']);
    expect(house.drive(job, BLUE)).toMatchObject({ state: 'safe', problem: null });
  });

  it('goes on in the same run when it is back soon', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('');
    await house.plug(BLUE);
    house.onCall = async (method) => {
      if (method !== 'receive') return;
      house.onCall = () => undefined;
      house.machine.pull(BLUE);
      await house.machine.settle();
      house.machine.plug(BLUE);
      await house.machine.settle();
    };
    const { runId } = job.wake('run', { snapshot: false });
    expect(await house.clock.runUntil(job.waitFor(runId, house.signal))).toEqual(GOOD);
    expect(house.onDrive(BLUE)).toEqual(['a']);
    expect(house.drive(job, BLUE).state).toBe('safe');
  });

  it('a run that was cancelled leaves it connected', async () => {
    house.snapshots('tank/data', 'a');
    const job = startJob('');
    await house.plug(BLUE);
    house.onCall = (method) => {
      if (method === 'receive') job.reset();
    };
    const outcome = await house.run(job);
    expect(outcome.cancelled).toBe(true);
    expect(house.drive(job, BLUE).state).toBe('connected');
  });
});
