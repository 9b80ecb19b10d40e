/** Pools that are made on blank and on used disks, as the window asks for it, and what they are good for afterwards. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Disk } from '../../../core/api/disk.ts';
import { confirmationText, type MadePool, type MakePoolParams } from '../../../core/api/drive-making.ts';
import { asProblemError } from '../../../core/api/problem.ts';
import type { DriveDesk } from '../../../core/drives/desk.ts';
import type { DriveKeys } from '../../../core/drives/disks/drive-keys.ts';
import { makePool } from '../../../core/drives/disks/make-pool.ts';
import { surveyDisks } from '../../../core/drives/disks/survey.ts';
import { createDriveSetup } from '../../../core/job/drive-setup.ts';
import { exportPool, poolName, scsiDevicePath, until } from '../guests/index.ts';
import type { Desk, LabDrive } from './desk.ts';
import { ownDesk } from './own-desk.ts';

const DRIVE_BYTES = 256 * 1024 ** 2;
const PASSPHRASE = 'correct horse battery';

const deskOf = ownDesk('make-pool');
let desk: Desk;
let drives: DriveDesk;
const { signal } = new AbortController();

beforeEach(() => {
  desk = deskOf();
  drives = desk.driveDesk();
});

afterEach(() => drives.close());

/** Keys that lie in the guest, where the pool is. */
const keysInGuest: DriveKeys = {
  make: async (pool) => {
    const file = `/root/drive-keys/${pool}`;
    await desk.guest.runOk(`umask 077 && mkdir -p /root/drive-keys && head -c 32 /dev/urandom > ${file}`);
    return file;
  },
  discard: async (file) => {
    await desk.guest.runOk(['rm', '-f', file]);
  },
};

/** What is told of the disk with this serial number, once udev has told of it. */
async function diskOf(serial: string): Promise<Disk> {
  const path = await desk.guest.runOk(['readlink', '-f', scsiDevicePath(serial)]);
  const { disks } = await surveyDisks(drives.ports, signal);
  const found = disks.find(({ told }) => told.device === path.trim());
  if (found === undefined) throw new Error(`no ${serial} among ${JSON.stringify(disks.map(({ told }) => told))}`);
  return found.told;
}

/** As a person who has looked at the disk and typed what is printed on it. */
function confirmed(disk: Disk): MakePoolParams['disks'][number] {
  const { id, model, serial, sizeBytes, verdict } = disk;
  if (verdict.kind !== 'free') throw new Error(`${id} is not free: ${JSON.stringify(verdict)}`);
  return { id, model, serial, sizeBytes, content: verdict.content, typed: confirmationText(disk) };
}

function make(disks: readonly Disk[], more: Partial<MakePoolParams> = {}): Promise<MadePool> {
  const pool = poolName('made');
  const params: MakePoolParams = {
    pool,
    rootFs: `${pool}/copies`,
    layout: disks.length > 1 ? 'mirror' : 'single',
    disks: disks.map(confirmed),
    encryption: { kind: 'none' },
    ...more,
  };
  return makePool({ ...drives.ports, keys: keysInGuest, isNameKnown: () => false }, params, signal);
}

const driveOf = (serial: string, { pool, poolGuid, keyFile }: MadePool): LabDrive => ({
  serial,
  pool,
  poolGuid,
  ...(keyFile === null ? {} : { keyFile }),
});

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (thrown: unknown) => asProblemError(thrown).code,
  );

async function imported(): Promise<readonly string[]> {
  return (await desk.guest.runOk(['zpool', 'list', '-H', '-o', 'name'])).trim().split('\n');
}

test('on a blank disk: exported afterwards, backed up to, and never offered again', async () => {
  await desk.guest.plugScsi({ serial: 'Blank1', sizeBytes: DRIVE_BYTES });
  const disk = await diskOf('Blank1');
  expect(disk.verdict).toEqual({ kind: 'free', content: [] });
  const made = await make([disk]);
  expect(await imported()).not.toContain(made.pool);
  expect((await diskOf('Blank1')).verdict).toEqual({ kind: 'pool', pool: made.pool, poolGuid: made.poolGuid });
  expect(await codeOf(make([disk]))).toBe('disk-in-use');
  // What lies on a partition of a disk lies on the disk.
  await desk.guest.runOk(['zpool', 'import', '-N', '-o', 'cachefile=none', '-d', '/dev/disk/by-id', made.pool]);
  expect((await diskOf('Blank1')).verdict).toEqual({ kind: 'in-use', why: 'imported-pool', what: made.pool });
  await exportPool(desk.guest, made.pool);

  await desk.change('one', 4);
  const drive = driveOf('Blank1', made);
  const job = desk.start([drive], ', on_plug: start');
  await desk.until(job, drive, 'safe');
  expect(job.status()).toMatchObject({ lastRunFailed: false, replication: { outcome: 'done' } });
  const { copies, originals } = await desk.compare(drive);
  expect(copies).toBe(originals);
  await desk.unplug(drive);
}, 600_000);

