import { KeyObject } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import ssh2, { type ServerChannel } from 'ssh2';
import { afterEach, expect, test, vi } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { isArgumentListTooLong } from '../../../core/host/errors.ts';
import { createLocalHost } from '../../../core/host/local.ts';
import { pipe } from '../../../core/host/pipe.ts';
import { activeCommands, type CommandEvent } from '../../../core/host/registry.ts';
import { createSshHost } from '../../../core/host/ssh.ts';
import { prepareKeys, reusePacketMemory } from '../../../core/host/ssh-internals.ts';
import { startDelayProxy } from './delay-proxy.ts';
import { codeOf, type FakeSession, type FakeSsh, type FakeSshOptions, startFakeSsh, until } from './fake-ssh.ts';
import { ed25519Pair } from './key-pair.ts';
import { freePort, makeKey } from './sshd.ts';

// The machine may be busy; nothing here waits for time to pass.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const soon = { deadlineMs: 50_000 };
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  expect(activeCommands()).toEqual([]);
});

async function fake(options: FakeSshOptions = {}): Promise<FakeSsh> {
  const server = await startFakeSsh(options);
  cleanups.push(server.stop);
  return server;
}

/** A server for the length of one test; its port. */
async function listening(onConnection: (socket: Socket) => void, port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Accepts, says something, and ends with an exit code. */
function answer(session: FakeSession, stdout: string, code = 0, stderr = ''): void {
  const channel = session.accept();
  channel.resume();
  channel.stderr.write(stderr);
  channel.write(stdout);
  channel.exit(code);
  channel.end();
}

const echo = (session: FakeSession): void => answer(session, session.command);

test('a command is quoted, has a fixed locale, and comes back with output, errors and exit', async () => {
  const server = await fake({ onExec: (session) => answer(session, session.command, 3, 'warning\n') });
  expect(await server.host().run(['/sbin/zfs', 'list', 'a b'], soon)).toMatchObject({
    stdout: "/usr/bin/env LC_ALL=C /sbin/zfs list 'a b'",
    stderr: 'warning\n',
    exit: { code: 3, signal: null },
  });
  const sudo = await server.host({ sudo: true, sudoPath: '/usr/local/bin/sudo' }).run(['/sbin/zfs', 'list'], soon);
  expect(sudo.stdout).toBe('/usr/bin/env LC_ALL=C /usr/local/bin/sudo -n -- /sbin/zfs list');
});

test('standard input arrives whole', async () => {
  const server = await fake({
    onExec(session) {
      const channel = session.accept();
      let bytes = 0;
      channel.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      channel.on('end', () => {
        channel.write(String(bytes));
        channel.exit(0);
        channel.end();
      });
    },
  });
  const result = await server.host().run(['cat'], { ...soon, stdin: Buffer.alloc(5_000_000) });
  expect(result.stdout).toBe('5000000');
  expect((await server.host().run(['cat'], soon)).stdout).toBe('0');
});

test('nothing is connected before it is needed, and then once for all', async () => {
  const server = await fake({ onExec: echo });
  const host = server.host();
  expect(server.connections()).toBe(0);
  await Promise.all([host.run(['a'], soon), host.run(['b'], soon), host.ping(soon)]);
  await host.run(['c'], soon);
  expect(server.connections()).toBe(1);
  await host.close();
  await host.close();
  expect(await codeOf(host.run(['d'], soon))).toBe('command-aborted');
});

test('a host without a pin cannot be made', () => {
  const options = { address: 'nas', user: 'root', identityFile: '/x' };
  const refused: [string, object][] = [
    ['nothing', {}],
    ['an empty fingerprint', { hostKey: '' }],
    ['a wrong fingerprint', { hostKey: 'MD5:00' }],
    ['a wrong fingerprint beside a file', { hostKey: 'SHA256:x', knownHostsFile: '/dev/null' }],
  ];
  for (const [, extra] of refused) {
    expect(() => createSshHost({ ...options, ...extra })).toThrow(
      expect.objectContaining({ code: 'host-key-unpinned' }),
    );
  }
});

test('another host key than the pinned one ends it before anything is sent', async () => {
  const server = await fake({ onExec: echo });
  const other = await makeKey(server.folder, 'other');
  await expect(server.host({ hostKey: other.fingerprint }).run(['a'], soon)).rejects.toMatchObject({
    code: 'host-key-mismatch',
    facts: { seen: server.hostKey.fingerprint },
  });
  const known = join(server.folder, 'known');
  const withFile = () =>
    createSshHost({
      address: '127.0.0.1',
      port: server.port,
      user: 'keeper',
      identityFile: server.identity.privateFile,
      knownHostsFile: known,
    });
  const at = `[127.0.0.1]:${server.port}`;
  expect(await codeOf(withFile().run(['a'], soon))).toBe('host-key-unpinned');
  const outcomes: [string, string][] = [
    ['', 'host-key-unpinned'],
    [`other ${server.hostKey.publicLine}\n`, 'host-key-unpinned'],
    [`${at} ${other.publicLine}\n`, 'host-key-mismatch'],
    [
      `@revoked * ${server.hostKey.publicLine}\n${at} ${server.hostKey.publicLine}\n${at} ${other.publicLine}`,
      'host-key-mismatch',
    ],
    ['#'.repeat(5_000_000), 'host-key-unpinned'],
    [`${at} ${other.publicLine}\n${at} ${server.hostKey.publicLine}\n`, 'no problem'],
  ];
  for (const [text, code] of outcomes) {
    await writeFile(known, text);
    const host = withFile();
    expect(await codeOf(host.run(['a'], soon))).toBe(code);
    await host.close();
  }
});

test('a known key type that the machine does not have is a mismatch as well', async () => {
  const server = await fake({ onExec: echo });
  const rsa = await makeKey(server.folder, 'rsa', 'rsa');
  const known = join(server.folder, 'known');
  await writeFile(known, `[127.0.0.1]:${server.port} ${rsa.publicLine}\n`);
  const host = createSshHost({
    address: '127.0.0.1',
    port: server.port,
    user: 'keeper',
    identityFile: server.identity.privateFile,
    knownHostsFile: known,
  });
  await expect(host.ping(soon)).rejects.toMatchObject({
    code: 'host-key-mismatch',
    facts: { seen: 'none of type ssh-rsa' },
  });
});

test('what ssh2 does with careless verifiers, which is why ours is wrapped', async () => {
  const server = await fake({ onExec: echo });
  const loggedIn = (hostVerifier?: (key: Buffer) => unknown): Promise<boolean> =>
    new Promise((resolve) => {
      const client = new ssh2.Client();
      client.once('ready', () => {
        client.end();
        resolve(true);
      });
      client.on('error', () => resolve(false));
      const config = { host: '127.0.0.1', port: server.port, username: 'x', privateKey: '', readyTimeout: 5_000 };
      const privateKey = ed25519Pair().private;
      const verifier = hostVerifier === undefined ? {} : { hostVerifier: hostVerifier as (key: Buffer) => boolean };
      client.connect({ ...config, privateKey, ...verifier });
    });
  expect(await loggedIn()).toBe(true);
  expect(await loggedIn(async () => false)).toBe(true);
  expect(await loggedIn(() => 0)).toBe(true);
  expect(await loggedIn(() => false)).toBe(false);
});

test('a refused login, and keys that cannot be used', async () => {
  const server = await fake({ login: false });
  await expect(server.host().ping(soon)).rejects.toMatchObject({
    code: 'login-refused',
    facts: { user: 'keeper', identityFile: server.identity.privateFile },
  });
  const file = join(server.folder, 'bad');
  const withKey = (): Promise<string> => codeOf(server.host({ identityFile: file }).ping(soon));
  expect(await withKey()).toBe('identity-unreadable');
  await writeFile(file, 'nonsense', { mode: 0o600 });
  expect(await withKey()).toBe('identity-unreadable');
  await writeFile(file, server.identity.publicLine);
  expect(await withKey()).toBe('identity-unreadable');
  const locked = ed25519Pair({ passphrase: 'x', cipher: 'aes256-ctr', rounds: 1 });
  await writeFile(file, locked.private);
  expect(await withKey()).toBe('identity-unreadable');
  await writeFile(file, Buffer.alloc(100_000));
  expect(await withKey()).toBe('identity-unreadable');
  await writeFile(file, ed25519Pair().private);
  await chmod(file, 0o644);
  expect(await withKey()).toBe('identity-unreadable');
});

test('a machine that is not there is left alone for a while; a ping knocks nevertheless', async () => {
  const server = await fake({ onExec: echo });
  const proxyPort = await freePort();
  let nowMs = 0;
  let attempts = 0;
  const host = server.host({ port: proxyPort, nowMs: () => nowMs, random: () => 0 });
  expect(await codeOf(host.run(['a'], soon))).toBe('host-unreachable');
  // Something answers now, but nobody looks before the second is over.
  await listening((near) => {
    attempts += 1;
    const far = connect(server.port, '127.0.0.1');
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  }, proxyPort);
  nowMs = 999;
  expect(await codeOf(host.run(['a'], soon))).toBe('host-unreachable');
  expect(attempts).toBe(0);
  nowMs = 1_000;
  expect((await host.run(['a'], soon)).exit.code).toBe(0);
  expect(attempts).toBe(1);

  const deaf = server.host({ port: await freePort(), nowMs: () => 0 });
  expect(await codeOf(deaf.ping(soon))).toBe('host-unreachable');
  expect(await codeOf(deaf.ping(soon))).toBe('host-unreachable');
  expect(await codeOf(server.host({ address: 'no-such-host.invalid' }).ping(soon))).toBe('host-unreachable');
});

test('a machine that accepts and says nothing is unreachable, within the time given', async () => {
  const port = await listening(() => undefined);
  const server = await fake();
  const slow = server.host({ port });
  expect(await codeOf(slow.ping({ deadlineMs: 30 }))).toBe('host-unreachable');
  expect(await codeOf(slow.run(['a'], { deadlineMs: 30 }))).toBe('command-timeout');
  const controller = new AbortController();
  const waiting = slow.run(['a'], { ...soon, signal: controller.signal });
  controller.abort();
  expect(await codeOf(waiting)).toBe('command-aborted');
  expect(await codeOf(server.host({ port, connectTimeoutMs: 30 }).ping(soon))).toBe('host-unreachable');
});

test('a lost connection is never the end of a command, and the next command connects anew', async () => {
  let channel: ServerChannel | undefined;
  const server = await fake({
    onExec(session) {
      if (!session.command.endsWith(' hang')) {
        echo(session);
        return;
      }
      channel = session.accept();
      channel.write('part');
      channel.stderr.write('last words\n');
    },
  });
  const host = server.host();
  const running = await host.start(['hang'], {});
  await new Promise((resolve) => running.stdout.once('data', resolve));
  server.cut();
  await expect(running.ended).rejects.toMatchObject({
    code: 'connection-lost',
    detail: expect.stringContaining('last words'),
  });
  expect((await host.run(['again'], soon)).exit.code).toBe(0);
  expect(server.connections()).toBe(2);
});

test('a channel that closes without an exit status is no clean end', async () => {
  const server = await fake({ onExec: (session) => void session.accept().end('looks complete') });
  expect(await codeOf(server.host().run(['a'], soon))).toBe('connection-lost');
});

test('a half-dead machine is noticed by its silence', async () => {
  const server = await fake({ onExec: (session) => void session.accept().write('begin') });
  const proxy = await startDelayProxy(server.port, 0);
  cleanups.push(proxy.close);
  const host = server.host({ port: proxy.port, keepAliveIntervalMs: 20, keepAliveCount: 2 });
  const running = await host.start(['hang'], {});
  await new Promise((resolve) => running.stdout.once('data', resolve));
  proxy.fallSilent();
  expect(await codeOf(running.ended)).toBe('connection-lost');
});

test('a command is ended by a signal even after its input was ended', async () => {
  const sessions: FakeSession[] = [];
  const server = await fake({
    onExec(session) {
      sessions.push(session);
      const channel = session.accept();
      session.onSignal(() => {
        channel.exit('KILL');
        channel.end();
      });
    },
  });
  const stopping = new AbortController();
  const run = server.host().run(['sleep', '9'], { ...soon, signal: stopping.signal });
  await until(() => sessions.length === 1);
  stopping.abort();
  expect(await codeOf(run)).toBe('command-aborted');
  await until(() => sessions[0]?.signals[0] === 'KILL');
  const sudo = server.host({ sudo: true });
  const controller = new AbortController();
  const running = await sudo.start(['sleep', '9'], { signal: controller.signal });
  controller.abort();
  expect(await codeOf(running.ended)).toBe('command-aborted');
  await until(() => sessions[1]?.signals[0] === 'TERM');
});

test('more output than permitted is an error', async () => {
  const server = await fake({
    onExec(session) {
      const channel = session.accept();
      channel.write(Buffer.alloc(100_000));
    },
  });
  const problem = server.host().run(['yes'], { ...soon, stdoutLimitBytes: 10 });
  expect(await codeOf(problem)).toBe('output-too-large');
});

test('programs that the other side lacks, and rights that sudo does not give', async () => {
  const answers: [string, number, string, string][] = [
    ['env', 127, "/usr/bin/env: '/sbin/zfs': No such file or directory\n", 'command-missing'],
    ['sudo', 1, 'sudo: /sbin/zfs: command not found\n', 'command-missing'],
    ['sudo', 1, 'sudo: a password is required\n', 'permission-denied'],
    ['sudo', 1, "Sorry, user x is not allowed to execute '/sbin/zfs' as root on nas.\n", 'permission-denied'],
    ['zfs', 1, "cannot open 'x': dataset does not exist\n", 'no problem'],
  ];
  let index = 0;
  const server = await fake({
    onExec(session) {
      const [, code = 0, stderr = ''] = answers[index] ?? [];
      answer(session, '', code, stderr);
    },
  });
  const host = server.host();
  for (const [, , , expected] of answers) {
    expect(await codeOf(host.run(['/sbin/zfs'], soon))).toBe(expected);
    // It does answer, whatever it answers.
    await host.ping(soon);
    index += 1;
  }
});

test('a command that is too long for the other side is refused here, and the connection stays', async () => {
  const server = await fake({ onExec: echo });
  const host = server.host();
  const error = await host.run(['x', 'y'.repeat(200_000)], soon).catch((thrown: unknown) => thrown);
  expect(isArgumentListTooLong(error)).toBe(true);
  expect((await host.run(['x', 'y'.repeat(20_000)], soon)).stdout).toHaveLength(20_000 + 24);
  expect(server.connections()).toBe(1);
});

test('sessions beyond what the other side permits wait for their turn', async () => {
  let atOnce = 0;
  let most = 0;
  const server = await fake({
    maxSessions: 2,
    onExec(session) {
      atOnce += 1;
      most = Math.max(most, atOnce);
      setImmediate(() => {
        atOnce -= 1;
        echo(session);
      });
    },
  });
  const host = server.host();
  const results = await Promise.all(Array.from({ length: 12 }, (_, index) => host.run([`c${index}`], soon)));
  expect(results.map((result) => result.exit.code)).toEqual(Array.from({ length: 12 }, () => 0));
  expect(most).toBeLessThanOrEqual(2);
});

test('a session that is refused although none runs, and a command that is refused', async () => {
  const none = await fake({ maxSessions: 0 });
  expect(await codeOf(none.host().run(['a'], soon))).toBe('command-failed');
  const rejecting = await fake({ onExec: (session) => session.reject() });
  const host = rejecting.host();
  expect(await codeOf(host.run(['a'], soon))).toBe('command-failed');
  await host.ping(soon);
});

test('who waits for a session can give up', async () => {
  const server = await fake({ maxSessions: 1, onExec: (session) => void session.accept() });
  const host = server.host();
  const first = await host.start(['a'], {});
  expect(await codeOf(host.run(['b'], { deadlineMs: 40 }))).toBe('command-timeout');
  await first.kill(5_000);
});

test('a machine that does not confirm the end of a command keeps it listed as abandoned', async () => {
  const server = await fake({ onExec: (session) => void session.accept().write('x') });
  const proxy = await startDelayProxy(server.port, 0);
  cleanups.push(proxy.close);
  const host = server.host({ port: proxy.port });
  const running = await host.start(['hang'], {});
  await new Promise((resolve) => running.stdout.once('data', resolve));
  proxy.fallSilent();
  await running.kill(20);
  expect(await codeOf(running.ended)).toBe('command-stuck');
  expect(activeCommands()).toMatchObject([{ state: 'abandoned', argv: ['hang'] }]);
  proxy.cut();
  await until(() => activeCommands().length === 0);
});

test('lines on standard error do not open the window while nobody reads the output', async () => {
  let written = 0;
  const server = await fake({
    onExec(session) {
      if (!session.command.endsWith(' send')) {
        echo(session);
        return;
      }
      const channel = session.accept();
      const chunk = Buffer.alloc(64 * 1024);
      // A slow sender: a line is always on its way before the window is used up.
      const more = (): void => {
        channel.write(chunk, () => {
          written += chunk.length;
          channel.stderr.write('12:00:00 1 x\n');
          setImmediate(more);
        });
      };
      more();
      channel.stderr.on('error', () => undefined);
    },
  });
  const host = server.host();
  const running = await host.start(['send'], { onStderrLine: () => undefined });
  for (let round = 0; round < 40; round += 1) await host.run(['round', 'trip'], soon);
  // A buffer, a window, and what the sender counts as written before it is sent.
  expect(written).toBeLessThan(8 * 1024 * 1024);
  expect(running.stdout.readableLength).toBeLessThan(6 * 1024 * 1024);
  // And it goes on as soon as somebody reads.
  const before = written;
  running.stdout.resume();
  await until(() => written > before + 8 * 1024 * 1024);
  await running.kill(5_000);
});

test('the observer sees remote commands as it sees local ones', async () => {
  const events: CommandEvent[] = [];
  const server = await fake({ onExec: echo });
  await server.host({ label: 'nas', onCommand: (event) => events.push(event) }).run(['a'], soon);
  expect(events).toMatchObject([
    { kind: 'started', host: 'nas', argv: ['a'] },
    { kind: 'ended', exit: { code: 0 } },
  ]);
});

test('a pipe into a machine carries every byte, whose count is told', async () => {
  const received: Buffer[] = [];
  const server = await fake({
    onExec(session) {
      const channel = session.accept();
      channel.on('data', (chunk: Buffer) => received.push(Buffer.from(chunk)));
      channel.on('end', () => {
        channel.exit(0);
        channel.end('done');
      });
    },
  });
  const local = createLocalHost({ label: 'here' });
  const expected = (await local.run(['seq', '1', '1500000'], soon)).stdout;
  const result = await pipe(
    { host: local, argv: ['seq', '1', '1500000'] },
    { host: server.host(), argv: ['receive'] },
    { stallMs: 20_000 },
  );
  expect(result).toMatchObject({ bytes: expected.length, sink: { stdout: 'done', exit: { code: 0 } } });
  expect(Buffer.concat(received).toString()).toBe(expected);
});

test('a pipe whose machine goes away is an error, and the local end is gone with it', async () => {
  const server = await fake({ onExec: (session) => void session.accept().resume() });
  const local = createLocalHost({ label: 'here' });
  const transfer = pipe(
    { host: local, argv: ['cat', '/dev/zero'] },
    { host: server.host(), argv: ['receive'] },
    { stallMs: 20_000, onBytes: (bytes) => void (bytes > 5_000_000 && server.cut()) },
  );
  expect(await codeOf(transfer)).toBe('connection-lost');
});

test('problems name the machine as a person knows it', async () => {
  const server = await fake({ login: false });
  const problem = await server
    .host()
    .ping(soon)
    .catch((thrown: unknown) => thrown);
  expect(problem instanceof ProblemError && problem.facts.host).toBe('keeper@127.0.0.1');
});

test('ssh2 still looks inside as our shortcuts expect it', async () => {
  const server = await fake({ onExec: echo });
  const client = new ssh2.Client();
  client.on('error', () => undefined);
  const key = await readFile(server.identity.privateFile);
  await new Promise<void>((resolve) => {
    client.once('ready', resolve);
    client.connect({ host: '127.0.0.1', port: server.port, username: 'x', privateKey: key, hostVerifier: () => true });
  });
  const inside = (name: string): object => Reflect.get(Reflect.get(client, '_protocol'), name);
  const plain = Reflect.get(inside('_cipher'), 'allocPacket');
  prepareKeys(client);
  reusePacketMemory(client);
  reusePacketMemory(client);
  expect(Reflect.get(inside('_cipher'), '_encKey')).toBeInstanceOf(KeyObject);
  expect(Reflect.get(inside('_decipher'), '_decipherKey')).toBeInstanceOf(KeyObject);
  const ours = Reflect.get(inside('_cipher'), 'allocPacket');
  expect(ours).not.toBe(plain);
  for (const payloadBytes of [1, 2, 10, 11, 12, 15, 16, 27, 28, 100, 32_777, 50_000]) {
    const [mine, theirs] = [ours, plain].map(
      (allocate): Buffer => Reflect.apply(allocate, inside('_cipher'), [payloadBytes]),
    );
    // The length field, the length of the padding, and the place for the payload.
    expect(mine?.subarray(0, 5)).toEqual(theirs?.subarray(0, 5));
    expect(mine?.length).toBe(theirs?.length);
  }
  client.end();
});
