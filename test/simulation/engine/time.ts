/**
 * Virtual time and what is due in it. Time passes only while nothing is ready to run, from one event to the next; events of
 * one moment come in the order in which they were asked for, unless their moments are told apart by the seed.
 */
import type { Clock } from '../../../core/api/clock.ts';
import { ProblemError } from '../../../core/api/problem.ts';

export interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Turns of the event loop after which whatever is ready has run: the step queue lets one pass before it grants. */
const QUIET_TURNS = 2;

/** What a machine shows as the time before anything has happened. */
const START_MS = 1_760_000_000_000;

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export class SimTime {
  #elapsedMs = 0;
  #asleepMs = 0;
  /** What the wall clock is ahead of what it should be. */
  wallErrorMs = 0;
  #order = 0;
  #due: Due[] = [];
  /** Told right before time passes because nothing is ready to run, and for how long. */
  beforePass: ((byMs: number) => void) | null = null;
  readonly #onPass: (wallMs: number) => void;
  readonly #activity: () => number;

  /**
   * @param onPass told of every change of the wall clock
   * @param activity a number that changes while something is going on
   */
  constructor(onPass: (wallMs: number) => void, activity: () => number) {
    this.#onPass = onPass;
    this.#activity = activity;
    onPass(this.wallMs());
  }

  wallMs(): number {
    return START_MS + this.#elapsedMs + this.wallErrorMs;
  }

  elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** The wall clock alone goes wrong, or right. */
  jump(byMs: number): void {
    this.wallErrorMs += byMs;
    this.#onPass(this.wallMs());
  }

  /** Without the time in which the machine was asleep, and nobody could notice anything. */
  awakeMs(): number {
    return this.#elapsedMs - this.#asleepMs;
  }

  /** The machine was asleep: what was due meanwhile is due at once. */
  sleepThrough(ms: number): void {
    this.#asleepMs += ms;
    this.#elapsedMs += ms;
    this.#onPass(this.wallMs());
  }

  at(delayMs: number, fire: () => void): Due {
    const due = { atMs: this.#elapsedMs + delayMs, order: this.#order++, fire };
    let index = this.#due.length;
    while (index > 0 && isBefore(due, this.#due[index - 1])) index -= 1;
    this.#due.splice(index, 0, due);
    return due;
  }

  cancel(due: Due): void {
    const index = this.#due.indexOf(due);
    if (index >= 0) this.#due.splice(index, 1);
  }

  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.at(delayMs, resolve));
  }

  /**
   * Lets the world go on until `done` says so, at most for so long. False when that time was over, or nothing was left that
   * could happen.
   */
  async drive(done: () => boolean, limitMs: number): Promise<boolean> {
    const untilMs = this.#elapsedMs + limitMs;
    for (;;) {
      let activity = this.#activity();
      for (let quiet = 0; quiet < QUIET_TURNS && !done(); quiet++) {
        await turn();
        if (this.#activity() === activity) continue;
        activity = this.#activity();
        quiet = 0;
      }
      if (done()) return true;
      const next = this.#due[0];
      if (next === undefined || next.atMs > untilMs) {
        this.#pass(untilMs);
        return false;
      }
      this.#due.shift();
      this.#pass(next.atMs);
      next.fire();
    }
  }

  #pass(toMs: number): void {
    if (toMs <= this.#elapsedMs) return;
    this.beforePass?.(toMs - this.#elapsedMs);
    this.#elapsedMs = toMs;
    this.#onPass(this.wallMs());
  }
}

function isBefore(due: Due, other: Due | undefined): boolean {
  return other === undefined || due.atMs < other.atMs || (due.atMs === other.atMs && due.order < other.order);
}

/** The clock as one process of the engine sees it: a dead one is never woken. */
export function clockOf(time: SimTime, isDead: () => boolean): Clock {
  return {
    nowMs: () => time.wallMs(),
    monotonicMs: () => time.elapsedMs(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(new ProblemError('command-aborted'));
          return;
        }
        const wake = (): void => {
          signal?.removeEventListener('abort', cancel);
          if (!isDead()) resolve();
        };
        const due = time.at(ms, wake);
        const cancel = (): void => {
          time.cancel(due);
          reject(new ProblemError('command-aborted'));
        };
        signal?.addEventListener('abort', cancel, { once: true });
      }),
  };
}
