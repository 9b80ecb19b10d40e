/** Users and groups of a machine, from wherever it keeps them: files, a directory service. */
import { ProblemError } from '../api/problem.ts';
import type { Host } from './types.ts';

const DEADLINE_MS = 10_000;
const OUTPUT_BYTES_MAX = 1024 * 1024;
/** getent(1): "One or more supplied key could not be found in the database." */
const NOT_FOUND = 2;

/** The entry as getent(1) prints it; null where there is none. Throws `command-failed` and what `Host.run` throws. */
export async function lookUp(host: Host, database: 'passwd' | 'group', key: string): Promise<string | null> {
  const limits = { deadlineMs: DEADLINE_MS, stdoutLimitBytes: OUTPUT_BYTES_MAX };
  const { exit, stdout, stderr } = await host.run(['getent', '--', database, key], limits);
  if (exit.code === NOT_FOUND) return null;
  if (exit.code !== 0) throw new ProblemError('command-failed', { host: host.label }, { detail: stderr });
  return stdout;
}
