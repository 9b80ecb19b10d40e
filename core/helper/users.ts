/** Which users of this machine may ask the daemon. Names come from the configuration; what they stand for, from the system. */
import { z } from 'zod';

/** A user who has a socket of their own. */
export interface AllowedUser {
  readonly uid: number;
  readonly user: string;
}

/** What `getent DATABASE KEY` prints; null where there is no such entry. */
export type LookUp = (database: 'passwd' | 'group', key: string) => Promise<string | null>;

const UID_MAX = 0xffff_fffe;
const loginName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/);

/** Name and number of the first entry in the form of passwd(5); null for anything else. */
export function parsePasswd(text: string): AllowedUser | null {
  const [user = '', , digits = ''] = (text.split('\n')[0] ?? '').split(':');
  const uid = /^\d{1,10}$/.test(digits) ? Number(digits) : Number.POSITIVE_INFINITY;
  return loginName.safeParse(user).success && uid <= UID_MAX ? { uid, user } : null;
}

/** Members named in the first entry in the form of group(5); whose main group it is, is not among them. */
export function parseGroupMembers(text: string): readonly string[] {
  const members = (text.split('\n')[0] ?? '').split(':')[3] ?? '';
  return members.split(',').filter((member) => loginName.safeParse(member).success);
}

/**
 * The users of these names and the members of the group, each once and without root, who needs nobody's leave. `missing`: names
 * that the system does not know. A look-up that fails counts as unknown: whoever is not known may not ask.
 */
export async function allowedUsers(
  names: readonly string[],
  group: string | null,
  lookUp: LookUp,
): Promise<{ readonly users: readonly AllowedUser[]; readonly missing: readonly string[] }> {
  const members = group === null ? null : await lookUp('group', group).catch(() => null);
  const users = new Map<number, AllowedUser>();
  const missing: string[] = [];
  for (const name of new Set([...names, ...parseGroupMembers(members ?? '')])) {
    const known = loginName.safeParse(name).success || /^\d{1,10}$/.test(name);
    const found = known ? parsePasswd((await lookUp('passwd', name).catch(() => null)) ?? '') : null;
    if (found === null) missing.push(name);
    else if (found.uid !== 0) users.set(found.uid, found);
  }
  return { users: [...users.values()], missing };
}
