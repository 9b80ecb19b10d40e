/** A push: snapshots here, and the way to its destination. Wiring only. */
import type { HoldReason } from '../api/conditions.ts';
import type { AbstractionRelease, AbstractionRow, RunOutcome, WakeResult } from '../api/contract.ts';
import type { StopHow } from '../api/control.ts';
import { asProblemError, invariant, type Problem, ProblemError } from '../api/problem.ts';
import { SPACE_PLACES_MAX, type SpacePlace } from '../api/space.ts';
import type { JobPlan, JobReport } from '../api/status.ts';
import type { PushJob as PushConfig } from '../config/types.ts';
import type { MakeScheduler, SnapshotScheduler } from '../snapshotting/scheduler.ts';
import type { JobDeps } from './deps.ts';
import type { DriveGate } from './drive-gate.ts';
import { type LaneParts, type LaneResult, PushLane } from './push-lane.ts';
import { isAutomatic, RunLoop, type RunSignals, type Wake, type WakeReason } from './run-loop.ts';
import { type RunEvent, RunRecord } from './run-record.ts';
import { hasMoved, tallyOfAll } from './run-tally.ts';
import type { SourceSpace } from './source-space.ts';
import { outcomeOf, snapshotProblems } from './status-parts.ts';
import type { Job } from './types.ts';

/** What a push is put together from; see factory.ts. */
export interface PushParts {
  readonly config: PushConfig;
  readonly deps: JobDeps;
  /** One for each destination, at least one. */
  readonly lanes: readonly LaneParts[];
  readonly scheduler: MakeScheduler;
  /** Watches drives come and go; null where the job has none. */
  readonly watch: ((signal: AbortSignal) => Promise<void>) | null;
  /** The room in the pools of its datasets; null where nothing is asked of it. */
  readonly space: SourceSpace | null;
}

/** Somebody who plays with the plug does not keep a run going for ever. */
const PULLED_MAX = 3;

export class Push implements Job {
  readonly name: string;
  readonly type = 'push';
  readonly #parts: PushParts;
  readonly #lanes: readonly PushLane[];
  /** The way of the run at work, or of the last one. */
  #lane: PushLane;
  readonly #scheduler: SnapshotScheduler;
  readonly #runs: RunLoop;
  readonly #listeners = new Set<() => void>();
  readonly #record: RunRecord;
  #stage: JobReport['stage'] = 'idle';

