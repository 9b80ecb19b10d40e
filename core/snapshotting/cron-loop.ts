/** What a cron schedule asks for, moment by moment. */
import type { CronSchedule } from './cron.ts';

/** A fire that is waited for, and when it was computed. */
export interface PlannedFire {
  readonly atMs: number;
  readonly computedMs: number;
}

export type CronDecision =
  | { readonly kind: 'wait'; readonly ms: number }
  /** The clock was set back: the fire that is waited for is not the next one any more. */
  | { readonly kind: 'plan-anew' }
  | { readonly kind: 'run' }
  /** The run before is still at work. */
  | { readonly kind: 'skip' };

const SLEW_MS = 60_000;

/** The next fire strictly after now. Fires that were missed, asleep or not running, are not made up. */
export function planFire(schedule: CronSchedule, nowMs: number): PlannedFire {
  return { atMs: schedule.nextAfter(nowMs), computedMs: nowMs };
}

/** What to do now about a planned fire. */
export function decideFire(fire: PlannedFire, nowMs: number, running: boolean): CronDecision {
  if (nowMs < fire.computedMs - SLEW_MS) return { kind: 'plan-anew' };
  if (nowMs < fire.atMs) return { kind: 'wait', ms: fire.atMs - nowMs };
  return { kind: running ? 'skip' : 'run' };
}
