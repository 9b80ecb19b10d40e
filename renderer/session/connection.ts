/** What the shell says about its own connection to the daemon. */
import { ProblemError } from '../../core/api/problem.ts';
import { SHELL_CONNECTION, SHELL_VISIBLE, shellConnectionParams } from '../../core/api/shell.ts';

/** The loss that a notification tells of; null where it tells of none. */
export function connectionLost(method: string, params: unknown): ProblemError | null {
  if (method !== SHELL_CONNECTION) return null;
  const said = shellConnectionParams.safeParse(params);
  if (said.success && said.data.state === 'connected') return null;
  const problem = said.data?.problem ?? null;
  if (problem === null) return new ProblemError('daemon-unreachable', { socket: 'Snapferry' });
  return new ProblemError(problem.code, problem.facts, { detail: problem.detail });
}

/** Tells the shell whether a person can see this window. */
export function visibleMessage(visible: boolean): string {
  return JSON.stringify({ jsonrpc: '2.0', method: SHELL_VISIBLE, params: { visible } });
}