  constructor(parts: PushParts) {
    this.name = parts.config.name;
    this.#parts = parts;
    const { clock } = parts.deps;
    const changed = () => this.#changed();
    const listeners = { enter: (stage: JobReport['stage']) => this.#enter(stage), changed };
    this.#lanes = parts.lanes.map((lane) => new PushLane(lane, listeners));
    const [first] = this.#lanes;
    invariant(first !== undefined, 'a push without a destination');
    this.#lane = first;
    this.#record = new RunRecord((taken) => tallyOfAll(this.#lanes, taken));
    this.#scheduler = parts.scheduler({
      onTaken: (run) => {
        this.#record.takenBySchedule(run);
        this.#runs.wake('snapshots', false);
      },
      onLeftOut: (reason, problem) => this.#record.leftOut(reason, clock.nowMs(), problem),
      onChange: changed,
    });
    this.#runs = new RunLoop(
      (wake, signals) => this.#cycle(wake, signals),
      () => clock.nowMs(),
      changed,
      (event) => this.#record.hear(event),
    );
  }

  status(): JobReport {
    const wake = this.#runs.lastWake;
    const { metAt } = this.#lane;
    const gates = this.#lanes.flatMap(({ gate }) => gate ?? []);
    return {
      name: this.name,
      type: this.type,
      stage: this.#stage,
      refusal: null,
      destination: this.#lane.destination,
      ...(metAt === undefined ? {} : { metAt }),
      lastWake: wake === null ? null : { atMs: wake.atMs, reason: wake.reason },
      queued: this.#runs.queued,
      stopping: this.#runs.stopping,
      lastSuccessMs: this.#record.lastSuccessMs,
      lastRunFailed: this.#record.lastRunFailed,
      snapshotting: this.#scheduler.status(),
      replication: this.#lane.replication,
      pruning: [...this.#lane.pruning],
      safety: this.#lanes.flatMap(({ safety }) => safety),
      ...(gates.length === 0 ? {} : { drives: gates.map((gate) => gate.report()) }),
      ...(this.#parts.space === null ? {} : { space: this.#space(this.#parts.space) }),
    };
  }

  #space(source: SourceSpace): SpacePlace[] {
    return [...this.#lanes.flatMap(({ space }) => space), ...source.places].slice(0, SPACE_PLACES_MAX);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onRun(listener: (event: RunEvent) => void): () => void {
    return this.#record.onRun(listener);
  }

  async run(signal: AbortSignal): Promise<void> {
    const deaf = this.#lanes.map(({ gate }) => gate?.drive.onChange(() => this.#driveChanged(gate)));
    // One that is plugged in already tells nothing more.
    for (const { gate } of this.#lanes) if (gate !== null) this.#driveChanged(gate);
    try {
      await Promise.all([this.#scheduler.run(signal), this.#runs.serve(signal), this.#parts.watch?.(signal)]);
    } finally {
      for (const stop of deaf) stop?.();
    }
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

  async ejectDrive(poolGuid: string, signal: AbortSignal): Promise<boolean> {
    const gate = this.#gateOf(poolGuid);
    await gate?.drive.eject(signal);
    return gate !== null;
  }

  async scrubDrive(poolGuid: string, wanted: 'start' | 'stop', signal: AbortSignal): Promise<boolean> {
    const gate = this.#gateOf(poolGuid);
    await (wanted === 'start' ? gate?.scrub(signal) : gate?.drive.stopScrub(signal));
    return gate !== null;
  }

  async forgetDrive(poolGuid: string, dryRun: boolean, signal: AbortSignal): Promise<readonly AbstractionRelease[]> {
    const lane = this.#lanes.find(({ gate }) => String(gate?.drive.target.poolGuid) === poolGuid);
    if (lane?.gate == null) return [];
    lane.gate.checkIdle();
    if (this.#lanes.length === 1) {
      throw new ProblemError('drive-last', { drive: lane.gate.drive.target.name, job: this.name });
    }
    return lane.releaseHere(dryRun, signal);
  }

  #gateOf(poolGuid: string): DriveGate | null {
    return this.#lanes.find(({ gate }) => String(gate?.drive.target.poolGuid) === poolGuid)?.gate ?? null;
  }

  plan(signal: AbortSignal): Promise<JobPlan> {
    const lane = this.#lanes.find(({ gate }) => gate === null || gate.isOpen);
    if (lane !== undefined) return lane.plan(signal);
    const absence = this.#lanes.find(({ gate }) => gate?.absence === null) === undefined;
    const [first] = this.#lanes.flatMap(({ gate }) => gate?.absence ?? []);
    // Looking at the pool would mean to import it, which changes it.
    if (absence && first !== undefined) return Promise.reject(first);
    return Promise.reject(
      new ProblemError('not-applicable', { what: 'a plan for a drive that is not connected', job: this.name }),
    );
  }

  async abstractions(signal: AbortSignal, jobId?: string): Promise<readonly AbstractionRow[]> {
    const rows: AbstractionRow[] = [];
    for (const lane of this.#lanesOf(jobId)) rows.push(...(await lane.abstractions(signal, jobId)));
    return rows;
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
    const released: AbstractionRelease[] = [];
    for (const lane of this.#lanesOf(jobId)) {
      released.push(...(await lane.releaseAbstractions(which, dryRun, signal, jobId)));
    }
    return released;
  }

  /** Each way keeps marks of its own; those of other jobs are the same for all of them. */
  #lanesOf(jobId: string | undefined): readonly PushLane[] {
    return jobId === undefined || jobId === this.name ? this.#lanes : this.#lanes.slice(0, 1);
  }

  async #cycle(wake: Readonly<Wake>, signals: RunSignals): Promise<RunOutcome> {
    const { now: signal, soon } = signals;
    const { log, clock } = this.#parts.deps;
    for (const lane of this.#lanes) lane.begin();
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
        const results = await this.#runLanes(wake.reason, signals);
        considered = results.length > 0 && results.every((result) => result.considered);
        problems.push(...results.flatMap((result) => result.problems));
      }
    } catch (thrown) {
      problems.push(asProblemError(thrown).toProblem());
    }
    await this.#endLanes(signals);
    const outcome = outcomeOf(problems, soon.aborted);
    this.#record.settle(outcome, considered, clock.nowMs());
    for (const problem of outcome.problems) log.warn({ job: this.name, problem }, problem.happened);
    this.#enter('idle');
    return outcome;
  }

  /** Every destination that is there, one after the other. One that fails does not keep the others from theirs. */
  async #runLanes(reason: WakeReason, signals: RunSignals): Promise<readonly LaneResult[]> {
    // Right after the start nobody has looked yet which drives are there.
    await Promise.all(this.#lanes.map(({ gate }) => gate?.drive.known(signals.soon)));
    const wanted = this.#lanes.filter(({ gate }) => gate === null || gate.wants(reason));
    if (wanted.length === 0) return [await this.#withoutDrive(reason, signals)];
    const results: LaneResult[] = [];
    for (const lane of wanted) {
      if (signals.soon.aborted) break;
      this.#lane = lane;
      results.push(await this.#runLane(lane, reason, signals));
    }
    return results;
  }

  async #runLane(lane: PushLane, reason: WakeReason, signals: RunSignals): Promise<LaneResult> {
    const { gate } = lane;
    if (gate === null) return lane.run(reason, signals);
    try {
      return await gate.during(reason, signals.now, async () => {
        const ran = await this.#runOnDrive(lane, gate, reason, signals);
        const failing = signals.soon.aborted ? null : await gate.drive.health(signals.now);
        const result = failing === null ? ran : { ...ran, problems: [...ran.problems, failing.toProblem()] };
        // Before it is ejected: whoever is told that it is safe is told whether it is backed up, too.
        const isWhole = result.considered && result.problems.length === 0 && !signals.soon.aborted;
        this.#record.wentTo(gate.wentThere(isWhole));
        return result;
      });
    } catch (thrown) {
      this.#record.wentTo(gate.wentThere(false));
      return { problems: [asProblemError(thrown).toProblem()], considered: false };
    }
  }

  /** A drive that was pulled and is back goes on at once with what could not be done meanwhile. */
  async #runOnDrive(lane: PushLane, gate: DriveGate, reason: WakeReason, signals: RunSignals): Promise<LaneResult> {
    for (let again = 0; ; again += 1) {
      const result = await lane.run(reason, signals);
      const wasPulled = result.problems.some(({ code }) => code === 'drive-pulled');
      if (!wasPulled || again >= PULLED_MAX || !gate.isOpen || signals.soon.aborted) return result;
      lane.begin();
    }
  }

  /** No drive is there. That is no failure, unless a person has asked for it. */
  async #withoutDrive(reason: WakeReason, signals: RunSignals): Promise<LaneResult> {
    const { problems, considered } = await this.#lane.tidy(signals);
    const absences = isAutomatic(reason) ? [] : this.#lanes.flatMap(({ gate }) => gate?.absence ?? []);
    return { problems: [...problems, ...absences.map((absence) => absence.toProblem())], considered };
  }

  /** What one way has seen of this side says how far behind the others are. */
  async #endLanes(signals: RunSignals): Promise<void> {
    const seen = this.#lane.senderSeen;
    for (const lane of this.#lanes) {
      if (seen !== null && lane.senderSeen === null) lane.learn(seen);
    }
    for (const lane of this.#lanes) await lane.end(signals);
    if (seen !== null && !signals.soon.aborted) {
      await this.#parts.space?.read(seen.keys(), hasMoved(this.#record.tally), signals.now);
    }
  }

  #driveChanged(gate: DriveGate): void {
    if (gate.hear()) this.#runs.wake('plugged', false);
    this.#changed();
  }

  #enter(stage: JobReport['stage']): void {
    this.#stage = stage;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
