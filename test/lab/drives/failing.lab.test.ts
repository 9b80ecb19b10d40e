/** A drive that gives errors while it stays plugged in, by a device that the kernel makes fail on demand. */
import { beforeEach, expect, test } from 'vitest';
import { until } from '../guests/index.ts';
import { type Desk, stateOf } from './desk.ts';
import { FailingDrive } from './failing-drive.ts';
import { ownDesk } from './own-desk.ts';

const MIB = 1024 ** 2;

/** The second takes as long as the first, and ended as it did each time. */
const TARGETS = process.env.SNAPFERRY_LAB_ALL === undefined ? (['error'] as const) : (['error', 'flakey'] as const);

const deskOf = ownDesk('failing');
let desk: Desk;
beforeEach(() => {
  desk = deskOf();
});

test.each(TARGETS)(
  'with %s: the run ends and says so, and all else goes on',
  async (target) => {
    const failing = await FailingDrive.make(desk.guest, target === 'error' ? 'Grey01' : 'Grey02');
    await desk.change('one', 16);
    const job = desk.start([failing.drive], ', on_plug: start', '"2 MiB"');
    await failing.appear();
    const sent = () => job.status().replication?.attempts.at(-1)?.datasets[0]?.steps[0]?.bytesReplicated ?? 0;
    await until(() => sent() > 2 * MIB, { what: 'some of the first copy', timeoutMs: 120_000 });
    await failing.fail(target);
    await desk.until(job, failing.drive, 'unusable');
    const { problem } = job.status().drives?.[0] ?? {};
    expect(problem).toMatchObject({ code: 'drive-suspended' });
    expect(problem?.detail).toMatch(/^zpool status: READ \d+, WRITE [1-9]\d*, CKSUM \d+$/);
    await until(() => job.status().stage === 'idle', { what: 'the end of the run', timeoutMs: 120_000 });
    expect(job.status()).toMatchObject({ lastRunFailed: true });
    await desk.guest.runOk(['zfs', 'snapshot', `${desk.source.name}@meanwhile`], { timeoutMs: 60_000 });
    // The cable is in its place again, and a person clears the pool.
    await failing.recover();
    await desk.guest.runOk(['zpool', 'clear', failing.drive.pool], { timeoutMs: 120_000 });
    await until(() => stateOf(job, failing.drive) === 'connected', {
      what: 'the drive to be seen',
      timeoutMs: 120_000,
    });
    job.wake('run', { snapshot: false });
    await desk.until(job, failing.drive, 'safe');
    expect(job.status()).toMatchObject({ lastRunFailed: false });
    const { copies, originals } = await desk.compare(failing.drive);
    expect(copies).toBe(originals);
  },
  600_000,
);
