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
