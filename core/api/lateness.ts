/**
 * When a copy is late, by the schedule of its own job. Pure; the icon, the notices, the sentence, the table and the terminal all ask
 * here.
 *
 * Where every run comes in its time, a copy is at most one interval of its schedule old: the longest time that the schedule leaves
 * between two snapshots. From then on it is late, and how late counts in units of that interval, but of no less than a day: the
 * machine at a desk sleeps at night, and who backs up every ten minutes need not be told after twenty. A copy is told of as late
 * from one unit on, and again at two and at four. An hourly job is late after 25 hours, a daily one after 2 days, a weekly one
 * after 2 weeks.
 * A drive comes when somebody brings it: a copy on one is late from the age on that its job names (`stale_after`), which is its unit.
 * Without a schedule nobody knows when the next snapshot should come: then a unit is 48 hours, counted from the snapshot on.
 */
import { driveAt } from './drive-status.ts';
import type { JobStatus } from './status.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const UNIT_MIN_MS = DAY_MS;
const UNIT_UNSCHEDULED_MS = 2 * DAY_MS;

/** How many units late something is told of. */
const LATE_AT_UNITS = [1, 2, 4] as const;

/** 0: not late; else how many of the thresholds are behind. */
export type LateLevel = 0 | 1 | 2 | 3;

type Scheduled = Pick<JobStatus, 'snapshotting' | 'drives'>;

/** When a copy is told of as late: `freeMs` is no lateness, and a unit is this long from then on. */
interface Measure {
  readonly freeMs: number;
  readonly unitMs: number;
}

/** The longest time that the schedule of a job leaves between two snapshots; null where there is none, or it is not known. */
export function intervalMsOf({ snapshotting }: Scheduled): number | null {
  return snapshotting?.intervalMs ?? null;
}

/** The age from which a copy at a destination of this job is late, in milliseconds. */
export function lateAfterMs(job: Scheduled, destination: string): number {
  const { freeMs, unitMs } = measureOf(job, destination);
  return freeMs + unitMs;
}

/** How late a copy of this age is. */
export function lateLevelOf(job: Scheduled, destination: string, ageMs: number): LateLevel {
  const { freeMs, unitMs } = measureOf(job, destination);
  const units = (ageMs - freeMs) / unitMs;
  const [first, second, third] = LATE_AT_UNITS;
  if (units <= first) return 0;
  return units > third ? 3 : units > second ? 2 : 1;
}

/** Whether one run has been left out, however short the interval is: for what is only worth a hint. */
export function missedARun(job: Scheduled, ageMs: number): boolean {
  const intervalMs = intervalMsOf(job);
  return intervalMs !== null && ageMs > 2 * intervalMs;
}

function measureOf(job: Scheduled, destination: string): Measure {
  const drive = driveAt(job, destination);
  if (drive !== undefined) return { freeMs: 0, unitMs: drive.staleAfterMs };
  const intervalMs = intervalMsOf(job);
  if (intervalMs === null) return { freeMs: 0, unitMs: UNIT_UNSCHEDULED_MS };
  return { freeMs: intervalMs, unitMs: Math.max(intervalMs, UNIT_MIN_MS) };
}
