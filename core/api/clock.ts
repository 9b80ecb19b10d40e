/** Time as something handed in, so that tests decide what time it is. */
export interface Clock {
  /** The wall clock, in Unix milliseconds. It may jump either way. */
  nowMs(): number;
  /** Milliseconds since some fixed moment; never goes back, and counts the time that the machine was asleep. */
  monotonicMs(): number;
  /** Resolves after about `ms`; rejects with `command-aborted` when the signal fires before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
