/**
 * Runs of a job, one at a time. Whoever asks while a run is at work gets the one queued behind it; several requests queue one.
 */

import type { RunOutcome } from '../api/contract.ts';
import type { SkipReason } from '../api/history.ts';
import { asProblemError, ProblemError } from '../api/problem.ts';

export type WakeReason = 'snapshots' | 'wakeup' | 'run';

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

export class RunLoop {
  readonly #work: (wake: Readonly<Wake>, signal: AbortSignal) => Promise<RunOutcome>;
  readonly #nowMs: () => number;
  readonly #changed: () => void;
  readonly #onEvent: (event: LoopEvent) => void;
  #nextId = 1;
  #current: Wake | null = null;
  #queued: Wake | null = null;
  #last: Wake | null = null;
  #cancel = new AbortController();
  #ended = false;
  readonly #outcomes = new Map<number, RunOutcome>();
  #listeners = new Set<() => void>();

  /** @param work one whole run; trouble of the run belongs into its outcome, a rejection counts as one problem */
  constructor(
    work: (wake: Readonly<Wake>, signal: AbortSignal) => Promise<RunOutcome>,
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
      if (this.#queued.reason === 'snapshots') this.#queued.reason = reason;
    }
    const { runId } = this.#queued;
    const queued = this.#current !== null;
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
      if (wake === null) {
        await this.#nextChange(signal);
        continue;
      }
      this.#queued = null;
      this.#current = wake;
      this.#cancel = new AbortController();
      const startMs = this.#nowMs();
      this.#onEvent({ kind: 'began', wake, startMs });
      this.#notify();
      const combined = AbortSignal.any([signal, this.#cancel.signal]);
      let outcome: RunOutcome;
      try {
        outcome = await this.#work(wake, combined);
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
