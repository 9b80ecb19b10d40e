/**
 * Whose turn it is. Over all datasets the step with the oldest target goes first, so that every dataset reaches noon before
 * any reaches one o'clock; at equal times first come, first served. Wall-clock time decides order only, never correctness.
 */
import { ProblemError } from '../api/problem.ts';

interface Waiting {
  readonly targetMs: number;
  readonly arrival: number;
  readonly dataset: string;
  readonly start: () => void;
}

/** A slot that was granted. Give it back exactly once. */
export type Release = () => void;

export class StepQueue {
  readonly #concurrency: number;
  #active = 0;
  #arrivals = 0;
  #granting = false;
  readonly #waiting = new Map<string, Waiting>();

  /** @param concurrency steps at once, at least 1 */
  constructor(concurrency: number) {
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw new ProblemError('internal', { reason: `step concurrency ${concurrency}` });
    }
    this.#concurrency = concurrency;
  }

  /**
   * Waits for a slot. At most one entry per dataset at a time.
   * @param targetMs Unix milliseconds of the step's target snapshot; planning uses 0 and so goes first
   * @throws `command-aborted` when the signal fires while waiting; the place in the queue is given up
   */
  async enter(dataset: string, targetMs: number, signal?: AbortSignal): Promise<Release> {
    if (signal?.aborted) throw new ProblemError('command-aborted');
    if (this.#waiting.has(dataset)) throw new ProblemError('internal', { reason: `${dataset} is queued twice` });
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(dataset);
        reject(new ProblemError('command-aborted'));
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.set(dataset, {
        targetMs,
        arrival: this.#arrivals++,
        dataset,
        start: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      });
      this.#grantSoon();
    });
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#active -= 1;
      this.#grantSoon();
    };
  }

  /** Not at once: who has just finished a step, or has just begun, comes back in the same turn with what it waits for next. */
  #grantSoon(): void {
    if (this.#granting) return;
    this.#granting = true;
    setImmediate(() => {
      this.#granting = false;
      this.#grant();
    });
  }

  #grant(): void {
    while (this.#active < this.#concurrency && this.#waiting.size > 0) {
      const [next] = [...this.#waiting.values()].sort(
        (a, b) => a.targetMs - b.targetMs || a.arrival - b.arrival || (a.dataset < b.dataset ? -1 : 1),
      );
      if (next === undefined) return;
      this.#waiting.delete(next.dataset);
      this.#active += 1;
      next.start();
    }
  }
}
