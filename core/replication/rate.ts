/**
 * How fast, and how much longer. A receive is bursty (it stops while a transaction group is written), so the rate is that of
 * the last seconds, and no remaining time is told before it is worth telling.
 */

const WINDOW_MS = 10_000;
const WORTH_TELLING_MS = 3_000;

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** Rate over a sliding window; fed with totals. */
export class RateEstimator {
  #samples: Sample[] = [];

  /** @param bytes total so far, never falling */
  add(atMs: number, bytes: number): void {
    this.#samples.push({ atMs, bytes });
    while (this.#samples.length > 2 && (this.#samples[1]?.atMs ?? atMs) <= atMs - WINDOW_MS) this.#samples.shift();
  }

  /** Bytes a second; null while fewer than three seconds were seen. */
  bytesPerSecond(nowMs: number): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined) return null;
    const spanMs = nowMs - first.atMs;
    return spanMs < WORTH_TELLING_MS ? null : ((last.bytes - first.bytes) * 1000) / spanMs;
  }

  /** Milliseconds until `expectedBytes`; null when unknown, standing still, or already past the estimate. */
  remainingMs(nowMs: number, expectedBytes: number | null): number | null {
    const rate = this.bytesPerSecond(nowMs);
    const done = this.#samples.at(-1)?.bytes ?? 0;
    if (rate === null || rate <= 0 || expectedBytes === null || done >= expectedBytes) return null;
    return ((expectedBytes - done) * 1000) / rate;
  }
}
