/**
 * `source | sink`, across hosts. Where both are local the kernel carries the bytes; otherwise they pass through here with
 * back-pressure. Whatever happens, both commands have ended when the promise settles, or are listed as abandoned.
 */
import { asProblemError, type ProblemCode, ProblemError } from '../api/problem.ts';
import {
  type EndOptions,
  type Sink,
  SinkLeftAlone,
  type Source,
  startDirect,
  startSink,
  startSource,
} from './pipe-ends.ts';
import { type Pump, startPump } from './pump.ts';
import { KILL_GRACE_MS } from './spawn.ts';
import { createTextRing } from './text-ring.ts';
import { createTokenBucket } from './token-bucket.ts';
import type { PipeEnd, PipeOptions, PipeResult } from './types.ts';
import { settlesWithin, whenAborted } from './waiting.ts';
import { createWatchdog } from './watchdog.ts';

/** What a side gets to end by itself after the other has ended: a receiver saves its partial state in that time. */
export const PIPE_GRACE_MS = 10_000;
/** What a source gets whose sink has failed: enough to say why it failed itself, if that was the reason. */
const LAST_WORDS_MS = 1_000;
const SINK_STDOUT_LIMIT_BYTES = 64 * 1024;

export interface PipeTiming {
  /** Default `PIPE_GRACE_MS`. */
  readonly graceMs?: number;
  /** Default `KILL_GRACE_MS`. */
  readonly killGraceMs?: number;
}

/**
 * Runs both commands until both have ended and returns both exits. The sink's exit says whether the data arrived; a source
 * that failed shows in its own exit, so the caller must look at both.
 *
 * A source that ends closes the sink's input. If it failed, the sink has a grace period to end by itself. A sink that ends
 * closes the source's output, and the source has the same grace period after a sink that succeeded, else one second. On abort and stall the source is killed first, the
 * sink sees the end of its input, has the grace period, and is killed then; one whose drive is gone (`sinkGone`) is left alone.
 *
 * Errors: those of `Host.start`; `command-aborted`; `command-timeout` (nothing moved for `stallMs`); `command-stuck`;
 * `connection-lost`.
 */
