/**
 * Keeps the jobs of a configuration: those that can run are started and ended together; those that cannot stay visible with
 * the reason. A job whose own loop breaks is not started again by itself: what it left behind is not known, and two of the
 * same job must never work at once. It stands in the status as refused, with the error.
 */
import type { Clock } from '../api/clock.ts';
import { asProblemError, type ProblemError } from '../api/problem.ts';
import type { JobStatus } from '../api/status.ts';
import type { RunEvent } from '../job/run-record.ts';
import type { Job } from '../job/types.ts';
import type { Log } from '../monitoring/log.ts';
import { type KeptJob, refusedStatus, runnable } from './kept-job.ts';
import type { StatusSource } from './status-hub.ts';

/** What the supervisor needs to know of a configured job; the rest is between configuration and factory. */
export interface JobConfigHead {
  readonly name: string;
  readonly type: JobStatus['type'];
}

/** Remembers what became of the runs, also those of daemons before this one. */
export interface Journal {
  hear(job: string, event: RunEvent): void;
  lastSuccessMs(job: string): number | null;
  lastRunFailed(job: string): boolean;
}

export class Supervisor {
  readonly #kept: readonly KeptJob[];
  readonly #journal: Journal;
  readonly #log: Log;
  readonly #abort = new AbortController();
  #running: Promise<void>[] = [];
  /** Names of jobs that have not ended. */
  readonly #alive = new Set<string>();
  #touched: (job: string) => void = () => {};

  /** Makes every job; one that the factory refuses does not stop the others. */
  constructor(kept: readonly KeptJob[], journal: Journal, log: Log) {
    this.#kept = kept;
    this.#journal = journal;
    this.#log = log;
  }

  static from<C extends JobConfigHead>(
    configs: readonly C[],
    makeJob: (config: C) => Job,
    journal: Journal,
    log: Log,
  ): Supervisor {
    const kept = configs.map((config): KeptJob => {
      try {
        return { name: config.name, type: config.type, job: makeJob(config), refusal: null };
      } catch (thrown) {
        const refusal = asProblemError(thrown, { phase: 'config' });
        log.warn({ job: config.name, err: refusal }, 'this job cannot run');
        return { name: config.name, type: config.type, job: null, refusal };
      }
    });
    return new Supervisor(kept, journal, log);
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

  /** Starts every job that can run; `touched` hears the name of each job whose status changes. */
  start(touched: (job: string) => void): void {
    this.#touched = touched;
    this.#running = this.#kept.flatMap((kept) => {
      if (kept.job === null) return [];
      this.#alive.add(kept.name);
      return [this.#run(kept, kept.job)];
    });
  }

  /** Aborts all jobs and waits for them, at most `graceMs`. Gives the names of those that have not ended. */
  async stop(graceMs: number, clock: Clock): Promise<readonly string[]> {
    this.#abort.abort();
    const patience = new AbortController();
    const expired = clock.sleep(graceMs, patience.signal).catch(() => {});
    await Promise.race([Promise.all(this.#running), expired]);
    patience.abort();
    return [...this.#alive];
  }

  async #run(kept: KeptJob, job: Job): Promise<void> {
    const deaf = job.onRun((event) => this.#note(kept.name, event));
    const stop = job.onChange(() => this.#touched(kept.name));
    try {
      await job.run(this.#abort.signal);
      if (!this.#abort.signal.aborted) throw new Error('the job ended by itself');
    } catch (thrown) {
      if (!this.#abort.signal.aborted) {
        kept.refusal = asProblemError(thrown);
        this.#log.error({ job: kept.name, err: kept.refusal }, 'this job has stopped because of a defect');
        this.#touched(kept.name);
      } else {
        this.#log.warn({ job: kept.name, err: thrown }, 'this job did not end cleanly');
      }
    } finally {
      stop();
      deaf();
      this.#alive.delete(kept.name);
    }
  }

  /** A defect in remembering must not end the job. */
  #note(job: string, event: RunEvent): void {
    try {
      this.#journal.hear(job, event);
    } catch (thrown) {
      this.#log.error({ job, err: thrown }, 'what became of a run could not be noted');
    }
  }

  #statusOf(kept: KeptJob): JobStatus {
    const status = this.#ownStatus(kept);
    return {
      ...status,
      lastSuccessMs: status.lastSuccessMs ?? this.#journal.lastSuccessMs(kept.name),
      // What this process has not seen yet, the one before it may have.
      lastRunFailed: status.lastRunFailed || this.#journal.lastRunFailed(kept.name),
    };
  }

  #ownStatus(kept: KeptJob): JobStatus {
    let last: JobStatus | null = null;
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
