import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedUsers, parseGroupMembers, parsePasswd } from '../../../core/helper/users.ts';

const accounts: Readonly<Record<string, string>> = {
  'passwd alice': 'alice:x:1000:1000:Alice,,,:/home/alice:/bin/bash\n',
  'passwd 1000': 'alice:x:1000:1000:Alice,,,:/home/alice:/bin/bash\n',
  'passwd bob': 'bob:*:1001:1001::/home/bob:/bin/sh\n',
  'passwd root': 'root:x:0:0:root:/root:/bin/bash\n',
  'group snapferry': 'snapferry:x:990:alice,bob,ghost\n',
};
const lookUp = async (database: string, key: string) => accounts[`${database} ${key}`] ?? null;

describe('users who may ask', () => {
  it('are those that are named and the members of the group, each once, and not root', async () => {
    expect(await allowedUsers(['1000', 'root'], 'snapferry', lookUp)).toEqual({
      users: [
        { uid: 1000, user: 'alice' },
        { uid: 1001, user: 'bob' },
      ],
      missing: ['ghost'],
    });
    expect(await allowedUsers(['bob'], null, lookUp)).toEqual({ users: [{ uid: 1001, user: 'bob' }], missing: [] });
    expect(await allowedUsers([], 'nogroup', lookUp)).toEqual({ users: [], missing: [] });
  });

  it('are none whose entry cannot be had, whatever went wrong', async () => {
    const broken = () => Promise.reject(new Error('no such directory service'));
    expect(await allowedUsers(['alice'], 'snapferry', broken)).toEqual({ users: [], missing: ['alice'] });
  });

  it('never come from what is not an entry', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const found = parsePasswd(text);
        if (found === null) return;
        expect(found.user).toMatch(/^[\w.-]+\$?$/);
        expect(Number.isInteger(found.uid) && found.uid >= 0 && found.uid < 2 ** 32 - 1).toBe(true);
      }),
    );
    expect(parsePasswd('eve:x:4294967295:0::/:/bin/sh')).toBeNull();
    expect(parsePasswd('-u0:x:1:0::/:/bin/sh')).toBeNull();
    expect(parsePasswd('eve:x:-1:0::/:/bin/sh')).toBeNull();
    expect(parseGroupMembers('g:x:1:a,,b c,-x\nh:x:2:d')).toEqual(['a']);
  });
});