export async function pipe(
  sourceEnd: PipeEnd,
  sinkEnd: PipeEnd,
  options: PipeOptions,
  timing: PipeTiming = {},
): Promise<PipeResult> {
  const graceMs = timing.graceMs ?? PIPE_GRACE_MS;
  const killGraceMs = timing.killGraceMs ?? KILL_GRACE_MS;
  const startedMs = performance.now();
  const starting = new AbortController();
  const interrupted = Promise.withResolvers<ProblemError>();
  let started = false;
  let interruption: ProblemError | undefined;
  const interrupt = (code: ProblemCode, host: string): void => {
    if (interruption !== undefined) return;
    interruption = new ProblemError(code, { host });
    // Later it would end remote commands at once instead of in good order.
    if (!started) starting.abort(interruption);
    interrupted.resolve(interruption);
  };
  if (options.signal?.aborted === true) throw new ProblemError('command-aborted', { host: sourceEnd.host.label });
  const watchdog = createWatchdog(options.stallMs, () => interrupt('command-timeout', sinkEnd.host.label));
  const stopListening = whenAborted(options.signal, () => interrupt('command-aborted', sourceEnd.host.label));

  const stdout = createTextRing(SINK_STDOUT_LIMIT_BYTES);
  const sourceOptions: EndOptions = {
    signal: starting.signal,
    onStderrLine: (line) => {
      if (options.onSourceStderrLine?.(line) !== false) watchdog.touch();
    },
  };
  const sinkOptions: EndOptions = { signal: starting.signal, onStderrLine: () => watchdog.touch() };

  let source: Source | undefined;
  let sink: Sink | undefined;
  let pump: Pump | undefined;
  /** The end of the sink's input, then time, then force. */
  const endSink = async (ending: Sink): Promise<void> => {
    pump?.stop();
    ending.input?.end();
    ending.output?.resume();
    if (options.sinkGone?.() === true) return;
    if (await settlesWithin(ending.ended, graceMs)) return;
    // Its drive may have gone in that time.
    if (options.sinkGone?.() !== true) await ending.kill(killGraceMs);
  };
  /** The end of the source's output, then time, then force. */
  const endSource = async (ending: Source, sinkSucceeded: boolean): Promise<void> => {
    pump?.stop();
    ending.output?.close();
    const patienceMs = sinkSucceeded ? graceMs : Math.min(graceMs, LAST_WORDS_MS);
    if (!(await settlesWithin(ending.ended, patienceMs))) await ending.kill(killGraceMs);
  };

  try {
    ({ source, sink } = await startBoth(sourceEnd, sourceOptions, sinkEnd, sinkOptions, options, endSink));
    started = true;
    sink.output?.on('data', (chunk: Buffer) => stdout.push(chunk));
    if (source.output !== null && sink.input !== null) {
      const limit = options.currentLimit ?? options.limitBytesPerSecond;
      pump = startPump(source.output, sink.input, {
        bucket: limit === undefined ? undefined : createTokenBucket(limit, () => performance.now()),
        onChunk: (bytesTotal, pauseMs) => {
          watchdog.touch(pauseMs);
          options.onBytes?.(bytesTotal);
        },
      });
    }
    const sourceFailed = source.ended.then(({ exit }) =>
      exit.code === 0 ? new Promise<never>(() => undefined) : null,
    );
    const first = await Promise.race([
      sink.ended.then(({ exit }) => (exit.code === 0 ? ('sink-done' as const) : ('sink-failed' as const))),
      sourceFailed.then(() => 'source-failed' as const),
      interrupted.promise.then(() => 'interrupted' as const),
    ]).catch(() => 'lost' as const);
    if (first === 'source-failed') {
      await endSink(sink);
      // It may never end; how long it is waited for is up to the caller.
      if (options.sinkGone?.() === true) await Promise.race([sink.ended, interrupted.promise]);
    }
    if (first === 'sink-done' || first === 'sink-failed') {
      await Promise.race([endSource(source, first === 'sink-done'), interrupted.promise]);
    }
    if (interruption !== undefined || first === 'lost') {
      const killing = source.kill(killGraceMs);
      await endSink(sink);
      await killing;
      if (interruption !== undefined && options.sinkGone?.() === true) {
        sink.ended.catch(() => undefined);
        source.ended.catch(() => undefined);
        throw interruption;
      }
    }
    const ended = await Promise.all([source.ended, sink.ended]);
    if (interruption !== undefined) throw interruption;
    return {
      source: ended[0],
      sink: { ...ended[1], stdout: stdout.text() },
      bytes: pump === undefined ? null : pump.bytes(),
      durationMs: performance.now() - startedMs,
    };
  } catch (thrown) {
    const problem = asProblemError(thrown);
    // That something hangs in the kernel says more than why it was to end.
    throw problem.code === 'command-stuck' ? problem : (interruption ?? problem);
  } finally {
    watchdog.stop();
    stopListening();
  }
}

async function startBoth(
  sourceEnd: PipeEnd,
  sourceOptions: EndOptions,
  sinkEnd: PipeEnd,
  sinkOptions: EndOptions,
  options: PipeOptions,
  endSink: (sink: Sink) => Promise<void>,
): Promise<{ readonly source: Source; readonly sink: Sink }> {
  try {
    const unlimited = options.limitBytesPerSecond === undefined && (options.currentLimit?.() ?? null) === null;
    const direct = unlimited ? await startDirect(sourceEnd, sourceOptions, sinkEnd, sinkOptions) : null;
    if (direct !== null) return direct;
    const sink = await startSink(sinkEnd, sinkOptions);
    try {
      return { source: await startSource(sourceEnd, sourceOptions, sink.input), sink };
    } catch (thrown) {
      throw new SinkLeftAlone(sink, thrown);
    }
  } catch (thrown) {
    if (!(thrown instanceof SinkLeftAlone)) throw thrown;
    await endSink(thrown.sink);
    // Rejects only if it hangs or was lost, which is worse than what kept the source from starting.
    if (options.sinkGone?.() !== true) await thrown.sink.ended;
    thrown.sink.ended.catch(() => undefined);
    throw thrown.cause;
  }
}
