/** An external drive as a destination, as far as it is filled in. Never holds a passphrase: it is stored. Pure. */
import { z } from 'zod';
import type { Reply } from '../../../core/api/contract.ts';
import type { Disk } from '../../../core/api/disk.ts';
import { newJobName } from '../../../core/api/wizard/draft.ts';
import { isDataset, isIdentity } from './nas.ts';

const TEXT_MAX = 255;
const PROVEN_MAX = 1000;

export const driveDraftSchema = z.strictObject({
  /** Of the pool that is on it; "" before one is chosen. */
  pool: z.string().max(TEXT_MAX),
  poolGuid: z.string().max(20),
  /** What the drive is called; "" for the name of its pool. */
  title: z.string().max(100),
  rootFs: z.string().max(TEXT_MAX),
  clientIdentity: z.string().max(TEXT_MAX),
  plainIdentity: z.string().max(TEXT_MAX),
  onPlug: z.enum(['start', 'ask', 'never']),
  keyFile: z.string().max(4096).nullable(),
  /** A passphrase opens it. */
  asksPassphrase: z.boolean(),
  /** The settings with which it was tried; see `provenDriveBy`. */
  proven: z.string().max(PROVEN_MAX).nullable(),
});
export type DriveDraft = z.infer<typeof driveDraftSchema>;

export const EMPTY_DRIVE: DriveDraft = {
  pool: '',
  poolGuid: '',
  title: '',
  rootFs: '',
  clientIdentity: '',
  plainIdentity: '',
  onPlug: 'ask',
  keyFile: null,
  asksPassphrase: false,
  proven: null,
};

/** Where backups go in a pool unless somebody says otherwise. */
export function rootFsFor(pool: string): string {
  return `${pool}/backups`;
}

/** A pool that is on a drive is chosen. */
export function chosenDrive(drive: DriveDraft, { pool, poolGuid }: Pick<DriveDraft, 'pool' | 'poolGuid'>): DriveDraft {
  if (drive.poolGuid === poolGuid && drive.pool === pool) return drive;
  return {
    ...drive,
    pool,
    poolGuid,
    rootFs: rootFsFor(pool),
    title: '',
    keyFile: null,
    asksPassphrase: false,
    proven: null,
  };
}

/** A pool was made for it: what was made needs no test. */
export function madeDrive(drive: DriveDraft, made: Reply<'drive/make'>, asksPassphrase: boolean): DriveDraft {
  const { pool, poolGuid, rootFs, keyFile } = made;
  const next = { ...chosenDrive(drive, { pool, poolGuid }), rootFs, keyFile, asksPassphrase };
  return { ...next, proven: provenDriveBy(next) };
}

/** What a test is a proof of. */
export function provenDriveBy({ pool, poolGuid, rootFs }: DriveDraft): string {
  return JSON.stringify([pool, poolGuid, rootFs]);
}

export const isDriveProven = (drive: DriveDraft): boolean => drive.proven === provenDriveBy(drive);

/** The copies would lie on the drive that is meant. */
export function isRootInPool({ pool, rootFs }: Pick<DriveDraft, 'pool' | 'rootFs'>): boolean {
  return isDataset(rootFs) && (rootFs === pool || rootFs.startsWith(`${pool}/`));
}

/** The names that were typed can be used. */
export function isDriveNamed(drive: DriveDraft): boolean {
  return isRootInPool(drive) && isIdentity(drive.clientIdentity) && isIdentity(drive.plainIdentity);
}

export type MissingOfDrive = 'drive' | 'target' | 'not-proven';

/** The first thing that is missing; null where nothing is. */
export function missingOfDrive(drive: DriveDraft): MissingOfDrive | null {
  if (drive.poolGuid === '') return 'drive';
  if (!isDriveNamed(drive)) return 'target';
  return isDriveProven(drive) ? null : 'not-proven';
}

/** A name for the job that no other has: that of the pool, with a number where there is one already. */
export function jobNameForDrive(pool: string, taken: readonly string[]): string {
  const base = newJobName.safeParse(pool).success ? pool : 'drive';
  if (!taken.includes(base)) return base;
  for (let number = 2; ; number += 1) {
    if (!taken.includes(`${base}-${number}`)) return `${base}-${number}`;
  }
}

export interface DrivePool {
  readonly pool: string;
  readonly poolGuid: string;
  readonly disks: readonly Disk[];
}

/** What was found, in the order in which it is of use: pools with their disks, disks that one can be made of, and the others. */
export interface SortedDisks {
  readonly pools: readonly DrivePool[];
  readonly free: readonly Disk[];
  readonly others: readonly Disk[];
}

export function sortedDisks(disks: readonly Disk[]): SortedDisks {
  const pools = new Map<string, DrivePool>();
  for (const disk of disks) {
    const { verdict } = disk;
    if (verdict.kind !== 'pool') continue;
    const { pool, poolGuid } = verdict;
    const before = pools.get(poolGuid);
    pools.set(poolGuid, { pool, poolGuid, disks: [...(before?.disks ?? []), disk] });
  }
  return {
    pools: [...pools.values()],
    // What can be unplugged is meant more often than a disk that is built in.
    free: disks
      .filter(({ verdict }) => verdict.kind === 'free')
      .toSorted((a, b) => Number(b.hotplug) - Number(a.hotplug)),
    others: disks.filter(({ verdict }) => verdict.kind === 'in-use'),
  };
}
