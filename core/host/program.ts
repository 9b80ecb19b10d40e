/** A program of this machine that has been started, whoever started it: this process, or the small one kept for it. */
import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { killProcessGroup } from './process-group.ts';
import type { Argv, ExitStatus } from './types.ts';

export interface ProgramStdio {
  /** A descriptor of ours is handed over; the caller closes its own copy when the program has been started. */
  readonly stdin: 'pipe' | 'ignore' | number;
  readonly stdout: 'pipe' | 'ignore' | number;
}

export interface Program {
  /** Also the number of its process group. */
  readonly pid: number;
  /** Null unless asked for with `pipe`. */
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable;
  /** Resolves when the process has ended; its output may still be under way. Never rejects. */
  readonly exited: Promise<void>;
  /** Settles when it has ended and its output is read or closed. Rejects when it cannot be followed any more. */
  readonly closed: Promise<ExitStatus>;
  /** SIGKILL for every process of the group. Only to be called before `closed` has settled. */
  killGroup(): void;
  /** Keeps nothing waiting for its end any more. */
  abandon(): void;
}

/**
 * Starts a program as a process group of its own, with `/` as its working folder. Rejects with the error of the system
 * (`code` is ENOENT, EACCES, E2BIG, ...).
 */
export type StartProgram = (argv: Argv, stdio: ProgramStdio, env: Readonly<Record<string, string>>) => Promise<Program>;

/** `StartProgram` by this process itself. */
export const startHere: StartProgram = async (argv, stdio, env) => {
  const child = spawn(argv[0], argv.slice(1), {
    // A group (and session) of its own: killing it reaches what it has started, and no terminal can stop it.
    detached: true,
    // Nothing of ours may keep a dataset from being unmounted.
    cwd: '/',
    env,
    stdio: [stdio.stdin, stdio.stdout, 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const closed = new Promise<ExitStatus>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', resolve);
  });
  child.on('error', () => undefined);
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined || stderr === null) throw new Error('a started program has a number and a standard error');
  return {
    pid,
    stdin,
    stdout,
    stderr,
    exited,
    closed,
    killGroup: () => killProcessGroup(pid, 'SIGKILL'),
    abandon: () => child.unref(),
  };
};
