/** A further drive for a job that has one, as far as it is filled in. It survives a reload: the file of a key may have been made. Pure. */
import { z } from 'zod';
import type { ConfigChange } from '../../core/api/config.ts';
import type { Disk } from '../../core/api/disk.ts';
import { newDriveSchema } from '../../core/api/drive-making.ts';
import { jobName } from '../../core/api/primitives.ts';
import type { DriveReport, JobStatus } from '../../core/api/status.ts';
import { type DriveDraft, driveDraftSchema, EMPTY_DRIVE, isDriveNamed, isDriveProven } from './setup/drive.ts';

const furtherDriveSchema = z.strictObject({ job: jobName, drive: driveDraftSchema });
export type FurtherDrive = z.infer<typeof furtherDriveSchema>;

/** What an earlier window has left; null where that is nothing, or not understood. */
export function parseFurther(text: string | null): FurtherDrive | null {
  if (text === null) return null;
  try {
    return furtherDriveSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** What is filled in for this job. */
export function furtherFor(kept: FurtherDrive | null, job: string): DriveDraft {
  return kept?.job === job ? kept.drive : EMPTY_DRIVE;
}

/** Whether a disk may be offered to a job: not one that it backs up to already. */
export function isFurther({ verdict }: Disk, drives: readonly DriveReport[]): boolean {
  if (verdict.kind === 'pool') return !drives.some(({ poolGuid }) => poolGuid === verdict.poolGuid);
  // It is connected, and there is no more than its name.
  if (verdict.kind === 'in-use' && verdict.why === 'imported-pool')
    return !drives.some(({ pool }) => pool === verdict.what);
  return true;
}

/** How it becomes part of the configuration; null while it has not been tried. */
export function furtherChange(job: string, drive: DriveDraft): ConfigChange | null {
  if (drive.poolGuid === '' || !isDriveNamed(drive) || !isDriveProven(drive)) return null;
  const { pool, poolGuid, rootFs, keyFile } = drive;
  const title = drive.title.trim() === '' ? pool : drive.title;
  const parsed = newDriveSchema.safeParse({ title, pool, poolGuid, rootFs, keyFile });
  return parsed.success ? { kind: 'edits', edits: [{ op: 'add-drive', job, drive: parsed.data }] } : null;
}

/** Jobs that a further drive can be added to. */
export function jobsWithDrives(jobs: readonly JobStatus[]): readonly JobStatus[] {
  return jobs.filter(({ drives = [] }) => drives.length > 0);
}
