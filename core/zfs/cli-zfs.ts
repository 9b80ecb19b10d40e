/** OpenZFS through its command line, on whatever host the commands run. */
import type { Clock } from '../api/clock.ts';
import { pipe } from '../host/pipe.ts';
import type { Host } from '../host/types.ts';
import { createCapabilities } from './cli-capabilities.ts';
import { createChanges } from './cli-changes.ts';
import { createDestroy } from './cli-destroy.ts';
import { createListing } from './cli-listing.ts';
import { createMarks } from './cli-marks.ts';
import { createRunner } from './cli-runner.ts';
import { createTransfer, type Pipe } from './cli-transfer.ts';
import { ZFS_DEADLINES, type ZfsDeadlines } from './deadlines.ts';
import type { Zfs } from './types.ts';

export interface CliZfsOptions {
  readonly host: Host;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Absolute path of zfs; without it the usual places are tried, once. */
  readonly zfsPath?: string;
  /** Absolute path of zpool; without it the one beside zfs is taken. */
  readonly zpoolPath?: string;
  readonly deadlines?: Partial<ZfsDeadlines>;
  /** How two commands are joined; `pipe` of core/host unless a test says otherwise. */
  readonly pipe?: Pipe;
}

/** Starts nothing: the first command runs with the first question. */
export function createCliZfs(options: CliZfsOptions): Zfs {
  const { host, clock, zfsPath, zpoolPath } = options;
  const deadlines = { ...ZFS_DEADLINES, ...options.deadlines };
  const runner = createRunner({ host, deadlines, zfsPath, zpoolPath });
  const installation = createCapabilities(runner, clock);
  const { readGuids, ...listing } = createListing(runner, installation.capabilities);
  return {
    label: host.label,
    ...installation,
    ...listing,
    ...createChanges(runner, installation.capabilities),
    ...createMarks(runner, installation.capabilities, listing.readBack),
    ...createDestroy(runner, installation.capabilities, readGuids),
    ...createTransfer(runner, installation.capabilities, options.pipe ?? pipe),
  };
}
