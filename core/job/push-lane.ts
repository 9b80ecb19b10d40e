/**
 * The way of a push to one destination: replication, pruning on both sides, and what is known of how safe the data is there.
 * It keeps marks under an id of its own, so that the ways of one job to several drives never disturb each other.
 */
import type { AbstractionRelease, AbstractionRow } from '../api/contract.ts';
import { asProblemError, type Problem } from '../api/problem.ts';
import type { SpacePlace } from '../api/space.ts';
import type { DatasetSafety, JobPlan, JobReport, PruningReport, ReplicationReport } from '../api/status.ts';
import type { PushJob as PushConfig, WakeConfig } from '../config/types.ts';
import type { ReceiverOptions } from '../endpoint/receiver.ts';
import type { SenderOptions } from '../endpoint/sender.ts';
import type { ReceiverDataset, SenderDataset } from '../endpoint/types.ts';
import type { ReplicationPolicy } from '../replication/policy.ts';
import { type PeerWake, replicate } from '../replication/run.ts';
import { TidyMemory } from '../replication/tidy-memory.ts';
import type { JobDeps, Reach } from './deps.ts';
import type { DriveGate } from './drive-gate.ts';
import type { JobMarks } from './job-marks.ts';
import { NewestCreations } from './newest-creations.ts';
import { planPush } from './plan-push.ts';
import type { OtherTarget, SeenSides } from './prune-input.ts';
import { SidesPruner } from './prune-sides.ts';
import type { Pruner } from './pruner.ts';
import { PushEnds } from './push-ends.ts';
import { isAutomatic, type RunSignals, type WakeReason } from './run-loop.ts';
import { hasMoved, tallyOf } from './run-tally.ts';
import { safetyOf } from './safety.ts';
import type { SpaceSide } from './space-side.ts';
import { bothReached, hadDatasets, problemsOf, runDatasetsOf } from './status-parts.ts';
import { Sweeper } from './sweep.ts';

/** What a way is put together from; see factory.ts. */
export interface LaneParts {
  readonly config: PushConfig;
  readonly deps: JobDeps;
  /** Under which marks are kept here. */
  readonly jobId: string;
  readonly destination: string;
  readonly sender: Omit<SenderOptions, 'onCleanupProblem'>;
  readonly receiver: Omit<ReceiverOptions, 'onCleanupProblem'>;
  readonly policy: ReplicationPolicy;
  readonly pruneSender: Pruner;
  readonly pruneReceiver: Pruner;
  readonly marks: JobMarks;
  /** How the other machine is woken up; null where it is not. */
  readonly wake: WakeConfig | null;
  readonly reach: Pick<Reach, 'metAt' | 'wakeUp'>;
  /** Of the way to a drive. */
  readonly gate: DriveGate | null;
  /** The other ways of the same job. */
  readonly others: readonly OtherTarget[];
  /** The room there; null where nothing is asked of it. */
  readonly space: SpaceSide | null;
}

export interface LaneListeners {
  readonly enter: (stage: JobReport['stage']) => void;
  readonly changed: () => void;
}

export interface LaneResult {
  readonly problems: readonly Problem[];
  /** There was any dataset to look after. */
  readonly considered: boolean;
}

export class PushLane {
  readonly #parts: LaneParts;
  readonly #listeners: LaneListeners;
  readonly #memory = new TidyMemory();
  readonly #creations = new NewestCreations();
  readonly #pruning: SidesPruner;
  readonly #sweeper: Sweeper;
  /** What the run has seen of both sides serves pruning and status. */
  readonly #ends: PushEnds;
  #replication: (() => ReplicationReport) | null = null;
  #safety: readonly DatasetSafety[] = [];

