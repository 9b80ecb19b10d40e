/** When snapshots are taken, in a form. Pure. */
import type { JobSchedule, Schedule } from '../../core/api/config-forms.ts';

/** Seconds. */
export const COMMON_INTERVALS = ['900', '3600', '14400', '86400'] as const;
const DEFAULT_INTERVAL_S = 3600;
const DEFAULT_CRON = '0 * * * *';
const DEFAULT_PREFIX = 'snapferry_';
/** Of what a picture can be made. */
const SHORTEST_S = 60;

export function intervalChoice(intervalS: number): (typeof COMMON_INTERVALS)[number] | 'own' {
  return COMMON_INTERVALS.find((common) => Number(common) === intervalS) ?? 'own';
}

/** A schedule of another kind; what was saved of that kind comes back, and the names stay. */
export function scheduleOfKind(kind: Schedule['kind'], now: Schedule, saved: Schedule | null): Schedule {
  if (kind === 'manual') return { kind };
  const named = [now, saved].flatMap((one) => (one === null || one.kind === 'manual' ? [] : [one.prefix]));
  const prefix = named[0] ?? DEFAULT_PREFIX;
  if (kind === 'periodic') {
    return { kind, intervalS: saved?.kind === kind ? saved.intervalS : DEFAULT_INTERVAL_S, prefix };
  }
  return { kind, cron: saved?.kind === kind ? saved.cron : DEFAULT_CRON, prefix };
}

/** About so many seconds between two snapshots; null where it is not known. @param told what the daemon makes of it */
export function secondsBetween(schedule: Schedule | null, told: JobSchedule): number | null {
  if (schedule?.kind === 'periodic') return schedule.intervalS < SHORTEST_S ? null : schedule.intervalS;
  if (schedule?.kind !== 'cron' || told?.schedule?.kind !== 'cron' || told.schedule.cron !== schedule.cron) return null;
  const [first, , third] = told.nextMs;
  if (first === undefined || third === undefined) return null;
  return Math.max(SHORTEST_S, Math.round((third - first) / 2000));
}
