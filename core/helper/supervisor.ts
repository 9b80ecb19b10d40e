/**
 * Keeps the jobs of a configuration: those that can run are started and ended together; those that cannot stay visible with
 * the reason. A job whose own loop breaks is not started again by itself: what it left behind is not known, and two of the
 * same job must never work at once. It stands in the status as refused, with the error.
 */
import type { Clock } from '../api/clock.ts';
import type { Held, Pause } from '../api/conditions.ts';
import type { StopHow } from '../api/control.ts';
import { nextRunOf } from '../api/next-run.ts';
import { asProblemError, ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import type { DriveReport, JobReport, JobStatus } from '../api/status.ts';
import type { ReloadPlan } from '../config/reload-plan.ts';
import type { WaitFor } from '../config/types.ts';
import { keepsAwake } from '../job/conditions.ts';
import type { RunEvent } from '../job/run-record.ts';
import type { Job } from '../job/types.ts';
import type { Log } from '../monitoring/log.ts';
import { type KeptJob, refusedStatus, runnable } from './kept-job.ts';
import type { StatusSource } from './status-hub.ts';

/** What the supervisor needs to know of a configured job; the rest is between configuration and factory. */
export interface JobConfigHead {
  readonly name: string;
  readonly type: JobStatus['type'];
  /** What has to be so before its transfers begin by themselves. */
  readonly waitFor?: readonly WaitFor[];
}

/** Remembers what became of the runs, also those of daemons before this one. */
export interface Journal {
  hear(job: string, event: RunEvent): void;
  lastSuccessMs(job: string): number | null;
  /** The drive of a job, with what is known of it from before this process. */
  drive(job: string, drive: DriveReport): DriveReport;
  lastRunFailed(job: string): boolean;
}

/** What keeps jobs from running by themselves. */
export interface Holds {
  /** The job's own pause. */
  pauseOf(job: string): Pause | null;
  heldOf(job: string): readonly Held[];
}

export const NO_HOLDS: Holds = { pauseOf: () => null, heldOf: () => [] };

export class Supervisor {
  #kept: readonly KeptJob[];
  readonly #journal: Journal;
  readonly #log: Log;
  readonly #holds: Holds;
  /** Jobs whose loops have not ended. */
  readonly #alive = new Set<KeptJob>();
  #touched: (job: string) => void = () => {};

  /** Makes every job; one that the factory refuses does not stop the others. */
  constructor(kept: readonly KeptJob[], journal: Journal, log: Log, holds: Holds = NO_HOLDS) {
    this.#kept = kept;
    this.#journal = journal;
    this.#log = log;
    this.#holds = holds;
    this.applyHolds();
  }

  static from<C extends JobConfigHead>(
    configs: readonly C[],
    makeJob: (config: C) => Job,
    journal: Journal,
    log: Log,
    holds: Holds = NO_HOLDS,
  ): Supervisor {
    const kept = configs.map((config) => makeKept(config, makeJob, log));
    return new Supervisor(kept, journal, log, holds);
  }

  /**
   * Goes over to another configuration: jobs that it leaves as they are go on with what they are at; the others end before any
   * of their successors begins, and a run of theirs that was at work goes on. Gives the names of those that have not ended
   * within `graceMs`: then nothing was begun, because it would work beside them on the same datasets.
   */
  async change<C extends JobConfigHead>(
    plan: ReloadPlan,
    configs: readonly C[],
    makeJob: (config: C) => Job,
    graceMs: number,
    clock: Clock,
  ): Promise<readonly string[]> {
    const ending = new Set([...plan.restarted, ...plan.removed]);
    const goOn = this.atWork.filter((name) => plan.restarted.includes(name));
    const left = await this.#end(
      this.#kept.filter(({ name }) => ending.has(name)),
      graceMs,
      clock,
    );
    if (left.length > 0) return left;
    const staying = this.#kept.filter(({ name }) => !ending.has(name));
    const old = new Map(staying.map((kept) => [kept.name, kept]));
    this.#kept = configs.map((config) => old.get(config.name) ?? makeKept(config, makeJob, this.#log));
    this.applyHolds();
    for (const kept of this.#kept) if (!old.has(kept.name)) this.#begin(kept);
    for (const name of goOn) this.goOn(name);
    return [];
  }

  /** The jobs as the status shows them, in the order of the configuration. */
  get sources(): readonly StatusSource[] {
    return this.#kept.map((kept) => ({ name: kept.name, status: () => this.#statusOf(kept) }));
  }

  /** The names of all configured jobs, also of those that cannot run. */
  get names(): readonly string[] {
    return this.#kept.map(({ name }) => name);
  }

  /** The job of that name. Throws `job-unknown`, or the problem that keeps it from running. */
  job(name: string): Job {
    return runnable(this.#kept, name);
  }

  /** Tells every job what holds it back now. */
  applyHolds(): void {
    for (const { name, job } of this.#kept) {
      job?.hold(this.#holds.heldOf(name)[0]?.reason ?? null);
      this.#touched(name);
    }
  }

  /** Throws `job-unknown`, or `not-applicable` for a job that only answers others. */
  checkActive(name: string): void {
    const found = this.#kept.find((one) => one.name === name);
    if (found === undefined) throw new ProblemError('job-unknown', { job: name });
    if (found.type === 'sink' || found.type === 'source') {
      throw new ProblemError('not-applicable', { what: 'pausing or stopping it', job: name });
    }
  }

  /** Ends the run at work of this job, or (null) of every job. Gives the names of those where there was one. */
  stopRuns(name: string | null, how: StopHow, again: boolean): string[] {
    if (name !== null) this.checkActive(name);
    return this.#kept
      .filter((kept) => (name === null || kept.name === name) && kept.job?.stop(how, again))
      .map((kept) => kept.name);
  }

  /** Ejects a drive that some job names; throws `request-invalid` where none does, and what keeps it from being ejected. */
  async ejectDrive(poolGuid: string, signal: AbortSignal): Promise<void> {
    await this.#withDrive(poolGuid, (job) => job.ejectDrive?.(poolGuid, signal));
  }

  /** Begins to have everything on a drive checked, or ends that; throws as `ejectDrive`. */
  async scrubDrive(poolGuid: string, wanted: 'start' | 'stop', signal: AbortSignal): Promise<void> {
    await this.#withDrive(poolGuid, (job) => job.scrubDrive?.(poolGuid, wanted, signal));
  }

  /** The jobs that name a drive; throws `request-invalid` where none does. */
  withDrive(poolGuid: string): readonly { readonly name: string; readonly job: Job }[] {
    const found = this.#kept.flatMap(({ name, job }) => {
      const names = job?.status().drives?.some((drive) => drive.poolGuid === poolGuid) ?? false;
      return job === null || !names ? [] : [{ name, job }];
    });
    if (found.length > 0) return found;
    throw new ProblemError('request-invalid', { reason: remark('drive-of-no-job', { guid: poolGuid }) });
  }

  async #withDrive(poolGuid: string, act: (job: Job) => Promise<boolean> | undefined): Promise<void> {
    for (const { job } of this.#kept) if (job !== null && (await act(job))) return;
    throw new ProblemError('request-invalid', { reason: remark('drive-of-no-job', { guid: poolGuid }) });
  }

  /** Starts every job that can run; `touched` hears the name of each job whose status changes. */
  start(touched: (job: string) => void): void {
    this.#touched = touched;
    for (const kept of this.#kept) this.#begin(kept);
  }

  #begin(kept: KeptJob): void {
    if (kept.job === null) return;
    this.#alive.add(kept);
    kept.ended = this.#run(kept, kept.job);
  }

  /** Aborts all jobs and waits for them, at most `graceMs`. Gives the names of those that have not ended. */
  stop(graceMs: number, clock: Clock): Promise<readonly string[]> {
    return this.#end(this.#kept, graceMs, clock);
  }

  async #end(which: readonly KeptJob[], graceMs: number, clock: Clock): Promise<readonly string[]> {
    for (const { abort } of which) abort.abort();
    const patience = new AbortController();
    const expired = clock.sleep(graceMs, patience.signal).catch(() => {});
    await Promise.race([Promise.all(which.map(({ ended }) => ended)), expired]);
    patience.abort();
    return which.filter((kept) => this.#alive.has(kept)).map(({ name }) => name);
  }

  async #run(kept: KeptJob, job: Job): Promise<void> {
    const { signal } = kept.abort;
    const deaf = job.onRun((event) => this.#note(kept.name, event));
    const stop = job.onChange(() => this.#touched(kept.name));
    try {
      await job.run(signal);
      if (!signal.aborted) throw new Error('the job ended by itself');
    } catch (thrown) {
      if (!signal.aborted) {
        kept.refusal = asProblemError(thrown);
        this.#log.error({ job: kept.name, err: kept.refusal }, 'this job has stopped because of a defect');
        this.#touched(kept.name);
      } else {
        this.#log.warn({ job: kept.name, err: thrown }, 'this job did not end cleanly');
      }
    } finally {
      stop();
      deaf();
      this.#alive.delete(kept);
    }
  }

  /** Whether a run at work should not be cut short by sleep. */
  get keepsAwake(): boolean {
    return this.#kept.some((kept) => keepsAwake(this.#ownStatus(kept)));
  }

  /** Wakes a job that can run; others are passed over. */
  goOn(name: string): void {
    const kept = this.#kept.find((one) => one.name === name);
    if (kept?.job === null || kept?.refusal !== null) return;
    try {
      kept.job.wake('wakeup', { snapshot: false });
    } catch (thrown) {
      this.#log.warn({ job: name, err: thrown }, 'this job does not go on');
    }
  }

  /** Names of the jobs that are at work. */
  get atWork(): readonly string[] {
    return this.#kept
      .filter((kept) => this.#ownStatus(kept).stage !== 'idle' && kept.refusal === null)
      .map(({ name }) => name);
  }

  /** A defect in remembering must not end the job. */
  #note(job: string, event: RunEvent): void {
    try {
      this.#journal.hear(job, event);
      // What a run has learnt of its drives is remembered, whether anybody asks for it or not.
      if (event.kind === 'ended') this.#rememberDrives(job);
    } catch (thrown) {
      this.#log.error({ job, err: thrown }, 'what became of a run could not be noted');
    }
  }

  #statusOf(kept: KeptJob): JobStatus {
    const status = this.#ownStatus(kept);
    const held = [...this.#holds.heldOf(kept.name)];
    return {
      ...status,
      paused: this.#holds.pauseOf(kept.name),
      held,
      nextRun: nextRunOf(status, held),
      lastSuccessMs: status.lastSuccessMs ?? this.#journal.lastSuccessMs(kept.name),
      ...(status.drives === undefined ? {} : { drives: this.#drivesOf(kept.name, status.drives) }),
      // What this process has not seen yet, the one before it may have.
      lastRunFailed: status.lastRunFailed || (!isOff(status) && this.#journal.lastRunFailed(kept.name)),
    };
  }

  #rememberDrives(job: string): void {
    const kept = this.#kept.find(({ name }) => name === job);
    if (kept !== undefined) this.#drivesOf(job, this.#ownStatus(kept).drives ?? []);
  }

  #drivesOf(job: string, drives: readonly DriveReport[]): DriveReport[] {
    return drives.map((drive) => this.#journal.drive(job, drive));
  }

  #ownStatus(kept: KeptJob): JobReport {
    let last: JobReport | null = null;
    let refusal: ProblemError | null = kept.refusal;
    try {
      last = kept.job?.status() ?? null;
    } catch (thrown) {
      refusal ??= asProblemError(thrown);
    }
    if (last !== null && refusal === null) return last;
    return refusedStatus(kept, refusal ?? asProblemError(new Error('the job gives no status')), last);
  }
}

/** A job that the factory refuses stays visible with the reason. */
function makeKept<C extends JobConfigHead>(config: C, makeJob: (config: C) => Job, log: Log): KeptJob {
  const common = { name: config.name, type: config.type, abort: new AbortController(), ended: Promise.resolve() };
  try {
    return { ...common, job: makeJob(config), refusal: null };
  } catch (thrown) {
    const refusal = asProblemError(thrown, { phase: 'config' });
    log.warn({ job: config.name, err: refusal }, 'this job cannot run');
    return { ...common, job: null, refusal };
  }
}

function isOff({ refusal }: JobReport): boolean {
  return refusal?.code === 'job-disabled';
}
