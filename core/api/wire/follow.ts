/** Follows the daemon's status over a connection. */
import { applyChange } from '../mirror.ts';
import { ProblemError } from '../problem.ts';
import type { DaemonStatus } from '../status.ts';
import type { Client } from './client.ts';

/**
 * Follows the status until aborted: calls `listener` with the first whole status and after every change. Resolves when
 * aborted; rejects when the daemon cannot be asked any more.
 */
export async function followStatus(
  client: Client,
  listener: (status: DaemonStatus) => void,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let current: DaemonStatus | null = null;
  let asking = false;

  async function ask(): Promise<void> {
    if (asking) return;
    asking = true;
    try {
      current = await client.request('watch', {}, signal);
      listener(current);
    } catch (thrown) {
      reject(thrown);
    } finally {
      asking = false;
    }
  }

  const stop = client.onStatusChanged((change) => {
    // While the whole is on its way, its revision decides what is new.
    if (current === null || asking) return;
    const next = applyChange(current, change);
    if (next === null) {
      void ask();
    } else if (next !== current) {
      current = next;
      listener(next);
    }
  });
  const onAbort = (): void => resolve();
  signal.addEventListener('abort', onAbort);
  void client.closed.then(() => reject(new ProblemError('daemon-unreachable', { socket: client.label })));
  // Nobody waits for it any more once the signal was aborted.
  promise.catch(() => {});
  void ask();
  try {
    if (signal.aborted) return;
    await promise;
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
}
