/** What lsblk and udev print of a machine with a disk of its own and three that were plugged in. */

interface Written {
  readonly path: string;
  readonly type?: string;
  readonly size?: number | string;
  readonly [field: string]: unknown;
}

/** A device as lsblk writes it; fields that are not given are those of an empty disk that can be unplugged. */
export function written({ path, ...more }: Written): Record<string, unknown> {
  return {
    path,
    type: 'disk',
    size: 1_000_204_886_016,
    model: 'My Passport 25E2',
    serial: `SN-${path.slice(5)}`,
    rota: true,
    'disc-max': 0,
    tran: 'usb',
    hotplug: true,
    ro: false,
    mountpoint: null,
    fstype: null,
    pttype: null,
    label: null,
    uuid: null,
    ...more,
  };
}

/** A partition or what is built on it. */
export function part(path: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return written({ path, type: 'part', model: null, serial: null, tran: null, ...more });
}

export function listing(...devices: readonly Record<string, unknown>[]): string {
  return JSON.stringify({ blockdevices: devices });
}

/** A device with its names as udev has them. */
export function udevRecord(device: string, links: readonly string[], more: readonly string[] = []): string {
  return [
    `P: /devices/pci0000:00/block/${device}`,
    `N: ${device}`,
    ...links.map((link) => `S: disk/by-id/${link}`),
    `E: DEVNAME=/dev/${device}`,
    'E: SUBSYSTEM=block',
    ...more.map((line) => `E: ${line}`),
    '\n',
  ].join('\n');
}

/** The record of a device that carries a part of a pool. */
export function poolRecord(device: string, link: string, pool: string, guid: bigint): string {
  const more = ['ID_FS_TYPE=zfs_member', `ID_FS_LABEL=${pool}`, `ID_FS_UUID=${guid}`, 'ID_FS_UUID_SUB=77'];
  return udevRecord(device, [link], more);
}
