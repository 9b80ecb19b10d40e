/** A push: snapshots here, replication to one destination, pruning on both sides. Wiring only. */
import type { AbstractionRelease, AbstractionRow, RunOutcome, WakeResult } from '../api/contract.ts';
import { asProblemError, type Problem, ProblemError } from '../api/problem.ts';
import type { DatasetSafety, JobPlan, JobStatus, PruningReport, ReplicationReport } from '../api/status.ts';
import type { PushJob as PushConfig } from '../config/types.ts';
import { type ReceiverOptions, ZfsReceiver } from '../endpoint/receiver.ts';
import { type SenderOptions, ZfsSender } from '../endpoint/sender.ts';
import type { ReplicationPolicy } from '../replication/policy.ts';
import { replicate } from '../replication/run.ts';
import { TidyMemory } from '../replication/tidy-memory.ts';
import type { SnapshotRun } from '../snapshotting/run.ts';
import type { SnapshotScheduler } from '../snapshotting/scheduler.ts';
import type { JobDeps } from './deps.ts';
import { listMarks, type MarkSide, releaseMarks } from './marks.ts';
import { planPush } from './plan-push.ts';
import { receiverDatasets, receiverListing, type SeenSides, senderDatasets, senderListing } from './prune-input.ts';
import type { Pruner } from './pruner.ts';
import { RunLoop, type Wake } from './run-loop.ts';
import { problemsOf, safetyOf, snapshotProblems } from './status-parts.ts';
import type { Job } from './types.ts';

/** What a push is put together from; see factory.ts. */
export interface PushParts {
  readonly config: PushConfig;
  readonly deps: JobDeps;
  readonly destination: string;
  readonly sender: Omit<SenderOptions, 'onCleanupProblem'>;
  readonly receiver: Omit<ReceiverOptions, 'onCleanupProblem'>;
  readonly policy: ReplicationPolicy;
  readonly scheduler: (onTaken: (run: SnapshotRun) => void, onChange: () => void) => SnapshotScheduler;
  readonly pruneSender: Pruner;
  readonly pruneReceiver: Pruner;
  /** Where marks of this job lie. */
  readonly markSides: readonly MarkSide[];
}

export class Push implements Job {
  readonly name: string;
  readonly type = 'push';
  readonly #parts: PushParts;
  readonly #scheduler: SnapshotScheduler;
  readonly #runs: RunLoop;
  readonly #memory = new TidyMemory();
  readonly #listeners = new Set<() => void>();
  #stage: JobStatus['stage'] = 'idle';
  #replication: (() => ReplicationReport) | null = null;
  #pruning: { sender: PruningReport | null; receiver: PruningReport | null } = { sender: null, receiver: null };
  #safety: readonly DatasetSafety[] = [];
  #lastSuccessMs: number | null = null;
  #lastRunFailed = false;
  /** Endpoints of the latest attempt: what they have seen serves pruning and status. */
  #sender: ZfsSender | null = null;
  #receiver: ZfsReceiver | null = null;

