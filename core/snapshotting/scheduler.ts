/** Lives as long as a job: waits for the moment, takes snapshots, tells the job. No error ends it. */
import type { Clock } from '../api/clock.ts';
import { asProblemError, type Problem, ProblemError } from '../api/problem.ts';
import type { SnapshottingStatus } from '../api/status.ts';
import { sleepUntil } from '../host/system-clock.ts';
import type { Zfs } from '../zfs/types.ts';
import type { CronSchedule } from './cron.ts';
import { decideFire, type PlannedFire, planFire } from './cron-loop.ts';
import { longestGapMs } from './longest-gap.ts';
import { advance, type PeriodicEvent, type PeriodicState, remainingMs, startPeriodic } from './periodic.ts';
import type { Naming, SnapshotPlan } from './plan.ts';
import { hadError, type SnapshotRun, SnapshotRunner, type SnapshotScope } from './run.ts';
import { findSyncPoint } from './sync-up.ts';

export interface SchedulerParts {
  readonly plan: SnapshotPlan;
  readonly zfs: Zfs;
  readonly scope: SnapshotScope;
  readonly clock: Clock;
  /** After every scheduled run that got to its snapshots, whether they worked or not; with cron also when listing failed. */
  readonly onTaken: (run: SnapshotRun) => void;
  /** Snapshots were due and the schedule did not come to them; `onTaken` is not called for that time. */
  readonly onLeftOut?: (reason: 'snapshots-failed' | 'still-at-work', problem: Problem | null) => void;
  /** After every change of the status, possibly often. */
  readonly onChange?: () => void;
  /** What a person should read in the log. */
  readonly onWarning?: (message: string) => void;
}

/** A scheduler that tells these listeners. */
export type MakeScheduler = (
  listeners: Required<Pick<SchedulerParts, 'onTaken' | 'onLeftOut' | 'onChange'>>,
) => SnapshotScheduler;

export interface SchedulerStatus extends SnapshottingStatus {
  /** Fires of cron that were left out because the run before was still at work; zero again after the next that runs. */
  readonly skippedFires: number;
}

type Wait = SnapshottingStatus['state'];

