/** Requests that make a drive out of disks: a new pool, whose disks a person has confirmed one by one. */
import { z } from 'zod';
import { LOOK_DATASETS_MAX } from './destination.ts';
import { DISK_CONTENT_MAX, diskContentSchema } from './disk.ts';
import { bytes, guid, name } from './primitives.ts';
import { clientIdentity, datasetName } from './zfs-names.ts';

/** More copies on one drive than this are a mistake. */
const MIRRORS_MAX = 4;
/** ZFS takes no shorter one. */
export const PASSPHRASE_CHARS_MIN = 8;
const PASSPHRASE_CHARS_MAX = 512;

/** Words of ZFS itself, and what it takes for a disk. */
const RESERVED = /^(?:mirror|raidz|draid|spare|c\d)|^log$/;

/** The name of a new pool: plainer than ZFS demands. */
export const newPoolName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,49}$/)
  .refine((text) => !RESERVED.test(text));

/** The name of a pool that is there already. */
export const driveName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z][0-9A-Za-z_.: -]*$/);

/** What no prompt takes is refused. */
const passphraseSchema = z
  .string()
  .min(PASSPHRASE_CHARS_MIN)
  .max(PASSPHRASE_CHARS_MAX)
  .regex(/^[^\0\r\n]*$/);

/** A disk as somebody has seen and confirmed it. */
const confirmedDiskSchema = z.strictObject({
  /** Its name below /dev/disk/by-id. */
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:+=@,-]{0,249}$/),
  model: z.string().min(1).max(256),
  serial: z.string().min(1).max(256),
  sizeBytes: bytes,
  /** What was shown to be on it. */
  content: z.array(diskContentSchema).max(DISK_CONTENT_MAX),
  /** What a person has typed; see `confirmationText`. */
  typed: z.string().max(1_024),
});

export const makePoolParams = z
  .strictObject({
    pool: newPoolName,
    /** Backups go below it; it is made, too. */
    rootFs: datasetName,
    layout: z.enum(['single', 'mirror']),
    disks: z.array(confirmedDiskSchema).min(1).max(MIRRORS_MAX),
    encryption: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('none') }),
      z.strictObject({ kind: z.literal('passphrase'), passphrase: passphraseSchema }),
      /** The key lies in a file on this machine, and is made now. */
      z.strictObject({ kind: z.literal('key-file') }),
    ]),
  })
  .refine(({ pool, rootFs }) => rootFs.startsWith(`${pool}/`), { path: ['rootFs'] })
  .refine(({ layout, disks }) => (layout === 'single' ? disks.length === 1 : disks.length > 1), { path: ['disks'] });

export const makePoolReply = z.object({
  pool: name,
  poolGuid: guid,
  rootFs: name,
  /** Where its key lies; null where it has none, or none in a file. */
  keyFile: z.string().max(4096).nullable(),
  sizeBytes: bytes,
  availableBytes: bytes,
});

/** A pool that is on a drive, and where backups are to go in it. */
const drivePlace = { pool: driveName, poolGuid: guid, rootFs: datasetName } as const;
const isInPool = ({ pool, rootFs }: { pool: string; rootFs: string }) =>
  rootFs === pool || rootFs.startsWith(`${pool}/`);

/**
 * Imports the pool of a drive for the first time, makes `rootFs` where that is missing, and exports it. `passphrase` opens it
 * where it is encrypted; it is used for that and kept nowhere.
 */
export const prepareDriveParams = z
  .strictObject({ ...drivePlace, passphrase: passphraseSchema.nullable() })
  .refine(isInPool, { path: ['rootFs'] });

export const prepareDriveReply = z.object({
  /** `rootFs` was missing, and has been made. */
  created: z.boolean(),
  isEncrypted: z.boolean(),
  /** Null where it is not known. */
  sizeBytes: bytes.nullable(),
  availableBytes: bytes.nullable(),
});

/** As `destination/look`, for a drive that is configured, or was made or prepared before. */
export const lookDriveParams = z
  .strictObject({
    ...drivePlace,
    clientIdentity: clientIdentity.nullable(),
    plainIdentity: clientIdentity.exactOptional(),
    datasets: z.array(datasetName).min(1).max(LOOK_DATASETS_MAX),
    encryptedAs: z.enum(['raw', 'plain']),
  })
  .refine(isInPool, { path: ['rootFs'] });

/** Opens a drive that is configured, made or prepared, and leaves it connected. */
export const unlockDriveParams = z.strictObject({ poolGuid: guid, passphrase: passphraseSchema });
export const unlockDriveReply = z.object({ unlocked: z.boolean() });

/** A drive as it becomes part of the configuration. */
export const newDriveFields = {
  pool: driveName,
  poolGuid: guid,
  /** What a person calls it. */
  title: z.string().min(1).max(100),
  /** Where the key of its pool lies, as `drive/make` says; null where there is no such file. */
  keyFile: z
    .string()
    .regex(/^\/[A-Za-z0-9_./-]{1,1000}$/)
    .nullable(),
} as const;
export const newDriveSchema = z.strictObject({ ...newDriveFields, rootFs: datasetName }).refine(isInPool, {
  path: ['rootFs'],
});

export type NewDrive = z.infer<typeof newDriveSchema>;
export type MakePoolParams = z.infer<typeof makePoolParams>;
export type MadePool = z.infer<typeof makePoolReply>;
export type ConfirmedDisk = MakePoolParams['disks'][number];

type Named = Pick<ConfirmedDisk, 'model' | 'serial' | 'sizeBytes'>;

/** What a person has to type to confirm that this disk is meant: as it is printed on it, with the size that it was sold with. */
export function confirmationText({ model, serial, sizeBytes }: Named): string {
  return `${model} ${serial} ${soldSize(sizeBytes)}`;
}

/** Capitals and the number of blanks are nobody's proof of anything. */
export function isConfirmed(disk: Named, typed: string): boolean {
  return plain(typed) === plain(confirmationText(disk));
}

function plain(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

/** "2 TB", "1.5 TB", "500 GB", "256 MB": by thousands. */
export function soldSize(sizeBytes: number): string {
  if (sizeBytes >= 1e12) return `${Number((sizeBytes / 1e12).toFixed(1))} TB`;
  return sizeBytes >= 1e9 ? `${Math.round(sizeBytes / 1e9)} GB` : `${Math.round(sizeBytes / 1e6)} MB`;
}
