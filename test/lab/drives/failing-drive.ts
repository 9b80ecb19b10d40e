/** A drive below which the kernel can be told to fail: a mapped device over a part of a plugged disk. */
import { type Guest, poolName, scsiDevicePath } from '../guests/index.ts';
import type { LabDrive } from './desk.ts';

const DRIVE_BYTES = 256 * 1024 ** 2;
const SECTOR_BYTES = 512;
/** The disk below must not look like a second one with the same pool: its labels would be at its ends. */
const MARGIN_SECTORS = 8_192;
const SECTORS = DRIVE_BYTES / SECTOR_BYTES - 2 * MARGIN_SECTORS;

export class FailingDrive {
  readonly #guest: Guest;
  readonly drive: LabDrive;

  private constructor(guest: Guest, drive: LabDrive) {
    this.#guest = guest;
    this.drive = drive;
  }

  /** With a pool, exported, and not there. */
  static async make(guest: Guest, serial: string): Promise<FailingDrive> {
    await guest.plugScsi({ serial, sizeBytes: DRIVE_BYTES });
    const pool = poolName(serial.toLowerCase());
    const failing = new FailingDrive(guest, { serial, pool, poolGuid: '' });
    await failing.appear();
    const guid = await guest.runOk(`set -e
zpool create -f -o cachefile=none -O mountpoint=none -O compression=off ${pool} /dev/disk/by-id/dm-name-${serial}
zfs create ${pool}/copies
zpool get -Hp -o value guid ${pool}
zpool export ${pool}
dmsetup remove ${serial}`);
    return new FailingDrive(guest, { serial, pool, poolGuid: guid.trim() });
  }

  get #linear(): string {
    return `0 ${SECTORS} linear ${scsiDevicePath(this.drive.serial)} ${MARGIN_SECTORS}`;
  }

  async appear(): Promise<void> {
    const { serial } = this.drive;
    await this.#guest.runOk(`dmsetup create ${serial} --table '${this.#linear}' && udevadm settle`);
  }

  /** From now on every access fails; `flakey`: those of two seconds in three. */
  async fail(target: 'error' | 'flakey'): Promise<void> {
    const disk = `${scsiDevicePath(this.drive.serial)} ${MARGIN_SECTORS}`;
    if (target === 'flakey') await this.#guest.runOk('modprobe dm-flakey');
    // A drive that fails does not tell of it. This one would: its table changes, and udev looks at what cannot be read.
    await this.#guest.runOk('udevadm settle && udevadm control --stop-exec-queue');
    await this.#become(target === 'error' ? `0 ${SECTORS} error` : `0 ${SECTORS} flakey ${disk} 1 2`);
  }

  async recover(): Promise<void> {
    await this.#become(this.#linear);
    await this.#guest.runOk('udevadm control --start-exec-queue && udevadm settle');
  }

  async #become(table: string): Promise<void> {
    const { serial } = this.drive;
    await this.#guest.runOk(`set -e
dmsetup suspend --noudevsync --noflush --nolockfs ${serial}
dmsetup load ${serial} --table '${table}'
dmsetup resume --noudevsync ${serial}`);
  }
}
