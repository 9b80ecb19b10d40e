import { closeSync, existsSync, ftruncateSync, openSync } from 'node:fs';
import { type Qmp, QmpError } from './qmp.ts';
import { until } from './until.ts';

export interface PlugOptions {
  /** Serial number of the drive; letters and digits, at most 20. The same serial is the same drive to the guest. */
  readonly serial: string;
  /** Raw image on this machine. Made, sparse, where it is missing. Default: a file of this serial beside the guest. */
  readonly file?: string;
  /** Size of a new image. Default 256 MiB. */
  readonly sizeBytes?: number;
}

/** Where the guest's udev puts a drive of this serial. */
export const scsiDevicePath = (serial: string): string => `/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_${serial}`;

const deviceId = (serial: string): string => `lab-${serial}`;
const nodePrefix = (serial: string): string => `file-${serial}-`;
let nodeCount = 0;

/** Plugs a removable drive into a guest's scsi bus, from QEMU's side only. */
export async function attachScsi(qmp: Qmp, serial: string, file: string, sizeBytes: number): Promise<void> {
  if (!/^[A-Za-z0-9]{1,20}$/.test(serial)) throw new RangeError(`not a serial number for a drive: ${serial}`);
  if (!existsSync(file)) {
    const created = openSync(file, 'wx');
    ftruncateSync(created, sizeBytes);
    closeSync(created);
  }
  nodeCount += 1;
  const node = `${nodePrefix(serial)}${process.pid}-${nodeCount}`;
  await qmp.execute('blockdev-add', {
    driver: 'raw',
    'node-name': node,
    cache: { direct: false, 'no-flush': true },
    // A yanked drive's last requests may still hold the image when the drive is plugged in again.
    file: { driver: 'file', filename: file, locking: 'off', discard: 'unmap' },
  });
  const device = {
    driver: 'scsi-hd',
    bus: 'scsi0.0',
    drive: node,
    id: deviceId(serial),
    serial,
    removable: true,
  };
  await until(
    async () => {
      try {
        await qmp.execute('device_add', device);
      } catch (error) {
        // The drive of the same serial that was yanked a moment ago is still on its way out.
        if (error instanceof QmpError && /Duplicate/i.test(error.message)) return false;
        await qmp.execute('blockdev-del', { 'node-name': node }).catch(() => undefined);
        return error;
      }
      return 'added';
    },
    { what: `plugging in ${serial}`, timeoutMs: 10_000 },
  ).then((outcome) => {
    if (outcome !== 'added') throw outcome;
  });
}

/** Tears a drive off a guest's scsi bus, as if its cable were pulled. The image file stays. */
export async function detachScsi(qmp: Qmp, serial: string): Promise<void> {
  await qmp.execute('device_del', { id: deviceId(serial) });
  await until(async () => !(await deviceIds(qmp)).includes(deviceId(serial)), {
    what: `yanking ${serial}`,
    timeoutMs: 10_000,
  });
  // A node that still has requests in flight is let go of next time; it harms nobody.
  for (const node of await nodesOf(qmp, serial))
    await qmp.execute('blockdev-del', { 'node-name': node }).catch(() => undefined);
}

async function deviceIds(qmp: Qmp): Promise<string[]> {
  const listing = (await qmp.execute('qom-list', { path: '/machine/peripheral' })) as { name: string }[];
  return listing.map(({ name }) => name);
}

async function nodesOf(qmp: Qmp, serial: string): Promise<string[]> {
  const listing = (await qmp.execute('query-named-block-nodes', { flat: true })) as { 'node-name'?: string }[];
  return listing.map((node) => node['node-name'] ?? '').filter((name) => name.startsWith(nodePrefix(serial)));
}
