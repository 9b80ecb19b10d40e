/** The disks of this machine as somebody sees them who looks for a place to back up to, and what may be made of them. */
import { z } from 'zod';
import { bytes, guid, name } from './primitives.ts';

const DISKS_MAX = 1_024;
/** Nobody reads more than this before agreeing to lose it. */
export const DISK_CONTENT_MAX = 64;

/** Why nothing is made of a disk. */
const diskUseSchema = z.enum([
  'mounted',
  'swap',
  /** Something is built on it: an encrypted volume that is open, a volume group, an array. */
  'held',
  /** It says to be a part of something that has other parts. */
  'set-member',
  'imported-pool',
  'read-only',
  /** It does not say what it is, or has no name that stays. */
  'nameless',
  /** Another disk says to be the same. */
  'twin',
  'too-small',
  /** It is built in, and not empty. */
  'built-in',
  /** It is not understood what is on it. */
  'unclear',
]);

/** Something that lies on a disk and would be lost. */
export const diskContentSchema = z.strictObject({
  /** As lsblk names it: `ext4`, `ntfs`; of a table of partitions, `gpt`; empty: a partition in which nothing is recognised. */
  form: z.string().max(64),
  label: z.string().max(256),
  sizeBytes: bytes,
});

const diskVerdictSchema = z.discriminatedUnion('kind', [
  /** A pool may be made on it. What is on it would be lost. */
  z.object({ kind: z.literal('free'), content: z.array(diskContentSchema).max(DISK_CONTENT_MAX) }),
  /** A part of a pool that is not imported. Nothing is made of it. */
  z.object({ kind: z.literal('pool'), pool: name, poolGuid: guid }),
  /** `what`: where it is mounted, what is built on it, or the name of the pool; may be empty. */
  z.object({ kind: z.literal('in-use'), why: diskUseSchema, what: z.string().max(4096) }),
]);

const diskSchema = z.object({
  /** Its name below /dev/disk/by-id; empty where it has none. */
  id: z.string().max(256),
  /** Path of the device, which changes from plug to plug. */
  device: z.string().max(256),
  model: z.string().max(256),
  serial: z.string().max(256),
  sizeBytes: bytes,
  media: z.enum(['ssd', 'disk']),
  /** As lsblk says it: usb, sata, nvme; empty where unknown. */
  transport: z.string().max(64),
  /** It can be unplugged while the machine runs. */
  hotplug: z.boolean(),
  verdict: diskVerdictSchema,
});

export const disksReply = z.object({ disks: z.array(diskSchema).max(DISKS_MAX) });

export type Disk = z.infer<typeof diskSchema>;
export type DiskUse = z.infer<typeof diskUseSchema>;
export type DiskContent = z.infer<typeof diskContentSchema>;
export type DiskVerdict = z.infer<typeof diskVerdictSchema>;
