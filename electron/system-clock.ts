/** The clocks of this machine. */
import { uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../core/api/clock.ts';
import { ProblemError } from '../core/api/problem.ts';

/** Timers take no longer delay than this. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  // Counts the time asleep, which the clock behind performance.now() does not.
  monotonicMs: () => uptime() * 1000,
  async sleep(ms, signal) {
    try {
      await delay(Math.min(Math.max(ms, 0), TIMER_MS_MAX), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      throw new ProblemError('command-aborted', {}, { cause: error });
    }
  },
};
