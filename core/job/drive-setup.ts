/** What is asked while a drive is set up: which disks there are, to make a pool of some, and to try one that is there. */
import type { Params, Reply } from '../api/contract.ts';
import { ProblemError } from '../api/problem.ts';
import type { DriveDesk } from '../drives/desk.ts';
import { driveKeysIn } from '../drives/disks/drive-keys.ts';
import { makePool } from '../drives/disks/make-pool.ts';
import { surveyDisks } from '../drives/disks/survey.ts';
import type { Drive, EnterOptions } from '../drives/drive.ts';
import type { Zfs } from '../zfs/types.ts';
import { look } from './look.ts';

export interface DriveSetup {
  disks(signal: AbortSignal): Promise<Reply<'drive/disks'>>;
  /** Destroys what is on the disks that were confirmed. Rejects as `makePool` does. */
  make(params: Params<'drive/make'>, signal: AbortSignal): Promise<Reply<'drive/make'>>;
  /** Rejects with what keeps the pool from being used. */
  prepare(params: Params<'drive/prepare'>, signal: AbortSignal): Promise<Reply<'drive/prepare'>>;
  /** Rejects with `drive-unapproved` where an administrator has not agreed to the pool before, and as `look` does. */
  look(params: Params<'drive/look'>, signal: AbortSignal): Promise<Reply<'drive/look'>>;
  /** Rejects with `drive-unapproved`, `passphrase-wrong`, and with what keeps the pool from being used. */
  unlock(params: Params<'drive/unlock'>, signal: AbortSignal): Promise<Reply<'drive/unlock'>>;
}

/** Where copies go on a drive. */
export interface DrivePlace {
  /** What a person calls it. */
  readonly name: string;
  readonly pool: string;
  readonly rootFs: string;
  /** Where its key lies, if it has one in a file. */
  readonly keyFile: string | null;
}

export interface DriveSetupParts {
  readonly desk: DriveDesk;
  /** OpenZFS for the pools that are always here. */
  readonly local: Zfs;
  /** Where keys of encrypted drives are made. */
  readonly keysFolder: string;
  /** What a configuration says of the drive with that pool; null where it names none. */
  readonly configured: (poolGuid: string) => DrivePlace | null;
  readonly nowMs: () => number;
}

/** All that was written to a slow disk has to arrive there. */
const LEAVE_MS = 15 * 60_000;

export function createDriveSetup({ desk, local, keysFolder, configured, nowMs }: DriveSetupParts): DriveSetup {
  const { ports } = desk;
  const keys = driveKeysIn(keysFolder);
  /** By the guid of the pool: what an administrator has agreed to, since the daemon runs. */
  const agreed = new Map<string, DrivePlace>();
  const placeOf = (poolGuid: string, named: string): DrivePlace => {
    const place = configured(poolGuid) ?? agreed.get(poolGuid);
    if (place === undefined) throw new ProblemError('drive-unapproved', { drive: named });
    return place;
  };

  /** Brings the pool in for some work, and leaves it as it was found unless it is to stay. */
  const during = async <T>(
    poolGuid: string,
    place: DrivePlace,
    options: EnterOptions & { readonly stays: boolean },
    signal: AbortSignal,
    work: (drive: Drive) => Promise<T>,
  ): Promise<T> => {
    const drive = desk.find({ name: place.name, pool: place.pool, poolGuid: BigInt(poolGuid) });
    const over = new AbortController();
    const watch = desk.run(over.signal);
    try {
      await drive.known(signal);
      const { state } = drive.facts();
      await drive.enter(options, signal);
      try {
        return await work(drive);
      } finally {
        const wasHere = state === 'connected' || state === 'busy';
        await drive.leave(!wasHere && !options.stays, AbortSignal.timeout(LEAVE_MS));
      }
    } finally {
      over.abort();
      await watch;
    }
  };

  return {
    disks: async (signal) => ({ disks: (await surveyDisks(ports, signal)).disks.map(({ told }) => told) }),
    make: async (params, signal) => {
      // No pool comes or goes meanwhile.
      const made = await desk.exclusively(() =>
        makePool({ ...ports, keys, isNameKnown: (pool) => desk.knows(pool) }, params, signal),
      );
      const { pool, poolGuid, rootFs, keyFile } = made;
      agreed.set(poolGuid, { name: pool, pool, rootFs, keyFile });
      return made;
    },
    prepare: ({ pool, poolGuid, rootFs, passphrase }, signal) => {
      const known = configured(poolGuid) ?? agreed.get(poolGuid);
      const place = { name: pool, pool, rootFs, keyFile: known?.keyFile ?? null };
      const key = passphrase === null ? {} : { passphrase };
      const options = { rootFs, keyFile: place.keyFile, needsKey: true, stays: false, ...key };
      return during(poolGuid, known ?? place, options, signal, async (drive) => {
        const prepared = await drive.prepare(rootFs, signal);
        agreed.set(poolGuid, place);
        return { ...prepared, sizeBytes: drive.facts().sizeBytes };
      });
    },
    look: async ({ pool, poolGuid, ...where }, signal) => {
      const place = placeOf(poolGuid, pool);
      const options = { rootFs: where.rootFs, keyFile: null, stays: false };
      return during(poolGuid, place, options, signal, ({ zfs }) =>
        look({ local, remote: zfs, nowMs: nowMs() }, { ...where, sudo: false }, signal),
      );
    },
    unlock: async ({ poolGuid, passphrase }, signal) => {
      const place = placeOf(poolGuid, poolGuid);
      const options = { rootFs: place.rootFs, keyFile: place.keyFile, passphrase, stays: true };
      await during(poolGuid, place, options, signal, async () => undefined);
      return { unlocked: true };
    },
  };
}
