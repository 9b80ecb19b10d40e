/** What the exit code of every command means; the table in docs/cli.md is checked against this one. */
import type { ProblemCode } from '../api/problem.ts';

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  config: 3,
  unreachable: 4,
  problems: 5,
  cancelled: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.failed, 'failed for another reason than those below'],
  [EXIT.usage, 'wrong command line, unknown job, or an operation that does not apply to the job'],
  [EXIT.config, 'the configuration has errors, or names a job that cannot run'],
  [EXIT.unreachable, 'the daemon does not answer, its socket cannot be used, or it is of another version'],
  [EXIT.problems, 'finished, but with problems: part of the work was not done'],
  [EXIT.cancelled, 'the run was cancelled'],
  [EXIT.interrupted, 'interrupted by Ctrl-C or a signal; a run that was started goes on in the daemon'],
];

const BY_CODE: Partial<Record<ProblemCode, ExitCode>> = {
  'job-unknown': EXIT.usage,
  'not-applicable': EXIT.usage,
  'edit-refused': EXIT.usage,
  'config-invalid': EXIT.config,
  'config-not-runnable': EXIT.config,
  'daemon-unreachable': EXIT.unreachable,
  'daemon-mismatch': EXIT.unreachable,
  'daemon-running': EXIT.unreachable,
  'socket-unusable': EXIT.unreachable,
  'command-aborted': EXIT.cancelled,
};

/** The exit code of a command that ended with this problem. */
export function exitCodeOf(code: ProblemCode): ExitCode {
  return BY_CODE[code] ?? EXIT.failed;
}
