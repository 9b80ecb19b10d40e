/** Bytes from a readable to a writable stream, counted, with back-pressure, perhaps slowed. */
import type { Writable } from 'node:stream';
import type { ByteOutput } from './byte-output.ts';
import type { TokenBucket } from './token-bucket.ts';

/**
 * What may wait in the sink: the window of an ssh channel. Reading goes on at the half of it and not, as the `drain` event
 * would have it, when nothing is left to send.
 */
const FULL_BYTES = 2 * 1024 * 1024;
const PAUSE_STEP_MS = 1000;

export interface PumpOptions {
  readonly bucket?: TokenBucket | undefined;
  /** After every chunk: all bytes so far, and the pause that the limit asks for now. */
  readonly onChunk: (bytesTotal: number, pauseMs: number) => void;
}

export interface Pump {
  bytes(): number;
  /** Takes nothing more from the source and ends the sink's input after what it was given already. */
  stop(): void;
}

/** Starts at once. The end of the source ends the sink's input; errors of either show in the exit of its command. */
export function startPump(source: ByteOutput, sink: Writable, options: PumpOptions): Pump {
  let total = 0;
  let waitingBytes = 0;
  let sinkFull = false;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const resume = (): void => {
    if (!sinkFull && timer === undefined && !stopped) source.resume();
  };
  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    clearTimeout(timer);
    sink.end();
  };
  /** In pieces: the limit may be another one before a long pause is over. */
  const waitFor = (pauseMs: number): void => {
    timer = setTimeout(
      () => {
        timer = undefined;
        const left = options.bucket?.take(0) ?? 0;
        if (left > 0 && !stopped) {
          options.onChunk(total, left);
          waitFor(left);
        } else {
          resume();
        }
      },
      Math.min(pauseMs, PAUSE_STEP_MS),
    );
  };
  const written = (sizeBytes: number, error: Error | null | undefined): void => {
    waitingBytes -= sizeBytes;
    if (error) {
      // The sink reads no more. Its command may live on, but nothing must be read from the source into nowhere.
      stop();
      source.close();
    } else if (sinkFull && waitingBytes <= FULL_BYTES / 2) {
      sinkFull = false;
      resume();
    }
  };
  source.start((chunk, release) => {
    if (stopped) return;
    const sizeBytes = chunk.length;
    total += sizeBytes;
    waitingBytes += sizeBytes;
    const pauseMs = options.bucket?.take(sizeBytes) ?? 0;
    sink.write(chunk, (error) => {
      release();
      written(sizeBytes, error);
    });
    if (pauseMs > 0 && timer === undefined) waitFor(pauseMs);
    sinkFull ||= waitingBytes >= FULL_BYTES;
    if (sinkFull || timer !== undefined) source.pause();
    options.onChunk(total, pauseMs);
  }, stop);
  return { bytes: () => total, stop };
}
