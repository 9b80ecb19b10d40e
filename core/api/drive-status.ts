/** What a status says of drives, by drive instead of by job. Pure. */
import type { DaemonStatus, DriveReport, JobStatus } from './status.ts';

/** The drive behind a destination of a job; undefined where it is none. */
export function driveAt(job: Pick<JobStatus, 'drives'>, destination: string): DriveReport | undefined {
  return job.drives?.find((drive) => drive.destination === destination);
}

/** A drive, and the jobs that back up to it. */
export interface DriveOfJobs {
  readonly drive: DriveReport;
  readonly jobs: readonly JobStatus[];
}

/** Every drive once, in the order of the jobs. */
export function drivesOf(status: Pick<DaemonStatus, 'jobs'>): readonly DriveOfJobs[] {
  const found = new Map<string, { drive: DriveReport; jobs: JobStatus[] }>();
  for (const job of status.jobs) {
    for (const drive of job.drives ?? []) {
      const known = found.get(drive.poolGuid);
      if (known === undefined) found.set(drive.poolGuid, { drive, jobs: [job] });
      else {
        known.jobs.push(job);
        // Whether a person is asked is a matter of each job.
        known.drive = { ...known.drive, asks: known.drive.asks || drive.asks };
      }
    }
  }
  return [...found.values()];
}

/** It must not be unplugged. */
export function isBusy({ state }: Pick<DriveReport, 'state'>): boolean {
  return state === 'busy' || state === 'connecting' || state === 'ejecting' || state === 'returning';
}

/** What was written is brought to a slow disk between the end of a backup and the moment that it is safe. */
const EJECTED_WITHIN_MS = 20 * 60_000;

/** It is safe to unplug because everything has just arrived there: not after a run that failed, a scrub, or an eject by hand. */
export function isFreshlySafe({ state, sinceMs, lastSuccessMs }: DriveReport): boolean {
  return state === 'safe' && lastSuccessMs !== null && sinceMs - lastSuccessMs < EJECTED_WITHIN_MS;
}

/** Nothing works on it but a scrub that was asked for here. */
export function isOnlyScrubbing({ drive, jobs }: DriveOfJobs): boolean {
  if (drive.state !== 'busy' || drive.scrubbing !== true) return false;
  return !jobs.some(({ stage, destination }) => stage !== 'idle' && destination === drive.destination);
}

/** It lies still and is at hand: a scrub may begin. */
export function canScrub({ state, scrubbing }: DriveReport): boolean {
  return scrubbing !== true && (state === 'plugged' || state === 'connected' || state === 'safe');
}

/** Everything on a disk should be read once in so long. */
const SCRUB_EVERY_MS = 30 * 24 * 60 * 60 * 1000;

/** Whether it is time to have everything on it read again; false where nothing is known of it. */
export function isScrubDue({ health }: Pick<DriveReport, 'health'>, nowMs: number): boolean {
  if (health === undefined || health.scrub !== null) return false;
  return health.isDamaged || health.lastScrub === null || nowMs - health.lastScrub.endedMs > SCRUB_EVERY_MS;
}

/** Whether nothing complete has arrived on it for longer than its job wants. */
export function isOverdue({ lastSuccessMs, staleAfterMs }: DriveReport, nowMs: number): boolean {
  return lastSuccessMs !== null && nowMs - lastSuccessMs > staleAfterMs;
}

/** Which drive of a set should be brought next: the one that was backed up to longest ago. Null where it is here, or no set. */
export function bringNext({ drives = [] }: Pick<JobStatus, 'drives'>): DriveReport | null {
  if (drives.length < 2) return null;
  const [next] = drives.toSorted((a, b) => (a.lastSuccessMs ?? -1) - (b.lastSuccessMs ?? -1));
  return next?.state === 'away' ? next : null;
}
