import type { HoldReason } from '../../../../core/api/conditions.ts';
import type { AbstractionRelease, AbstractionRow, RunOutcome, WakeResult } from '../../../../core/api/contract.ts';
import type { StopHow } from '../../../../core/api/control.ts';
import { ProblemError } from '../../../../core/api/problem.ts';
import type { JobPlan, JobStatus, StateStatus } from '../../../../core/api/status.ts';
import type { RunEvent } from '../../../../core/job/run-record.ts';
import type { Job } from '../../../../core/job/types.ts';

/** A daemon that remembers everything. */
export const GOOD_STATE: StateStatus = { folder: '/var/lib/snapferry', problem: null, damagedLines: 0 };

export function idleStatus(name: string, type: JobStatus['type'] = 'push'): JobStatus {
  return {
    paused: null,
    held: [],
    nextRun: { state: 'by-hand', atMs: null, why: 'by-hand' },
    name,
    type,
    stage: 'idle',
    refusal: null,
    destination: 'root@nas:tank/backup',
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

/** A job in memory whose every turn a test decides. */
export class FakeJob implements Job {
  readonly name: string;
  readonly type: JobStatus['type'];
  readonly calls: string[] = [];
  current: JobStatus;
  rows: readonly AbstractionRow[] = [];
  releases: readonly AbstractionRelease[] = [];
  nextPlan: JobPlan;
  wakeResult: WakeResult = { runId: 1, queued: false, snapshot: true };
  resetResult = true;
  /** What the next question meets instead of an answer. */
  trouble: unknown = null;
  readonly #listeners = new Set<() => void>();
  readonly #runListeners = new Set<(event: RunEvent) => void>();
  readonly #runs = new Map<number, PromiseWithResolvers<RunOutcome>>();
  readonly #life = Promise.withResolvers<void>();
  /** Whether it ends when aborted. */
  obedient = true;
  started = false;

  constructor(name: string, type: JobStatus['type'] = 'push') {
    this.name = name;
    this.type = type;
    this.current = idleStatus(name, type);
    this.nextPlan = { job: name, replication: [], pruning: [] };
  }

  status(): JobStatus {
    return this.current;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onRun(listener: (event: RunEvent) => void): () => void {
    this.#runListeners.add(listener);
    return () => this.#runListeners.delete(listener);
  }

  tell(event: RunEvent): void {
    for (const listener of this.#runListeners) listener(event);
  }

  get listenerCount(): number {
    return this.#listeners.size + this.#runListeners.size;
  }

  /** Becomes another one and says so. */
  become(change: Partial<JobStatus>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.#listeners) listener();
  }

  run(signal: AbortSignal): Promise<void> {
    this.started = true;
    signal.addEventListener('abort', () => {
      if (this.obedient) this.#life.resolve();
    });
    return this.#life.promise;
  }

  /** Ends its life by itself. */
  die(error: unknown): void {
    if (error === null) this.#life.resolve();
    else this.#life.reject(error);
  }

  wake(reason: 'wakeup' | 'run', options: { readonly snapshot: boolean }): WakeResult {
    this.#ask(`wake ${reason} ${options.snapshot}`);
    return this.wakeResult;
  }

  waitFor(runId: number, signal: AbortSignal): Promise<RunOutcome> {
    this.#ask(`wait ${runId}`);
    const run = this.#run(runId);
    signal.addEventListener('abort', () => {
      this.calls.push(`wait ${runId} aborted`);
      run.reject(new ProblemError('command-aborted'));
    });
    return run.promise;
  }

  finish(runId: number, outcome: RunOutcome): void {
    this.#run(runId).resolve(outcome);
  }

  #run(runId: number): PromiseWithResolvers<RunOutcome> {
    const run = this.#runs.get(runId) ?? Promise.withResolvers<RunOutcome>();
    this.#runs.set(runId, run);
    return run;
  }

  reset(): boolean {
    this.#ask('reset');
    return this.resetResult;
  }

  /** Why it is held back now. */
  heldBy: HoldReason | null = null;
  stopResult = true;

  hold(reason: HoldReason | null): void {
    this.heldBy = reason;
  }

  stop(how: StopHow, again: boolean): boolean {
    this.#ask(`stop ${how} ${again}`);
    return this.stopResult;
  }

  async scrubDrive(poolGuid: string, wanted: 'start' | 'stop'): Promise<boolean> {
    this.#ask(`scrub ${wanted} ${poolGuid}`);
    return this.current.drives?.some((drive) => drive.poolGuid === poolGuid) ?? false;
  }

  async plan(_signal?: AbortSignal): Promise<JobPlan> {
    this.#ask('plan');
    return this.nextPlan;
  }

  async abstractions(_signal: AbortSignal, jobId?: string): Promise<readonly AbstractionRow[]> {
    this.#ask(jobId === undefined ? 'abstractions' : `abstractions of ${jobId}`);
    return this.rows;
  }

  async releaseAbstractions(
    which: 'stale' | 'all',
    dryRun: boolean,
    _signal: AbortSignal,
    jobId?: string,
  ): Promise<readonly AbstractionRelease[]> {
    this.#ask(`release ${which} ${dryRun}${jobId === undefined ? '' : ` of ${jobId}`}`);
    return this.releases;
  }

  #ask(call: string): void {
    this.calls.push(call);
    if (this.trouble !== null) throw this.trouble;
  }
}
