/** A workstation with two drives, a NAS, and a daemon, for a pair of guests of their own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DriveReport } from '../../../../core/api/status.ts';
import { bundle } from '../../../../scripts/build/bundle.ts';
import { dataDiskSerials, type Guests, scsiDevicePath } from '../../guests/index.ts';
import { Daemon } from '../../torture/daemon.ts';
import { READER, REAL_ZFS } from '../../torture/household.ts';
import { DRIVES, type DriveMake } from './points.ts';

export const JOB = 'drives';
export const NAS_JOB = 'nas';
export const SOURCE_ROOT = 'desk/data';
export const BEAT = 'desk/beat';
/** Newest snapshots that the rules keep on each side. */
export const KEEP = { sender: 4, receiver: 3 } as const;

const DRIVE_BYTES = 512 * 1024 ** 2;
const FOLDER = '/opt/torture';

export type HouseDrive = DriveMake & { readonly poolGuid: bigint };

export interface DriveHousehold {
  readonly guests: Guests;
  readonly daemon: Daemon;
  /** Where the gate leaves its files. */
  readonly gate: string;
  readonly drives: readonly HouseDrive[];
  close(): Promise<void>;
}

function configOf({ nas }: Guests, drives: readonly HouseDrive[]): string {
  const list = drives.map(
    ({ serial, pool, poolGuid }) =>
      `      - { name: ${serial}, pool: ${pool}, pool_guid: "${poolGuid}", root_fs: ${pool}/copies }`,
  );
  return `jobs:
  - name: ${JOB}
    type: push
    connect:
      type: drive
      drives:
${list.join('\n')}
      client_identity: ws
      on_plug: start
    filesystems: { "${SOURCE_ROOT}<": true }
    send: { bandwidth_limit: { max: "2 MiB" } }
    conflict_resolution: { initial_replication: all }
    snapshotting: { type: manual }
    pruning:
      keep_sender: [{ type: last_n, count: ${KEEP.sender} }]
      keep_receiver: [{ type: last_n, count: ${KEEP.receiver} }]
  - name: ${NAS_JOB}
    type: push
    connect:
      type: ssh
      host: 127.0.0.1
      port: ${nas.sshPort}
      user: root
      identity_file: ${nas.identityFile}
      host_key: "${nas.hostKeySha256}"
      root_fs: nas/backups
      client_identity: ws
    filesystems: { "desk/nas": true }
    snapshotting: { type: periodic, interval: 40s, prefix: nas_ }
    pruning:
      keep_sender: [{ type: last_n, count: 5 }]
      keep_receiver: [{ type: last_n, count: 5 }]
  - name: beat
    type: snap
    filesystems: { "${BEAT}": true }
    snapshotting: { type: periodic, interval: 15s, prefix: beat_ }
    pruning:
      keep: [{ type: last_n, count: 90 }]
`;
}

async function prepare({ workstation, nas }: Guests): Promise<void> {
  const create = 'zpool create -f -o cachefile=none -O compression=off';
  const disk = scsiDevicePath(dataDiskSerials[0] ?? '');
  for (const guest of [workstation, nas]) await guest.runOk(`mkdir -p ${FOLDER} && cp /usr/sbin/zfs ${REAL_ZFS}`);
  await workstation.copyIn(join(import.meta.dirname, '..', '..', 'torture', 'read-side.pl'), READER);
  // Only this machine's own pool comes by itself: drives are the service's.
  await workstation.writeFile(
    `${FOLDER}/on-boot`,
    '#!/bin/sh\nzpool import -o cachefile=none -d /dev/disk/by-id desk\n',
  );
  await workstation.runOk(`set -e
chmod 755 ${FOLDER}/on-boot
sed -i 's|^/usr/sbin/sshd$|${FOLDER}/on-boot\\n/usr/sbin/sshd|' /lab/rc
grep -q ${FOLDER}/on-boot /lab/rc
${create} -O mountpoint=/desk desk ${disk}
zfs create ${SOURCE_ROOT}
zfs create desk/nas
zfs create ${BEAT}
head -c 1M /dev/urandom > /desk/nas/file
sync`);
  await nas.runOk(`${create} -O mountpoint=none nas ${disk} && zfs create nas/backups`);
}

async function makeDrive({ workstation }: Guests, make: DriveMake): Promise<HouseDrive> {
  const { serial, pool, failmode } = make;
  const device = await workstation.plugScsi({ serial, sizeBytes: DRIVE_BYTES });
  const guid = await workstation.runOk(`set -e
zpool create -f -o cachefile=none -o failmode=${failmode} -O mountpoint=none -O compression=off ${pool} ${device}
zfs create ${pool}/copies
zpool get -Hp -o value guid ${pool}
zpool export ${pool}`);
  await workstation.yankScsi(serial);
  return { ...make, poolGuid: BigInt(guid.trim()) };
}

/** Sets everything up in a fresh pair of guests. */
export async function openDriveHousehold(guests: Guests): Promise<DriveHousehold> {
  const { workstation } = guests;
  const folder = mkdtempSync(join(tmpdir(), 'snapferry-drives-'));
  const gate = join(folder, 'gate');
  mkdirSync(gate);
  const program = join(folder, 'daemon.mjs');
  await prepare(guests);
  const drives: HouseDrive[] = [];
  for (const make of DRIVES) drives.push(await makeDrive(guests, make));
  const config = join(folder, 'snapferry.yml');
  writeFileSync(config, configOf(guests, drives));
  await bundle({ entry: join(import.meta.dirname, 'daemon-process.ts'), outFile: program, version: 'torture' });
  const reach = ['--port', String(workstation.sshPort), '--identity', workstation.identityFile];
  const more = [...reach, '--key', workstation.hostKeySha256, '--gate', gate];
  const daemon = new Daemon({ folder, program, config, more });
  await daemon.start();
  return {
    guests,
    daemon,
    gate,
    drives,
    close: async () => {
      await daemon.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What the daemon says of a drive. */
export async function reportOf({ daemon }: DriveHousehold, { poolGuid }: HouseDrive): Promise<DriveReport> {
  const { drives } = await daemon.statusOf(JOB);
  const found = drives?.find((drive) => drive.poolGuid === String(poolGuid));
  if (found === undefined) throw new Error('the daemon does not know the drive');
  return found;
}
