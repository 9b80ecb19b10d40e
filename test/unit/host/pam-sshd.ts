/**
 * A real sshd that asks PAM, with an account of its own: in a mount namespace in which copies of the files of accounts stand in the
 * place of those of this machine, so that nothing of it is changed and nothing is left behind.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, freePort, makeKey, whyNoSshd } from './sshd.ts';

const USER = 'snapferry-pam';
/** Of nobody: neither Debian nor people give numbers from there. */
const ID = 63_123;
const ACCOUNT_FILES = ['passwd', 'shadow', 'group'] as const;
const NAMESPACE = ['--mount', '--propagation', 'private'];

export interface PamSshd extends AsyncDisposable {
  readonly folder: string;
  readonly home: string;
  readonly port: number;
  readonly user: string;
  readonly hostKey: string;
  /** What sshd has said so far. */
  readonly said: () => string;
}

export interface PamSshdOptions {
  readonly password: string;
  /** The ways in which sshd asks for it. */
  readonly ways: readonly ('password' | 'keyboard-interactive')[];
  /** The password is over, and a new one has to be chosen first. */
  readonly expired?: boolean;
}

/** Why there can be none here; undefined where there can. */
export function whyNoPamSshd(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can do that';
  for (const file of ['/etc/pam.d/sshd', '/usr/bin/openssl', '/usr/bin/unshare']) {
    if (!existsSync(file)) return `${file} is missing`;
  }
  const tried = spawnSync('/usr/bin/unshare', [...NAMESPACE, 'mount', '--bind', '/etc/passwd', '/etc/passwd']);
  if (tried.status !== 0) return 'a mount namespace cannot be made here';
  return whyNoSshd();
}

/** Starts it and waits until it answers. */
export async function startPamSshd({ password, ways, expired = false }: PamSshdOptions): Promise<PamSshd> {
  const folder = await mkdtemp(join(tmpdir(), 'snapferry-pam-'));
  await chmod(folder, 0o755);
  const home = join(folder, 'home');
  await mkdir(home, { mode: 0o750 });
  await chown(home, ID, ID);
  await accountFiles(folder, home, password, expired);
  const port = await freePort();
  const key = await makeKey(folder, 'host_ed25519');
  const config = [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${key.privateFile}`,
    'PidFile none',
    'UsePAM yes',
    'UseDNS no',
    `AllowUsers ${USER}`,
    `PasswordAuthentication ${ways.includes('password') ? 'yes' : 'no'}`,
    `KbdInteractiveAuthentication ${ways.includes('keyboard-interactive') ? 'yes' : 'no'}`,
    '',
  ];
  await writeFile(join(folder, 'sshd_config'), config.join('\n'));
  const script = [
    'set -e',
    ...ACCOUNT_FILES.map((name) => `mount --bind "$1/${name}" /etc/${name}`),
    'exec /usr/sbin/sshd -D -e -f "$1/sshd_config"',
  ].join('\n');
  const child = spawn('/usr/bin/unshare', [...NAMESPACE, 'sh', '-c', script, 'sh', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-16_384);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`sshd did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    folder,
    home,
    port,
    user: USER,
    hostKey: key.fingerprint,
    said: () => said,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Copies of the files of this machine, with one more account. */
async function accountFiles(folder: string, home: string, password: string, expired: boolean): Promise<void> {
  const hash = spawnSync('/usr/bin/openssl', ['passwd', '-6', '-stdin'], { input: `${password}\n`, encoding: 'utf8' });
  if (hash.status !== 0) throw new Error(`openssl: ${hash.stderr}`);
  // Days since 1970 of the last change: none means that it has to be changed now.
  const changed = expired ? '0' : '19000';
  const lines = {
    passwd: `${USER}:x:${ID}:${ID}::${home}:/bin/sh`,
    shadow: `${USER}:${hash.stdout.trim()}:${changed}:0:99999:7:::`,
    group: `${USER}:x:${ID}:`,
  };
  for (const name of ACCOUNT_FILES) {
    const [from, to] = [`/etc/${name}`, join(folder, name)];
    await copyFile(from, to);
    const { mode, uid, gid } = await stat(from);
    await chmod(to, mode & 0o777);
    await chown(to, uid, gid);
    const before = await readFile(to, 'utf8');
    await writeFile(to, `${before.replace(/\n*$/, '\n')}${lines[name]}\n`);
  }
}
