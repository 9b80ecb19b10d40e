/** The command line that reaches the other machine's shell, and what its wrappers say when they cannot run it. */
import { ProblemError } from '../api/problem.ts';
import { argumentListTooLong } from './errors.ts';
import { quoteArgv } from './quote.ts';
import type { Argv, ExitStatus } from './types.ts';

/**
 * The line is one argument of the login shell, and Linux takes no argument of more than 128 KiB with its NUL (execve(2)).
 * OpenSSH would drop the whole connection at 256 KiB, with everything else that runs through it.
 */
export const REMOTE_COMMAND_LIMIT_BYTES = 128 * 1024 - 1;

export interface RemoteWrapping {
  readonly sudo: boolean;
  readonly sudoPath: string;
}

/**
 * The vector as a line for a POSIX shell, with a fixed locale. sudo stands inside env, so that a sudoers file names the
 * program itself and not env, which could start anything; sudo lets a plain LC_ALL pass.
 * Error: `command-failed` with the fact errno E2BIG.
 */
export function remoteCommandLine(argv: Argv, wrapping: RemoteWrapping, host: string): string {
  const sudo = wrapping.sudo ? [wrapping.sudoPath, '-n', '--'] : [];
  const line = quoteArgv(['/usr/bin/env', 'LC_ALL=C', ...sudo, ...argv]);
  const sizeBytes = Buffer.byteLength(line);
  if (sizeBytes > REMOTE_COMMAND_LIMIT_BYTES) {
    throw argumentListTooLong(argv, host, `The command has ${sizeBytes} bytes.`);
  }
  return line;
}

const SUDO_REFUSED =
  /^sudo: (a password is required|a terminal is required|sorry, you must have a tty)|is not in the sudoers file|^Sorry, user .* (is not allowed to execute|may not run sudo)/m;
const SUDO_MISSING = /^sudo: .*: command not found$/m;

/** Why env or sudo did not start the program; undefined when it ran. Shells and env exit with 127 for what is missing. */
export function remoteStartProblem(
  argv: Argv,
  host: string,
  exit: ExitStatus,
  stderr: string,
): ProblemError | undefined {
  if (exit.code === 127 || (exit.code === 1 && SUDO_MISSING.test(stderr))) {
    return new ProblemError('command-missing', { program: argv[0], host }, { detail: stderr });
  }
  if (exit.code === 1 && SUDO_REFUSED.test(stderr)) {
    return new ProblemError('permission-denied', { host }, { detail: stderr });
  }
  return undefined;
}
