import type { Clock } from '../../../core/api/clock.ts';
import { ProblemError } from '../../../core/api/problem.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Turns of the event loop in which whatever is ready has had its chance. */
const QUIET_TURNS = 3;
/** Turns of the event loop without a timer and without an end after which a test is stuck. */
const IDLE_TURNS_MAX = 20_000;

/** Virtual time: passes only when told to, or while `runUntil` waits for work that sleeps. Deterministic. */
export class FakeClock implements Clock {
  readonly slept: number[] = [];
  #wallMs: number;
  #upMs = 0;
  #order = 0;
  #timers: Timer[] = [];

  constructor(wallMs = 1_700_000_000_000) {
    this.#wallMs = wallMs;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#upMs;
  }

  /** Both clocks move; who sleeps is not woken. */
  pass(ms: number): void {
    this.#wallMs += ms;
    this.#upMs += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    return new Promise((resolve, reject) => {
      const timer: Timer = {
        atMs: this.#upMs + ms,
        order: this.#order++,
        fire: () => {
          signal?.removeEventListener('abort', cancel);
          resolve();
        },
      };
      const cancel = () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
        reject(new ProblemError('command-aborted'));
      };
      if (signal?.aborted === true) {
        reject(new ProblemError('command-aborted'));
        return;
      }
      signal?.addEventListener('abort', cancel, { once: true });
      this.#timers.push(timer);
    });
  }

  /** Lets time pass, timer by timer in their order, until `work` has settled. Throws when nothing moves any more. */
  async runUntil<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const finished = work.finally(() => {
      settled = true;
    });
    finished.catch(() => undefined);
    for (let idle = 0; !settled; idle++) {
      await turn();
      // Time passes only when nothing is left to do at this moment.
      if (settled || idle < QUIET_TURNS) continue;
      if (this.#fireNext()) idle = 0;
      else if (idle > IDLE_TURNS_MAX) throw new Error('the work neither ends nor sleeps');
    }
    return finished;
  }

  #fireNext(): boolean {
    const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs || a.order - b.order);
    if (next === undefined) return false;
    this.#timers = this.#timers.filter((other) => other !== next);
    if (next.atMs > this.#upMs) this.pass(next.atMs - this.#upMs);
    next.fire();
    return true;
  }
}

/** One turn of the event loop: everything that is ready runs. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
