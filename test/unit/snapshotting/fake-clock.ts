import type { Clock } from '../../../core/api/clock.ts';
import { ProblemError } from '../../../core/api/problem.ts';

/** A clock that jumps ahead when somebody sleeps, so that a year takes no time. */
export class FakeClock implements Clock {
  wallMs: number;
  upMs = 0;
  slept: number[] = [];
  /** Called at the end of every sleep, before it resolves. */
  onSleep: (clock: FakeClock) => void = () => {};

  constructor(wallMs: number) {
    this.wallMs = wallMs;
  }

  nowMs(): number {
    return this.wallMs;
  }

  monotonicMs(): number {
    return this.upMs;
  }

  pass(ms: number): void {
    this.wallMs += ms;
    this.upMs += ms;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    // Whatever is ready runs before time passes, as it would on a machine that is quick enough.
    await new Promise((resolve) => setImmediate(resolve));
    if (aborted(signal)) throw new ProblemError('command-aborted');
    this.pass(ms);
    this.onSleep(this);
    if (aborted(signal)) throw new ProblemError('command-aborted');
  }
}

function aborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
