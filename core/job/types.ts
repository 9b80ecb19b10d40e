/** What the daemon and the command line need of a job, whatever it does inside. */
import type { HoldReason } from '../api/conditions.ts';
import type { AbstractionRelease, AbstractionRow, RunOutcome, WakeResult } from '../api/contract.ts';
import type { StopHow } from '../api/control.ts';
import type { JobPlan, JobReport, JobStatus } from '../api/status.ts';
import type { RunEvent } from './run-record.ts';

/** One configured job that can run. Every method may throw or reject with a `ProblemError`. */
export interface Job {
  readonly name: string;
  readonly type: JobStatus['type'];

  /** What the job does now. Cheap, no effects; the caller may keep the value. */
  status(): JobReport;
  /** Calls the listener after every change of `status()`, possibly often. Returns how to stop that. */
  onChange(listener: () => void): () => void;
  /** Calls the listener at every turn in the life of a run, and when one was due and did not begin. Returns how to stop that. */
  onRun(listener: (event: RunEvent) => void): () => void;

  /**
   * Lives until aborted: schedules, takes snapshots, replicates, prunes. Resolves when everything it started has ended.
   * Rejects only for a defect; the trouble of a run goes into its status.
   */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Starts a run at once, or queues one behind the run at work (several requests queue one). `snapshot` asks for new
   * snapshots first; a job whose snapshots are taken by hand goes on without and says so in the result. `not-applicable`
   * for a job that has no runs of its own.
   */
  wake(reason: 'wakeup' | 'run', options: { readonly snapshot: boolean }): WakeResult;
  /** Resolves when that run has ended, also if it had ended before. `request-invalid` for a run that never was. */
  waitFor(runId: number, signal: AbortSignal): Promise<RunOutcome>;
  /** Cancels the run at work and what is queued; false when there was none. */
  reset(): boolean;

  /**
   * No run begins by itself from now on (null: it may again, and one that was due begins). Snapshots are taken as scheduled,
   * and what a person asks for begins all the same.
   */
  hold(reason: HoldReason | null): void;
  /**
   * Ends the run at work, at once or after the steps that have begun. `again`: it goes on as soon as nothing holds it back.
   * What is queued stays queued. False when nothing was at work.
   */
  stop(how: StopHow, again: boolean): boolean;

  /** Ejects one of its drives; false where the job has no such drive. Rejects with what keeps it from being ejected. */
  ejectDrive?(poolGuid: string, signal: AbortSignal): Promise<boolean>;

  /**
   * Begins to have everything on one of its drives checked, or ends that; false where the job has no such drive. Resolves when it has
   * begun or ended; rejects with what keeps it from that.
   */
  scrubDrive?(poolGuid: string, wanted: 'start' | 'stop', signal: AbortSignal): Promise<boolean>;

  /**
   * Releases the marks that are kept here for one of its drives; a dry run says what it would release. Absent or empty where it has none.
   * Rejects with `drive-in-use` while anything is at work on the drive, and with `drive-last` for the only one.
   */
  forgetDrive?(poolGuid: string, dryRun: boolean, signal: AbortSignal): Promise<readonly AbstractionRelease[]>;

  /** What a run would do now; changes nothing. */
  plan(signal: AbortSignal): Promise<JobPlan>;
  /**
   * Holds and bookmarks that this job set, on both sides. With a `jobId`: those of another job, anywhere on this machine and
   * where this job puts its copies.
   */
  abstractions(signal: AbortSignal, jobId?: string): Promise<readonly AbstractionRow[]>;
  /**
   * Releases them; a dry run says what it would release. One that fails does not stop the others. `request-invalid` for the
   * `jobId` of another job that is configured.
   */
  releaseAbstractions(
    which: 'stale' | 'all',
    dryRun: boolean,
    signal: AbortSignal,
    jobId?: string,
  ): Promise<readonly AbstractionRelease[]>;
}