export class SnapshotScheduler {
  readonly #parts: SchedulerParts;
  readonly #runner: SnapshotRunner | null;
  #wait: Wait;
  #nextAtMs: number | null = null;
  #problem: Problem | null = null;
  #skippedFires = 0;
  readonly #interval: Pick<SnapshottingStatus, 'intervalMs'>;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#interval = intervalOf(parts.plan, parts.clock.nowMs());
    this.#wait = parts.plan.type === 'manual' ? 'manual' : 'waiting';
    this.#runner = parts.plan.type === 'manual' ? null : this.#runnerFor(parts.plan.naming);
  }

  /** What it does now. Cheap, no effects. */
  status(): SchedulerStatus {
    const phase = this.#runner?.phase ?? 'idle';
    return {
      type: this.#parts.plan.type,
      state: phase === 'idle' || this.#wait === 'stopped' ? this.#wait : phase,
      nextAtMs: this.#nextAtMs,
      ...this.#interval,
      problem: this.#problem,
      items: [...(this.#runner?.items ?? [])],
      skippedFires: this.#skippedFires,
    };
  }

  /** Schedules until aborted; resolves when everything it started has ended. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { plan } = this.#parts;
    try {
      if (plan.type === 'periodic') await this.#periodic(plan.intervalMs, plan.naming, signal);
      if (plan.type === 'cron') await this.#cron(plan.schedule, signal);
    } catch (error) {
      // Only being stopped gets here; anything else is a defect that a person should see.
      if (!signal.aborted) this.#problem = asProblemError(error, { phase: 'snapshot' }).toProblem();
    }
    await this.#runner?.settled();
    if (plan.type !== 'manual') this.#show('stopped', null);
  }

  /**
   * Takes snapshots now, besides the schedule and without telling the job; after a run at work has ended. Null where
   * snapshots are taken by hand. Never rejects.
   */
  async takeNow(signal: AbortSignal): Promise<SnapshotRun | null> {
    return this.#runner === null ? null : this.#work(signal, () => {});
  }

  #runnerFor(naming: Naming): SnapshotRunner {
    const { zfs, scope, clock } = this.#parts;
    return new SnapshotRunner({ zfs, scope, clock, naming, onChange: () => this.#changed() });
  }

  async #periodic(intervalMs: number, naming: Naming, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    let state = startPeriodic(clock.nowMs());
    const move = (event: PeriodicEvent): void => {
      state = advance(state, event, intervalMs);
      this.#showPeriodic(state);
    };
    this.#showPeriodic(state);
    while (!signal.aborted) {
      if (state.name === 'planning') {
        let listed = false;
        const run = await this.#work(signal, () => {
          listed = true;
          move({ type: 'listed' });
        });
        if (!listed) {
          move({ type: 'failed' });
          if (!signal.aborted) this.#guarded(() => this.#parts.onLeftOut?.('snapshots-failed', run.problem));
        } else {
          move({ type: 'taken', anyError: hadError(run) });
          this.#guarded(() => this.#parts.onTaken(run));
        }
      } else if (state.name === 'sync-up' && state.wakeMs === null) {
        move(await this.#syncUp(intervalMs, naming, signal));
      } else if ('wakeMs' in state && state.wakeMs !== null) {
        const { wakeMs } = state;
        await sleepUntil(clock, (nowMs) => remainingMs(wakeMs, nowMs, intervalMs), signal);
        move({ type: 'due', nowMs: clock.nowMs() });
      } else {
        throw new ProblemError('internal', { reason: `no way on from ${state.name}` });
      }
    }
  }

  async #syncUp(intervalMs: number, naming: Naming, signal: AbortSignal): Promise<PeriodicEvent> {
    const { zfs, scope, clock } = this.#parts;
    const found = await findSyncPoint(zfs, scope, naming.prefix, clock, intervalMs, signal);
    for (const message of found.warnings) this.#parts.onWarning?.(message);
    this.#problem = found.problem;
    return found.atMs === null ? { type: 'failed' } : { type: 'sync-point', atMs: found.atMs };
  }

  async #cron(schedule: CronSchedule, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    let fire = this.#await(planFire(schedule, clock.nowMs()));
    while (!signal.aborted) {
      const decision = decideFire(fire, clock.nowMs(), this.#runner?.busy ?? false);
      if (decision.kind === 'wait') {
        await clock.sleep(Math.min(decision.ms, 10_000), signal);
        continue;
      }
      if (decision.kind === 'run') {
        this.#skippedFires = 0;
        void this.#work(signal, () => {}).then((run) => this.#guarded(() => this.#parts.onTaken(run)));
      } else if (decision.kind === 'skip') {
        this.#skippedFires += 1;
        this.#parts.onWarning?.('snapshots are due, but the run before is still at work; this one is left out');
        this.#guarded(() => this.#parts.onLeftOut?.('still-at-work', null));
      }
      fire = this.#await(planFire(schedule, clock.nowMs()));
    }
  }

  #await(fire: PlannedFire): PlannedFire {
    this.#show('waiting', fire.atMs);
    return fire;
  }

  async #work(signal: AbortSignal, onListed: () => void): Promise<SnapshotRun> {
    const runner = this.#runner;
    if (runner === null) throw new ProblemError('internal', { reason: 'a schedule without a way to name snapshots' });
    const run = await runner.run(signal, onListed);
    this.#problem = run.problem;
    this.#changed();
    return run;
  }

  /** The job's own trouble is not ours: it must not end the schedule. */
  #guarded(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#problem = asProblemError(error, { phase: 'snapshot' }).toProblem();
    }
  }

  #showPeriodic(state: PeriodicState): void {
    this.#show(state.name, 'wakeMs' in state ? state.wakeMs : null);
  }

  #show(wait: Wait, nextAtMs: number | null): void {
    this.#wait = wait;
    this.#nextAtMs = nextAtMs;
    this.#changed();
  }

  #changed(): void {
    try {
      this.#parts.onChange?.();
    } catch (error) {
      this.#parts.onWarning?.(asProblemError(error).message);
    }
  }
}

function intervalOf(plan: SnapshotPlan, nowMs: number): Pick<SnapshottingStatus, 'intervalMs'> {
  if (plan.type === 'manual') return {};
  return { intervalMs: plan.type === 'periodic' ? plan.intervalMs : longestGapMs(plan.schedule, nowMs) };
}
