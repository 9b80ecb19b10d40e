import type { Disk } from '../../zfs/plugs.ts';
import type { DriveOfJob } from '../scenario.ts';

/** A drive that a job backs up to. */
export interface OwnDisk extends Disk {
  readonly of: DriveOfJob;
}
