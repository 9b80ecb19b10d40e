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
