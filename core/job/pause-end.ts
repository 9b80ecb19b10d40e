/** When a pause ends. Pure. */
import type { Pause } from '../api/conditions.ts';
import { PAUSE_MAX_MS, type PauseUntil } from '../api/control.ts';

/** "Tomorrow" is the next morning at this hour, but not one that is nearly here. */
const MORNING_HOUR = 6;
const NIGHT_MIN_MS = 3 * 60 * 60 * 1000;

/** Unix milliseconds; null: when somebody says so. Days are those of this machine's time zone. */
export function pauseEnd(until: PauseUntil, nowMs: number): number | null {
  switch (until.kind) {
    case 'for':
      return nowMs + until.durationMs;
    case 'tomorrow':
      return nextMorning(nowMs);
    case 'told':
      return null;
  }
}

function nextMorning(nowMs: number): number {
  const now = new Date(nowMs);
  // Days are counted by the calendar: where the clocks are changed, one of them has not 24 hours.
  for (let days = 0; ; days++) {
    const morning = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING_HOUR).getTime();
    if (morning - nowMs >= NIGHT_MIN_MS) return morning;
  }
}

/** Whether a pause is over. One that would last longer than any can be made was not meant: the clock was set back. */
export function isOver({ untilMs }: Pause, nowMs: number): boolean {
  return untilMs !== null && (nowMs >= untilMs || untilMs - nowMs > PAUSE_MAX_MS);
}
