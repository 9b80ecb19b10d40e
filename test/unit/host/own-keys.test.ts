import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hostKeysOf } from '../../../core/host/host-keys-of.ts';
import { ownKey, ownKeyFile } from '../../../core/host/own-keys.ts';
import { createSshHost } from '../../../core/host/ssh.ts';
import { privateFolder } from '../helper/support/running-daemon.ts';
import { freePort, startSshd, type TestSshd, whyNoSshd } from './sshd.ts';

const signal = new AbortController().signal;
let folder: { path: string } & AsyncDisposable;
beforeEach(async () => {
  folder = await privateFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

describe('a key of our own', () => {
  it('is made once, for us alone', async () => {
    const keys = join(folder.path, 'keys');
    const first = await ownKey(keys, 'nas-1');
    expect(first.identityFile).toBe(join(keys, 'nas-1', 'id_ed25519'));
    expect(first.publicLine).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+ snapferry-nas-1@[A-Za-z0-9.-]*$/);
    expect((await stat(first.identityFile)).mode & 0o777).toBe(0o600);
    expect((await stat(keys)).mode & 0o777).toBe(0o700);
    expect(await ownKey(keys, 'nas-1')).toEqual({ ...first, existed: true });
    expect((await ownKey(keys, 'nas-2')).publicLine).not.toBe(first.publicLine);
    expect(await readFile(first.identityFile, 'utf8')).toContain('OPENSSH PRIVATE KEY');
  });

  it('is not put where somebody else has a hand in it', async () => {
    const keys = join(folder.path, 'keys');
    await mkdir(keys);
    await symlink(folder.path, join(keys, 'nas'));
    await expect(ownKey(keys, 'nas')).rejects.toMatchObject({ code: 'identity-unreadable' });
    await mkdir(join(keys, 'open'));
    await writeFile(join(keys, 'open', 'id_ed25519'), 'no key');
    await chmod(join(keys, 'open', 'id_ed25519'), 0o600);
    await expect(ownKey(keys, 'open')).rejects.toMatchObject({ code: 'identity-unreadable' });
    expect(() => ownKeyFile(keys, '../x')).toThrow('internal');
  });
});

const missing = whyNoSshd();
describe.skipIf(missing !== undefined)(`a real sshd${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  it('shows all its keys, and nobody logs in by asking for them', async () => {
    const shown = await hostKeysOf('127.0.0.1', sshd.port, signal);
    expect(shown).toEqual([
      { type: 'ssh-ed25519', fingerprint: sshd.hostKeys.ed25519.fingerprint },
      { type: 'ssh-rsa', fingerprint: sshd.hostKeys.rsa.fingerprint },
    ]);
    await expect(hostKeysOf('127.0.0.1', await freePort(), signal)).rejects.toMatchObject({ code: 'host-unreachable' });
  });

  it('lets in the key that was made, once its line is there', async () => {
    const key = await ownKey(join(folder.path, 'keys'), 'nas');
    // As `bring-key` writes it: commands still run, and that is all there is to do.
    await writeFile(join(sshd.folder, 'authorized_keys'), `restrict ${key.publicLine}\n`, { mode: 0o600 });
    const host = createSshHost({
      address: '127.0.0.1',
      port: sshd.port,
      user: sshd.user,
      identityFile: key.identityFile,
      hostKey: sshd.hostKeys.ed25519.fingerprint,
    });
    try {
      expect((await host.run(['/bin/echo', 'in'], { deadlineMs: 30_000 })).stdout).toBe('in\n');
    } finally {
      await host.close();
    }
  });
});
