/** A real sshd on a loopback port, run as whoever runs the test, with keys made for it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { fingerprintOf } from '../../../core/host/host-key.ts';
import { ed25519Pair } from './key-pair.ts';

const SSHD = '/usr/sbin/sshd';

export interface KeyFiles {
  readonly privateFile: string;
  /** Type and base64, as in authorized_keys. */
  readonly publicLine: string;
  readonly fingerprint: string;
}

export interface TestSshd {
  readonly folder: string;
  readonly port: number;
  readonly user: string;
  readonly identityFile: string;
  readonly knownHostsFile: string;
  readonly hostKeys: { readonly ed25519: KeyFiles; readonly rsa: KeyFiles };
  stop(): Promise<void>;
}

/** Makes a key pair in files. */
export async function makeKey(folder: string, name: string, type: 'ed25519' | 'rsa' = 'ed25519'): Promise<KeyFiles> {
  const pair = type === 'rsa' ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }) : ed25519Pair();
  const privateFile = join(folder, name);
  await writeFile(privateFile, pair.private, { mode: 0o600 });
  const publicLine = pair.public.trim();
  const base64 = publicLine.split(' ')[1] ?? '';
  return { privateFile, publicLine, fingerprint: fingerprintOf(Buffer.from(base64, 'base64')) };
}

/** Why no sshd can be started here; undefined when it can. */
export function whyNoSshd(): string | undefined {
  if (!existsSync(SSHD)) return `${SSHD} is not installed`;
  // What its service makes at start, and nobody where no service runs.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const said = spawnSync(SSHD, ['-t', '-f', '/dev/null', '-h', '/dev/null'], { encoding: 'utf8' }).stderr;
  return /privilege separation/i.test(said) ? said.trim() : undefined;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error()),
      );
    });
  });
}

export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}

/** Starts it and waits until it answers. `extra` are lines of sshd_config. */
export async function startSshd(extra: readonly string[] = []): Promise<TestSshd> {
  const missing = whyNoSshd();
  if (missing !== undefined) throw new Error(missing);
  const folder = await mkdtemp(join(tmpdir(), 'snapferry-sshd-'));
  const port = await freePort();
  const ed25519 = await makeKey(folder, 'host_ed25519');
  const rsa = await makeKey(folder, 'host_rsa', 'rsa');
  const identity = await makeKey(folder, 'identity');
  await writeFile(join(folder, 'authorized_keys'), `${identity.publicLine}\n`, { mode: 0o600 });
  const knownHostsFile = join(folder, 'known_hosts');
  await writeFile(knownHostsFile, `[127.0.0.1]:${port} ${ed25519.publicLine}\n`);
  const config = [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${ed25519.privateFile}`,
    `HostKey ${rsa.privateFile}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    ...extra,
    '',
  ];
  await writeFile(join(folder, 'sshd_config'), config.join('\n'));
  const child: ChildProcess = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-4096);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`sshd did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    folder,
    port,
    user: userInfo().username,
    identityFile: identity.privateFile,
    knownHostsFile,
    hostKeys: { ed25519, rsa },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
