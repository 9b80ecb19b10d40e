/** The data of the demonstration: what a person's home might look like, and what happens to it. Shell for the guest. */
import type { Guest } from '../../test/lab/guests/index.ts';

export const SOURCE_POOL = 'desk';
export const TARGET_POOL = 'nas';
export const PLAIN = `${SOURCE_POOL}/home`;
export const VAULT = `${SOURCE_POOL}/vault`;
export const KEY_FILE = '/root/vault.key';
/** Where copies of this workstation lie, below the receiving root. */
export const RECEIVING_ROOT = `${TARGET_POOL}/backups`;

/** Rounds of changes after the first copy: enough for the retention rules to have something to do. */
export const ROUNDS = 4;

const sourceDisk = '/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_labdata0';

/** Three datasets of some tens of MiB, one of them encrypted. */
export async function fillWorkstation(guest: Guest): Promise<void> {
  await guest.runOk(`set -e
zpool create -f -o cachefile=none -O mountpoint=/desk -O compression=lz4 ${SOURCE_POOL} ${sourceDisk}
zfs create ${PLAIN}
zfs create ${PLAIN}/photos
head -c 24 /dev/urandom | base64 > ${KEY_FILE}
zfs create -o encryption=aes-256-gcm -o keyformat=passphrase -o keylocation=file://${KEY_FILE} ${VAULT}
cd /desk/home
mkdir -p letters accounts/2026 ".config/editor"
for n in $(seq 1 60); do seq $n 7 4000 > "letters/to the bank $n.txt"; done
for n in $(seq 1 12); do head -c 150000 /dev/urandom > "accounts/2026/statement-$n.pdf"; done
ln -s letters/"to the bank 1.txt" latest.txt
cd photos
mkdir -p 2026/summer 2026/autumn
for n in $(seq 1 9); do head -c 1700000 /dev/urandom > "2026/summer/IMG_000$n.jpg"; done
for n in $(seq 1 5); do head -c 1500000 /dev/urandom > "2026/autumn/IMG_010$n.jpg"; done
cd /desk/vault
mkdir -p keys
for n in $(seq 1 20); do head -c 60000 /dev/urandom > "keys/key $n.bin"; done
sync`);
}

/** An empty pool with the receiving root. */
export async function prepareNas(guest: Guest): Promise<void> {
  await guest.runOk(`set -e
zpool create -f -o cachefile=none -O mountpoint=none ${TARGET_POOL} ${sourceDisk}
zfs create -o mountpoint=none ${RECEIVING_ROOT}`);
}

/** A day's work: new files, changed ones, deleted ones. */
export async function work(guest: Guest, round: number): Promise<void> {
  await guest.runOk(`set -e
cd /desk/home
seq ${round} 3 9000 > "letters/draft ${round}.txt"
echo "day ${round}" >> accounts/2026/journal.txt
rm -f "letters/to the bank ${round}.txt"
head -c 900000 /dev/urandom > photos/2026/autumn/IMG_02${round}0.jpg
mv photos/2026/summer/IMG_000${round}.jpg photos/2026/autumn/
head -c 80000 /dev/urandom > "/desk/vault/keys/key ${round}.bin"
sync`);
}
