/** What may be made of a disk. Pure. When unsure: nothing, since a pool that is made on it destroys what was there. */
import { DISK_CONTENT_MAX, type DiskContent, type DiskUse, type DiskVerdict } from '../../api/disk.ts';
import type { PoolMember } from '../members.ts';
import type { DiskPart, SeenDisk } from './parse-disks.ts';

/** What is known beside the disk itself. */
export interface DiskSurroundings {
  /** All disks that were seen. */
  readonly disks: readonly SeenDisk[];
  /** Devices with a label of ZFS, by the database of udev. */
  readonly members: readonly PoolMember[];
  /** Names of pools that are imported, as far as they were asked for; every name of a member was. */
  readonly imported: ReadonlySet<string>;
  /** The name below /dev/disk/by-id that means this disk and no other; empty where there is none. */
  readonly idOf: (device: string) => string;
}

/** ZFS itself takes 64 MiB; a backup has no room there. */
const SIZE_BYTES_MIN = 128 * 1024 ** 2;

const ZFS = 'zfs_member';
/** Each says that there are others to it, which may be away. */
const SET_MEMBERS =
  /^(?:linux_raid_member|lvm\w*_member|ddf_raid_member|\w+_raid_member|bcache|drbd|ceph_bluestore|mpath_member|vmfs\w*|stratis)$/i;

export function judgeDisk(disk: SeenDisk, around: DiskSurroundings): DiskVerdict {
  const inUse = (why: DiskUse, what = ''): DiskVerdict => ({ kind: 'in-use', why, what });
  const { parts, model, serial, sizeBytes } = disk;
  const mounted = parts.find(({ mountpoint }) => mountpoint !== null);
  if (mounted !== undefined) {
    const { mountpoint } = mounted;
    return mountpoint === '[SWAP]' ? inUse('swap', mounted.device) : inUse('mounted', mountpoint ?? '');
  }
  const swap = parts.find(({ form }) => /^sw(?:ap|suspend)$/i.test(form));
  if (swap !== undefined) return inUse('swap', swap.device);
  const holder = parts.find(isHolder);
  if (holder !== undefined) return inUse('held', holder.device);
  const member = parts.find(({ form }) => SET_MEMBERS.test(form));
  if (member !== undefined) return inUse('set-member', member.form);
  const shared = parts.find((part) => isElsewhere(part, disk, around.disks));
  if (shared !== undefined) return inUse('set-member', shared.form);

  const zfs = ofPools(disk, around);
  if (zfs !== null) return zfs;

  if (disk.readOnly) return inUse('read-only');
  if (model === '' || serial === '' || around.idOf(disk.device) === '') return inUse('nameless');
  const twins = around.disks.filter((one) => one.serial === serial && one.model === model);
  if (twins.length > 1) return inUse('twin');
  if (sizeBytes < SIZE_BYTES_MIN) return inUse('too-small');
  const content = contentOf(parts);
  if (content.length > DISK_CONTENT_MAX) return inUse('unclear');
  if (content.length > 0 && !isExternal(disk)) return inUse('built-in');
  return { kind: 'free', content: [...content] };
}

/** Made to be unplugged, as far as the disk or what it is plugged into says so. */
function isExternal({ hotplug, transport }: SeenDisk): boolean {
  return hotplug || /^(?:usb|ieee1394|sbp)$/.test(transport);
}

/** Partitions lie in a disk. All else lies on it, and is at work. */
function isHolder({ depth, type }: DiskPart): boolean {
  return depth > 0 && (depth > 1 || type !== 'part');
}

/** Another disk has the same on it: a filesystem over several disks, of which one alone is told to be mounted, or a copy of it. */
function isElsewhere({ uuid, form }: DiskPart, disk: SeenDisk, disks: readonly SeenDisk[]): boolean {
  if (uuid === '' || form === ZFS) return false;
  return disks.some((one) => one.device !== disk.device && one.parts.some((part) => part.uuid === uuid));
}

/** Null where there is no sign of ZFS on it. */
function ofPools({ parts }: SeenDisk, { members, imported }: DiskSurroundings): DiskVerdict | null {
  const devices = new Set(parts.map(({ device }) => device));
  const mine = members.filter(({ device }) => devices.has(device));
  const busy = mine.find(({ poolName }) => imported.has(poolName));
  if (busy !== undefined) return { kind: 'in-use', why: 'imported-pool', what: busy.poolName };
  const signed = parts.filter(({ form }) => form === ZFS);
  const named = signed.find(({ label }) => imported.has(label));
  if (named !== undefined) return { kind: 'in-use', why: 'imported-pool', what: named.label };
  const [first] = mine;
  if (first === undefined) return signed.length === 0 ? null : { kind: 'in-use', why: 'unclear', what: ZFS };
  const isOne = mine.every(({ poolGuid, poolName }) => poolGuid === first.poolGuid && poolName !== '');
  if (!isOne) return { kind: 'in-use', why: 'unclear', what: ZFS };
  return { kind: 'pool', pool: first.poolName, poolGuid: String(first.poolGuid) };
}

/** Everything that says to be something, and every partition. */
function contentOf(parts: readonly DiskPart[]): readonly DiskContent[] {
  return parts
    .filter(({ depth, form, table }) => depth > 0 || form !== '' || table !== '')
    .map(({ form, table, label, sizeBytes }) => ({ form: (form || table).slice(0, 64), label, sizeBytes }));
}
