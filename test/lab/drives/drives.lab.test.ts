/** A drive that stays connected, pulled out while nothing is at work on it, in a pair of guests of its own. */
import { beforeEach, expect, test } from 'vitest';
import type { Job } from '../../../core/job/types.ts';
import { shellQuote, until } from '../guests/index.ts';
import { type Desk, type LabDrive, stateOf } from './desk.ts';
import { ownDesk } from './own-desk.ts';

const STAYS = ', on_plug: start, eject_when_done: false';

const deskOf = ownDesk('drives');
let desk: Desk;
beforeEach(() => {
  desk = deskOf();
});

/** What this machine does with its own pool while a drive is gone. */
async function ownPoolGoesOn(name: string): Promise<void> {
  await desk.guest.runOk(['zfs', 'snapshot', `${desk.source.name}@${name}`], { timeoutMs: 60_000 });
}

/** A job of the drive, which is plugged in, backed up to, and stays connected. */
async function backedUp(drive: LabDrive): Promise<Job> {
  const job = desk.start([drive], STAYS);
  await desk.until(job, drive, 'away');
  await desk.plug(drive);
  await until(() => stateOf(job, drive) === 'connected' && job.status().replication?.outcome === 'done', {
    what: 'the first run',
    timeoutMs: 180_000,
  });
  return job;
}

async function equalOn(drive: LabDrive, snapshots: readonly string[]): Promise<void> {
  const { copies, originals } = await desk.compare(drive);
  expect(copies).toBe(originals);
  expect(
    copies
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual(snapshots);
}

test('pulled out while it is connected and idle: it comes back, and the next run goes on', async () => {
  const drive = await desk.drive('Green01');
  await desk.change('one', 4);
  const job = await backedUp(drive);
  const before = job.status().lastWake?.atMs;
  await desk.unplug(drive);
  await desk.until(job, drive, 'pulled');
  await ownPoolGoesOn('meanwhile');
  await desk.change('two', 2);
  await desk.plug(drive);
  await until(
    () =>
      job.status().lastWake?.atMs !== before &&
      job.status().stage === 'idle' &&
      job.status().replication?.outcome === 'done' &&
      stateOf(job, drive) === 'connected',
    {
      what: 'the run after the return',
      timeoutMs: 180_000,
    },
  );
  await job.ejectDrive?.(drive.poolGuid, AbortSignal.timeout(120_000));
  expect(stateOf(job, drive)).toBe('safe');
  await equalOn(drive, ['one', 'two']);
}, 600_000);

test('pulled out and plugged in again while no service ran: the next one asks it nothing, and brings it back', async () => {
  const drive = await desk.drive('Green02');
  await desk.change('three', 4);
  await backedUp(drive);
  await desk.stop();
  desk.drives?.close();
  await desk.unplug(drive);
  await desk.plug(drive);
  await desk.change('four', 2);
  const job = desk.start([drive], STAYS);
  await desk.until(job, drive, 'returning');
  await ownPoolGoesOn('between');
  await until(() => stateOf(job, drive) === 'connected', { what: 'its return', timeoutMs: 180_000 });
  job.wake('run', { snapshot: false });
  await until(() => job.status().stage === 'idle' && job.status().replication?.outcome === 'done', {
    what: 'the run after the return',
    timeoutMs: 180_000,
  });
  await job.ejectDrive?.(drive.poolGuid, AbortSignal.timeout(120_000));
  expect(stateOf(job, drive)).toBe('safe');
  const { copies, originals } = await desk.compare(drive);
  expect(copies).toBe(originals);
}, 600_000);

test('ejected while somebody else reads from it: it is safe to unplug as soon as they are done', async () => {
  const drive = await desk.drive('Green03');
  await desk.change('five', 4);
  const job = await backedUp(drive);
  // More than a pipe holds: the pool is busy until all of it is read.
  const copy = shellQuote([`${drive.pool}/copies/ws/${desk.dataset}@five`]);
  const read = desk.guest.runOk(`zfs send ${copy} | { sleep 4; cat > /dev/null; }`, { timeoutMs: 120_000 });
  await desk.guest.runOk('until pgrep -x zfs > /dev/null; do sleep 0.05; done', { timeoutMs: 60_000 });
  expect(await desk.guest.run(['zpool', 'export', drive.pool])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/busy/),
  });
  await job.ejectDrive?.(drive.poolGuid, AbortSignal.timeout(120_000));
  expect(stateOf(job, drive)).toBe('safe');
  await read;
  await equalOn(drive, ['five']);
}, 600_000);