  constructor(parts: LaneParts, listeners: LaneListeners) {
    this.#parts = parts;
    this.#listeners = listeners;
    const log = parts.deps.log.child({ job: parts.jobId });
    this.#pruning = new SidesPruner(parts.pruneSender, parts.pruneReceiver, listeners.changed);
    this.#sweeper = new Sweeper(parts.marks.own, parts.deps.clock, log);
    this.#ends = new PushEnds({
      ...parts,
      clock: parts.deps.clock,
      onCleanupProblem: (problem) => {
        this.#sweeper.noteLeft();
        log.warn({ err: problem }, 'cleaning up failed and is tried again later');
      },
    });
  }

  get gate(): DriveGate | null {
    return this.#parts.gate;
  }

  get destination(): string {
    return this.#parts.destination;
  }

  /** Where the other machine was met, when that is not the address that is asked first. */
  get metAt(): JobReport['metAt'] {
    return this.#parts.reach.metAt?.();
  }

  /** Of the run at work, or of the last one. */
  get replication(): ReplicationReport | null {
    return this.#replication?.() ?? null;
  }

  get pruning(): readonly PruningReport[] {
    return this.#pruning.reports;
  }

  get safety(): readonly DatasetSafety[] {
    return this.#safety;
  }

  get space(): readonly SpacePlace[] {
    return this.#parts.space?.places ?? [];
  }

  /** A run begins: what the last one reported is over. */
  begin(): void {
    this.#replication = null;
    this.#pruning.forget();
  }

  /** Replicates and prunes. Never rejects: what went wrong is in the result. `end` follows. */
  async run(reason: WakeReason, { now: signal, soon }: RunSignals): Promise<LaneResult> {
    const problems: Problem[] = [];
    let considered = false;
    try {
      this.#listeners.enter('replicating');
      const report = await this.#replicate(reason, signal, soon);
      considered = hadDatasets(report);
      problems.push(...problemsOf(report));
      this.#noteSafety();
      if (!soon.aborted) problems.push(...(await this.#prune(report, { now: signal, soon })));
      // Without a plan for both sides it is not known which transfers may go on.
      if (!soon.aborted && bothReached(report)) {
        const changed = await this.#sweeper.afterRun(runDatasetsOf(report), { signal });
        if (changed) this.#ends.forget();
        await this.#parts.space?.read(hasMoved(tallyOf(report, this.pruning, 0)), signal);
      }
    } catch (thrown) {
      problems.push(asProblemError(thrown).toProblem());
    }
    return { problems, considered };
  }

  /**
   * The destination is not there: what lies here is thinned out all the same, by what the marks tell of it. Never rejects.
   */
  async tidy({ now: signal, soon }: RunSignals): Promise<LaneResult> {
    const problems: Problem[] = [];
    try {
      await this.#ends.next().sender.survey({ signal });
      this.#noteSafety();
      if (!soon.aborted) problems.push(...(await this.#prune(null, { now: signal, soon })));
    } catch (thrown) {
      problems.push(asProblemError(thrown).toProblem());
    }
    return { problems, considered: false };
  }

  /** What another way of the job has seen of this side tells how far behind this one is. */
  learn(sender: ReadonlyMap<string, SenderDataset>): void {
    this.#note(sender, null);
  }

  /** As the run has seen it; null when it has not. */
  get senderSeen(): ReadonlyMap<string, SenderDataset> | null {
    return this.#ends.sender;
  }

  /** The run is over: says what is safe now, and lets go of what was seen. */
  async end({ now: signal, soon }: RunSignals): Promise<void> {
    this.#noteSafety();
    if (!soon.aborted) await this.#readCreations(signal);
    this.#ends.endRun();
  }

  plan(signal: AbortSignal): Promise<JobPlan> {
    const { policy, pruneSender, pruneReceiver, config } = this.#parts;
    return planPush(
      {
        job: this.#parts.jobId,
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
    try {
      return await this.#parts.marks.release(which, dryRun, { signal }, jobId);
    } finally {
      if (!dryRun) this.#ends.forget();
    }
  }

  /** Releases what is kept on this machine for the next increment to the destination. */
  async releaseHere(dryRun: boolean, signal: AbortSignal): Promise<readonly AbstractionRelease[]> {
    try {
      return await this.#parts.marks.releaseHere(dryRun, { signal });
    } finally {
      if (!dryRun) this.#ends.forget();
    }
  }

  async #replicate(reason: WakeReason, signal: AbortSignal, soon: AbortSignal): Promise<ReplicationReport> {
    const { deps, policy, config, jobId } = this.#parts;
    const final = await replicate({
      endpoints: () => this.#ends.next(),
      jobId,
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
        this.#listeners.changed();
      },
    });
    this.#replication = () => final;
    return final;
  }

  /** A person who asks for a run wants the machine awake; of the others it depends on what is configured. */
  #wakeFor(reason: WakeReason): PeerWake | undefined {
    const { wake, deps, reach, config } = this.#parts;
    const { wakeUp } = reach;
    if (wake === null || wakeUp === undefined || (isAutomatic(reason) && !wake.scheduled)) return undefined;
    return {
      waitMs: wake.waitMs,
      send: async () => {
        try {
          await wakeUp(wake);
          deps.log.info({ job: config.name, mac: wake.mac }, 'woke the machine of the destination up');
          return true;
        } catch (err) {
          deps.log.warn({ job: config.name, err }, 'the machine of the destination could not be woken up');
          return false;
        }
      },
    };
  }

  async #prune(report: ReplicationReport | null, { now: signal, soon }: RunSignals): Promise<readonly Problem[]> {
    const sides = await this.#seen(report, signal);
    if (sides === null) return [];
    this.#listeners.enter('pruning-sender');
    const problems = [...(await this.#pruning.pruneSender(sides, signal))];
    // Who was away at the last try is not tried again right after.
    if (sides.receiverKnown && report !== null && bothReached(report) && !soon.aborted) {
      this.#listeners.enter('pruning-receiver');
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
  async #seen(report: ReplicationReport | null, signal: AbortSignal): Promise<SeenSides | null> {
    if (this.#ends.sender === null && report?.attempts.at(-1)?.problem?.side !== 'sender') {
      // The receiver failed before this side was through: its own listing does not depend on that.
      await this.#ends.next().sender.survey({ signal });
    }
    const { sender, destination, jobId, others, gate } = this.#parts;
    const isDrive = gate !== null;
    const labels = { senderLabel: sender.zfs.label, receiverLabel: destination, jobId, others, isDrive };
    return this.#ends.seen(labels, { signal });
  }

  #noteSafety(): void {
    const { sender, receiver } = this.#ends;
    if (sender !== null) this.#note(sender, receiver);
  }

  #note(sender: ReadonlyMap<string, SenderDataset>, receiver: ReadonlyMap<string, ReceiverDataset> | null): void {
    const { destination, policy, deps, jobId, ...ends } = this.#parts;
    const safety = safetyOf(sender, receiver, {
      destination,
      guarantee: policy.protection.incremental,
      jobId,
      receiverJobId: ends.receiver.jobId,
      senderHost: ends.sender.zfs.label,
      receiverHost: ends.receiver.zfs.label,
      nowMs: deps.clock.nowMs(),
      before: this.#safety,
      report: this.replication,
    });
    this.#safety = this.#creations.complete(safety);
  }

  async #readCreations(signal: AbortSignal): Promise<void> {
    const { sender } = this.#ends;
    if (sender === null) return;
    await this.#creations.read(this.#parts.sender.zfs, sender, this.#safety, signal);
    this.#safety = this.#creations.complete(this.#safety);
  }
}
