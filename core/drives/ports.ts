/** What drives need of the world. */
import type { Clock } from '../api/clock.ts';
import type { ProblemError } from '../api/problem.ts';
import type { Host } from '../host/types.ts';
import { createCliZfs } from '../zfs/cli-zfs.ts';
import type { Zfs } from '../zfs/types.ts';
import { type Fence, fencedHost, fencedPipe } from './fence.ts';
import type { DriveTarget } from './judge.ts';
import type { OpenedDrives } from './opened.ts';

export interface DrivePorts {
  /** The machine that drives are plugged into. */
  readonly host: Host;
  readonly clock: Clock;
  /**
   * The state of an imported pool by the kernel's own statistics, which take no lock and never block; null where no pool of that
   * name is imported. Never rejects.
   */
  readonly poolState: (pool: string) => Promise<string | null>;
  /** Whether nothing waits to be written to an imported pool, by the kernel's own statistics. Never rejects and never blocks. */
  readonly isAtRest: (pool: string) => Promise<boolean>;
  /** How long what runs already is waited for after a drive was pulled; ten minutes unless given. */
  readonly patienceMs?: number;
  /** What the service before this one knew of pools that are open; without it, nothing is known of that. */
  readonly opened?: OpenedDrives;
  readonly warn: (problem: ProblemError, message: string) => void;
  /** OpenZFS for the pool of one drive, which starts nothing while the fence is closed; without it by its commands on the host. */
  readonly openZfs?: (fence: Fence, target: DriveTarget) => Zfs;
}

/** OpenZFS for the pool behind the fence. */
export function zfsBehind(fence: Fence, target: DriveTarget, { openZfs, host, clock }: DrivePorts): Zfs {
  if (openZfs !== undefined) return openZfs(fence, target);
  return createCliZfs({ host: fencedHost(host, fence), clock, pipe: fencedPipe(host, fence) });
}
