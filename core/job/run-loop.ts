/**
 * Runs of a job, one at a time. Whoever asks while a run is at work gets the one queued behind it; several requests queue one.
 */

import type { HoldReason } from '../api/conditions.ts';
import type { RunOutcome } from '../api/contract.ts';
import type { StopHow } from '../api/control.ts';
import type { SkipReason } from '../api/history.ts';
import { asProblemError, ProblemError } from '../api/problem.ts';

/** `continued`: a run was stopped for a pause, and goes on after it. `plugged`: a drive has come. */
export type WakeReason = 'snapshots' | 'wakeup' | 'run' | 'continued' | 'plugged';

/** How a run is told to end: at once, or when the steps that have begun are done. */
export interface RunSignals {
  readonly now: AbortSignal;
  /** Aborted also when `now` is. */
  readonly soon: AbortSignal;
}

export interface Wake {
  readonly runId: number;
  readonly atMs: number;
  reason: WakeReason;
  /** The run begins with new snapshots. */
  snapshot: boolean;
}

/** Turns in the life of a run; of one that was queued and did not begin, why. */
export type LoopEvent =
  | { readonly kind: 'began'; readonly wake: Readonly<Wake>; readonly startMs: number }
  | {
      readonly kind: 'ended';
      readonly wake: Readonly<Wake>;
      readonly startMs: number;
      readonly endMs: number;
      readonly outcome: RunOutcome;
    }
  | { readonly kind: 'skipped'; readonly wake: Readonly<Wake>; readonly reason: SkipReason; readonly atMs: number };

/** Outcomes kept for those who ask late. */
export const OUTCOMES_MAX = 100;

const CANCELLED: RunOutcome = { ok: false, cancelled: true, problems: [] };

/** Nobody has asked for such a run. */
export function isAutomatic(reason: WakeReason): boolean {
  return reason === 'snapshots' || reason === 'continued' || reason === 'plugged';
}

export class RunLoop {
  readonly #work: (wake: Readonly<Wake>, signals: RunSignals) => Promise<RunOutcome>;
  readonly #nowMs: () => number;
  readonly #changed: () => void;
  readonly #onEvent: (event: LoopEvent) => void;
  #nextId = 1;
  #current: Wake | null = null;
  #queued: Wake | null = null;
  #last: Wake | null = null;
  #cancel = new AbortController();
  #soon = new AbortController();
  /** Why no run may begin by itself; null when one may. */
  #held: HoldReason | null = null;
  #ended = false;
  readonly #outcomes = new Map<number, RunOutcome>();
  #listeners = new Set<() => void>();

  /** @param work one whole run; trouble of the run belongs into its outcome, a rejection counts as one problem */
  constructor(
    work: (wake: Readonly<Wake>, signals: RunSignals) => Promise<RunOutcome>,
    nowMs: () => number,
    changed: () => void,
    onEvent: (event: LoopEvent) => void = () => {},
  ) {
    this.#work = work;
    this.#nowMs = nowMs;
    this.#changed = changed;
    this.#onEvent = onEvent;
  }

  get queued(): boolean {
    return this.#queued !== null;
  }

  /** The wake of the run at work, or of the last one. */
  get lastWake(): Readonly<Wake> | null {
    return this.#current ?? this.#last;
  }

  /** The run at work ends after the steps that have begun. */
  get stopping(): boolean {
    return this.#current !== null && this.#soon.signal.aborted;
  }

  get busy(): boolean {
    return this.#current !== null;
  }

