/** How long a calendar rule leaves between two snapshots at most. Pure. */
import type { CronSchedule } from './cron.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A week has every gap of a rule with days of the week; the day more is for clocks that change. */
const LOOKS_AHEAD_MS = 8 * DAY_MS;
/** A year has every gap of a rule with days of the month and months. */
const FIRES_MIN = 13;
const LOOKS_AHEAD_MAX_MS = 400 * DAY_MS;

/**
 * The longest time between two fires of the year to come, in milliseconds: of "every hour on weekdays", the weekend. Fires that
 * are closer than an hour are passed over in strides of an hour, so what is shorter may be told as an hour, and what is longer by
 * up to an hour too long: whoever asks wants to know when something is late, and is not told too early.
 */
export function longestGapMs(schedule: CronSchedule, nowMs: number): number {
  const firstMs = schedule.nextAfter(nowMs);
  let [atMs, longestMs] = [firstMs, 0];
  for (let fires = 0; atMs - firstMs < (fires < FIRES_MIN ? LOOKS_AHEAD_MAX_MS : LOOKS_AHEAD_MS); fires += 1) {
    const nextMs = schedule.nextAfter(atMs);
    const reachedMs = nextMs - atMs >= HOUR_MS ? nextMs : schedule.nextAfter(atMs + HOUR_MS - 1);
    longestMs = Math.max(longestMs, reachedMs - atMs);
    atMs = reachedMs;
  }
  return longestMs;
}
