/**
 * The small process that starts programs for a large one. Starting a program copies the page tables of whoever does it and
 * stops it meanwhile: 1 ms at 50 MB, 12 ms at 300 MB. So this file imports nothing but Node, and holds nothing but the
 * numbers of what runs. No byte of a program passes through here: its streams are connections to the process that asked, or
 * kernel pipes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { killProcessGroup } from '../process-group.ts';
import type { FromSpawner, StreamRequest, ToSpawner } from './messages.ts';

type Stream = { readonly stdio: 'ignore' | Socket | number; close(): Promise<void> };

async function connected(socketPath: string, word: string): Promise<Stream> {
  const socket = connect({ path: socketPath, allowHalfOpen: true });
  // Or it would read what is meant for the program.
  socket.pause();
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.write(`${word}\n`, () => resolve());
  });
  return { stdio: socket, close: async () => void socket.destroy() };
}

async function openStream(
  request: StreamRequest,
  flags: 'r' | 'w',
  socketPath: string,
  opened: Stream[],
): Promise<Stream['stdio']> {
  if (request.kind === 'ignore') return 'ignore';
  let stream: Stream;
  if (request.kind === 'connect') {
    stream = await connected(socketPath, request.word);
  } else {
    const file: FileHandle = await open(request.path, flags);
    stream = { stdio: file.fd, close: () => file.close() };
  }
  opened.push(stream);
  return stream.stdio;
}

/**
 * Serves the parent until it is gone, and then ends what still runs for it: nobody would look at the result, and a receive
 * that is ended keeps its partial state. `socketPath` is where the parent listens for streams.
 */
export function serveSpawner(socketPath: string): void {
  const running = new Map<number, ChildProcess>();
  const say = (message: FromSpawner): void => {
    if (process.connected) process.send?.(message);
  };

  async function start(message: ToSpawner & { kind: 'start' }): Promise<void> {
    const { id, argv, env } = message;
    const opened: Stream[] = [];
    try {
      const stdin = await openStream(message.stdin, 'r', socketPath, opened);
      const stdout = await openStream(message.stdout, 'w', socketPath, opened);
      const stderr = await openStream(message.stderr, 'w', socketPath, opened);
      const child = spawn(argv[0] ?? '', argv.slice(1), {
        detached: true,
        cwd: '/',
        env,
        stdio: [stdin, stdout, stderr],
      });
      running.set(id, child);
      child.once('exit', (code, signal) => say({ kind: 'exited', id, code, signal }));
      await new Promise<void>((resolve, reject) => {
        child.once('error', reject);
        child.once('spawn', resolve);
      });
      child.on('error', () => undefined);
      say({ kind: 'started', id, pid: child.pid ?? 0 });
    } catch (thrown) {
      running.delete(id);
      // Only for what the system says of the program itself; a pipe that could not be opened is another matter.
      const ofProgram = thrown instanceof Error && 'syscall' in thrown && String(thrown.syscall).startsWith('spawn');
      const errno = ofProgram && 'code' in thrown ? String(thrown.code) : '';
      say({ kind: 'refused', id, errno, message: thrown instanceof Error ? thrown.message : String(thrown) });
    } finally {
      // The program has its own copies. With ours open nobody would see the end of a stream.
      await Promise.all(opened.map((stream) => stream.close()));
    }
  }

  process.on('message', (message: ToSpawner) => {
    if (message.kind === 'start') {
      void start(message);
      return;
    }
    const pid = running.get(message.id)?.pid;
    if (message.kind === 'kill' && pid !== undefined) killProcessGroup(pid, 'SIGKILL');
    if (message.kind === 'forget') running.delete(message.id);
  });
  process.once('disconnect', () => {
    for (const { pid } of running.values()) if (pid !== undefined) killProcessGroup(pid, 'SIGKILL');
    // Not exit(): it would wait for an opening of a pipe whose other end is gone.
    process.kill(process.pid, 'SIGKILL');
  });
  // An interrupt of the terminal goes to the whole group; the parent ends us when it is done.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
}
