/** Bytes from a readable to a writable stream, counted, with back-pressure, perhaps slowed. */
import type { Writable } from 'node:stream';
import type { ByteOutput } from './byte-output.ts';
import type { TokenBucket } from './token-bucket.ts';

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
  let sinkFull = false;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const resume = (): void => {
    if (!sinkFull && timer === undefined && !stopped) source.resume();
  };
  const onDrain = (): void => {
    sinkFull = false;
    resume();
  };
  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    clearTimeout(timer);
    sink.off('drain', onDrain);
    sink.end();
  };
  sink.on('drain', onDrain);
  source.start((chunk, release) => {
    if (stopped) return;
    total += chunk.length;
    const pauseMs = options.bucket?.take(chunk.length) ?? 0;
    sinkFull = !sink.write(chunk, release);
    if (pauseMs > 0 && timer === undefined) {
      timer = setTimeout(() => {
        timer = undefined;
        resume();
      }, pauseMs);
    }
    if (sinkFull || timer !== undefined) source.pause();
    options.onChunk(total, pauseMs);
  }, stop);
  return { bytes: () => total, stop };
}