  constructor(parts: PushParts) {
    this.name = parts.config.name;
    this.#parts = parts;
    this.#scheduler = parts.scheduler(
      () => {
        this.#runs.wake('snapshots', false);
      },
      () => this.#changed(),
    );
    this.#runs = new RunLoop(
      (wake, signal) => this.#cycle(wake, signal),
      () => parts.deps.clock.nowMs(),
      () => this.#changed(),
    );
  }

  status(): JobStatus {
    const wake = this.#runs.lastWake;
    return {
      name: this.name,
      type: this.type,
      stage: this.#stage,
      refusal: null,
      destination: this.#parts.destination,
      lastWake: wake === null ? null : { atMs: wake.atMs, reason: wake.reason },
      queued: this.#runs.queued,
      lastSuccessMs: this.#lastSuccessMs,
      lastRunFailed: this.#lastRunFailed,
      snapshotting: this.#scheduler.status(),
      replication: this.#replication?.() ?? null,
      pruning: [this.#pruning.sender, this.#pruning.receiver].filter((report) => report !== null),
      safety: [...this.#safety],
    };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
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

  plan(signal: AbortSignal): Promise<JobPlan> {
    const { policy, pruneSender, pruneReceiver, config } = this.#parts;
    const { sender, receiver } = this.#endpoints();
    return planPush(
      {
        job: this.name,
        sender,
        receiver,
        policy,
        pruneSender,
        pruneReceiver,
        zfs: this.#parts.sender.zfs,
        flags: this.#parts.sender.flags,
        estimates: config.replication.sizeEstimates,
      },
      signal,
    );
  }

  abstractions(signal: AbortSignal): Promise<readonly AbstractionRow[]> {
    return listMarks(this.#parts.markSides, { signal });
  }

  releaseAbstractions(
    which: 'stale' | 'all',
    dryRun: boolean,
    signal: AbortSignal,
  ): Promise<readonly AbstractionRelease[]> {
    if (which === 'all' && !dryRun && this.#runs.busy) {
      throw new ProblemError('not-applicable', { what: 'releasing marks while a run needs them', job: this.name });
    }
    return releaseMarks(this.#parts.markSides, which, dryRun, { signal });
  }

  #endpoints(): { readonly sender: ZfsSender; readonly receiver: ZfsReceiver } {
    const onCleanupProblem = (problem: ProblemError) => {
      this.#parts.deps.log.warn({ job: this.name, err: problem }, 'cleaning up failed and is tried again later');
    };
    return {
      sender: new ZfsSender({ ...this.#parts.sender, onCleanupProblem }),
      receiver: new ZfsReceiver({ ...this.#parts.receiver, onCleanupProblem }),
    };
  }

  async #cycle(wake: Readonly<Wake>, signal: AbortSignal): Promise<RunOutcome> {
    const { log, clock } = this.#parts.deps;
    this.#replication = null;
    this.#pruning = { sender: null, receiver: null };
    const problems: Problem[] = [];
    try {
      if (wake.snapshot) {
        this.#enter('snapshotting');
        const taken = await this.#scheduler.takeNow(signal);
        problems.push(...snapshotProblems(taken));
      }
      if (!signal.aborted) {
        this.#enter('replicating');
        const report = await this.#replicate(signal);
        problems.push(...problemsOf(report));
        this.#noteSafety();
      }
      if (!signal.aborted) problems.push(...(await this.#prune(signal)));
    } catch (thrown) {
      const problem = asProblemError(thrown);
      if (problem.code !== 'command-aborted') problems.push(problem.toProblem());
    } finally {
      this.#noteSafety();
      this.#enter('idle');
    }
    const ok = problems.every((problem) => problem.code === 'received-unprotected') && !signal.aborted;
    this.#lastRunFailed = !ok && !signal.aborted;
    if (ok) this.#lastSuccessMs = clock.nowMs();
    for (const problem of problems) log.warn({ job: this.name, problem }, problem.happened);
    this.#changed();
    return { ok, cancelled: signal.aborted, problems };
  }

  async #replicate(signal: AbortSignal): Promise<ReplicationReport> {
    const { deps, policy, config } = this.#parts;
    const final = await replicate({
      endpoints: () => {
        const { sender, receiver } = this.#endpoints();
        this.#sender = sender;
        this.#receiver = receiver;
        return { sender, receiver };
      },
      jobId: this.name,
      policy,
      concurrency: config.replication.steps,
      retry: deps.retry,
      memory: this.#memory,
      clock: deps.clock,
      random: deps.random,
      signal,
      onChange: (report) => {
        this.#replication = report;
        this.#changed();
      },
    });
    this.#replication = () => final;
    return final;
  }

  /** The sender is pruned also when the receiver is away, with what is known of it; the receiver only when it was listed. */
  async #prune(signal: AbortSignal): Promise<readonly Problem[]> {
    const { pruneSender, pruneReceiver } = this.#parts;
    const sides = this.#seen();
    if (sides === null) return [];
    const problems: Problem[] = [];
    this.#enter('pruning-sender');
    const onSender = await pruneSender.run(
      senderDatasets(sides),
      sides.receiverKnown ? [receiverListing(sides)] : [],
      signal,
      (report) => {
        this.#pruning = { ...this.#pruning, sender: report };
        this.#changed();
      },
    );
    problems.push(...onSender);
    if (sides.receiverKnown && !signal.aborted) {
      this.#enter('pruning-receiver');
      const onReceiver = await pruneReceiver.run(receiverDatasets(sides), [senderListing(sides)], signal, (report) => {
        this.#pruning = { ...this.#pruning, receiver: report };
        this.#changed();
      });
      problems.push(...onReceiver);
    }
    return problems;
  }

  #seen(): SeenSides | null {
    const sender = this.#sender?.known() ?? null;
    const receiver = this.#receiver?.known() ?? null;
    if (sender === null) return null;
    return {
      sender,
      receiver: receiver ?? new Map(),
      receiverKnown: receiver !== null,
      senderLabel: this.#parts.sender.zfs.label,
      receiverLabel: this.#parts.destination,
      jobId: this.name,
    };
  }

  #noteSafety(): void {
    const sender = this.#sender?.known() ?? null;
    const receiver = this.#receiver?.known() ?? null;
    // What was known of a receiver that is away now stays on show; its age tells how old it is.
    if (sender === null || receiver === null) return;
    this.#safety = safetyOf(sender, receiver, this.#parts.destination, this.#parts.policy.protection.incremental);
  }

  #enter(stage: JobStatus['stage']): void {
    this.#stage = stage;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
