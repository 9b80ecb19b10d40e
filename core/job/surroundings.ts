/** Looks around for whoever sets up a job: on this machine, and on others that may become destinations. */
import type { Params, Reply } from '../api/contract.ts';
import { hostKeysOf } from '../host/host-keys-of.ts';
import { ownKey, ownKeyFile } from '../host/own-keys.ts';
import type { Host } from '../host/types.ts';
import { checkDataset } from '../zfs/names.ts';
import type { Zfs } from '../zfs/types.ts';
import { testDestination } from './destination-test.ts';
import { discover } from './discover.ts';

export interface Surroundings {
  discover(signal: AbortSignal): Promise<Reply<'discover'>>;
  hostKeys(params: Params<'destination/hostkeys'>, signal: AbortSignal): Promise<Reply<'destination/hostkeys'>>;
  key(params: Params<'destination/key'>): Promise<Reply<'destination/key'>>;
  test(params: Params<'destination/test'>, signal: AbortSignal): Promise<Reply<'destination/test'>>;
}

/** OpenZFS somewhere, and where its commands run. */
export interface Place {
  readonly zfs: Zfs;
  readonly host: Host;
}

export interface SurroundingsParts {
  readonly local: () => Place;
  /** The caller closes its host. */
  readonly remote: (params: Params<'destination/test'>, identityFile: string) => Place;
  /** Folder of the keys that are made here. */
  readonly keysFolder: string;
}

export function createSurroundings({ local, remote, keysFolder }: SurroundingsParts): Surroundings {
  return {
    discover: (signal) => discover(local(), signal),
    hostKeys: async ({ host, port }, signal) => ({ keys: [...(await hostKeysOf(host, port, signal))] }),
    key: ({ key }) => ownKey(keysFolder, key),
    test: async (params, signal) => {
      checkDataset(params.rootFs);
      const place = remote(params, ownKeyFile(keysFolder, params.key));
      try {
        const { user, rootFs, estimateBytes, sudo } = params;
        return await testDestination({ ...place, user, rootFs, estimateBytes, sudo }, signal);
      } finally {
        await place.host.close();
      }
    },
  };
}
