import type { Clock } from '../../../../core/api/clock.ts';
import { ProblemError } from '../../../../core/api/problem.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until told to go on. */
export class FakeClock implements Clock {
  #nowMs: number;
  #sleepers: Sleeper[] = [];

  constructor(nowMs = 1_800_000_000_000) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted) reject(new ProblemError('command-aborted'));
    signal?.addEventListener('abort', () => reject(new ProblemError('command-aborted')));
    this.#sleepers.push({ dueMs: this.#nowMs + ms, wake: resolve });
    return promise;
  }

  /** Moves time on, wakes who is due, and lets them act. */
  async advance(ms: number): Promise<void> {
    this.#nowMs += ms;
    const due = this.#sleepers.filter((sleeper) => sleeper.dueMs <= this.#nowMs);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.dueMs > this.#nowMs);
    for (const sleeper of due) sleeper.wake();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
