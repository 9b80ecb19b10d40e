/** Bringing the key to a real sshd, which asks PAM as that of a NAS does. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bringKey } from '../../../core/host/bring-key.ts';
import { ownKey } from '../../../core/host/own-keys.ts';
import { createSshHost } from '../../../core/host/ssh.ts';
import { type PamSshd, startPamSshd, whyNoPamSshd } from './pam-sshd.ts';

const PASSWORD = "cor'rect $horse; `battery` \\ ü";
const missing = whyNoPamSshd();
const signal = new AbortController().signal;
/** PAM lets whoever has mistyped wait. */
const SLOW_MS = 30_000;

async function bringing(sshd: PamSshd) {
  const key = await ownKey(join(sshd.folder, 'keys'), 'nas');
  const { port, user, hostKey } = sshd;
  const place = { host: '127.0.0.1', port, user, hostKey };
  return { key, bring: (password = PASSWORD) => bringKey(place, password, key.publicLine, signal) };
}

describe.skipIf(missing !== undefined)(
  `an sshd with PAM${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    it.each([['password'], ['keyboard-interactive']] as const)(
      'takes the key after a login by %s, and then lets the key in',
      async (way) => {
        await using sshd = await startPamSshd({ password: PASSWORD, ways: [way] });
        const { key, bring } = await bringing(sshd);
        expect(await bring()).toBe('added');
        expect(await bring()).toBe('present');
        expect(await readFile(join(sshd.home, '.ssh', 'authorized_keys'), 'utf8')).toBe(`restrict ${key.publicLine}\n`);
        const { port, user, hostKey } = sshd;
        const host = createSshHost({ address: '127.0.0.1', port, user, hostKey, identityFile: key.identityFile });
        try {
          const { stdout } = await host.run(['id', '-un'], { signal, deadlineMs: 20_000, stdoutLimitBytes: 1000 });
          expect(stdout.trim()).toBe(user);
        } finally {
          await host.close();
        }
        expect(sshd.said()).toContain(
          `Accepted ${way === 'password' ? 'password' : 'keyboard-interactive/pam'} for ${user}`,
        );
        expect(sshd.said()).toContain(`Accepted publickey for ${user}`);
        expect(sshd.said()).not.toContain('horse');
      },
      SLOW_MS,
    );

    it.each([['password'], ['keyboard-interactive']] as const)(
      'refuses a wrong password by %s, which is tried once',
      async (way) => {
        await using sshd = await startPamSshd({ password: PASSWORD, ways: [way] });
        const { bring } = await bringing(sshd);
        await expect(bring('wrong-one')).rejects.toMatchObject({ code: 'password-refused' });
        const tries = sshd.said().match(/Failed password|PAM: Authentication failure|Failed keyboard-interactive/g);
        expect(tries).toHaveLength(1);
        await expect(readFile(join(sshd.home, '.ssh', 'authorized_keys'))).rejects.toMatchObject({ code: 'ENOENT' });
      },
      SLOW_MS,
    );

    it.each([
      ['password', { code: 'key-not-brought', detail: expect.stringContaining('password has expired') }],
      ['keyboard-interactive', { code: 'password-refused' }],
    ] as const)(
      'is told no new password where the old one is over, asked for by %s',
      async (way, refusal) => {
        await using sshd = await startPamSshd({ password: PASSWORD, ways: [way], expired: true });
        const { bring } = await bringing(sshd);
        await expect(bring()).rejects.toMatchObject(refusal);
        // Nobody has changed it.
        expect(await readFile(join(sshd.folder, 'shadow'), 'utf8')).toMatch(/^snapferry-pam:\$6\$[^:]+:0:/m);
        await expect(readFile(join(sshd.home, '.ssh', 'authorized_keys'))).rejects.toMatchObject({ code: 'ENOENT' });
      },
      SLOW_MS,
    );
  },
);

it('leaves the accounts of this machine alone', async () => {
  expect(await readFile('/etc/passwd', 'utf8')).not.toContain('snapferry-pam');
});
