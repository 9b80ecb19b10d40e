/** Starts programs through a small process of our own, see `serve.ts`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { z } from 'zod';
import { ProblemError } from '../../api/problem.ts';
import { killProcessGroup } from '../process-group.ts';
import type { Program, ProgramStdio, StartProgram } from '../program.ts';
import type { Argv, ExitStatus } from '../types.ts';
import { settlesWithin } from '../waiting.ts';
import type { StreamRequest, ToSpawner } from './messages.ts';
import { type ExpectedStream, listenForStreams, type StreamServer } from './streams.ts';

const END_GRACE_MS = 5_000;

const id = z.number().int().positive();
const fromSpawner = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), id, pid: z.number().int().positive() }),
  z.object({ kind: z.literal('refused'), id, errno: z.string().max(100), message: z.string() }),
  z.object({ kind: z.literal('exited'), id, code: z.number().nullable(), signal: z.string().nullable() }),
]);

export interface SpawnerOptions {
  /** The program that calls `serveSpawner` with its last argument, which is added here. */
  readonly command: Argv;
  readonly env: Readonly<Record<string, string>>;
  /** The machine, for errors. */
  readonly host: string;
}

export interface Spawner {
  /** Also rejects with `spawner-lost`, and so does `closed` of what it started. */
  readonly start: StartProgram;
  /** The process that starts programs, once there was something to start. */
  pid(): number | null;
  /** Ends it, and all that runs. Idempotent. */
  close(): Promise<void>;
}

/** What is known of one program. */
interface Entry {
  pid: number | null;
  /** Somebody waits for its end. */
  awaited: boolean;
  readonly started: PromiseWithResolvers<number>;
  readonly exited: PromiseWithResolvers<ExitStatus>;
}

interface Connection {
  readonly child: ChildProcess;
  readonly streams: StreamServer;
  readonly entries: Map<number, Entry>;
  readonly ended: Promise<unknown>;
}

