/** The clocks of this machine, and a sleep that survives suspend. */
import { uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../api/clock.ts';
import { ProblemError } from '../api/problem.ts';

/** Timers take no longer delay than this. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const WALL_STEP_MS = 10_000;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  // The time since boot counts suspend; the clock behind performance.now() does not, and would make a night look like a jump.
  monotonicMs: () => uptime() * 1000,
  async sleep(ms, signal) {
    try {
      const bounded = Math.min(Math.max(ms, 0), MAX_TIMER_MS);
      await delay(bounded, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      throw new ProblemError('command-aborted', {}, { cause: error });
    }
  },
};

/**
 * Sleeps until the wall clock shows `atMs`. Timers stand still during suspend, so the wall clock is looked at again at least
 * every `maxStepMs`. Rejects with `command-aborted` when the signal fires before.
 */
export async function sleepUntilWall(
  clock: Clock,
  atMs: number,
  signal?: AbortSignal,
  maxStepMs: number = WALL_STEP_MS,
): Promise<void> {
  await sleepUntil(clock, (nowMs) => atMs - nowMs, signal, maxStepMs);
}

/** The same, until `remainingMs` of the current wall time is zero or less; it is asked anew after every step. */
export async function sleepUntil(
  clock: Clock,
  remainingMs: (nowMs: number) => number,
  signal?: AbortSignal,
  maxStepMs: number = WALL_STEP_MS,
): Promise<void> {
  for (;;) {
    if (signal?.aborted === true) throw new ProblemError('command-aborted');
    const left = remainingMs(clock.nowMs());
    if (left <= 0) return;
    await clock.sleep(Math.min(left, maxStepMs), signal);
  }
}
