/** What ssh2 and the network report while connecting, as problems of the closed list. */
import { ProblemError } from '../api/problem.ts';
import { errnoOf } from './errors.ts';
import type { LoginRefused } from './ssh-login.ts';

function levelOf(thrown: unknown): string {
  return thrown instanceof Error && 'level' in thrown && typeof thrown.level === 'string' ? thrown.level : '';
}

/** The handshake failed because the other side has no host key of a type that was asked for. */
export function isHostKeyTypeMissing(thrown: unknown): boolean {
  return thrown instanceof Error && /no matching host key/i.test(thrown.message);
}

/**
 * Why a connection could not be made: `refused` where the login was, `ssh-incompatible`, or `host-unreachable` for everything
 * that the network or a machine that starts or stops may cause; with the fact `answer` where the port was refused.
 */
export function connectProblem(thrown: unknown, host: string, refused: LoginRefused): ProblemError {
  if (thrown instanceof ProblemError) return thrown;
  const message =
    thrown instanceof Error && thrown.message !== '' ? thrown.message : (errnoOf(thrown) ?? String(thrown));
  const options = { detail: message, cause: thrown };
  if (levelOf(thrown) === 'client-authentication') {
    return new ProblemError(refused.code, refused.facts, options);
  }
  if (levelOf(thrown) === 'handshake' && /no matching/i.test(message)) {
    return new ProblemError('ssh-incompatible', { host }, options);
  }
  // A machine that refuses is awake.
  const refusal = errnoOf(thrown) === 'ECONNREFUSED' ? { answer: 'refused' } : {};
  return new ProblemError('host-unreachable', { host, ...refusal }, options);
}
