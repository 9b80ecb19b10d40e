/**
 * A sink that push jobs of the same daemon reach over a local connection. It does nothing of its own accord: the push that
 * uses it runs its receiver. Wiring only.
 */
import type { AbstractionRelease, AbstractionRow, WakeResult } from '../api/contract.ts';
import { ProblemError } from '../api/problem.ts';
import type { JobPlan, JobReport } from '../api/status.ts';
import type { JobMarks } from './job-marks.ts';
import type { Job } from './types.ts';

export class Sink implements Job {
  readonly name: string;
  readonly type = 'sink';
  readonly #marks: JobMarks;

  constructor(name: string, marks: JobMarks) {
    this.name = name;
    this.#marks = marks;
  }

  status(): JobReport {
    return {
      name: this.name,
      type: this.type,
      stage: 'idle',
      refusal: null,
      destination: null,
      lastWake: null,
      queued: false,
      stopping: false,
      lastSuccessMs: null,
      lastRunFailed: false,
      snapshotting: null,
      replication: null,
      pruning: [],
      safety: [],
    };
  }

  onChange(): () => void {
    return () => {};
  }

  onRun(): () => void {
    return () => {};
  }

  run(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    return promise;
  }

  wake(): WakeResult {
    throw this.#passive('running it');
  }

  async waitFor(): Promise<never> {
    throw this.#passive('waiting for a run');
  }

  reset(): boolean {
    throw this.#passive('resetting it');
  }

  /** It does nothing of its own accord that could be held back. */
  hold(): void {}

  stop(): boolean {
    return false;
  }

  async plan(): Promise<JobPlan> {
    throw this.#passive('a plan');
  }

  abstractions(signal: AbortSignal, jobId?: string): Promise<readonly AbstractionRow[]> {
    return this.#marks.list({ signal }, jobId);
  }

  releaseAbstractions(
    which: 'stale' | 'all',
    dryRun: boolean,
    signal: AbortSignal,
    jobId?: string,
  ): Promise<readonly AbstractionRelease[]> {
    return this.#marks.release(which, dryRun, { signal }, jobId);
  }

  #passive(what: string): ProblemError {
    return new ProblemError('not-applicable', { what, job: this.name });
  }
}
