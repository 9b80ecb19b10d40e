import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The lab's folder in the user's cache. Everything in it may be deleted at any time while no guest runs. */
export function labCacheDir(): string {
  const cache = process.env.XDG_CACHE_HOME;
  return join(cache?.startsWith('/') ? cache : join(homedir(), '.cache'), 'snapferry', 'lab');
}

/** Finished build stages, one folder each. */
export const stagesDir = (): string => join(labCacheDir(), 'stages');

/** Package lists and downloads of the private apt. */
export const aptDir = (): string => join(labCacheDir(), 'apt');

/** Folders of running guests, one per instance. */
export const runDir = (instance: string): string => join(labCacheDir(), 'run', instance);

/** The lock for starting and ending an instance. A fixed set of files serves all names, so that they do not pile up. */
export const instanceLock = (instance: string): string =>
  join(labCacheDir(), 'locks', createHash('sha256').update(instance).digest('hex').slice(0, 2));
