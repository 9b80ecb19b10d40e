/** The process itself as the terminal of the command line. */
import type { Clock } from '../api/clock.ts';
import { systemClock } from '../host/system-clock.ts';
import type { CliIo, Output, TerminalSize } from './io.ts';
import { SecretLine } from './secret-line.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SIZE_UNKNOWN: TerminalSize = { width: 80, height: 24 };

export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: 'resize' | 'error', listener: (error: Error) => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

export interface InputStream {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  off(event: 'data', listener: (chunk: Buffer) => void): unknown;
  off(event: 'end', listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** The part of `process` that is needed. */
export interface ProcessLike {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: InputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  geteuid?(): number;
  once(signal: (typeof SIGNALS)[number], listener: () => void): unknown;
  exit(code: number): unknown;
}

/**
 * The first signal asks for an orderly end; the second one ends the process at once, as usual. Output into a pipe that
 * nobody reads any more ends the process quietly.
 */
export function createProcessIo(proc: ProcessLike, clock: Clock = systemClock): CliIo {
  const interruption = new AbortController();
  for (const signal of SIGNALS) proc.once(signal, () => interruption.abort());
  for (const stream of [proc.stdout, proc.stderr]) {
    stream.on('error', (error) => {
      if ('code' in error && error.code === 'EPIPE') proc.exit(0);
    });
  }
  return {
    stdout: outputOf(proc.stdout),
    stderr: outputOf(proc.stderr),
    env: proc.env,
    clock,
    uid: proc.geteuid?.() ?? 0,
    canAsk: proc.stdin.isTTY === true && proc.stdout.isTTY === true,
    interrupted: interruption.signal,
    onResize: (listener) => {
      proc.stdout.on('resize', listener);
      return () => proc.stdout.off('resize', listener);
    },
    onKey: (listener) => listenToKeys(proc.stdin, listener),
    readSecret: (question) => readSecret(proc, question, interruption.signal),
  };
}

function outputOf(stream: OutputStream): Output {
  return {
    write: (text) => {
      stream.write(text);
    },
    size: () => {
      if (stream.isTTY !== true) return null;
      const { width, height } = SIZE_UNKNOWN;
      // A terminal that knows no size of its own says 0.
      return { width: stream.columns || width, height: stream.rows || height };
    },
  };
}

function listenToKeys(stdin: InputStream, listener: (key: string) => void): () => void {
  if (stdin.isTTY !== true || stdin.setRawMode === undefined) return () => {};
  const onData = (chunk: Buffer): void => {
    for (const key of chunk.toString('utf8')) listener(key);
  };
  stdin.setRawMode(true);
  stdin.on('data', onData);
  stdin.resume();
  return () => {
    stdin.off('data', onData);
    stdin.setRawMode?.(false);
    stdin.pause();
  };
}

async function readSecret(proc: ProcessLike, question: string, interrupted: AbortSignal): Promise<string | null> {
  const { stdin, stderr } = proc;
  const isTerminal = stdin.isTTY === true && stdin.setRawMode !== undefined;
  if (isTerminal) stderr.write(question);
  const line = new SecretLine(isTerminal);
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const onData = (chunk: Buffer): void => {
    const end = line.push(chunk);
    if (end !== undefined) resolve(end);
  };
  const onEnd = (): void => resolve(line.end());
  const onAbort = (): void => resolve(null);
  if (isTerminal) stdin.setRawMode?.(true);
  stdin.on('data', onData);
  stdin.on('end', onEnd);
  interrupted.addEventListener('abort', onAbort, { once: true });
  stdin.resume();
  try {
    return interrupted.aborted ? null : await promise;
  } finally {
    stdin.off('data', onData);
    stdin.off('end', onEnd);
    interrupted.removeEventListener('abort', onAbort);
    if (isTerminal) {
      stdin.setRawMode?.(false);
      stderr.write('\n');
    }
    stdin.pause();
  }
}
