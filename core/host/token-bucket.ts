/** A limit of bytes a second, which may change at any time. Pure but for the clock that is handed in. */

/** How far the stream may run ahead of its limit, as time at that limit. */
const BURST_MS = 100;

export interface TokenBucket {
  /** Books bytes that have passed; the result is how many milliseconds to wait before the next ones. */
  take(bytes: number): number;
}

/** `nowMs` is a monotonic clock. `limit` is asked each time; null is no limit for now. */
export function createTokenBucket(limit: number | (() => number | null), nowMs: () => number): TokenBucket {
  const current = typeof limit === 'number' ? () => limit : limit;
  // Bytes that passed too early; below zero, how far the stream may still run ahead.
  let debtBytes = Number.NEGATIVE_INFINITY;
  let atMs = nowMs();
  return {
    take(bytes) {
      const now = nowMs();
      const wanted = current();
      const elapsedMs = now - atMs;
      atMs = now;
      if (wanted === null) {
        debtBytes = Number.NEGATIVE_INFINITY;
        return 0;
      }
      const bytesPerMs = Math.max(1, wanted) / 1000;
      // What is owed is worked off at the limit of now, so that a higher one is felt at once.
      debtBytes = Math.max(debtBytes - elapsedMs * bytesPerMs, -BURST_MS * bytesPerMs) + bytes;
      return Math.max(0, debtBytes / bytesPerMs);
    },
  };
}
