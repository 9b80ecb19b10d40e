import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  /** Named in the error when the deadline passes. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly pollMs?: number;
}

/** A condition did not come true in time. */
export class DeadlineError extends Error {
  constructor(what: string, timeoutMs: number, cause?: unknown) {
    super(`${what}: not within ${timeoutMs / 1000} s`, cause === undefined ? undefined : { cause });
    this.name = 'DeadlineError';
  }
}

/**
 * Waits until `probe` gives something other than undefined or false, and resolves with that. A probe that throws counts
 * as "not yet"; its last error becomes the cause of the {@link DeadlineError}.
 */
export async function until<T>(
  probe: () => T | Promise<T>,
  options: UntilOptions,
): Promise<Exclude<T, undefined | false>> {
  const deadlineMs = performance.now() + options.timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const found = await probe();
      lastError = undefined;
      if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadlineMs) throw new DeadlineError(options.what, options.timeoutMs, lastError);
    await pause(options.pollMs ?? 50);
  }
}
