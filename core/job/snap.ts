/** A snap job: snapshots here and pruning of them, no destination. Wiring only. */
import type { HoldReason } from '../api/conditions.ts';
import type { AbstractionRelease, AbstractionRow, RunOutcome, WakeResult } from '../api/contract.ts';
import type { StopHow } from '../api/control.ts';
import { asProblemError, type Problem, type ProblemError } from '../api/problem.ts';
import { SPACE_PLACES_MAX } from '../api/space.ts';
import type { JobPlan, JobReport, PruningReport } from '../api/status.ts';
import type { SnapJob as SnapConfig } from '../config/types.ts';
import { type SenderOptions, ZfsSender } from '../endpoint/sender.ts';
import { explainPlan } from '../pruning/explain.ts';
import type { MakeScheduler, SnapshotScheduler } from '../snapshotting/scheduler.ts';
import type { JobDeps } from './deps.ts';
import type { JobMarks } from './job-marks.ts';
import { localDatasets } from './prune-input.ts';
import type { Pruner } from './pruner.ts';
import { RunLoop, type RunSignals, type Wake } from './run-loop.ts';
import { type RunEvent, RunRecord } from './run-record.ts';
import { hasMoved, tallyOf } from './run-tally.ts';
import type { SourceSpace } from './source-space.ts';
import { outcomeOf, snapshotProblems } from './status-parts.ts';
import type { Job } from './types.ts';

export interface SnapParts {
  readonly config: SnapConfig;
  readonly deps: JobDeps;
  /** Lists the datasets of the job; nothing is sent. */
  readonly sender: Omit<SenderOptions, 'onCleanupProblem'>;
  readonly scheduler: MakeScheduler;
  readonly pruner: Pruner;
  /** A snap job sets none itself. */
  readonly marks: JobMarks;
  /** The room in the pools of its datasets; null where nothing is asked of it. */
  readonly space: SourceSpace | null;
}

export class Snap implements Job {
  readonly name: string;
  readonly type = 'snap';
  readonly #parts: SnapParts;
  readonly #scheduler: SnapshotScheduler;
  readonly #runs: RunLoop;
  readonly #listeners = new Set<() => void>();
  #stage: JobReport['stage'] = 'idle';
  #pruning: PruningReport | null = null;
  readonly #record: RunRecord;

  constructor(parts: SnapParts) {
    this.name = parts.config.name;
    this.#parts = parts;
    this.#record = new RunRecord((taken) => tallyOf(null, this.#pruning === null ? [] : [this.#pruning], taken));
    this.#scheduler = parts.scheduler({
      onTaken: (run) => {
        this.#record.takenBySchedule(run);
        this.#runs.wake('snapshots', false);
      },
      onLeftOut: (reason, problem) => this.#record.leftOut(reason, parts.deps.clock.nowMs(), problem),
      onChange: () => this.#changed(),
    });
    this.#runs = new RunLoop(
      (wake, signals) => this.#cycle(wake, signals),
      () => parts.deps.clock.nowMs(),
      () => this.#changed(),
      (event) => this.#record.hear(event),
    );
  }

  status(): JobReport {
    const wake = this.#runs.lastWake;
    const { space } = this.#parts;
    return {
      name: this.name,
      type: this.type,
      stage: this.#stage,
      refusal: null,
      destination: null,
      lastWake: wake === null ? null : { atMs: wake.atMs, reason: wake.reason },
      queued: this.#runs.queued,
      stopping: this.#runs.stopping,
      lastSuccessMs: this.#record.lastSuccessMs,
      lastRunFailed: this.#record.lastRunFailed,
      snapshotting: this.#scheduler.status(),
      replication: null,
      pruning: this.#pruning === null ? [] : [this.#pruning],
      safety: [],
      ...(space === null ? {} : { space: space.places.slice(0, SPACE_PLACES_MAX) }),
    };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onRun(listener: (event: RunEvent) => void): () => void {
    return this.#record.onRun(listener);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#scheduler.run(signal), this.#runs.serve(signal)]);
  }

  wake(reason: 'wakeup' | 'run', options: { readonly snapshot: boolean }): WakeResult {
    const snapshot = options.snapshot && this.#parts.config.snapshotting.type !== 'manual';
    return { ...this.#runs.wake(reason, snapshot), snapshot };
  }

  waitFor(runId: number, signal: AbortSignal): Promise<RunOutcome> {
    return this.#runs.waitFor(runId, signal);
  }

  reset(): boolean {
    return this.#runs.reset();
  }

  hold(reason: HoldReason | null): void {
    this.#runs.hold(reason);
  }

  stop(how: StopHow, again: boolean): boolean {
    return this.#runs.stop(how, again);
  }

  async plan(signal: AbortSignal): Promise<JobPlan> {
    const sender = this.#lister();
    await sender.survey({ signal });
    const plan = await this.#parts.pruner.plan(localDatasets(sender.known() ?? new Map()), [], signal);
    return { job: this.name, replication: [], pruning: [explainPlan(plan)] };
  }

  abstractions(signal: AbortSignal, jobId?: string): Promise<readonly AbstractionRow[]> {
    return this.#parts.marks.list({ signal }, jobId);
  }

  releaseAbstractions(
    which: 'stale' | 'all',
    dryRun: boolean,
    signal: AbortSignal,
    jobId?: string,
  ): Promise<readonly AbstractionRelease[]> {
    return this.#parts.marks.release(which, dryRun, { signal }, jobId);
  }

  #lister(): ZfsSender {
    const onCleanupProblem = (problem: ProblemError) => {
      this.#parts.deps.log.warn({ job: this.name, err: problem }, 'cleaning up failed');
    };
    return new ZfsSender({ ...this.#parts.sender, onCleanupProblem });
  }

  async #cycle(wake: Readonly<Wake>, { now: signal, soon }: RunSignals): Promise<RunOutcome> {
    const { clock, log } = this.#parts.deps;
    const seen: Problem[] = [];
    let found = false;
    this.#pruning = null;
    try {
      if (wake.snapshot) {
        this.#enter('snapshotting');
        const taken = await this.#scheduler.takeNow(signal);
        this.#record.takenByRun(taken);
        seen.push(...snapshotProblems(taken));
      }
      if (!soon.aborted) {
        this.#enter('pruning-local');
        const sender = this.#lister();
        found = (await sender.survey({ signal })).datasets.size > 0;
        const trouble = await this.#parts.pruner.run(
          localDatasets(sender.known() ?? new Map()),
          [],
          signal,
          (report) => {
            this.#pruning = report;
            this.#changed();
          },
        );
        seen.push(...trouble);
        const datasets = sender.known()?.keys() ?? [];
        if (!soon.aborted) await this.#parts.space?.read(datasets, hasMoved(this.#record.tally), signal);
      }
    } catch (thrown) {
      seen.push(asProblemError(thrown, { phase: 'prune', side: 'local' }).toProblem());
    }
    const outcome = outcomeOf(seen, soon.aborted);
    this.#record.settle(outcome, found, clock.nowMs());
    for (const problem of outcome.problems) log.warn({ job: this.name, problem }, problem.happened);
    this.#enter('idle');
    return outcome;
  }

  #enter(stage: JobReport['stage']): void {
    this.#stage = stage;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
