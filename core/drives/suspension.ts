/**
 * Notices that ZFS has suspended the pool of a drive that is still plugged in: a drive that fails instead of having gone. The
 * kernel's statistics tell it; a command on such a pool may never end.
 */
import type { DrivePorts } from './ports.ts';

const LOOK_EVERY_MS = 5_000;
/** Of a drive that was pulled udev tells sooner than that. */
const LOOKS = 2;

export interface SuspensionParts {
  readonly ports: Pick<DrivePorts, 'clock' | 'poolState'>;
  /** The pool whose loss would be noticed; null once nothing is to be watched. */
  readonly pool: () => string | null;
  readonly suspended: () => void;
}

/** Resolves when there is nothing to watch any more. Never rejects. */
export async function watchSuspension({ ports, pool, suspended }: SuspensionParts, signal: AbortSignal): Promise<void> {
  let seen = 0;
  while (!signal.aborted) {
    await ports.clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    const name = signal.aborted ? null : pool();
    if (name === null) return;
    const state = await ports.poolState(name);
    seen = state === 'SUSPENDED' ? seen + 1 : 0;
    if (seen < LOOKS || pool() !== name) continue;
    suspended();
    return;
  }
}
