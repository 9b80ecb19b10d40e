/**
 * Two guests and a daemon between them, made so that everything comes back by itself after a reset: pools are imported at
 * boot, as on anybody's machines. For a pair of guests of its own.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../../scripts/build/bundle.ts';
import { type Guest, type Guests, type Link, openLink } from '../guests/index.ts';
import { Daemon } from './daemon.ts';
import { LocalZfs } from './local-zfs.ts';
import { standIn } from './trigger.ts';

export const JOB = 'torture';
export const SOURCE_ROOT = 'desk/data';
export const TARGET_ROOT = 'nas/backups/desk';
/** Newest snapshots that the rules keep on each side. */
export const KEEP = { sender: 2, receiver: 3 } as const;

const DISK = '/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_labdata0';
const FOLDER = '/opt/torture';
export const REAL_ZFS = `${FOLDER}/zfs`;
export const STAND_IN = `${FOLDER}/stand-in`;
export const READER = `${FOLDER}/read-side.pl`;
/** Emptied by a reset. */
export const TALK = '/run/torture';

export interface Household {
  readonly guests: Guests;
  readonly link: Link;
  readonly daemon: Daemon;
  readonly localZfs: LocalZfs;
  close(): Promise<void>;
}

function configOf(nas: Guest, port: number): string {
  return `jobs:
  - name: ${JOB}
    type: push
    connect:
      type: ssh
      host: 127.0.0.1
      port: ${port}
      user: root
      identity_file: ${nas.identityFile}
      host_key: "${nas.hostKeySha256}"
      root_fs: nas/backups
      client_identity: desk
    filesystems: { "${SOURCE_ROOT}<": true, "${SOURCE_ROOT}": false }
    conflict_resolution: { initial_replication: all }
    snapshotting: { type: manual }
    pruning:
      keep_sender:
        - type: not_replicated
        - { type: last_n, count: ${KEEP.sender} }
      keep_receiver:
        - { type: last_n, count: ${KEEP.receiver} }
`;
}

async function prepareGuest(guest: Guest): Promise<void> {
  const isNas = guest.name === 'nas';
  const create = `zpool create -f -o cachefile=none -O mountpoint=${isNas ? 'none' : '/desk'} -O compression=off`;
  const root = isNas ? 'nas/backups' : SOURCE_ROOT;
  await guest.copyIn(join(import.meta.dirname, 'read-side.pl'), READER);
  await guest.writeFile(STAND_IN, standIn({ zfs: REAL_ZFS, folder: TALK }));
  // The guest counts as up only when its pools are there.
  await guest.writeFile(`${FOLDER}/on-boot`, `#!/bin/sh\nzpool import -a ${isNas ? '-N' : ''} -d /dev/disk/by-id\n`);
  await guest.runOk(`set -e
# Every command is a session with a shell, and bash takes its time on an emulated machine.
sed -i '/^root:/s|/bin/bash$|/bin/sh|' /etc/passwd
cp /usr/sbin/zfs ${REAL_ZFS}
chmod 755 ${STAND_IN} ${FOLDER}/on-boot
sed -i 's|^/usr/sbin/sshd$|${FOLDER}/on-boot\\n/usr/sbin/sshd|' /lab/rc
grep -q ${FOLDER}/on-boot /lab/rc
${create} ${isNas ? 'nas' : 'desk'} ${DISK}
zfs create ${root}
sync`);
}

/** Sets everything up in a fresh pair of guests. */
export async function openHousehold(guests: Guests): Promise<Household> {
  const { workstation, nas } = guests;
  const folder = mkdtempSync(join(tmpdir(), 'snapferry-torture-'));
  const files = {
    folder,
    program: join(folder, 'daemon.mjs'),
    config: join(folder, 'snapferry.yml'),
    more: ['--zfs', join(folder, 'zfs')],
  };
  const link = await openLink({ targetPort: nas.sshPort });
  const localZfs = new LocalZfs(workstation, folder);
  writeFileSync(files.config, configOf(nas, link.port));
  await Promise.all([
    prepareGuest(workstation),
    prepareGuest(nas),
    localZfs.open(),
    bundle({
      entry: join(import.meta.dirname, 'daemon-process.ts'),
      outFile: files.program,
      version: 'torture',
    }),
  ]);
  const daemon = new Daemon(files);
  await daemon.start();
  return {
    guests,
    link,
    daemon,
    localZfs,
    close: async () => {
      await daemon.stop();
      await localZfs.close();
      await link.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
