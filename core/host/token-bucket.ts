/** A limit of bytes a second. Pure but for the clock that is handed in. */

/** How far the stream may run ahead of its limit, as time at that limit. */
const BURST_MS = 100;

export interface TokenBucket {
  /** Books bytes that have passed; the result is how many milliseconds to wait before the next ones. */
  take(bytes: number): number;
}

/** `nowMs` is a monotonic clock. */
export function createTokenBucket(bytesPerSecond: number, nowMs: () => number): TokenBucket {
  const msPerByte = 1_000 / Math.max(1, bytesPerSecond);
  // The time at which everything booked so far would have passed at exactly the limit.
  let bookedUntilMs = Number.NEGATIVE_INFINITY;
  return {
    take(bytes) {
      const now = nowMs();
      bookedUntilMs = Math.max(bookedUntilMs, now - BURST_MS) + bytes * msPerByte;
      return Math.max(0, bookedUntilMs - now);
    },
  };
}
