import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLocalHost } from '../../../core/host/local.ts';
import { pipe } from '../../../core/host/pipe.ts';
import { activeCommands } from '../../../core/host/registry.ts';
import { createSshHost, type SshHost, type SshHostOptions } from '../../../core/host/ssh.ts';
import type { Argv, Host } from '../../../core/host/types.ts';
import { codeOf, until } from './fake-ssh.ts';
import { runs } from './processes.ts';
import { startSshd, type TestSshd, whyNoSshd } from './sshd.ts';

const missing = whyNoSshd();
const soon = { deadlineMs: 30_000 };
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const sh = (script: string): Argv => ['/bin/sh', '-c', script];
const local = createLocalHost({ label: 'here' });

describe.skipIf(missing !== undefined)(`a real sshd${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let sshd: TestSshd;
  let host: Host;
  const hosts: Host[] = [];
  const connect = (options: Partial<SshHostOptions>): SshHost => {
    const made = createSshHost({
      address: '127.0.0.1',
      port: sshd.port,
      user: sshd.user,
      identityFile: sshd.identityFile,
      ...options,
    });
    hosts.push(made);
    return made;
  };

  beforeAll(async () => {
    // Keys are exchanged anew after every MiB, so that every longer test goes through it.
    sshd = await startSshd(['RekeyLimit 1M', 'MaxSessions 3']);
    host = connect({ knownHostsFile: sshd.knownHostsFile });
  });
  afterAll(async () => {
    await Promise.all(hosts.map((each) => each.close()));
    await sshd.stop();
    expect(activeCommands()).toEqual([]);
  });

  test('runs commands, with odd arguments, in a fixed locale', async () => {
    const odd = `a'b "c" $(id) \\ \n *`;
    const result = await host.run([...sh('printf "%s" "$0"; echo "$LC_ALL" >&2; exit 5'), odd], soon);
    expect(result).toMatchObject({ stdout: odd, stderr: 'C\n', exit: { code: 5, signal: null } });
    expect((await host.run(sh('kill -TERM $$'), soon)).exit).toEqual({ code: null, signal: 'SIGTERM' });
    expect((await host.run(['cat'], { ...soon, stdin: Buffer.from('in') })).stdout).toBe('in');
    expect(await codeOf(host.run(['/nonexistent/zfs'], soon))).toBe('command-missing');
    await host.ping(soon);
  });

  test('is found at another address, and only with the key that is pinned', async () => {
    const hostKey = sshd.hostKeys.ed25519.fingerprint;
    const moved = connect({ hostKey, address: '127.0.0.2', alsoAt: ['127.0.0.3', '127.0.0.1'] });
    await moved.ping(soon);
    expect(moved.answeredAt()).toBe('127.0.0.1');
    const refused = await connect({ hostKey, address: '127.0.0.2', alsoAt: ['127.0.0.3'] })
      .ping(soon)
      .catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: 'host-unreachable', facts: { answer: 'refused' } });

    // Somebody else has got its address, on the same port.
    const other = await startSshd([`ListenAddress 127.0.0.2:${sshd.port}`]);
    try {
      const passedBy = connect({ hostKey, address: '127.0.0.2', alsoAt: ['127.0.0.1'] });
      await passedBy.ping(soon);
      expect(passedBy.answeredAt()).toBe('127.0.0.1');
      const strange = connect({ hostKey, address: '127.0.0.2', alsoAt: ['127.0.0.3'] });
      expect(await codeOf(strange.ping(soon))).toBe('host-key-mismatch');
      expect(strange.answeredAt()).toBeNull();
      // That somebody answers where the machine is looked for besides does not make it the machine, nor awake.
      const away = await connect({ hostKey, address: '127.0.0.3', alsoAt: ['127.0.0.2'] })
        .ping(soon)
        .catch((thrown: unknown) => thrown);
      expect(away).toMatchObject({
        code: 'host-unreachable',
        detail: expect.stringContaining(`another host key (${other.hostKeys.ed25519.fingerprint})`),
      });
      expect(away).not.toHaveProperty('facts.answer');
    } finally {
      await other.stop();
    }
  });

  test('takes command lines up to what one argument may have', async () => {
    expect((await host.run(['/bin/echo', 'y'.repeat(120_000)], soon)).stdout).toHaveLength(120_001);
  });

  test('pins either of its keys by fingerprint, and hashed known hosts', async () => {
    for (const { fingerprint } of [sshd.hostKeys.ed25519, sshd.hostKeys.rsa]) {
      await connect({ hostKey: fingerprint }).ping(soon);
    }
    const hashed = join(sshd.folder, 'hashed');
    await writeFile(hashed, `[127.0.0.1]:${sshd.port} ${sshd.hostKeys.rsa.publicLine}\n`);
    expect(spawnSync('ssh-keygen', ['-q', '-H', '-f', hashed]).status).toBe(0);
    expect(readFileSync(hashed, 'utf8')).toMatch(/^\|1\|/);
    await connect({ knownHostsFile: hashed }).ping(soon);
    const stranger = join(sshd.folder, 'stranger');
    await copyFile(sshd.identityFile, stranger);
    expect(await codeOf(connect({ hostKey: `SHA256:${'A'.repeat(43)}` }).ping(soon))).toBe('host-key-mismatch');
  });

  test('refuses a stranger', async () => {
    expect(
      await codeOf(
        connect({ knownHostsFile: sshd.knownHostsFile, identityFile: sshd.hostKeys.ed25519.privateFile }).ping(soon),
      ),
    ).toBe('login-refused');
  });

  test('more commands than sessions are permitted get through', async () => {
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) => host.run(['/bin/echo', `${index}`], soon)),
    );
    expect(results.map((result) => result.stdout)).toEqual(Array.from({ length: 10 }, (_, index) => `${index}\n`));
  });

  test('ending a command shuts its pipes, and the other side confirms its end', async () => {
    const running = await host.start(sh('echo $$; exec cat /dev/zero'), {});
    const pid = await new Promise<number>((resolve) => {
      running.stdout.once('data', (chunk: Buffer) => resolve(Number.parseInt(chunk.toString(), 10)));
    });
    expect(runs(pid)).toBe(true);
    running.stdout.pause();
    await running.kill(20_000);
    expect((await running.ended).exit.code).not.toBe(0);
    await until(() => !runs(pid));
    expect(await codeOf(host.run(sh('while sleep 0.02; do echo x; done'), { deadlineMs: 500 }))).toBe(
      'command-timeout',
    );
  });

  // OpenSSH keeps no monitor for root, and passes signals on through it only.
  test.skipIf(process.getuid?.() === 0)(
    'ending a command reaches its whole group over there (not as root)',
    async () => {
      const running = await host.start(sh('sleep 1000 & echo $!; wait'), {});
      const pid = await new Promise<number>((resolve) => {
        running.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
      });
      running.stdin.end();
      await running.kill(20_000);
      await until(() => !runs(pid));
    },
  );

  const make = 'seq 1 9000000 | head -c 50000000';
  test('carries 50 MB there, through many exchanges of keys', async () => {
    const expected = (await local.run(sh(`{ ${make}; } | cksum`), soon)).stdout;
    const result = await pipe({ host: local, argv: sh(make) }, { host, argv: sh('cksum') }, { stallMs: 30_000 });
    expect(result).toMatchObject({ bytes: 50_000_000, source: { exit: { code: 0 } }, sink: { exit: { code: 0 } } });
    expect(result.sink.stdout).toBe(expected);
  });

  test('carries 50 MB back', async () => {
    const expected = (await local.run(sh(`{ ${make}; } | cksum`), soon)).stdout;
    const lines: string[] = [];
    const result = await pipe(
      { host, argv: sh(`${make}; echo sent >&2`) },
      { host: local, argv: sh('cksum') },
      { stallMs: 30_000, onSourceStderrLine: (line) => lines.push(line) },
    );
    expect(result).toMatchObject({ bytes: 50_000_000, source: { exit: { code: 0 } }, sink: { exit: { code: 0 } } });
    expect(result.sink.stdout).toBe(expected);
    expect(lines).toEqual(['sent']);
  });

  test('a remote source that fails never looks like a clean end', async () => {
    const result = await pipe(
      { host, argv: sh('head -c 100000 /dev/zero; exit 9') },
      { host: local, argv: ['/usr/bin/wc', '-c'] },
      { stallMs: 30_000 },
    );
    expect(result.source.exit.code).toBe(9);
    expect(result.sink.stdout).toBe('100000\n');
  });

  test('a remote sink that dies early ends the source, and its exit is told', async () => {
    const result = await pipe(
      { host: local, argv: ['cat', '/dev/zero'] },
      { host, argv: sh('head -c 5000000 | wc -c; echo full >&2; exit 4') },
      { stallMs: 30_000 },
    );
    expect(result.sink).toMatchObject({ exit: { code: 4 }, stdout: '5000000\n', stderr: 'full\n' });
    expect(result.source.exit.code).not.toBe(0);
  });

  test('a local sink that dies early ends the remote source', async () => {
    const result = await pipe(
      { host, argv: ['cat', '/dev/zero'] },
      { host: local, argv: sh('head -c 5000000 | wc -c; exit 4') },
      { stallMs: 30_000 },
    );
    expect(result.sink).toMatchObject({ exit: { code: 4 }, stdout: '5000000\n' });
    expect(result.source.exit.code).not.toBe(0);
  });

  test('abort gives the remote sink its time', async () => {
    const saved = join(sshd.folder, 'saved');
    const controller = new AbortController();
    const transfer = pipe(
      { host: local, argv: ['cat', '/dev/zero'] },
      { host, argv: sh(`cat >/dev/null; echo saved >${saved}`) },
      { stallMs: 30_000, signal: controller.signal, onBytes: (bytes) => void (bytes > 5e6 && controller.abort()) },
    );
    expect(await codeOf(transfer)).toBe('command-aborted');
    expect(readFileSync(saved, 'utf8')).toBe('saved\n');
  });
});
