/** Whether the clock can be believed; with a wrong one everything looks old. */

import type { Clock } from '../api/clock.ts';
import { ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';

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

/** What the time is if the clock was right at the anchor. */
function expectedMs(anchor: ClockReading, now: ClockReading): number {
  return anchor.wallMs + (now.monotonicMs - anchor.monotonicMs);
}

/**
 * Compares the wall clock with the monotonic one since the anchor. They may drift apart by a day, which leaves room for time
 * servers and for people who set their clock. An anchor from before this program, or from before `knownMs`, was read from a
 * clock that was not set yet, and is given up once the wall clock is past that.
 * @param knownMs a moment that is past for certain; null when none is known, see {@link proofAgainst}
 */
export function judgeClock(anchor: ClockReading, now: ClockReading, knownMs: number | null): ClockVerdict {
  const byMs = now.wallMs - expectedMs(anchor, now);
  if (Math.abs(byMs) <= DAY_MS) return { kind: 'plausible', anchor };
  const latestKnownMs = Math.max(EARLIEST_MS, knownMs ?? 0);
  const wasUnset = anchor.wallMs < latestKnownMs && now.wallMs >= latestKnownMs;
  return wasUnset ? { kind: 'plausible', anchor: now } : { kind: 'jumped', byMs };
}

/**
 * The creation of a snapshot, in milliseconds, if it proves that the clock was behind at the anchor: it lies ahead of the time
 * that would then be now. One taken since the anchor proves nothing, or any daemon that takes snapshots would have proof.
 */
export function proofAgainst(anchor: ClockReading, now: ClockReading, newestCreationS: number | null): number | null {
  if (newestCreationS === null) return null;
  return newestCreationS * 1000 > expectedMs(anchor, now) + DAY_MS ? newestCreationS * 1000 : null;
}

/** Remembers the anchor for as long as the process lives. */
export class ClockGuard {
  readonly #clock: Clock;
  #anchor: ClockReading;
  #knownMs: number | null = null;
  #looked = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#anchor = this.#read();
  }

  /**
   * `clock-jumped` while the clock is not plausible, else null.
   * @param newestCreationS creation of the newest snapshot known; null when there is none
   */
  check(newestCreationS: number | null): ProblemError | null {
    const now = this.#read();
    // After a jump new snapshots bear the wrong time themselves, so only what was there first of all is proof.
    if (!this.#looked && newestCreationS !== null) {
      this.#knownMs = proofAgainst(this.#anchor, now, newestCreationS);
      this.#looked = true;
    }
    const verdict = judgeClock(this.#anchor, now, this.#knownMs);
    if (verdict.kind === 'plausible') {
      this.#setAnchor(verdict.anchor);
      return null;
    }
    const days = Math.round(Math.abs(verdict.byMs) / DAY_MS);
    const reason = remark(verdict.byMs > 0 ? 'clock-forward' : 'clock-back', { days: `${days}` });
    return new ProblemError('clock-jumped', { reason });
  }

  #setAnchor(anchor: ClockReading): void {
    if (anchor === this.#anchor) return;
    this.#anchor = anchor;
    this.#knownMs = null;
  }

  #read(): ClockReading {
    return { wallMs: this.#clock.nowMs(), monotonicMs: this.#clock.monotonicMs() };
  }
}
