/**
 * One program on this machine as a process group of its own. Everything local is started here: `run` and `start` of the
 * local host, and both ends of a pipe with their descriptors handed over.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { ProblemError } from '../api/problem.ts';
import { errnoOf, startProblem, stuckProblem } from './errors.ts';
import { type CommandObserver, registerCommand } from './registry.ts';
import { createLineSplitter, createTextRing, STDERR_LIMIT_BYTES } from './text-ring.ts';
import type { Argv, ExitStatus } from './types.ts';
import { settlesWithin, whenAborted } from './waiting.ts';

/** Time that a killed command gets before it counts as kept by the kernel. */
export const KILL_GRACE_MS = 5_000;

export type KillGroup = (pid: number, signal: NodeJS.Signals) => void;

export interface SpawnSettings {
  readonly host: string;
  readonly env: Readonly<Record<string, string>>;
  readonly observe?: CommandObserver | undefined;
  /** Replaceable, because no test can make a process that survives SIGKILL. */
  readonly killGroup?: KillGroup | undefined;
}

export interface SpawnOptions {
  /** A descriptor is handed over; the caller closes its own copy afterwards. */
  readonly stdin: 'pipe' | 'ignore' | number;
  readonly stdout: 'pipe' | 'ignore' | number;
  readonly onStderrLine?: ((line: string) => unknown) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LocalProcess {
  /** Null unless asked for with `pipe`. */
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  /** See `RunningCommand.ended`. Also rejects with `command-aborted` (signal) and `command-stuck` (abandoned). */
  readonly ended: Promise<{ readonly exit: ExitStatus; readonly stderr: string }>;
  /** See `RunningCommand.kill`. */
  kill(graceMs: number): Promise<void>;
}

/** Kills every process of the group. That there is none any more is as good. */
export function killProcessGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ESRCH') throw thrown;
  }
}

/**
 * Starts a program. The descriptors given are in the child's hands when this function returns (before the promise
 * settles). Errors: `command-missing`, `command-failed` with the fact `errno`, `command-aborted`.
 */
export function spawnLocal(argv: Argv, options: SpawnOptions, settings: SpawnSettings): Promise<LocalProcess> {
  const { host } = settings;
  if (options.signal?.aborted === true) return Promise.reject(new ProblemError('command-aborted', { host }));
  const registration = registerCommand(host, argv, settings.observe);
  let child: ChildProcess;
  try {
    child = spawn(argv[0], argv.slice(1), {
      // A group (and session) of its own: killing it reaches what it has started, and no terminal can stop it.
      detached: true,
      // Nothing of ours may keep a dataset from being unmounted.
      cwd: '/',
      env: settings.env,
      stdio: [options.stdin, options.stdout, 'pipe'],
    });
  } catch (thrown) {
    // Most refusals of execve come as an event, E2BIG is thrown.
    const problem = startProblem(thrown, argv, host);
    registration.lost(problem);
    return Promise.reject(problem);
  }
  return new Promise((resolve, reject) => {
    child.once('error', (thrown) => {
      const problem = startProblem(thrown, argv, host);
      registration.lost(problem);
      reject(problem);
    });
    child.once('spawn', () => resolve(follow(child, argv, options, settings, registration)));
  });
}

function follow(
  child: ChildProcess,
  argv: Argv,
  options: SpawnOptions,
  settings: SpawnSettings,
  registration: ReturnType<typeof registerCommand>,
): LocalProcess {
  const { host } = settings;
  const killGroup = settings.killGroup ?? killProcessGroup;
  const { pid, stdin, stdout, stderr } = child;
  const ring = createTextRing(STDERR_LIMIT_BYTES);
  const onLine = options.onStderrLine;
  const splitLines = onLine === undefined ? undefined : createLineSplitter(onLine);
  stderr?.on('data', (chunk: Buffer) => {
    ring.push(chunk);
    splitLines?.(chunk);
  });
  // A broken pipe shows in the exit of the command; as an unhandled event it would end the daemon.
  for (const stream of [stdin, stdout, stderr]) stream?.on('error', () => undefined);

  const done = Promise.withResolvers<{ readonly exit: ExitStatus; readonly stderr: string }>();
  // Whoever does not look at `ended` must not bring the daemon down either.
  done.promise.catch(() => undefined);
  let aborted = false;
  let exited = false;
  let closed = false;
  child.once('exit', () => {
    exited = true;
  });
  child.on('error', () => undefined);
  const whenClosed = new Promise<void>((resolve) => {
    child.once('close', (code, signal) => {
      closed = true;
      stopListening();
      const exit: ExitStatus = { code, signal };
      registration.ended(exit);
      if (aborted) done.reject(new ProblemError('command-aborted', { host }, { detail: ring.text() }));
      else done.resolve({ exit, stderr: ring.text() });
      resolve();
    });
  });

  const end = async (graceMs: number): Promise<void> => {
    stdout?.destroy();
    stdin?.destroy();
    // While our pipes are open some member of the group lives, so its number cannot belong to anybody else yet.
    if (!closed && pid !== undefined) killGroup(pid, 'SIGKILL');
    if (await settlesWithin(whenClosed, graceMs)) return;
    if (exited) {
      // Something that left the group keeps standard error open. The command itself has ended.
      stderr?.destroy();
      await whenClosed;
      return;
    }
    const problem = stuckProblem(argv, host);
    registration.abandoned(problem);
    stderr?.destroy();
    child.unref();
    done.reject(problem);
  };
  let ending: Promise<void> | undefined;
  const kill = (graceMs: number): Promise<void> => {
    ending ??= closed ? Promise.resolve() : end(graceMs);
    return ending;
  };
  const stopListening = whenAborted(options.signal, () => {
    aborted = true;
    void kill(KILL_GRACE_MS);
  });
  return { stdin, stdout, ended: done.promise, kill };
}
