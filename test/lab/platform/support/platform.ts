/** One pool for a test file, and a world of its own in it for every test. */
import { afterAll, beforeAll } from 'vitest';
import { systemClock } from '../../../../core/host/system-clock.ts';
import type { Host } from '../../../../core/host/types.ts';
import { createCliZfs } from '../../../../core/zfs/cli-zfs.ts';
import type { Zfs } from '../../../../core/zfs/types.ts';
import {
  createPool,
  type Guest,
  type GuestName,
  type Guests,
  type LabPool,
  type PoolOptions,
  poolName,
  shellQuote,
} from '../../guests/index.ts';
import { guestsOfSuite } from '../../suite.ts';
import { hostOf, rememberingProbes } from './hosts.ts';

/** On a crowded machine a script of a few commands can take minutes. */
const SCRIPT_TIMEOUT_MS = 300_000;

/** Where a test has its data and its copies. */
export interface World {
  readonly guest: Guest;
  /** The sender's dataset; it exists. */
  readonly source: string;
  /** The receiving root; it exists. */
  readonly root: string;
  /** Where the copy of the source (or of what lies below it) comes to lie. */
  copyOf(below?: string): string;
  /**
   * Runs a shell script in the guest that ends at the first failure. It knows $S (source), $R (root), $C (copy), and
   * `fill DATASET FILE MEBIBYTES`, and `digest SNAPSHOT`, which prints the checksums of all its files. Resolves with what it
   * printed.
   */
  sh(script: string): Promise<string>;
  /** The same, but resolves with the exit code and what it said on standard error. */
  tryOut(script: string): Promise<{ readonly code: number; readonly stderr: string }>;
}

export interface Platform {
  readonly guests: Guests;
  readonly guest: Guest;
  readonly pool: LabPool;
  readonly host: Host;
  readonly zfs: Zfs;
  /** OpenZFS of the guest through a host that was tampered with. */
  zfsOver(host: Host): Zfs;
  /** `setUp` runs as a script of the world, see {@link World.sh}. */
  world(name: string, setUp?: string): Promise<World>;
}

/** Makes the pool before all tests of the file and destroys it after them. */
export function usePlatform(tag: string, guestName: GuestName, options: PoolOptions = {}): () => Platform {
  let platform: Platform | undefined;
  let close: () => Promise<void> = async () => undefined;

  beforeAll(async () => {
    const guests = await guestsOfSuite();
    close = async () => guests.close();
    const guest = guests[guestName];
    const pool = await createPool(guest, { name: `${poolName(tag)} p`, sizeMiB: 2048, ...options });
    const host = rememberingProbes(hostOf(guest));
    close = async () => {
      await host.close();
      await pool.destroy();
      guests.close();
    };
    const zfsOver = (over: Host) => createCliZfs({ host: over, clock: systemClock, zfsPath: '/usr/sbin/zfs' });
    const used = new Map<string, number>();
    const world = async (wanted: string, setUp = '') => {
      // A test that is tried again finds its first world as it left it.
      const times = (used.get(wanted) ?? 0) + 1;
      used.set(wanted, times);
      const name = times === 1 ? wanted : `${wanted} ${times}`;
      const made = openWorld(guest, pool.child(`${name} src`), pool.child(`${name} rcv`));
      await made.sh(`zfs create "$S"; zfs create -o canmount=off "$R"; ${setUp}`);
      return made;
    };
    platform = { guests, guest, pool, host, zfs: zfsOver(host), zfsOver, world };
  });
  afterAll(() => close());

  return () => {
    if (platform === undefined) throw new Error('the platform is there only inside of tests');
    return platform;
  };
}

/** A world of datasets that somebody else makes. */
export function openWorld(guest: Guest, source: string, root: string): World {
  const prelude = `set -eu
S=${shellQuote([source])}; R=${shellQuote([root])}; C=${shellQuote([`${root}/${source}`])}
fill() { head -c "$3"M /dev/urandom > "/mnt/$1/$2"; }
digest() {
  dir=$(mktemp -d); mount -t zfs -o ro "$1" "$dir"
  (cd "$dir" && find . -type f -print0 | sort -z | xargs -0 -r sha256sum); umount "$dir"; rmdir "$dir"
}
`;
  return {
    guest,
    source,
    root,
    copyOf: (below = '') => `${root}/${source}${below}`,
    sh: (script) => guest.runOk(prelude + script, { timeoutMs: SCRIPT_TIMEOUT_MS }),
    tryOut: async (script) => {
      const { code, stderr } = await guest.run(prelude + script, { timeoutMs: SCRIPT_TIMEOUT_MS });
      return { code, stderr };
    },
  };
}