  /** Asks for a run. A run that is queued already takes the request in. After the end of `serve` it is cancelled at once. */
  wake(reason: WakeReason, snapshot: boolean): { readonly runId: number; readonly queued: boolean } {
    if (this.#ended) {
      const runId = this.#nextId++;
      this.#remember(runId, CANCELLED);
      return { runId, queued: false };
    }
    if (this.#queued === null) {
      this.#queued = { runId: this.#nextId++, atMs: this.#nowMs(), reason, snapshot };
    } else {
      this.#queued.snapshot ||= snapshot;
      if (isAutomatic(this.#queued.reason)) this.#queued.reason = reason;
    }
    const { runId } = this.#queued;
    const held = this.#heldBack(this.#queued);
    if (held !== null) this.#onEvent({ kind: 'skipped', wake: this.#queued, reason: held, atMs: this.#nowMs() });
    const queued = this.#current !== null || held !== null;
    this.#notify();
    return { runId, queued };
  }

  /** Cancels the run at work and what is queued behind it; false when there was neither. */
  reset(): boolean {
    const something = this.#current !== null || this.#queued !== null;
    this.#drop('cancelled');
    this.#cancel.abort();
    this.#notify();
    return something;
  }

  /** From now on no run begins by itself (null: it may). What a person asks for begins all the same. */
  hold(reason: HoldReason | null): void {
    if (this.#held === reason) return;
    this.#held = reason;
    this.#notify();
  }

  /**
   * Ends the run at work, now or after the steps that have begun; `again` queues one that goes on with it, which matters where
   * runs are held back. False when nothing was at work.
   */
  stop(how: StopHow, again: boolean): boolean {
    if (this.#current === null) return false;
    if (again) this.wake('continued', false);
    (how === 'now' ? this.#cancel : this.#soon).abort();
    this.#notify();
    return true;
  }

  /** The outcome of a run; waits for its end. `request-invalid` for a run that never was, or was forgotten. */
  async waitFor(runId: number, signal: AbortSignal): Promise<RunOutcome> {
    for (;;) {
      const outcome = this.#outcomes.get(runId);
      if (outcome !== undefined) return outcome;
      const alive = this.#current?.runId === runId || this.#queued?.runId === runId;
      if (!alive) throw new ProblemError('request-invalid', { reason: `there is no run ${runId}` });
      if (signal.aborted) throw new ProblemError('command-aborted');
      await this.#nextChange(signal);
    }
  }

  /** Serves wakes until aborted; the run at work is cancelled then, and its end awaited. Never rejects. */
  async serve(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const wake = this.#queued;
      if (wake === null || this.#heldBack(wake) !== null) {
        await this.#nextChange(signal);
        continue;
      }
      this.#queued = null;
      this.#current = wake;
      this.#cancel = new AbortController();
      this.#soon = new AbortController();
      const startMs = this.#nowMs();
      this.#onEvent({ kind: 'began', wake, startMs });
      this.#notify();
      const combined = AbortSignal.any([signal, this.#cancel.signal]);
      const signals = { now: combined, soon: AbortSignal.any([combined, this.#soon.signal]) };
      let outcome: RunOutcome;
      try {
        outcome = await this.#work(wake, signals);
      } catch (thrown) {
        const problem = asProblemError(thrown);
        outcome = {
          ok: false,
          cancelled: combined.aborted,
          problems: combined.aborted && problem.code === 'command-aborted' ? [] : [problem.toProblem()],
        };
      }
      this.#last = wake;
      this.#current = null;
      this.#remember(wake.runId, outcome);
      this.#onEvent({ kind: 'ended', wake, startMs, endMs: this.#nowMs(), outcome });
      this.#notify();
    }
    this.#ended = true;
    this.#drop('daemon-ended');
    this.#notify();
  }

  /** Why this run does not begin now; null when it may. */
  #heldBack({ reason }: Wake): HoldReason | null {
    return isAutomatic(reason) ? this.#held : null;
  }

  /** What is queued does not begin any more. */
  #drop(reason: SkipReason): void {
    const wake = this.#queued;
    if (wake === null) return;
    this.#queued = null;
    this.#remember(wake.runId, CANCELLED);
    this.#onEvent({ kind: 'skipped', wake, reason, atMs: this.#nowMs() });
  }

  #remember(runId: number, outcome: RunOutcome): void {
    this.#outcomes.set(runId, outcome);
    for (const oldest of this.#outcomes.keys()) {
      if (this.#outcomes.size <= OUTCOMES_MAX) break;
      this.#outcomes.delete(oldest);
    }
  }

  #nextChange(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => {
      this.#listeners.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    this.#listeners.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    return promise;
  }

  #notify(): void {
    const listeners = [...this.#listeners];
    this.#changed();
    for (const listener of listeners) listener();
  }
}
