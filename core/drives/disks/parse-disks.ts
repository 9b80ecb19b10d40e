/** The disks of this machine, with all that is built on each, as `lsblk -J -b` tells of them. Pure. See lsblk(8). */
import { z } from 'zod';
import { readable } from '../../zfs/parse-common.ts';

/** One device of those that a disk consists of: the disk itself, its partitions, and what is built on them. */
export interface DiskPart {
  readonly device: string;
  /** As lsblk says it: disk, part, crypt, lvm, raid1, mpath, ... */
  readonly type: string;
  /** How deep it lies: 0 is the disk itself. */
  readonly depth: number;
  readonly sizeBytes: number;
  /** Where it is mounted, `[SWAP]`, or null. */
  readonly mountpoint: string | null;
  /** What was recognised on it; empty where nothing was. */
  readonly form: string;
  /** The kind of its table of partitions; empty where it has none. */
  readonly table: string;
  readonly label: string;
  /** Of what was recognised; empty where it has none. */
  readonly uuid: string;
}

export interface SeenDisk {
  readonly device: string;
  readonly model: string;
  readonly serial: string;
  readonly sizeBytes: number;
  readonly rotates: boolean;
  /** It can be told what is not needed any more. */
  readonly discards: boolean;
  readonly transport: string;
  readonly hotplug: boolean;
  readonly readOnly: boolean;
  /** Itself first. */
  readonly parts: readonly DiskPart[];
}

const COLUMNS = [
  // Only where this column is asked for do partitions lie in their disks; all else are rows beside each other.
  'NAME',
  'PATH',
  'TYPE',
  'SIZE',
  'MODEL',
  'SERIAL',
  'ROTA',
  'DISC-MAX',
  'TRAN',
  'HOTPLUG',
  'RO',
  'MOUNTPOINT',
  'FSTYPE',
  'PTTYPE',
  'LABEL',
  'UUID',
] as const;
export const LSBLK = ['lsblk', '-J', '-b', '-o', COLUMNS.join(',')] as const;

const DEPTH_MAX = 16;
const PARTS_MAX = 1_024;
const TEXT_CHARS_MAX = 256;

// Older versions write numbers and truth as text.
const truth = z.union([z.boolean(), z.enum(['0', '1']).transform((text) => text === '1')]);
const size = z.union([
  z.number().int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,18}$/)
    .transform(Number),
]);
const text = z
  .string()
  .max(4096)
  .nullable()
  .transform((value) =>
    (value ?? '')
      .replace(/[^\x20-\x7e]/g, '?')
      .trim()
      .slice(0, TEXT_CHARS_MAX),
  );

const deviceFields = z.object({
  path: z.string().regex(/^\/dev\/[\w./:+@-]{1,250}$/),
  type: z.string().max(32),
  size,
  model: text,
  serial: text,
  rota: truth,
  'disc-max': size,
  tran: text,
  hotplug: truth,
  ro: truth,
  mountpoint: z.string().max(4096).nullable(),
  fstype: text,
  pttype: text,
  label: text,
  uuid: text,
});
type Device = z.infer<typeof deviceFields> & { readonly children: readonly unknown[] };
const device = z.object({ ...deviceFields.shape, children: z.array(z.unknown()).max(PARTS_MAX).default([]) });
const listing = z.object({ blockdevices: z.array(z.unknown()).max(PARTS_MAX) });

/** What lsblk calls a disk and is none that anybody plugs in. */
const VIRTUAL = /^\/dev\/(?:zd|zram|ram|loop|nbd|rbd|md|dm-|drbd|fd|sr|mtdblock|mmcblk\d+boot)/;

const LIES_ON_ANOTHER = /^(?:part|crypt|lvm)$/;

/** Every disk, in the order of the listing. Throws `output-unreadable`: half a picture is none. */
export function parseDisks(stdout: string): readonly SeenDisk[] {
  let json: unknown;
  try {
    json = JSON.parse(stdout);
  } catch {
    json = null;
  }
  const parsed = listing.safeParse(json);
  readable(parsed.success, 'the listing of lsblk', stdout);
  return parsed.data.blockdevices.flatMap((entry) => {
    const top = deviceOf(entry);
    // A disk whose partitions are told beside it would look as if nothing on it were mounted.
    readable(!LIES_ON_ANOTHER.test(top.type), 'a listing of lsblk without its tree', top.path);
    return top.type === 'disk' && !VIRTUAL.test(top.path) ? [diskOf(top)] : [];
  });
}

function deviceOf(entry: unknown): Device {
  const parsed = device.safeParse(entry);
  readable(parsed.success, 'a device of lsblk', JSON.stringify(entry) ?? '');
  return parsed.data;
}

function diskOf(top: Device): SeenDisk {
  const parts: DiskPart[] = [];
  collect(top, 0, parts);
  return {
    device: top.path,
    model: top.model,
    serial: top.serial,
    sizeBytes: top.size,
    rotates: top.rota,
    discards: top['disc-max'] > 0,
    transport: top.tran,
    hotplug: top.hotplug,
    readOnly: top.ro,
    parts,
  };
}

function collect(at: Device, depth: number, into: DiskPart[]): void {
  readable(depth <= DEPTH_MAX && into.length < PARTS_MAX, 'devices on devices', at.path);
  const { path, type, size: sizeBytes, mountpoint, fstype, pttype, label, uuid } = at;
  into.push({ device: path, type, depth, sizeBytes, mountpoint, form: fstype, table: pttype, label, uuid });
  for (const child of at.children) collect(deviceOf(child), depth + 1, into);
}
