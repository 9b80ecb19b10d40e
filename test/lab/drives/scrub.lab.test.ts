/** Everything on a drive is read and checked, as OpenZFS does it and tells of it, in a pair of guests of their own. */
import { beforeEach, expect, test } from 'vitest';
import type { DriveReport } from '../../../core/api/status.ts';
import type { Job } from '../../../core/job/types.ts';
import { exportPool, scsiDevicePath, until } from '../guests/index.ts';
import { type Desk, type LabDrive, stateOf } from './desk.ts';
import { ownDesk } from './own-desk.ts';

const TIMEOUT_MS = 120_000;
/** Between the clock of a guest, at which a scrub ends, and the moment at which its end is read. */
const CLOCK_MS = 120_000;

const deskOf = ownDesk('scrub');
let desk: Desk;
beforeEach(() => {
  desk = deskOf();
});

/** A scrub that has begun stands still, or goes on. See zfs(4). */
async function letScans(what: 'stand still' | 'go on'): Promise<void> {
  const path = '/sys/module/zfs/parameters/zfs_scan_suspend_progress';
  await desk.guest.writeFile(path, what === 'go on' ? '0' : '1');
}

function reportOf(job: Job, { poolGuid }: LabDrive): DriveReport {
  const found = job.status().drives?.find((report) => report.poolGuid === poolGuid);
  if (found === undefined) throw new Error('the job does not know the drive');
  return found;
}

/** A drive with a backup on it, plugged in and exported. */
async function backedUp(serial: string, mebibytes: number): Promise<{ readonly drive: LabDrive; readonly job: Job }> {
  const drive = await desk.drive(serial);
  await desk.change('one', mebibytes);
  const job = desk.start([drive], ', on_plug: start');
  await desk.until(job, drive, 'away');
  await desk.plug(drive);
  await desk.until(job, drive, 'safe');
  expect(job.status()).toMatchObject({ lastRunFailed: false });
  return { drive, job };
}

async function scrub(job: Job, { poolGuid }: LabDrive, what: 'start' | 'stop'): Promise<void> {
  expect(await job.scrubDrive?.(poolGuid, what, AbortSignal.timeout(TIMEOUT_MS))).toBe(true);
}

async function nowMs(): Promise<number> {
  return Number(await desk.guest.runOk('date +%s')) * 1_000;
}

test('is followed, stopped, begun anew, and ejected at its end', async () => {
  const { drive, job } = await backedUp('Grey11', 8);
  expect(reportOf(job, drive).health).toMatchObject({ scrub: null, lastScrub: null, neverScrubbed: true });
  await letScans('stand still');
  try {
    await scrub(job, drive, 'start');
    expect(reportOf(job, drive)).toMatchObject({ state: 'busy', scrubbing: true, problem: null });
    expect(reportOf(job, drive).health?.scrub?.fraction).toBeLessThan(1);
    await scrub(job, drive, 'stop');
    await desk.until(job, drive, 'safe');
    expect(reportOf(job, drive).scrubbing ?? false).toBe(false);
    expect(reportOf(job, drive).health).toMatchObject({ scrub: null, lastScrub: null });

    await scrub(job, drive, 'start');
    // Beside it another backup goes its way, and the drive stays.
    await desk.change('two', 2);
    job.wake('run', { snapshot: false });
    await until(() => job.status().stage === 'idle' && job.status().replication?.outcome === 'done', {
      what: 'a run beside the scrub',
      timeoutMs: TIMEOUT_MS,
    });
    expect(reportOf(job, drive)).toMatchObject({ state: 'busy', scrubbing: true });
  } finally {
    await letScans('go on');
  }
  await desk.until(job, drive, 'safe');
  const { health, problem } = reportOf(job, drive);
  expect(problem).toBeNull();
  expect(health).toMatchObject({ scrub: null, lastScrub: { errorCount: 0 }, isDamaged: false });
  expect(Math.abs((health?.lastScrub?.endedMs ?? 0) - (await nowMs()))).toBeLessThan(CLOCK_MS);
  const { copies, originals } = await desk.compare(drive);
  expect(copies).toBe(originals);
}, 600_000);

test('begun by somebody else and paused, it is taken up where it was', async () => {
  const { drive, job } = await backedUp('Grey12', 8);
  await letScans('stand still');
  try {
    await desk.guest.runOk(`zpool import -N -o cachefile=none -d /dev/disk/by-id ${drive.poolGuid}`);
    await desk.guest.runOk(['zpool', 'scrub', drive.pool]);
    await desk.guest.runOk(['zpool', 'scrub', '-p', drive.pool]);
    await exportPool(desk.guest, drive.pool);
    await scrub(job, drive, 'start');
    expect(reportOf(job, drive)).toMatchObject({ state: 'busy', scrubbing: true, problem: null });
  } finally {
    await letScans('go on');
  }
  await desk.until(job, drive, 'safe');
  expect(reportOf(job, drive).health).toMatchObject({ lastScrub: { errorCount: 0 } });
}, 600_000);

test('of a disk that has lost something says so, and the drive may be unplugged', async () => {
  // Text that cannot be made smaller: it stands on the disk as it is.
  const file = `${desk.source.mountpoint}/data/letters`;
  await desk.guest.runOk(`head -c 1M /dev/urandom | base64 > ${file}`);
  const { drive, job } = await backedUp('Grey13', 4);
  // The partition: whoever has written to the whole disk makes the kernel read its table anew, as if it were plugged in again.
  const device = `${scsiDevicePath(drive.serial)}-part1`;
  await desk.guest.runOk(`set -e
line=$(sed -n 5000p ${file})
at=$(grep -obUaF -m 1 "$line" ${device} | head -n 1 | cut -d : -f 1)
printf lost | dd of=${device} bs=1 seek=$at conv=notrunc status=none
sync
echo 3 > /proc/sys/vm/drop_caches`);
  await scrub(job, drive, 'start');
  await until(() => stateOf(job, drive) === 'safe', { what: 'the end of the scrub', timeoutMs: TIMEOUT_MS });
  const { health, problem } = reportOf(job, drive);
  expect(health).toMatchObject({ isDamaged: true, lastScrub: { errorCount: 1 } });
  expect(problem).toMatchObject({ code: 'drive-damaged', facts: { errors: '1' } });
}, 600_000);
