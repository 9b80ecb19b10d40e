import { randomBytes } from 'node:crypto';
import type { Guest } from './run/guest.ts';
import { shellQuote } from './run/ssh.ts';

/** Every pool of the lab holds this in its name; nothing here touches a pool that does not. */
export const poolMarker = 'snapferrylab';

export interface PoolOptions {
  /** Full name, with the marker in it; may hold spaces. Default: one that nobody else has. */
  readonly name?: string;
  /** Size of the sparse file behind the pool. Default 256. ZFS wants at least 64. */
  readonly sizeMiB?: number;
  /** Block device in the guest to use instead of a sparse file; `sizeMiB` is ignored then. */
  readonly device?: string;
  /** `all` (default), `none`, or exactly these on top of none: `['encryption', 'bookmarks']`. */
  readonly features?: 'all' | 'none' | readonly string[];
  /** Further pool properties (`-o`). */
  readonly poolProperties?: Readonly<Record<string, string>>;
  /** Properties of the root dataset (`-O`). */
  readonly properties?: Readonly<Record<string, string>>;
}

/** A pool that a test made. */
export interface LabPool {
  readonly guest: Guest;
  /** The pool's name, which is its root dataset's name too. */
  readonly name: string;
  /** Where the root dataset is mounted in the guest. */
  readonly mountpoint: string;
  /** The sparse file or device behind the pool. */
  readonly vdev: string;
  /** Name of a dataset below the root. */
  child(path: string): string;
  /** Destroys the pool and its file; see {@link withPool}. */
  destroy(): Promise<void>;
}

/** A pool name that nobody else uses, with `tag` in it to be recognised by people. */
export function poolName(tag: string): string {
  return `${poolMarker}-${tag}-${randomBytes(4).toString('hex')}`;
}

/**
 * Runs `use` with a fresh pool on a sparse file in the guest and destroys the pool afterwards, whatever `use` did.
 * Destroying is tried again for as long as the pool is busy, up to half a minute; then it throws and says what holds it.
 */
export async function withPool<T>(guest: Guest, options: PoolOptions, use: (pool: LabPool) => Promise<T>): Promise<T> {
  const pool = await createPool(guest, options);
  let result: T;
  try {
    result = await use(pool);
  } catch (error) {
    // The test's own failure is the news; one in cleaning up after it would hide it.
    await pool.destroy().catch(() => undefined);
    throw error;
  }
  await pool.destroy();
  return result;
}

/** Creates a pool for a test that cleans up by itself, in `afterAll` for example. Throws without the marker in the name. */
export async function createPool(guest: Guest, options: PoolOptions = {}): Promise<LabPool> {
  const name = options.name ?? poolName('test');
  refuseForeignPool(name);
  const file = options.device ?? `/var/tmp/${encodeURIComponent(name)}.img`;
  const mountpoint = `/mnt/${name}`;
  const properties = { mountpoint, compression: 'off', ...options.properties };
  // cachefile=none: after a reset, the guest must not import what a test left behind.
  const poolProperties = { cachefile: 'none', ...options.poolProperties };
  const create = [
    ...['zpool', 'create', '-f', ...featureFlags(options.features ?? 'all')],
    ...Object.entries(poolProperties).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    ...Object.entries(properties).flatMap(([key, value]) => ['-O', `${key}=${value}`]),
    ...[name, file],
  ];
  const makeFile =
    options.device === undefined ? `truncate -s ${options.sizeMiB ?? 256}M ${shellQuote([file])} && ` : '';
  await guest.runOk(makeFile + shellQuote(create));
  return {
    guest,
    name,
    mountpoint: properties.mountpoint,
    vdev: file,
    child: (path) => `${name}/${path}`,
    destroy: () => destroyPool(guest, name, options.device === undefined ? file : undefined),
  };
}

/**
 * Exports a pool, of whatever name. A pool is busy for as long as anybody in the guest asks for its status: that is waited for, up
 * to half a minute.
 */
export async function exportPool(guest: Guest, pool: string): Promise<void> {
  const script = `
n=0
until said=$(zpool export ${shellQuote([pool])} 2>&1); do
  n=$((n + 1))
  case $said in *busy*) [ $n -lt 120 ] && sleep 0.25 && continue ;; esac
  echo "$said" >&2
  exit 1
done
`;
  await guest.runOk(script, { timeoutMs: 300_000 });
}

function featureFlags(features: 'all' | 'none' | readonly string[]): string[] {
  if (features === 'all') return [];
  const chosen = features === 'none' ? [] : features;
  return ['-d', ...chosen.flatMap((feature) => ['-o', `feature@${feature}=enabled`])];
}

async function destroyPool(guest: Guest, name: string, file: string | undefined): Promise<void> {
  refuseForeignPool(name);
  const pool = shellQuote([name]);
  // Every command has a deadline of its own: on a pool whose drive is gone, destroy and export never come back.
  const script = `
limit='timeout -s KILL 20'
n=0
while $limit zpool list -H -o name ${pool} >/dev/null 2>&1; do
  $limit zpool destroy -f ${pool} 2>/tmp/lab-pool-error.$$ && break
  $limit zpool export -f ${pool} 2>/dev/null && break
  n=$((n + 1))
  if [ $n -gt 120 ]; then
    cat /tmp/lab-pool-error.$$ >&2
    fuser -v -m ${shellQuote([`/mnt/${name}`])} >&2
    ps -eo pid,stat,wchan:20,args | grep -E 'z(fs|pool) ' >&2
    exit 1
  fi
  sleep 0.25
done
rm -f /tmp/lab-pool-error.$$ ${file === undefined ? '' : shellQuote([file])}
rmdir ${shellQuote([`/mnt/${name}`])} 2>/dev/null
true
`;
  await guest.runOk(script, { timeoutMs: 120_000 });
}

function refuseForeignPool(name: string): void {
  if (!name.includes(poolMarker) || name.includes('/')) {
    throw new RangeError(`the lab only makes and destroys pools with ${poolMarker} in their name, not: ${name}`);
  }
}
