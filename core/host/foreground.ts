/** A program of ours that takes the terminal over, as the shell would start it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { startProblem } from './errors.ts';
import type { Argv, ExitStatus } from './types.ts';

/**
 * Goes on as another program in this very process, so that nothing of this one stays in memory. Where that cannot be, it is
 * run in the foreground.
 */
export function becomeProgram(argv: Argv, host: string, signal: AbortSignal): Promise<ExitStatus> {
  if (process.execve === undefined || !existsSync(argv[0])) return runInForeground(argv, host, signal);
  return process.execve(argv[0], argv, process.env);
}

/**
 * Runs a program with the terminal and the environment of this process until it ends; asks it to end when the signal fires.
 * Rejects with `command-missing` or `command-failed` when it cannot be started.
 */
export async function runInForeground(argv: Argv, host: string, signal: AbortSignal): Promise<ExitStatus> {
  const child = spawn(argv[0], argv.slice(1), { stdio: 'inherit' });
  // Ctrl-C reaches it by itself; a signal to this process alone does not.
  const end = (): void => void child.kill('SIGTERM');
  const { promise, resolve, reject } = Promise.withResolvers<ExitStatus>();
  child.once('error', (thrown) => reject(startProblem(thrown, argv, host)));
  child.once('close', (code, endedBy) => resolve({ code, signal: endedBy }));
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', end);
  }
}
