/** Time as the session needs it, handed in so that tests decide what time it is. */
export interface Timers {
  /** Milliseconds since some fixed moment, counting the time that the machine was asleep; never goes back. */
  nowMs(): number;
  /** Calls back once after that time. Returns how to call it off. */
  after(ms: number, callback: () => void): () => void;
}

/** The time of a browser. */
export function browserTimers(): Timers {
  const startMs = { wall: Date.now(), monotonic: performance.now() };
  let lastMs = 0;
  return {
    nowMs: () => {
      // The monotonic clock of a browser stands still while the machine sleeps; the wall clock may be set back. Later is safer:
      // what is shown then looks older, never newer.
      lastMs = Math.max(lastMs, Date.now() - startMs.wall, performance.now() - startMs.monotonic);
      return lastMs;
    },
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  };
}
