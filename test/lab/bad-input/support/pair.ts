/** A pool on the workstation and one on the NAS for a test file, and a scene in both for every test. */
import { afterAll, beforeAll } from 'vitest';
import type { SshConnect } from '../../../../core/config/types.ts';
import { createSshHost } from '../../../../core/host/ssh.ts';
import type { Host } from '../../../../core/host/types.ts';
import { createPool, type Guest, type Guests, type LabPool, type PoolOptions, poolName } from '../../guests/index.ts';
import { hostOf } from '../../platform/support/hosts.ts';
import { openWorld, type World } from '../../platform/support/platform.ts';
import { guestsOfSuite } from '../../suite.ts';

/** Where a test has its data and its copies. */
export interface Scene {
  readonly name: string;
  /** The job's datasets lie below it; it exists. */
  readonly source: string;
  /** The receiving root. */
  readonly root: string;
  /** Scripts in the workstation, see {@link World.sh}. */
  readonly here: World;
  /** Scripts in the NAS. */
  readonly there: World;
  /** A dataset of the job, by the path below the source. */
  dataset(below: string): string;
  /** Where its copy comes to lie. */
  copyOf(below: string): string;
}

export interface Pair {
  readonly guests: Guests;
  readonly workstation: LabPool;
  readonly nas: LabPool;
  /** The engine's way to the workstation, where the job's data is. */
  readonly local: Host;
  /** The engine's way to what a connection names; connections that are alike share one. */
  remote(connect: SshConnect): Host;
  /** Makes the source, runs a script in the workstation and one in the NAS. The root is made unless `root` is false. */
  scene(name: string, setUp?: SetUp): Promise<Scene>;
}

interface SetUp {
  readonly here?: string;
  readonly there?: string;
  readonly root?: boolean;
}

/** Makes the pools before all tests of the file and destroys them after them. */
export function usePair(tag: string, nasOptions: PoolOptions = {}): () => Pair {
  let pair: Pair | undefined;
  let close: () => Promise<void> = async () => undefined;

  beforeAll(async () => {
    const guests = await guestsOfSuite();
    close = async () => guests.close();
    const pools = await Promise.allSettled([
      createPool(guests.workstation, { name: poolName(tag), sizeMiB: 1024 }),
      createPool(guests.nas, { name: poolName(tag), sizeMiB: 1024, ...nasOptions }),
    ]);
    const made = pools.flatMap((pool) => (pool.status === 'fulfilled' ? [pool.value] : []));
    const hosts = new Map<string, Host>();
    const local = hostOf(guests.workstation);
    close = async () => {
      await Promise.all([local, ...hosts.values()].map((host) => host.close()));
      await Promise.all(made.map((pool) => pool.destroy()));
      guests.close();
    };
    const [workstation, nas] = made;
    if (workstation === undefined || nas === undefined) throw new Error('the pools of the test could not be made');
    const remote = (connect: SshConnect) => {
      const key = JSON.stringify(connect);
      const host = hosts.get(key) ?? openRemote(guests.nas, connect);
      hosts.set(key, host);
      return host;
    };
    const scene = async (name: string, setUp: SetUp = {}): Promise<Scene> => {
      const [source, root] = [workstation.child(name), nas.child(name)];
      const here = openWorld(guests.workstation, source, root);
      const there = openWorld(guests.nas, source, root);
      const makeRoot = setUp.root === false ? '' : 'zfs create -o canmount=off "$R"; ';
      await Promise.all([here.sh(`zfs create "$S"; ${setUp.here ?? ''}`), there.sh(`${makeRoot}${setUp.there ?? ''}`)]);
      const copyOf = (below: string) => here.copyOf(`/${below}`);
      return { name, source, root, here, there, dataset: (below) => `${source}/${below}`, copyOf };
    };
    pair = { guests, workstation, nas, local, remote, scene };
  });
  afterAll(() => close());

  return () => {
    if (pair === undefined) throw new Error('the pair is there only inside of tests');
    return pair;
  };
}

function openRemote(nas: Guest, { host, port, user, identityFile, hostKey, sudo }: SshConnect): Host {
  const pin = hostKey.type === 'fingerprint' ? { hostKey: hostKey.sha256 } : { knownHostsFile: hostKey.path };
  return createSshHost({ label: nas.name, address: host, port, user, identityFile, sudo, ...pin });
}
