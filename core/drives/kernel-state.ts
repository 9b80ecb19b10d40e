/** The kernel's own word on an imported pool. Reading it takes no lock, whatever hangs. Linux only. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { componentFault } from '../zfs/names.ts';
import type { PoolSight } from './silent.ts';

const FOLDER = '/proc/spl/kstat/zfs';
const STATE = /^[A-Z_]{1,32}$/;

/** ONLINE, DEGRADED, SUSPENDED, ...; null where no pool of that name is imported, or nothing is to be read. Never rejects. */
export async function kernelPoolState(pool: string, folder: string = FOLDER): Promise<string | null> {
  if (componentFault(pool) !== null) return null;
  const text = await readFile(join(folder, pool, 'state'), 'utf8').catch(() => '');
  const state = text.trim();
  return STATE.test(state) ? state : null;
}

/** All imported pools; null where nothing is to be read. Never rejects. */
export async function kernelPools(folder: string = FOLDER): Promise<readonly PoolSight[] | null> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (entries === null) return null;
  const names = entries.flatMap((entry) =>
    entry.isDirectory() && componentFault(entry.name) === null ? [entry.name] : [],
  );
  return Promise.all(names.map(async (name) => ({ name, state: await kernelPoolState(name, folder) })));
}