/** A spawner that is started with the first program, and again when it was lost. */
export function createSpawner(options: SpawnerOptions): Spawner {
  const lost = (): ProblemError => new ProblemError('spawner-lost', { host: options.host });
  let current: Promise<Connection> | null = null;
  let pid: number | null = null;
  let lastId = 0;
  let closed = false;

  async function open(): Promise<Connection> {
    const streams = await listenForStreams();
    const [program, ...args] = options.command;
    const child = spawn(program, [...args, streams.path], {
      cwd: '/',
      env: options.env,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const entries = new Map<number, Entry>();
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    }).then(async () => {
      current = null;
      pid = null;
      for (const entry of entries.values()) {
        // Its parent cannot end it any more.
        if (entry.pid !== null) killProcessGroup(entry.pid, 'SIGKILL');
        entry.started.reject(lost());
        entry.exited.reject(lost());
      }
      await streams.close();
    });
    child.on('message', (raw: unknown) => {
      const parsed = fromSpawner.safeParse(raw);
      if (!parsed.success) {
        // Whatever that is, it is not our spawner any more.
        child.kill('SIGKILL');
        return;
      }
      const message = parsed.data;
      const entry = entries.get(message.id);
      if (message.kind === 'started') {
        if (entry !== undefined) entry.pid = message.pid;
        entry?.started.resolve(message.pid);
      } else if (message.kind === 'refused') {
        entry?.started.reject(Object.assign(new Error(message.message), { code: message.errno }));
      } else {
        entry?.exited.resolve({ code: message.code, signal: message.signal });
      }
    });
    child.unref();
    pid = child.pid ?? null;
    return { child, streams, entries, ended };
  }

  const start: StartProgram = async (argv, stdio, env) => {
    if (closed) throw lost();
    current ??= open();
    const connection = await current;
    lastId += 1;
    return startOn(connection, lastId, argv, stdio, env, lost);
  };

  return {
    start,
    pid: () => pid,
    async close() {
      closed = true;
      if (current === null) return;
      const { child, ended } = await current;
      if (child.connected) child.disconnect();
      if (await settlesWithin(ended, END_GRACE_MS)) return;
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function startOn(
  { child, streams, entries }: Connection,
  programId: number,
  argv: Argv,
  stdio: ProgramStdio,
  env: Readonly<Record<string, string>>,
  lost: () => ProblemError,
): Promise<Program> {
  const say = (message: ToSpawner): void => {
    // A spawner that is gone has told so by its end.
    if (child.connected) child.send(message, () => undefined);
  };
  const expected: ExpectedStream[] = [];
  const expectStream = (): ExpectedStream => {
    const stream = streams.expect();
    expected.push(stream);
    return stream;
  };
  const stdin = stdio.stdin === 'pipe' ? expectStream() : null;
  const stdout = stdio.stdout === 'pipe' ? expectStream() : null;
  const stderr = expectStream();
  const entry: Entry = { pid: null, awaited: true, started: Promise.withResolvers(), exited: Promise.withResolvers() };
  entry.exited.promise.catch(() => undefined);
  // Nothing to wait for must keep no process alive.
  const keepAlive = (): void => {
    if ([...entries.values()].some(({ awaited }) => awaited)) child.channel?.ref();
    else child.channel?.unref();
  };
  entries.set(programId, entry);
  keepAlive();
  if (!child.connected) entry.started.reject(lost());
  say({
    kind: 'start',
    id: programId,
    argv,
    env,
    stdin: requestOf(stdio.stdin, stdin),
    stdout: requestOf(stdio.stdout, stdout),
    stderr: { kind: 'connect', word: stderr.word },
  });
  const forget = (): void => {
    entries.delete(programId);
    keepAlive();
    say({ kind: 'forget', id: programId });
  };
  const abandon = (): void => {
    entry.awaited = false;
    keepAlive();
  };
  try {
    const startedPid = await entry.started.promise;
    const [input, output, errors] = await Promise.all([stdin?.socket ?? null, stdout?.socket ?? null, stderr.socket]);
    return programOf(startedPid, { input, output, errors }, entry.exited.promise, {
      kill: () => say({ kind: 'kill', id: programId }),
      forget,
      abandon,
    });
  } catch (thrown) {
    for (const stream of expected) stream.cancel();
    forget();
    throw thrown;
  }
}

/** A descriptor of ours has a name in /proc under which our child may open it, see proc_pid_fd(5). */
function requestOf(wish: 'pipe' | 'ignore' | number, expected: ExpectedStream | null): StreamRequest {
  if (expected !== null) return { kind: 'connect', word: expected.word };
  return typeof wish === 'number' ? { kind: 'open', path: `/proc/${process.pid}/fd/${wish}` } : { kind: 'ignore' };
}

interface Sockets {
  readonly input: Socket | null;
  readonly output: Socket | null;
  readonly errors: Socket;
}

function programOf(
  pid: number,
  { input, output, errors }: Sockets,
  exit: Promise<ExitStatus>,
  spawner: { kill(): void; forget(): void; abandon(): void },
): Program {
  const outputs = output === null ? [errors] : [output, errors];
  // Half of each connection is not used: it must neither stay open nor go unread.
  for (const socket of outputs) socket.end();
  input?.resume();
  const read = Promise.all(outputs.map((socket) => (socket.closed ? undefined : once(socket, 'close'))));
  const exited = exit.then(
    () => undefined,
    () => undefined,
  );
  void exited.then(() => {
    input?.destroy();
    // Nobody has asked for it, and nobody will.
    for (const socket of outputs) if (socket.readableFlowing === null) socket.resume();
  });
  const closed = exit.then(async (status) => {
    await read;
    spawner.forget();
    return status;
  });
  closed.catch(() => {
    for (const socket of outputs) socket.destroy();
  });
  return {
    pid,
    stdin: input,
    stdout: output,
    stderr: errors,
    exited,
    closed,
    killGroup: spawner.kill,
    abandon: spawner.abandon,
  };
}
