import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { bringKey, bringKeyCommand } from '../../../core/host/bring-key.ts';
import { ownKey } from '../../../core/host/own-keys.ts';
import { privateFolder } from '../helper/support/running-daemon.ts';
import { type FakeSession, type FakeSsh, type PasswordLogin, startFakeSsh } from './fake-ssh.ts';

const signal = new AbortController().signal;
const PASSWORD = "cor'rect $horse; `battery` \\ ü";

let home: { path: string } & AsyncDisposable;
let publicLine: string;
const open: FakeSsh[] = [];
beforeEach(async () => {
  home = await privateFolder();
  ({ publicLine } = await ownKey(join(home.path, 'keys'), 'nas'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop()));
  await home[Symbol.asyncDispose]();
});

const commands: string[] = [];
/** Runs what it is told by a shell in the home folder, as sshd does. */
function byShell(shell = '/bin/sh') {
  return (session: FakeSession): void => {
    commands.push(session.command);
    const channel = session.accept();
    const child = spawn(shell, ['-c', session.command], { env: { HOME: home.path, PATH: '/usr/bin:/bin' } });
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    child.once('close', (code) => {
      channel.exit(code ?? 1);
      channel.end();
    });
  };
}

async function nas(login: Partial<PasswordLogin> = {}, onExec = byShell()) {
  commands.length = 0;
  const tries: string[] = [];
  const server = await startFakeSsh({
    onExec,
    password: { password: PASSWORD, methods: ['password'], tries, ...login },
  });
  open.push(server);
  const place = { host: '127.0.0.1', port: server.port, user: 'keeper', hostKey: server.hostKey.fingerprint };
  return {
    server,
    tries,
    bring: (password = PASSWORD, other: Partial<typeof place> = {}) =>
      bringKey({ ...place, ...other }, password, publicLine, signal),
  };
}

const keysFile = () => join(home.path, '.ssh', 'authorized_keys');
const mode = async (path: string) => (await stat(path)).mode & 0o777;

describe('bringing the key', () => {
  it('makes folder and file for the account alone, and adds the line once', async () => {
    const { bring, tries } = await nas();
    expect(await bring()).toBe('added');
    expect(await readFile(keysFile(), 'utf8')).toBe(`restrict ${publicLine}\n`);
    expect([await mode(join(home.path, '.ssh')), await mode(keysFile())]).toEqual([0o700, 0o600]);
    expect(await bring()).toBe('present');
    expect(await readFile(keysFile(), 'utf8')).toBe(`restrict ${publicLine}\n`);
    expect(tries).toEqual([`password ${PASSWORD}`, `password ${PASSWORD}`]);
    expect(commands.join()).not.toContain('horse');
  });

  it('keeps what stands there, ends a last line that has no end, and takes no commented line for a key', async () => {
    await mkdir(join(home.path, '.ssh'), { mode: 0o755 });
    const [type, blob] = publicLine.split(' ');
    const before = `# ${type} ${blob} old\nssh-rsa AAAA me@desk`;
    await writeFile(keysFile(), before, { mode: 0o664 });
    await chmod(keysFile(), 0o664);
    const { bring } = await nas();
    expect(await bring()).toBe('added');
    expect(await readFile(keysFile(), 'utf8')).toBe(`${before}\nrestrict ${publicLine}\n`);
    expect(await mode(keysFile())).toBe(0o644);
    await writeFile(keysFile(), `from="10.0.0.0/8" ${type} ${blob} by-hand\n`);
    expect(await bring()).toBe('present');
  });

  it('answers a dialogue that asks for one hidden thing', async () => {
    const { bring, tries } = await nas({ methods: ['keyboard-interactive'] });
    expect(await bring()).toBe('added');
    expect(tries).toEqual([`keyboard-interactive ${PASSWORD}`]);
  });

  it.each([
    ['shown on the screen', [[{ prompt: 'Password: ', echo: true }]]],
    [
      'beside another',
      [
        [
          { prompt: 'Password: ', echo: false },
          { prompt: 'Code: ', echo: false },
        ],
      ],
    ],
  ])('tells nothing where the answer would be %s', async (_, rounds) => {
    const { bring, tries } = await nas({ methods: ['keyboard-interactive'], rounds });
    await expect(bring()).rejects.toMatchObject({ code: 'password-refused' });
    expect(tries.join()).not.toContain('horse');
  });

  it('tells the password once, whatever is asked after it', async () => {
    const question = [{ prompt: 'Password: ', echo: false }];
    const { bring, tries } = await nas({ methods: ['keyboard-interactive'], rounds: [question, question] });
    await expect(bring()).rejects.toMatchObject({ code: 'password-refused' });
    expect(tries).toEqual([`keyboard-interactive ${PASSWORD} | `]);
  });

  it('tries a wrong password once and in one way, and says nothing of it', async () => {
    const { bring, tries } = await nas({ methods: ['password', 'keyboard-interactive'] });
    const refused = await bring('wrong-one').catch((thrown: unknown) => thrown);
    expect(tries).toEqual(['password wrong-one']);
    expect(refused).toBeInstanceOf(ProblemError);
    if (!(refused instanceof ProblemError)) return;
    expect(refused.toProblem()).toMatchObject({ code: 'password-refused', facts: { user: 'keeper' } });
    expect(JSON.stringify(refused.toProblem())).not.toContain('wrong-one');
    expect(`${refused.stack}${String(refused.cause)}`).not.toContain('wrong-one');
  });

  it('sends no password where none is asked for, nor to a machine with another key', async () => {
    const keysOnly = await nas({ methods: [] });
    await expect(keysOnly.bring()).rejects.toMatchObject({ code: 'password-refused' });
    expect(keysOnly.tries).toEqual([]);
    const { bring, tries } = await nas();
    await expect(bring(PASSWORD, { hostKey: `SHA256:${'A'.repeat(43)}` })).rejects.toMatchObject({
      code: 'host-key-mismatch',
    });
    await expect(bring(PASSWORD, { hostKey: 'SHA256:short' })).rejects.toMatchObject({ code: 'host-key-unpinned' });
    expect(tries).toEqual([]);
  });

  it('does not wait for a new password where the old one is over', async () => {
    const { bring } = await nas({ expired: true });
    await expect(bring()).rejects.toMatchObject({ code: 'password-refused', detail: 'The password has expired.' });
  });

  it('tells what the machine says where the line cannot be written', async () => {
    await writeFile(join(home.path, '.ssh'), 'a file');
    const { bring } = await nas();
    const refused = await bring().catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: 'key-not-brought', facts: { user: 'keeper' } });
    expect(refused).toMatchObject({ detail: expect.stringMatching(/\.ssh/) });
  });

  it('ends when told to, and when the connection goes away', async () => {
    const held = await nas({}, (session) => void session.accept());
    const stop = new AbortController();
    const stopped = bringKey(
      { host: '127.0.0.1', port: held.server.port, user: 'k', hostKey: held.server.hostKey.fingerprint },
      PASSWORD,
      publicLine,
      stop.signal,
    );
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'command-aborted' });
    const cut = await nas({}, () => cut.server.cut());
    await expect(cut.bring()).rejects.toMatchObject({ code: 'connection-lost' });
  });
});

describe('the command', () => {
  it('is made for lines of keys of our own only', () => {
    expect(bringKeyCommand(publicLine)).not.toContain('\n');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => bringKeyCommand(text)).toThrow();
        expect(() => bringKeyCommand(`${publicLine} ${text}\n`)).toThrow();
      }),
    );
  });
});
