/** `Host.run` on top of `Host.start`: standard output collected whole, a deadline, and an end in every case. */
import { ProblemError } from '../api/problem.ts';
import { KILL_GRACE_MS } from './spawn.ts';
import type { Argv, CommandResult, RunningCommand, RunOptions, StartOptions } from './types.ts';

/** Standard output of a command that names no limit of its own. */
export const STDOUT_LIMIT_BYTES = 64 * 1024 * 1024;

export type StartCommand = (argv: Argv, options: StartOptions) => Promise<RunningCommand>;

/** Why a command was ended before its time. */
type Verdict = 'command-timeout' | 'command-aborted' | 'output-too-large';

/**
 * Runs a command to its end. Errors: those of `start`; `command-timeout`, `command-aborted` and `output-too-large` after
 * the command was killed; `command-stuck` when it could not be.
 */
export async function runCollected(
  start: StartCommand,
  host: string,
  argv: Argv,
  options: RunOptions,
): Promise<CommandResult> {
  const startedMs = performance.now();
  const limitBytes = options.stdoutLimitBytes ?? STDOUT_LIMIT_BYTES;
  const chunks: Buffer[] = [];
  let collectedBytes = 0;
  let verdict: Verdict | undefined;
  let running: RunningCommand | undefined;
  // Ends a start that still waits for its connection; a command that runs is killed below, with its group.
  const starting = new AbortController();

  const stop = (reason: Verdict): void => {
    if (verdict !== undefined) return;
    verdict = reason;
    if (running === undefined) starting.abort();
    else void running.kill(KILL_GRACE_MS);
  };
  const problem = (reason: Verdict): ProblemError =>
    new ProblemError(reason, { host, program: argv[0], limitBytes: String(limitBytes) });

  const onAbort = (): void => stop('command-aborted');
  if (options.signal?.aborted === true) throw problem('command-aborted');
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const deadline = setTimeout(() => stop('command-timeout'), options.deadlineMs);
  try {
    running = await start(argv, { signal: starting.signal });
    running.stdout.on('data', (chunk: Buffer) => {
      collectedBytes += chunk.length;
      if (collectedBytes > limitBytes) stop('output-too-large');
      else chunks.push(chunk);
    });
    running.stdin.end(options.stdin ?? Buffer.alloc(0));
    if (verdict !== undefined) void running.kill(KILL_GRACE_MS);
    const { exit, stderr } = await running.ended;
    if (verdict !== undefined) throw problem(verdict);
    return {
      exit,
      stdout: Buffer.concat(chunks).toString('utf8'),
      stderr,
      durationMs: performance.now() - startedMs,
    };
  } catch (thrown) {
    // Stuck says more than the reason for which it was ended; a lost connection was the end of the command as well.
    if (verdict !== undefined && !(thrown instanceof ProblemError && thrown.code === 'command-stuck')) {
      throw problem(verdict);
    }
    throw thrown;
  } finally {
    clearTimeout(deadline);
    options.signal?.removeEventListener('abort', onAbort);
  }
}
