/** Notices that nobody has used something for a while. */
import type { Clock } from '../../core/api/clock.ts';

export class IdleWatch {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #idle: () => void;
  #used = false;
  #timer = new AbortController();

  /** Calls `idle` once nothing was in use, and nothing touched, for `idleMs`. */
  constructor(clock: Clock, idleMs: number, idle: () => void) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#idle = idle;
    this.#restart();
  }

  /** While it is in use, no time passes. */
  inUse(used: boolean): void {
    this.#used = used;
    this.#restart();
  }

  /** Begins to count anew. */
  touch(): void {
    this.#restart();
  }

  stop(): void {
    this.#timer.abort();
  }

  #restart(): void {
    this.#timer.abort();
    this.#timer = new AbortController();
    if (this.#used) return;
    this.#clock.sleep(this.#idleMs, this.#timer.signal).then(this.#idle, () => {});
  }
}
