/** Does something soon, and not more often than so. */
import type { Clock } from '../../core/api/clock.ts';

export class Coalescer {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #act: () => void;
  readonly #signal: AbortSignal;
  #lastMs = Number.NEGATIVE_INFINITY;
  #waiting = false;

  constructor(clock: Clock, intervalMs: number, act: () => void, signal: AbortSignal) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#act = act;
    this.#signal = signal;
  }

  /** At once where the last time is long enough ago, and once for all that is asked until then. */
  ask(): void {
    if (this.#waiting || this.#signal.aborted) return;
    const restMs = this.#lastMs + this.#intervalMs - this.#clock.monotonicMs();
    if (restMs <= 0) {
      this.#now();
      return;
    }
    this.#waiting = true;
    this.#clock.sleep(restMs, this.#signal).then(
      () => {
        this.#waiting = false;
        this.#now();
      },
      () => {},
    );
  }

  #now(): void {
    this.#lastMs = this.#clock.monotonicMs();
    this.#act();
  }
}
