/** Bytes that a command prints, handed on one chunk at a time: the source side of a pump. */
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { closeFd } from './fifo.ts';

const CHUNK_BYTES = 64 * 1024;
/** Chunks that may be under way at a time: 2 MiB, as much as an ssh channel takes at once. */
const CHUNKS_UNDER_WAY = 32;

/** `release` tells that the chunk has been taken over and its memory may be used again. */
export type ChunkListener = (chunk: Buffer, release: () => void) => void;

export interface ByteOutput {
  /** Begins to read. `onEnd` comes once, unless it was closed before. */
  start(onChunk: ChunkListener, onEnd: () => void): void;
  pause(): void;
  resume(): void;
  /** Takes nothing more: a local command meets a broken pipe, what a remote one still sends is dropped. */
  close(): void;
  /** Settles when everything has been read, or it was closed. */
  readonly drained: Promise<void>;
}

const takesOver = new WeakSet<Writable>();

/**
 * Marks a stream that has copied or sent a chunk by the time its write callback comes. Streams in general may keep it (a
 * PassThrough does), and memory that is used again then would change what they keep.
 */
export function markTakesOver(stream: Writable): void {
  takesOver.add(stream);
}

/** Whether memory may be used again after the write callback of this stream. */
export function takesOverChunks(stream: Writable): boolean {
  return takesOver.has(stream);
}

/** The output of a remote command. */
export function outputOfStream(stream: Readable): ByteOutput {
  let closed = false;
  const nothing = (): void => undefined;
  return {
    start(onChunk, onEnd) {
      stream.once('end', () => {
        if (!closed) onEnd();
      });
      stream.on('data', (chunk: Buffer) => {
        if (!closed) onChunk(chunk, nothing);
      });
    },
    pause: () => {
      if (!closed) stream.pause();
    },
    resume: () => void stream.resume(),
    close() {
      closed = true;
      stream.resume();
    },
    // Its command ends only after its output has been read.
    drained: Promise.resolve(),
  };
}

/**
 * The output of a local command at the reading end of a pipe, which this takes over. With `reuse` a fixed number of chunks
 * goes round instead of new memory for each; only for a sink that `takesOverChunks`.
 */
export function outputOfPipe(fd: number, reuse: boolean): ByteOutput {
  const drained = Promise.withResolvers<void>();
  let socket: Socket | undefined;
  let closed = false;
  let paused = false;
  const free: Buffer[] = [];
  let underWay = 0;
  let allUnderWay = false;
  const release = (memory: Buffer): void => {
    underWay -= 1;
    free.push(memory);
    if (!allUnderWay || underWay > CHUNKS_UNDER_WAY / 2) return;
    allUnderWay = false;
    if (!paused) socket?.resume();
  };
  const roundabout = (onChunk: ChunkListener) => ({
    buffer: () => free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES),
    callback(lengthBytes: number, memory: Uint8Array): boolean {
      const whole = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
      underWay += 1;
      onChunk(whole.subarray(0, lengthBytes), () => release(whole));
      allUnderWay = underWay >= CHUNKS_UNDER_WAY;
      // False stops the reading.
      return !allUnderWay && !paused;
    },
  });
  return {
    start(onChunk, onEnd) {
      if (closed) return;
      // A named value, because the type of these options does not list `onread`.
      const options = { fd, readable: true, writable: false };
      const reusing = { ...options, onread: roundabout(onChunk) };
      socket = new Socket(reuse ? reusing : options);
      if (!reuse) socket.on('data', (chunk: Buffer) => onChunk(chunk, () => undefined));
      socket.on('error', () => undefined);
      socket.once('end', onEnd);
      socket.once('close', () => drained.resolve());
    },
    pause() {
      paused = true;
      socket?.pause();
    },
    resume() {
      paused = false;
      if (!allUnderWay) socket?.resume();
    },
    close() {
      if (closed) return;
      closed = true;
      if (socket === undefined) {
        closeFd(fd);
        drained.resolve();
      } else {
        socket.destroy();
      }
    },
    drained: drained.promise,
  };
}
