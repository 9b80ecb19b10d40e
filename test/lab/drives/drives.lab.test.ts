/** A drive that stays connected, pulled out while nothing is at work on it, in a pair of guests of its own. */
import { beforeEach, expect, test } from 'vitest';
import { until } from '../guests/index.ts';
import { type Desk, type LabDrive, stateOf } from './desk.ts';
import { ownDesk } from './own-desk.ts';

const deskOf = ownDesk('drives');
let desk: Desk;
beforeEach(() => {
  desk = deskOf();
});

/** What this machine does with its own pool while a drive is gone. */
async function ownPoolGoesOn(name: string): Promise<void> {
  await desk.guest.runOk(['zfs', 'snapshot', `${desk.source.name}@${name}`], { timeoutMs: 60_000 });
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
  const job = desk.start([drive], ', on_plug: start, eject_when_done: false');
  await desk.until(job, drive, 'away');
  await desk.plug(drive);
  await until(() => stateOf(job, drive) === 'connected' && job.status().replication?.outcome === 'done', {
    what: 'the first run',
    timeoutMs: 180_000,
  });
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
