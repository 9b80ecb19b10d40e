/** What is asked while a drive is set up: which disks there are, and to make a pool of some. */
import type { Params, Reply } from '../api/contract.ts';
import type { DriveDesk } from '../drives/desk.ts';
import { driveKeysIn } from '../drives/disks/drive-keys.ts';
import { makePool } from '../drives/disks/make-pool.ts';
import { surveyDisks } from '../drives/disks/survey.ts';

export interface DriveSetup {
  disks(signal: AbortSignal): Promise<Reply<'drive/disks'>>;
  /** Destroys what is on the disks that were confirmed. Rejects as `makePool` does. */
  make(params: Params<'drive/make'>, signal: AbortSignal): Promise<Reply<'drive/make'>>;
}

/** @param keysFolder where keys of encrypted drives are made */
export function createDriveSetup(desk: DriveDesk, keysFolder: string): DriveSetup {
  const { ports } = desk;
  const keys = driveKeysIn(keysFolder);
  return {
    disks: async (signal) => ({ disks: (await surveyDisks(ports, signal)).disks.map(({ told }) => told) }),
    make: (params, signal) =>
      // No pool comes or goes meanwhile.
      desk.exclusively(() => makePool({ ...ports, keys, isNameKnown: (pool) => desk.knows(pool) }, params, signal)),
  };
}
