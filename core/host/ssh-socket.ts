/** The TCP socket below an ssh connection. */
import { Socket } from 'node:net';

type Done = (error?: Error | null) => void;

/**
 * Gathers what is written within one turn of the event loop into one system call. ssh2 writes every packet as three
 * pieces (length, body, tag), each of which would be a call and, without Nagle's delay, a TCP segment of its own.
 */
export class GatheringSocket extends Socket {
  #gathering = false;

  override write(chunk: Uint8Array | string, encodingOrDone?: BufferEncoding | Done, done?: Done): boolean {
    if (!this.#gathering) {
      this.#gathering = true;
      this.cork();
      process.nextTick(() => {
        this.#gathering = false;
        this.uncork();
      });
    }
    if (typeof chunk !== 'string')
      return super.write(chunk, typeof encodingOrDone === 'function' ? encodingOrDone : done);
    return typeof encodingOrDone === 'function'
      ? super.write(chunk, encodingOrDone)
      : super.write(chunk, encodingOrDone, done);
  }
}
