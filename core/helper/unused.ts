/** When a daemon that was started for somebody's desktop ends by itself: nobody asks it any more, and nothing is at work. */
import type { Clock } from '../api/clock.ts';

const LOOK_MS = 10_000;

export interface Use {
  /** Open connections, of whomever. */
  readonly connections: number;
  /** Jobs of which a run is at work. */
  readonly atWork: number;
}

/** Since when it is of no use, by the monotonic clock; null while it is of some. Pure. */
export function unusedSince(before: number | null, { connections, atWork }: Use, nowMs: number): number | null {
  if (connections > 0 || atWork > 0) return null;
  return before ?? nowMs;
}

/** Resolves with true when it has been of no use for so long, with false when aborted. Never rejects. */
export async function untilUnused(
  use: () => Use,
  afterMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  let since: number | null = null;
  while (!signal.aborted) {
    const nowMs = clock.monotonicMs();
    since = unusedSince(since, use(), nowMs);
    if (since !== null && nowMs - since >= afterMs) return true;
    await clock.sleep(LOOK_MS, signal).catch(() => {});
  }
  return false;
}
