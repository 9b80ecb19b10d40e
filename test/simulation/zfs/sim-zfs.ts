/**
 * OpenZFS of a simulated machine behind the engine's own interface. The commands are put together, batched, and their words
 * are read by core/zfs itself: what is simulated is the programs behind it, and, for speed, the listings.
 */
import { createCapabilities } from '../../../core/zfs/cli-capabilities.ts';
import { createChanges } from '../../../core/zfs/cli-changes.ts';
import { createDestroy } from '../../../core/zfs/cli-destroy.ts';
import { createListing } from '../../../core/zfs/cli-listing.ts';
import { createMarks } from '../../../core/zfs/cli-marks.ts';
import { createRunner } from '../../../core/zfs/cli-runner.ts';
import { createTransfer } from '../../../core/zfs/cli-transfer.ts';
import { ZFS_DEADLINES } from '../../../core/zfs/deadlines.ts';
import type { Zfs } from '../../../core/zfs/types.ts';
import { createDirectListing } from './direct-listing.ts';
import { createSimHost, type SimHostOptions, simPipe } from './host.ts';

export interface SimZfsOptions extends SimHostOptions {
  /** `text`: listings, too, are printed and read. Slower, and the same. Default `direct`. */
  readonly listing?: 'direct' | 'text';
}

/**
 * One process of the engine on the machine. After a crash make another: what the old one has learnt is gone with it. Several
 * may be at work on one machine.
 */
export function createSimZfs(options: SimZfsOptions): Zfs {
  const host = createSimHost(options);
  const runner = createRunner({ host, deadlines: ZFS_DEADLINES, zfsPath: '/sbin/zfs', zpoolPath: '/sbin/zpool' });
  const installation = createCapabilities(runner, { monotonicMs: () => options.world.nowS * 1000 });
  const text = createListing(runner, installation.capabilities);
  const { readGuids, ...listing } = options.listing === 'text' ? text : createDirectListing(options.machine, text);
  return {
    label: host.label,
    ...installation,
    ...listing,
    ...createChanges(runner, installation.capabilities),
    ...createMarks(runner, installation.capabilities, listing.readBack),
    ...createDestroy(runner, installation.capabilities, readGuids),
    ...createTransfer(runner, installation.capabilities, simPipe),
  };
}
