/** The two commands of a pipe, started so that their streams meet. */
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { type ByteOutput, markTakesOver, outputOfPipe, outputOfStream, takesOverChunks } from './byte-output.ts';
import { closeFd, type FifoEnds, makeFifo } from './fifo.ts';
import { type SpawnOnHost, spawnerOf } from './local.ts';
import type { LocalProcess } from './spawn.ts';
import type { ExitStatus, PipeEnd } from './types.ts';

/** What the kernel takes at once from a writer; a receiver pauses while its pool syncs, and this bridges a part of it. */
const SINK_BUFFER_BYTES = 2 * 1024 * 1024;

export interface EndedCommand {
  readonly exit: ExitStatus;
  readonly stderr: string;
}

export interface Source {
  /** Null on the direct path. */
  readonly output: ByteOutput | null;
  readonly ended: Promise<EndedCommand>;
  kill(graceMs: number): Promise<void>;
}

export interface Sink {
  /** Null on the direct path. */
  readonly input: Writable | null;
  /** Standard output of the sink. */
  readonly output: Readable | null;
  readonly ended: Promise<EndedCommand>;
  kill(graceMs: number): Promise<void>;
}

export interface EndOptions {
  /** For the time of starting only. */
  readonly signal: AbortSignal;
  readonly onStderrLine: (line: string) => unknown;
}

/** Starts the sink on one end of a kernel pipe where it is local. */
export async function startSink(end: PipeEnd, options: EndOptions): Promise<Sink> {
  const spawnOn = spawnerOf(end.host);
  if (spawnOn === undefined) {
    const { stdin, stdout, ended, kill } = await end.host.start(end.argv, options);
    return { input: stdin, output: stdout, ended, kill };
  }
  const fifo = await makeFifo(end.host);
  const child = await spawnAndClose(spawnOn, end, options, { stdin: fifo.readFd, stdout: 'pipe' }, fifo.readFd).catch(
    closing(fifo.writeFd),
  );
  // A named value, because the type of Socket's options does not list those of streams.
  const streamOptions = {
    fd: fifo.writeFd,
    readable: false,
    writable: true,
    writableHighWaterMark: SINK_BUFFER_BYTES,
  };
  const input = new Socket(streamOptions);
  markTakesOver(input);
  input.on('error', () => undefined);
  const kill = (graceMs: number): Promise<void> => {
    input.destroy();
    return child.kill(graceMs);
  };
  child.ended.then(
    () => input.destroy(),
    () => input.destroy(),
  );
  return { input, output: child.stdout, ended: child.ended, kill };
}

/** Starts the source on one end of a kernel pipe where it is local. `sinkInput` is what its bytes will go to. */
export async function startSource(end: PipeEnd, options: EndOptions, sinkInput: Writable | null): Promise<Source> {
  const spawnOn = spawnerOf(end.host);
  if (spawnOn === undefined) {
    const { stdin, stdout, ended, kill } = await end.host.start(end.argv, options);
    stdin.end();
    return { output: outputOfStream(stdout), ended, kill };
  }
  const fifo = await makeFifo(end.host);
  const child = await spawnAndClose(
    spawnOn,
    end,
    options,
    { stdin: 'ignore', stdout: fifo.writeFd },
    fifo.writeFd,
  ).catch(closing(fifo.readFd));
  const output = outputOfPipe(fifo.readFd, sinkInput !== null && takesOverChunks(sinkInput));
  const kill = (graceMs: number): Promise<void> => {
    output.close();
    return child.kill(graceMs);
  };
  child.ended.catch(() => output.close());
  const ended = child.ended.then(async (result) => {
    await output.drained;
    return result;
  });
  ended.catch(() => undefined);
  return { output, ended, kill };
}

/** Starts both with the two ends of one kernel pipe in their hands: no byte passes through this process. */
export async function startDirect(
  sourceEnd: PipeEnd,
  sourceOptions: EndOptions,
  sinkEnd: PipeEnd,
  sinkOptions: EndOptions,
): Promise<{ readonly source: Source; readonly sink: Sink } | null> {
  const spawnSource = spawnerOf(sourceEnd.host);
  const spawnSink = spawnerOf(sinkEnd.host);
  if (spawnSource === undefined || spawnSink === undefined) return null;
  const fifo: FifoEnds = await makeFifo(sinkEnd.host);
  let sink: Sink | undefined;
  try {
    const sinkStdio = { stdin: fifo.readFd, stdout: 'pipe' } as const;
    const { stdout, ended, kill } = await spawnWith(spawnSink, sinkEnd, sinkOptions, sinkStdio);
    sink = { input: null, output: stdout, ended, kill };
    const sourceStdio = { stdin: 'ignore', stdout: fifo.writeFd } as const;
    const source = await spawnWith(spawnSource, sourceEnd, sourceOptions, sourceStdio);
    return { source: { output: null, ended: source.ended, kill: source.kill }, sink };
  } catch (thrown) {
    if (sink === undefined) throw thrown;
    throw new SinkLeftAlone(sink, thrown);
  } finally {
    // Not before both have theirs: a sink may have ended by then, and a pipe without a reader cannot be opened.
    closeFd(fifo.readFd);
    closeFd(fifo.writeFd);
  }
}

/** The source could not be started while the sink runs already. */
export class SinkLeftAlone extends Error {
  override readonly name = 'SinkLeftAlone';
  readonly sink: Sink;
  constructor(sink: Sink, cause: unknown) {
    super('the source could not be started', { cause });
    this.sink = sink;
  }
}

type HandedOver = { readonly stdin: 'ignore' | number; readonly stdout: 'pipe' | number };

function spawnWith(
  spawnOn: SpawnOnHost,
  end: PipeEnd,
  { onStderrLine, signal }: EndOptions,
  stdio: HandedOver,
): Promise<LocalProcess> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return spawnOn(end.argv, { ...stdio, onStderrLine });
}

/**
 * Our copy of a handed-over descriptor must go as soon as it is handed over, or the other program would never see the end of
 * the stream, nor a broken pipe.
 */
async function spawnAndClose(
  spawnOn: SpawnOnHost,
  end: PipeEnd,
  options: EndOptions,
  stdio: HandedOver,
  handedOverFd: number,
): Promise<LocalProcess> {
  try {
    return await spawnWith(spawnOn, end, options, stdio);
  } finally {
    closeFd(handedOverFd);
  }
}

function closing(fd: number): (thrown: unknown) => never {
  return (thrown) => {
    closeFd(fd);
    throw thrown;
  };
}
