/** A daemon that hangs, and a connection of which only one end is left, say nothing; neither ends by itself. */
import type { Clock } from '../clock.ts';
import type { Client } from './client.ts';

/** Beats in a row that may not be missed. */
const MISSED_MAX = 2;

/**
 * Closes the connection when the daemon has missed two heartbeats in a row; that is less than three periods after its last word.
 * `heartbeatMs`: as `hello` said it; undefined for a daemon that promises none, which may be silent as long as it likes. Resolves
 * when the connection has ended; never rejects.
 */
export async function closeWhenSilent(
  client: Pick<Client, 'onWord' | 'closed' | 'close'>,
  heartbeatMs: number | undefined,
  clock: Pick<Clock, 'sleep'>,
): Promise<void> {
  if (heartbeatMs === undefined) return;
  const ended = new AbortController();
  void client.closed.then(() => ended.abort());
  let missed = 0;
  const deaf = client.onWord(() => {
    missed = 0;
  });
  // Periods are counted, not the time: a machine that slept has missed none of them.
  while (missed < MISSED_MAX && !ended.signal.aborted) {
    missed += 1;
    await clock.sleep(heartbeatMs, ended.signal).catch(() => {});
  }
  deaf();
  if (!ended.signal.aborted) client.close();
}
