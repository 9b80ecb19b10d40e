/** Answers that are worked out once and kept, without keeping failures. */
import { ProblemError } from '../api/problem.ts';
import type { Ctx } from './types.ts';

/** The promise's outcome, or `command-aborted` as soon as the signal fires; the work itself goes on for whoever waits, too. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined, host: string): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new ProblemError('command-aborted', { host }));
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * A question that is asked at most once at a time and whose answer is kept. Neither a failure nor somebody's cancellation is
 * kept: the next one asks again.
 * @param ask must have a deadline of its own; nobody's signal reaches it
 */
export function askOnce<T>(ask: () => Promise<T>, host: string): (ctx?: Ctx) => Promise<T> {
  let kept: Promise<T> | undefined;
  return (ctx) => {
    if (ctx?.signal?.aborted === true) return Promise.reject(new ProblemError('command-aborted', { host }));
    if (kept === undefined) {
      const asked = ask();
      kept = asked;
      asked.catch(() => {
        if (kept === asked) kept = undefined;
      });
    }
    return untilAborted(kept, ctx?.signal, host);
  };
}
