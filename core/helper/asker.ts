/** For whom a daemon was started with pkexec. */
import { ProblemError } from '../api/problem.ts';
import { type AllowedUser, allowedUsers, type LookUp } from './users.ts';

export interface StartedBy {
  /** Of this process. */
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * pkexec says it itself, in an environment that it has cleared before, so nobody can name another user. Throws `not-permitted`
 * without root or pkexec, and for a user whom the system does not know.
 */
export async function askerOf({ uid, env }: StartedBy, lookUp: LookUp): Promise<AllowedUser> {
  const asker = env.PKEXEC_UID ?? '';
  if (uid !== 0 || !/^[1-9]\d{0,9}$/.test(asker)) throw new ProblemError('not-permitted');
  const [user] = (await allowedUsers([asker], null, lookUp)).users;
  if (user === undefined) throw new ProblemError('not-permitted');
  return user;
}

export function withAsker(users: readonly AllowedUser[], asker: AllowedUser | null): readonly AllowedUser[] {
  return asker === null || users.some(({ uid }) => uid === asker.uid) ? users : [...users, asker];
}
