/** What `udevadm monitor` says: a block device has come, changed or gone. Pure. See udevadm(8), "monitor". */

export interface BlockEvent {
  /** `kernel`: as it happens. `udev`: when its names are there. */
  readonly source: 'kernel' | 'udev';
  readonly action: 'add' | 'change' | 'remove' | 'other';
  /** Path of the device below /dev. */
  readonly device: string;
}

const EVENT = /^(KERNEL|UDEV)\s*\[[0-9.]{1,32}\]\s+([a-z]{1,16})\s+(\/\S{1,1024})\s+\(block\)\s*$/;

/** An event of a block device; null for any other line. */
export function parseBlockEvent(line: string): BlockEvent | null {
  const [, source, action = '', path = ''] = EVENT.exec(line) ?? [];
  if (source === undefined) return null;
  // The kernel writes "!" where the name of a device has a "/".
  const name = path.slice(path.lastIndexOf('/') + 1).replaceAll('!', '/');
  if (name === '') return null;
  const known = action === 'add' || action === 'change' || action === 'remove' ? action : 'other';
  return { source: source === 'UDEV' ? 'udev' : 'kernel', action: known, device: `/dev/${name}` };
}
