/** What may go wrong when a program is to be started, as problems of the closed list. */
import { asProblemError, ProblemError } from '../api/problem.ts';
import type { Argv } from './types.ts';

/** The `code` of a system error ("ENOENT"); undefined for anything else. */
export function errnoOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** Why `argv` could not be started on `host`: `command-missing`, or `command-failed` with the fact `errno`. */
export function startProblem(thrown: unknown, argv: Argv, host: string): ProblemError {
  if (thrown instanceof ProblemError) return thrown;
  const errno = errnoOf(thrown);
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  if (errno === 'ENOENT') {
    return new ProblemError('command-missing', { program: argv[0], host }, { detail, cause: thrown });
  }
  if (errno !== undefined && /^E[A-Z0-9]+$/.test(errno)) {
    return new ProblemError('command-failed', { host, program: argv[0], errno }, { detail, cause: thrown });
  }
  return asProblemError(thrown);
}

/** The problem of an argument vector that the system refuses as too long. */
export function argumentListTooLong(argv: Argv, host: string, detail: string): ProblemError {
  return new ProblemError('command-failed', { host, program: argv[0], errno: 'E2BIG' }, { detail });
}

/** Whether the same work may succeed with fewer arguments a command (execve(2), E2BIG). */
export function isArgumentListTooLong(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'command-failed' && error.facts.errno === 'E2BIG';
}

/** The end of a command that did not come although it was killed. */
export function stuckProblem(argv: Argv, host: string): ProblemError {
  return new ProblemError('command-stuck', { host, program: argv[0] }, { detail: argv.join(' ').slice(0, 1024) });
}
