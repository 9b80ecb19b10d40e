/**
 * Drives that are plugged in, ejected, and pulled out at the worst of times. Uses a pair of guests of its own: what hangs in a
 * kernel must not hang the tests of others.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { ensureLab, type Guests, until } from '../guests/index.ts';
import { zfsFlavourOf } from '../suite.ts';
import { Desk, type LabDrive, stateOf } from './desk.ts';

const instance = `drives-${process.pid}`;
const MIB = 1024 ** 2;

let guests: Guests;
let takeDown: () => Promise<void>;
let desk: Desk;

beforeAll(async () => {
  const lab = await ensureLab({ zfs: zfsFlavourOf(inject('labZfs')) });
  guests = await lab.up({ instance, endWithUs: true });
  takeDown = () => lab.down(instance);
}, 1_800_000);

afterAll(async () => {
  guests?.close();
  await takeDown?.();
});

beforeEach(async () => {
  desk = await Desk.set(guests.workstation);
}, 120_000);

afterEach(async () => {
  await desk.stop();
}, 120_000);

/** What this machine does with its own pool while a drive is gone. */
async function ownPoolGoesOn(name: string): Promise<void> {
  await guests.workstation.runOk(['zfs', 'snapshot', `${desk.source.name}@${name}`], { timeoutMs: 60_000 });
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

test('plugged in, backed up, ejected, safe to unplug; and again with what is new', async () => {
  const drive = await desk.drive('Blue01');
  await desk.change('one', 4);
  const job = desk.start([drive], ', on_plug: start');
  await desk.until(job, drive, 'away');
  await desk.plug(drive);
  await desk.until(job, drive, 'safe');
  expect(job.status()).toMatchObject({ lastRunFailed: false, replication: { outcome: 'done' } });
  await equalOn(drive, ['one']);
  await desk.unplug(drive);
  await desk.until(job, drive, 'away');
  await desk.change('two', 2);
  await desk.plug(drive);
  await desk.until(job, drive, 'safe');
  await equalOn(drive, ['one', 'two']);
}, 400_000);

test('pulled out in the middle of the first copy: all else goes on, and in the end the copy is complete', async () => {
  const drive = await desk.drive('Red01');
  await desk.change('one', 24);
  let job = desk.start([drive], ', on_plug: start', '"2 MiB"');
  await desk.until(job, drive, 'away');
  await desk.plug(drive);
  const sent = () => job.status().replication?.attempts.at(-1)?.datasets[0]?.steps[0]?.bytesReplicated ?? 0;
  await until(() => sent() > 4 * MIB, { what: 'some of the first copy', timeoutMs: 120_000 });
  await desk.unplug(drive);
  await desk.until(job, drive, 'pulled');
  expect(job.status().drives?.[0]?.problem).toMatchObject({ code: 'drive-pulled' });
  await ownPoolGoesOn('meanwhile');
  await desk.plug(drive);
  const end = await until(() => ['safe', 'unusable'].find((state) => state === stateOf(job, drive)), {
    what: 'an end of the return',
    timeoutMs: 240_000,
  });
  if (end === 'unusable') {
    // The kernel tries its writes again and again on the device that is gone. Whatever does not need it goes on.
    expect(job.status().drives?.[0]?.problem).toMatchObject({ code: 'drive-restart-needed' });
    await ownPoolGoesOn('still');
    await desk.powerLoss();
    // It is plugged in when the machine starts.
    job = desk.start([drive], ', on_plug: start');
    await desk.until(job, drive, 'safe');
  }
  expect(job.status()).toMatchObject({ lastRunFailed: false });
  await equalOn(drive, ['one']);
}, 900_000);

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
