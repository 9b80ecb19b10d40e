/**
 * The few places where ssh2 offers no public way. Each is guarded: should another version of ssh2 look different inside,
 * the effect is missing, which a test notices, and nothing else breaks.
 */
import type { Client, ClientChannel } from 'ssh2';

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Whether the other side has closed this channel in good order (and not merely the connection broke). */
export function closedByPeer(channel: ClientChannel): boolean {
  return property(channel.incoming, 'state') === 'closed';
}

/**
 * Sends a signal request (RFC 4254, 6.9). ssh2's own method keeps silent once standard input was ended, which the
 * protocol does not ask for. False when it could not be sent.
 */
export function signalRemote(client: Client, channel: ClientChannel, signal: string): boolean {
  const state = property(channel.outgoing, 'state');
  const id = property(channel.outgoing, 'id');
  const protocol = property(client, '_protocol');
  const send = property(protocol, 'signal');
  if (typeof send !== 'function' || typeof id !== 'number' || (state !== 'open' && state !== 'eof')) return false;
  try {
    Reflect.apply(send, protocol, [id, signal]);
    return true;
  } catch {
    // The connection is gone, and with it what was to be signalled.
    return false;
  }
}

/**
 * Keeps lines on standard error from reopening the window while nobody reads standard output. Both share one window, and
 * ssh2 grants it anew for every message on standard error: a `zfs send -vP` that prints once a second would fill the
 * memory while a slow receiver pauses. With this at most one buffer and one window (2 MiB each) are held.
 */
export function holdWindowWhileUnread(channel: ClientChannel): void {
  const { stderr } = channel;
  const unread = (): boolean => channel.readableLength >= channel.readableHighWaterMark;
  const push = stderr.push.bind(stderr);
  const read = stderr._read.bind(stderr);
  stderr.push = (chunk: unknown, encoding?: BufferEncoding): boolean => push(chunk, encoding) && !unread();
  stderr._read = (size: number): void => {
    if (!unread()) read(size);
  };
}
