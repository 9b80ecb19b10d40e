/** A push: snapshots here, replication to one destination, pruning on both sides. Wiring only. */
import type { HoldReason } from '../api/conditions.ts';
import type { AbstractionRelease, AbstractionRow, RunOutcome, WakeResult } from '../api/contract.ts';
import type { StopHow } from '../api/control.ts';
import { asProblemError, type Problem, ProblemError } from '../api/problem.ts';
import type { DatasetSafety, JobPlan, JobReport, ReplicationReport } from '../api/status.ts';
import type { PushJob as PushConfig, WakeConfig } from '../config/types.ts';
import type { ReceiverOptions } from '../endpoint/receiver.ts';
import type { SenderOptions } from '../endpoint/sender.ts';
import type { ReplicationPolicy } from '../replication/policy.ts';
import { type PeerWake, replicate } from '../replication/run.ts';
import { TidyMemory } from '../replication/tidy-memory.ts';
import type { MakeScheduler, SnapshotScheduler } from '../snapshotting/scheduler.ts';
import type { JobDeps, Reach } from './deps.ts';
import type { JobMarks } from './job-marks.ts';
import { NewestCreations } from './newest-creations.ts';
import { planPush } from './plan-push.ts';
import type { SeenSides } from './prune-input.ts';
import { SidesPruner } from './prune-sides.ts';
import type { Pruner } from './pruner.ts';
import { PushEnds } from './push-ends.ts';
import { isAutomatic, RunLoop, type RunSignals, type Wake, type WakeReason } from './run-loop.ts';
import { type RunEvent, RunRecord } from './run-record.ts';
import { tallyOf } from './run-tally.ts';
import { safetyOf } from './safety.ts';
import { bothReached, hadDatasets, outcomeOf, problemsOf, runDatasetsOf, snapshotProblems } from './status-parts.ts';
import { Sweeper } from './sweep.ts';
import type { Job } from './types.ts';

/** What a push is put together from; see factory.ts. */
export interface PushParts {
  readonly config: PushConfig;
  readonly deps: JobDeps;
  readonly destination: string;
  readonly sender: Omit<SenderOptions, 'onCleanupProblem'>;
  readonly receiver: Omit<ReceiverOptions, 'onCleanupProblem'>;
  readonly policy: ReplicationPolicy;
  readonly scheduler: MakeScheduler;
  readonly pruneSender: Pruner;
  readonly pruneReceiver: Pruner;
  readonly marks: JobMarks;
  /** How the other machine is woken up; null where it is not. */
  readonly wake: WakeConfig | null;
  readonly reach: Pick<Reach, 'metAt' | 'wakeUp'>;
}

export class Push implements Job {
  readonly name: string;
  readonly type = 'push';
  readonly #parts: PushParts;
  readonly #scheduler: SnapshotScheduler;
  readonly #runs: RunLoop;
  readonly #memory = new TidyMemory();
  readonly #listeners = new Set<() => void>();
  #stage: JobReport['stage'] = 'idle';
  #replication: (() => ReplicationReport) | null = null;
  readonly #pruning: SidesPruner;
  #safety: readonly DatasetSafety[] = [];
  readonly #creations = new NewestCreations();
  readonly #record: RunRecord;
  readonly #sweeper: Sweeper;
  /** What the run has seen of both sides serves pruning and status. */
  readonly #ends: PushEnds;

