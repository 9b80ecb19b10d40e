/** The TCP socket below an ssh connection. */
import type { Socket } from 'node:net';
import { createYoungCollector } from './young-garbage.ts';

/** Up to this size a copy costs next to nothing. */
const SMALL_BYTES = 64;

type Done = (error?: Error | null) => void;

/**
 * Gathers what is written within one callback of the event loop into one system call. ssh2 writes every packet as three
 * pieces (length, body, tag), each of which would be a call and, without Nagle's delay, a TCP segment of its own. Waiting for
 * the end of the whole turn makes fewer calls, and is slower: the other side has nothing to do meanwhile.
 * To be called after `connect`, which puts Node's own `write` back in place; that is also why this is not a subclass.
 */
export function gatherWrites(socket: Socket): void {
  const write: Socket['write'] = socket.write.bind(socket);
  const collect = createYoungCollector();
  let gathering = false;
  socket.write = (chunk: Uint8Array | string, encodingOrDone?: BufferEncoding | Done, done?: Done): boolean => {
    if (!gathering) {
      gathering = true;
      socket.cork();
      process.nextTick(() => {
        gathering = false;
        socket.uncork();
      });
    }
    if (typeof chunk !== 'string') {
      collect(chunk.length);
      // The length field of a packet lies in memory that the next packet overwrites.
      const kept = chunk.length <= SMALL_BYTES ? Buffer.from(chunk) : chunk;
      return write(kept, typeof encodingOrDone === 'function' ? encodingOrDone : done);
    }
    return typeof encodingOrDone === 'function' ? write(chunk, encodingOrDone) : write(chunk, encodingOrDone, done);
  };
}
