/** One command on the other machine, through a channel of the shared connection. */
import type { ClientChannel } from 'ssh2';
import { ProblemError } from '../api/problem.ts';
import { markTakesOver } from './byte-output.ts';
import { stuckProblem } from './errors.ts';
import type { Registration } from './registry.ts';
import { remoteStartProblem } from './remote-command.ts';
import type { LiveConnection } from './ssh-connection.ts';
import { closedByPeer, holdWindowWhileUnread, signalRemote } from './ssh-internals.ts';
import { createLineSplitter, createTextRing, STDERR_LIMIT_BYTES } from './text-ring.ts';
import type { Argv, ExitStatus, RunningCommand } from './types.ts';
import { settlesWithin } from './waiting.ts';

export interface ChannelSettings {
  readonly host: string;
  readonly argv: Argv;
  readonly live: LiveConnection;
  readonly registration: Registration;
  /** The signal that ends it: KILL, or TERM where a program in between has to pass it on. */
  readonly killSignal: string;
  readonly onStderrLine?: ((line: string) => unknown) | undefined;
}

export interface ChannelCommand extends RunningCommand {
  /** Makes `ended` reject with `command-aborted` and ends the command. */
  abort(graceMs: number): Promise<void>;
}

/** Follows a channel; to be called before the event loop turns, because a short command ends within the same packet. */
export function followChannel(channel: ClientChannel, settings: ChannelSettings): ChannelCommand {
  const { host, argv, live, registration } = settings;
  const ring = createTextRing(STDERR_LIMIT_BYTES);
  const splitLines = settings.onStderrLine === undefined ? undefined : createLineSplitter(settings.onStderrLine);
  const done = Promise.withResolvers<{ readonly exit: ExitStatus; readonly stderr: string }>();
  done.promise.catch(() => undefined);
  const closed = Promise.withResolvers<void>();
  let exit: ExitStatus | undefined;
  let aborted = false;
  let killed = false;

  holdWindowWhileUnread(channel);
  // ssh2 copies a chunk into packets, and calls back when all of it is copied.
  markTakesOver(channel);
  channel.on('error', () => undefined);
  channel.stderr.on('error', () => undefined);
  channel.stderr.on('data', (chunk: Buffer) => {
    ring.push(chunk);
    splitLines?.(chunk);
  });
  channel.on('exit', (code: number | null, signal?: string) => {
    exit = { code, signal: signal ?? null };
  });

  const lose = (problem: ProblemError): void => {
    registration.lost(problem);
    done.reject(problem);
    closed.resolve();
  };
  const stopWatching = live.onLost((problem) => {
    // What the other side had finished before stays finished, even if its output has not been read here yet.
    if (!closedByPeer(channel) || exit === undefined) {
      lose(new ProblemError('connection-lost', { host }, { detail: [problem.detail, ring.text()].join('\n').trim() }));
    }
  });
  channel.on('close', () => {
    stopWatching();
    const stderr = ring.text();
    const ended = exit ?? (killed ? { code: null, signal: 'SIGKILL' } : undefined);
    if (ended === undefined) {
      const detail = `The command ended without an exit status.\n${stderr}`.trim();
      lose(new ProblemError('connection-lost', { host }, { detail }));
      return;
    }
    registration.ended(ended);
    const refused = killed ? undefined : remoteStartProblem(argv, host, ended, stderr);
    if (aborted) done.reject(new ProblemError('command-aborted', { host }, { detail: stderr }));
    else if (refused !== undefined) done.reject(refused);
    else done.resolve({ exit: ended, stderr });
    closed.resolve();
  });

  const end = async (graceMs: number): Promise<void> => {
    killed = true;
    // The signal goes first, because a closed channel takes none. The close then shuts the pipes of the command, without
    // which a sender that is blocked on one does not die. The other side confirms when the command is gone. OpenSSH passes no
    // signals on to sessions of root and to forced commands: these end by their shut pipes, or stay and are abandoned.
    signalRemote(live.client, channel, settings.killSignal);
    channel.close();
    channel.resume();
    if (await settlesWithin(closed.promise, graceMs)) return;
    const problem = stuckProblem(argv, host);
    registration.abandoned(problem);
    done.reject(problem);
  };
  let ending: Promise<void> | undefined;
  const kill = (graceMs: number): Promise<void> => {
    ending ??= end(graceMs);
    return ending;
  };
  return {
    stdin: channel,
    stdout: channel,
    ended: done.promise,
    kill,
    abort(graceMs) {
      aborted = true;
      return kill(graceMs);
    },
  };
}
