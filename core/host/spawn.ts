/**
 * One program on this machine as a process group of its own. Everything local is started here: `run` and `start` of the
 * local host, and both ends of a pipe with their descriptors handed over.
 */
import type { Readable, Writable } from 'node:stream';
import { asProblemError, ProblemError } from '../api/problem.ts';
import { startProblem, stuckProblem } from './errors.ts';
import { type Program, type ProgramStdio, type StartProgram, startHere } from './program.ts';
import { type CommandObserver, registerCommand } from './registry.ts';
import { createLineSplitter, createTextRing, STDERR_LIMIT_BYTES } from './text-ring.ts';
import type { Argv, ExitStatus } from './types.ts';
import { settlesWithin, whenAborted } from './waiting.ts';

/** Time that a killed command gets before it counts as kept by the kernel. */
export const KILL_GRACE_MS = 5_000;

export type KillGroup = (pid: number) => void;

export interface SpawnSettings {
  readonly host: string;
  readonly env: Readonly<Record<string, string>>;
  readonly observe?: CommandObserver | undefined;
  /** Who starts programs; this process unless given. */
  readonly startProgram?: StartProgram | undefined;
  /** Replaceable, because no test can make a process that survives SIGKILL. */
  readonly killGroup?: KillGroup | undefined;
}

export interface SpawnOptions extends ProgramStdio {
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

/**
 * Starts a program. The descriptors given are in the child's hands when the promise settles. Errors: `command-missing`,
 * `command-failed` with the fact `errno`, `command-aborted`, `spawner-lost`.
 */
export async function spawnLocal(argv: Argv, options: SpawnOptions, settings: SpawnSettings): Promise<LocalProcess> {
  const { host } = settings;
  if (options.signal?.aborted === true) throw new ProblemError('command-aborted', { host });
  const registration = registerCommand(host, argv, settings.observe);
  const startProgram = settings.startProgram ?? startHere;
  try {
    const program = await startProgram(argv, { stdin: options.stdin, stdout: options.stdout }, settings.env);
    return follow(program, argv, options, settings, registration);
  } catch (thrown) {
    const problem = startProblem(thrown, argv, host);
    registration.lost(problem);
    throw problem;
  }
}

function follow(
  program: Program,
  argv: Argv,
  options: SpawnOptions,
  settings: SpawnSettings,
  registration: ReturnType<typeof registerCommand>,
): LocalProcess {
  const { host } = settings;
  const { pid, stdin, stdout, stderr } = program;
  const killGroup = settings.killGroup ?? program.killGroup;
  const ring = createTextRing(STDERR_LIMIT_BYTES);
  const onLine = options.onStderrLine;
  const splitLines = onLine === undefined ? undefined : createLineSplitter(onLine);
  stderr.on('data', (chunk: Buffer) => {
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
  void program.exited.then(() => {
    exited = true;
  });
  const whenClosed = program.closed.then(
    (exit) => {
      closed = true;
      stopListening();
      registration.ended(exit);
      if (aborted) done.reject(new ProblemError('command-aborted', { host }, { detail: ring.text() }));
      else done.resolve({ exit, stderr: ring.text() });
    },
    (thrown: unknown) => {
      closed = true;
      stopListening();
      const problem = asProblemError(thrown);
      registration.lost(problem);
      done.reject(problem);
    },
  );

  const end = async (graceMs: number): Promise<void> => {
    stdout?.destroy();
    stdin?.destroy();
    // While our pipes are open some member of the group lives, so its number cannot belong to anybody else yet.
    if (!closed) killGroup(pid);
    if (await settlesWithin(whenClosed, graceMs)) return;
    if (exited) {
      // Something that left the group keeps standard error open. The command itself has ended.
      stderr.destroy();
      await whenClosed;
      return;
    }
    const problem = stuckProblem(argv, host);
    registration.abandoned(problem);
    stderr.destroy();
    program.abandon();
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
