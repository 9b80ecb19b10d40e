/** Looks around for whoever sets up a job: on this machine, and on others that may become destinations. */
import type { Clock } from '../api/clock.ts';
import type { Params, Reply } from '../api/contract.ts';
import type { SshReach } from '../api/ssh-reach.ts';
import type { SshConnect } from '../config/types.ts';
import { bringKey } from '../host/bring-key.ts';
import { hostKeysOf } from '../host/host-keys-of.ts';
import { ownKey, ownKeyFile } from '../host/own-keys.ts';
import { checkDataset } from '../zfs/names.ts';
import { testDestination } from './destination-test.ts';
import { discover, type Place } from './discover.ts';
import type { DriveSetup } from './drive-setup.ts';
import { look } from './look.ts';

export interface Surroundings {
  discover(signal: AbortSignal): Promise<Reply<'discover'>>;
  hostKeys(params: Params<'destination/hostkeys'>, signal: AbortSignal): Promise<Reply<'destination/hostkeys'>>;
  key(params: Params<'destination/key'>): Promise<Reply<'destination/key'>>;
  test(params: Params<'destination/test'>, signal: AbortSignal): Promise<Reply<'destination/test'>>;
  /** Rejects with `job-unknown`, and `not-applicable` where it sends to no other machine. */
  testJob(job: string, signal: AbortSignal): Promise<Reply<'destination/test'>>;
  bringKey(params: Params<'destination/bring-key'>, signal: AbortSignal): Promise<Reply<'destination/bring-key'>>;
  look(params: Params<'destination/look'>, signal: AbortSignal): Promise<Reply<'destination/look'>>;
  readonly drives: DriveSetup;
}

export interface SurroundingsParts {
  readonly local: () => Place;
  /** The caller closes its host. */
  readonly remote: (reach: SshReach, identityFile: string) => Place;
  /** Where a configured job sends; its host is another one than the job's own, and closed by the caller. Throws as `testJob` rejects. */
  readonly ofJob: (job: string) => Place & { readonly connect: SshConnect };
  /** Folder of the keys that are made here. */
  readonly keysFolder: string;
  readonly drives: DriveSetup;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export function createSurroundings({
  local,
  remote,
  ofJob,
  keysFolder,
  drives,
  clock,
}: SurroundingsParts): Surroundings {
  const reached = async <T>(reach: SshReach, work: (place: Place) => Promise<T>): Promise<T> => {
    const place = remote(reach, ownKeyFile(keysFolder, reach.key));
    try {
      return await work(place);
    } finally {
      await place.host.close();
    }
  };
  return {
    drives,
    discover: (signal) => discover(local(), signal),
    hostKeys: async ({ host, port }, signal) => ({ keys: [...(await hostKeysOf(host, port, signal))] }),
    key: ({ key }) => ownKey(keysFolder, key),
    test: async (params, signal) => {
      checkDataset(params.rootFs);
      const { user, rootFs, estimateBytes, sudo } = params;
      return reached(params, (place) => testDestination({ ...place, user, rootFs, estimateBytes, sudo }, signal));
    },
    testJob: async (job, signal) => {
      const { connect, ...place } = ofJob(job);
      try {
        const { user, rootFs, sudo } = connect;
        return await testDestination({ ...place, user, rootFs, sudo, estimateBytes: null }, signal);
      } finally {
        await place.host.close();
      }
    },
    bringKey: async ({ password, key, ...place }, signal) => {
      const { publicLine } = await ownKey(keysFolder, key);
      return { outcome: await bringKey(place, password, publicLine, signal) };
    },
    look: (params, signal) =>
      reached(params, (place) => look({ local: local().zfs, remote: place.zfs, nowMs: clock.nowMs() }, params, signal)),
  };
}
