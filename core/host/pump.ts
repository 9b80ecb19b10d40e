/** Bytes from a readable to a writable stream, counted, with back-pressure, perhaps slowed. */
import type { Readable, Writable } from 'node:stream';
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
export function startPump(source: Readable, sink: Writable, options: PumpOptions): Pump {
  let total = 0;
  let sinkFull = false;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const resume = (): void => {
    if (!sinkFull && timer === undefined && !stopped) source.resume();
  };
  const onData = (chunk: Buffer): void => {
    total += chunk.length;
    const pauseMs = options.bucket?.take(chunk.length) ?? 0;
    sinkFull = !sink.write(chunk);
    if (pauseMs > 0) {
      timer = setTimeout(() => {
        timer = undefined;
        resume();
      }, pauseMs);
    }
    if (sinkFull || timer !== undefined) source.pause();
    options.onChunk(total, pauseMs);
  };
  const onDrain = (): void => {
    sinkFull = false;
    resume();
  };
  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    clearTimeout(timer);
    source.off('data', onData);
    sink.off('drain', onDrain);
    sink.end();
  };
  sink.on('drain', onDrain);
  source.once('end', stop);
  source.on('data', onData);
  return { bytes: () => total, stop };
}