  constructor(parts: PushParts) {
    this.name = parts.config.name;
    this.#parts = parts;
    this.#pruning = new SidesPruner(parts.pruneSender, parts.pruneReceiver, () => this.#changed());
    this.#sweeper = new Sweeper(parts.marks.own, parts.deps.clock, parts.deps.log.child({ job: this.name }));
    this.#ends = new PushEnds({
      ...parts,
      clock: parts.deps.clock,
      onCleanupProblem: (problem) => {
        this.#sweeper.noteLeft();
        parts.deps.log.warn({ job: this.name, err: problem }, 'cleaning up failed and is tried again later');
      },
    });
    this.#record = new RunRecord((taken) => tallyOf(this.#replication?.() ?? null, this.#pruning.reports, taken));
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
    const metAt = this.#parts.reach.metAt?.();
    return {
      name: this.name,
      type: this.type,
      stage: this.#stage,
      refusal: null,
      destination: this.#parts.destination,
      ...(metAt === undefined ? {} : { metAt }),
      lastWake: wake === null ? null : { atMs: wake.atMs, reason: wake.reason },
      queued: this.#runs.queued,
      stopping: this.#runs.stopping,
      lastSuccessMs: this.#record.lastSuccessMs,
      lastRunFailed: this.#record.lastRunFailed,
      snapshotting: this.#scheduler.status(),
      replication: this.#replication?.() ?? null,
      pruning: [...this.#pruning.reports],
      safety: [...this.#safety],
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

  plan(signal: AbortSignal): Promise<JobPlan> {
    const { policy, pruneSender, pruneReceiver, config } = this.#parts;
    return planPush(
      {
        job: this.name,
        ...this.#ends.apart(),
        destination: this.#parts.destination,
        policy,
        pruneSender,
        pruneReceiver,
        zfs: this.#parts.sender.zfs,
        receiverZfs: this.#parts.receiver.zfs,
        receiverJobId: this.#parts.receiver.jobId,
        root: this.#parts.receiver.root,
        flags: this.#parts.sender.flags,
        estimates: config.replication.sizeEstimates,
      },
      signal,
    );
  }

  abstractions(signal: AbortSignal, jobId?: string): Promise<readonly AbstractionRow[]> {
    return this.#parts.marks.list({ signal }, jobId);
  }

  async releaseAbstractions(
    which: 'stale' | 'all',
    dryRun: boolean,
    signal: AbortSignal,
    jobId?: string,
  ): Promise<readonly AbstractionRelease[]> {
    if (which === 'all' && !dryRun && (jobId ?? this.name) === this.name && this.#runs.busy) {
      throw new ProblemError('not-applicable', { what: 'releasing marks while a run needs them', job: this.name });
    }
    try {
      return await this.#parts.marks.release(which, dryRun, { signal }, jobId);
    } finally {
      if (!dryRun) this.#ends.forget();
    }
  }

  async #cycle(wake: Readonly<Wake>, { now: signal, soon }: RunSignals): Promise<RunOutcome> {
    const { log, clock } = this.#parts.deps;
    this.#replication = null;
    this.#pruning.forget();
    const problems: Problem[] = [];
    let considered = false;
    try {
      if (wake.snapshot) {
        this.#enter('snapshotting');
        const taken = await this.#scheduler.takeNow(signal);
        this.#record.takenByRun(taken);
        problems.push(...snapshotProblems(taken));
      }
      if (!soon.aborted) {
        this.#enter('replicating');
        const report = await this.#replicate(wake.reason, signal, soon);
        considered = hadDatasets(report);
        problems.push(...problemsOf(report));
        this.#noteSafety();
        if (!soon.aborted) problems.push(...(await this.#prune(report, { now: signal, soon })));
        // Without a plan for both sides it is not known which transfers may go on.
        if (!soon.aborted && bothReached(report)) {
          const changed = await this.#sweeper.afterRun(runDatasetsOf(report), { signal });
          if (changed) this.#ends.forget();
        }
      }
    } catch (thrown) {
      problems.push(asProblemError(thrown).toProblem());
    }
    this.#noteSafety();
    if (!soon.aborted) await this.#readCreations(signal);
    this.#ends.endRun();
    const outcome = outcomeOf(problems, soon.aborted);
    this.#record.settle(outcome, considered, clock.nowMs());
    for (const problem of outcome.problems) log.warn({ job: this.name, problem }, problem.happened);
    this.#enter('idle');
    return outcome;
  }

  async #replicate(reason: WakeReason, signal: AbortSignal, soon: AbortSignal): Promise<ReplicationReport> {
    const { deps, policy, config } = this.#parts;
    const final = await replicate({
      endpoints: () => this.#ends.next(),
      jobId: this.name,
      policy,
      concurrency: config.replication.steps,
      retry: deps.retry,
      memory: this.#memory,
      clock: deps.clock,
      random: deps.random,
      signal,
      soon,
      wake: this.#wakeFor(reason),
      onChange: (report) => {
        this.#replication = report;
        this.#changed();
      },
    });
    this.#replication = () => final;
    return final;
  }

  /** A person who asks for a run wants the machine awake; of the others it depends on what is configured. */
  #wakeFor(reason: WakeReason): PeerWake | undefined {
    const { wake, deps, reach } = this.#parts;
    const { wakeUp } = reach;
    if (wake === null || wakeUp === undefined || (isAutomatic(reason) && !wake.scheduled)) return undefined;
    return {
      waitMs: wake.waitMs,
      send: async () => {
        try {
          await wakeUp(wake);
          deps.log.info({ job: this.name, mac: wake.mac }, 'woke the machine of the destination up');
          return true;
        } catch (err) {
          deps.log.warn({ job: this.name, err }, 'the machine of the destination could not be woken up');
          return false;
        }
      },
    };
  }

  async #prune(report: ReplicationReport, { now: signal, soon }: RunSignals): Promise<readonly Problem[]> {
    const sides = await this.#seen(report, signal);
    if (sides === null) return [];
    this.#enter('pruning-sender');
    const problems = [...(await this.#pruning.pruneSender(sides, signal))];
    // Who was away at the last try is not tried again right after.
    if (sides.receiverKnown && bothReached(report) && !soon.aborted) {
      this.#enter('pruning-receiver');
      problems.push(...(await this.#pruning.pruneReceiver(sides, signal)));
    }
    this.#pruning.settle();
    const { pruneSender, pruneReceiver } = this.#parts;
    this.#ends.learnCreation(
      (dataset, snapshot) => pruneSender.takeCreation(dataset, snapshot),
      (dataset, snapshot) => pruneReceiver.takeCreation(dataset, snapshot),
    );
    return problems;
  }

  /** Both sides as the run saw them; null when not even this one could be listed. */
  async #seen(report: ReplicationReport, signal: AbortSignal): Promise<SeenSides | null> {
    if (this.#ends.sender === null && report.attempts.at(-1)?.problem?.side !== 'sender') {
      // The receiver failed before this side was through: its own listing does not depend on that.
      await this.#ends.next().sender.survey({ signal });
    }
    const { sender, destination } = this.#parts;
    const labels = { senderLabel: sender.zfs.label, receiverLabel: destination, jobId: this.name };
    return this.#ends.seen(labels, { signal });
  }

  #noteSafety(): void {
    const { sender, receiver } = this.#ends;
    if (sender === null) return;
    const { destination, policy, deps, ...ends } = this.#parts;
    const safety = safetyOf(sender, receiver, {
      destination,
      guarantee: policy.protection.incremental,
      jobId: this.name,
      receiverJobId: ends.receiver.jobId,
      senderHost: ends.sender.zfs.label,
      receiverHost: ends.receiver.zfs.label,
      nowMs: deps.clock.nowMs(),
      before: this.#safety,
      report: this.#replication?.() ?? null,
    });
    this.#safety = this.#creations.complete(safety);
  }

  async #readCreations(signal: AbortSignal): Promise<void> {
    const { sender } = this.#ends;
    if (sender === null) return;
    await this.#creations.read(this.#parts.sender.zfs, sender, this.#safety, signal);
    this.#safety = this.#creations.complete(this.#safety);
  }

  #enter(stage: JobReport['stage']): void {
    this.#stage = stage;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
