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

/** birth, state, then what was read and written: a row of the history of transaction groups. */
const GROUP = /^\s*\d{1,20}\s+\d{1,20}\s+([A-Z?])\s/;

/**
 * Whether nothing waits to be written to the pool, by the kernel's history of transaction groups: all are committed but the one that
 * is open. What was written last enters it within seconds (zfs_txg_timeout in zfs(4)). False also where there is no history. Never
 * rejects.
 */
export async function kernelPoolAtRest(pool: string, folder: string = FOLDER): Promise<boolean> {
  if (componentFault(pool) !== null) return false;
  const text = await readFile(join(folder, pool, 'txgs'), 'utf8').catch(() => '');
  return isAtRest(text);
}

/** Pure. Two lines of head come before the rows. */
export function isAtRest(history: string): boolean {
  const rows = history
    .split('\n')
    .slice(2)
    .filter((line) => line.trim() !== '');
  const states = rows.map((row) => GROUP.exec(row)?.[1] ?? '?');
  return states.at(-1) === 'O' && states.slice(0, -1).every((state) => state === 'C');
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