test('on a disk with a filesystem: only what was named is erased, and never what is mounted', async () => {
  const device = await desk.guest.plugScsi({ serial: 'Used01', sizeBytes: DRIVE_BYTES });
  await desk.guest.runOk(
    `udevadm settle && mkfs.ext4 -q -F -L photos ${device} && udevadm settle && mount ${device} /mnt`,
  );
  expect((await diskOf('Used01')).verdict).toMatchObject({ kind: 'in-use', why: 'mounted', what: '/mnt' });
  await desk.guest.runOk('umount /mnt');
  // It is not told to be one that can be unplugged, so that what is on it protects it.
  // Udev looks at it some time after it was written; who asks before is stopped by what the disk itself says, as below.
  const disk = await until(
    async () => {
      const seen = await diskOf('Used01');
      return seen.verdict.kind === 'free' && seen.verdict.content.length === 0 ? false : seen;
    },
    { what: 'udev to see the filesystem', timeoutMs: 60_000 },
  );
  expect(disk.verdict).toMatchObject(
    disk.hotplug ? { kind: 'free', content: [{ form: 'ext4' }] } : { kind: 'in-use', why: 'built-in' },
  );
  const blank: Disk = { ...disk, verdict: { kind: 'free', content: [] } };
  expect(['disk-changed', 'disk-in-use']).toContain(await codeOf(make([blank])));
  expect(await desk.guest.runOk(['blkid', '-s', 'LABEL', '-o', 'value', device])).toContain('photos');
  await desk.guest.yankScsi('Used01');
}, 600_000);

test('of two disks, a mirror', async () => {
  await desk.guest.plugScsi({ serial: 'Mirr01', sizeBytes: DRIVE_BYTES });
  await desk.guest.plugScsi({ serial: 'Mirr02', sizeBytes: DRIVE_BYTES });
  const made = await make([await diskOf('Mirr01'), await diskOf('Mirr02')]);
  const listed = await desk.guest.runOk(['zpool', 'import', '-d', '/dev/disk/by-id']);
  expect(listed).toContain(made.pool);
  expect(listed).toContain('mirror-0');
  await desk.guest.yankScsi('Mirr01');
  await desk.guest.yankScsi('Mirr02');
}, 600_000);

test('with a passphrase: locked until it is given, open for one backup, and locked again', async () => {
  await desk.guest.plugScsi({ serial: 'Secret', sizeBytes: DRIVE_BYTES });
  const made = await make([await diskOf('Secret')], {
    encryption: { kind: 'passphrase', passphrase: PASSPHRASE },
  });
  const drive = driveOf('Secret', made);
  await desk.change('one', 4);
  const job = desk.start([drive], ', on_plug: start');
  await desk.until(job, drive, 'unusable');
  expect(job.status().drives?.[0]?.problem?.code).toBe('drive-locked');
  expect(await imported()).not.toContain(made.pool);

  if (desk.drives === null) throw new Error('the job has no drives');
  const place = { name: drive.serial, pool: made.pool, rootFs: made.rootFs, keyFile: null };
  const setup = createDriveSetup({
    desk: desk.drives,
    local: desk.zfs,
    keysFolder: '/nowhere',
    configured: () => place,
    nowMs: Date.now,
  });
  const wrong = { poolGuid: made.poolGuid, passphrase: 'wrong horse battery' };
  expect(await codeOf(setup.unlock(wrong, signal))).toBe('passphrase-wrong');
  expect(await setup.unlock({ ...wrong, passphrase: PASSPHRASE }, signal)).toEqual({ unlocked: true });
  job.wake('run', { snapshot: false });
  await desk.until(job, drive, 'safe');
  expect(job.status()).toMatchObject({ lastRunFailed: false, replication: { outcome: 'done' } });
  expect(await imported()).not.toContain(made.pool);
  await desk.unplug(drive);
}, 600_000);

test('with a key in a file: opened by the job itself', async () => {
  await desk.guest.plugScsi({ serial: 'KeyFil', sizeBytes: DRIVE_BYTES });
  const made = await make([await diskOf('KeyFil')], { encryption: { kind: 'key-file' } });
  expect(made.keyFile).toContain('/root/drive-keys/');
  const drive = driveOf('KeyFil', made);
  await desk.change('one', 4);
  const job = desk.start([drive], ', on_plug: start');
  await desk.until(job, drive, 'safe');
  expect(job.status()).toMatchObject({ lastRunFailed: false, replication: { outcome: 'done' } });
  await desk.unplug(drive);
}, 600_000);
