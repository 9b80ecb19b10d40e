/** Whether the clock can be believed; with a wrong one everything looks old. */
import type { Clock } from '../api/clock.ts';
import { ProblemError } from '../api/problem.ts';

/** The two clocks read at one moment. */
export interface ClockReading {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export type ClockVerdict =
  /** Compare with `anchor` from now on. */
  { readonly kind: 'plausible'; readonly anchor: ClockReading } | { readonly kind: 'jumped'; readonly byMs: number };

const DAY_MS = 86_400_000;
/** A clock that shows less was never set: this program is younger. */
const EARLIEST_MS = Date.UTC(2024, 0, 1);

/**
 * Compares the wall clock with the monotonic one since the anchor. They may drift apart by a day, which leaves room for time
 * servers and for people who set their clock. An anchor from before this program or before a snapshot that exists was read
 * from a clock that was not set yet, and is given up once the wall clock is past that.
 * @param newestCreationS creation of the newest snapshot known; null when there is none
 */
export function judgeClock(anchor: ClockReading, now: ClockReading, newestCreationS: number | null): ClockVerdict {
  const byMs = now.wallMs - anchor.wallMs - (now.monotonicMs - anchor.monotonicMs);
  if (Math.abs(byMs) <= DAY_MS) return { kind: 'plausible', anchor };
  const latestKnownMs = Math.max(EARLIEST_MS, (newestCreationS ?? 0) * 1000);
  const wasUnset = anchor.wallMs < latestKnownMs && now.wallMs >= latestKnownMs;
  return wasUnset ? { kind: 'plausible', anchor: now } : { kind: 'jumped', byMs };
}

/** Remembers the anchor for as long as the process lives. */
export class ClockGuard {
  readonly #clock: Clock;
  #anchor: ClockReading;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#anchor = this.#read();
  }

  /** `clock-jumped` while the clock is not plausible, else null. */
  check(newestCreationS: number | null): ProblemError | null {
    const verdict = judgeClock(this.#anchor, this.#read(), newestCreationS);
    if (verdict.kind === 'plausible') {
      this.#anchor = verdict.anchor;
      return null;
    }
    const days = Math.round(Math.abs(verdict.byMs) / DAY_MS);
    const direction = verdict.byMs > 0 ? 'forward' : 'back';
    return new ProblemError('clock-jumped', { reason: `it went ${direction} by ${days} days while running` });
  }

  /** A person has looked at the clock and says that it is right. */
  confirm(): void {
    this.#anchor = this.#read();
  }

  #read(): ClockReading {
    return { wallMs: this.#clock.nowMs(), monotonicMs: this.#clock.monotonicMs() };
  }
}
