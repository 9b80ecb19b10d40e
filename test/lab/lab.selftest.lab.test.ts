/** The lab on itself: what every other platform test takes for granted. Uses a pair of guests of its own. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  createPool,
  ensureLab,
  type Guest,
  type Guests,
  killProcess,
  openLink,
  poolName,
  scsiDevicePath,
  until,
  withPool,
  type ZfsFlavour,
} from './guests/index.ts';

const zfs: ZfsFlavour = process.env.SNAPFERRY_LAB_ZFS === 'backports' ? 'backports' : 'stable';
// Resetting and killing guests must not hit anybody else's, another run of this very file included.
const instance = `selftest-${process.pid}`;
const bootTimeoutMs = 650_000;
// Everything in a guest is ten times slower than here, and slower still beside a compiler.
vi.setConfig({ testTimeout: 120_000 });

let guests: Guests;
let nas: Guest;
let workstation: Guest;
let takeDown: () => Promise<void>;

beforeAll(async () => {
  const lab = await ensureLab({ zfs });
  guests = await lab.up({ instance, endWithUs: true });
  ({ nas, workstation } = guests);
  takeDown = () => lab.down(instance);
}, 1_800_000);

afterAll(async () => {
  guests?.close();
  await takeDown?.();
});

describe('guests', () => {
  test('both run the ZFS that was asked for, tools and module alike', async () => {
    for (const guest of [workstation, nas]) {
      const [tools, module] = (await guest.runOk(['zfs', 'version'])).trim().split('\n');
      expect(tools).toMatch(zfs === 'stable' ? /^zfs-2\.1\./ : /^zfs-2\.3\./);
      expect(module).toBe(tools?.replace('zfs-', 'zfs-kmod-'));
      expect((await guest.runOk('hostname')).trim()).toBe(guest.name);
    }
    expect(await nas.runOk('hostid')).not.toBe(await workstation.runOk('hostid'));
    expect(nas.hostKeySha256).not.toBe(workstation.hostKeySha256);
  });

  test('each reaches the other through the machine, by port and by name', async () => {
    const ssh = ['ssh', '-o', 'HostKeyAlias=nas', '-p', `${nas.sshPort}`, 'root@10.0.2.2', 'hostname'];
    expect((await workstation.runOk(ssh)).trim()).toBe('nas');
    expect((await nas.runOk(['ssh', 'workstation', 'hostname'])).trim()).toBe('workstation');
  });

  test('a result carries the exit code, both outputs, and words as they were given', async () => {
    const words = ['a b', "it's", '$HOME', '', '*'];
    expect(await nas.run(['printf', '%s|', ...words])).toEqual({ code: 0, stdout: `${words.join('|')}|`, stderr: '' });
    expect(await nas.run('cat; echo no >&2; exit 3', { stdin: 'in' })).toEqual({
      code: 3,
      stdout: 'in',
      stderr: 'no\n',
    });
  });

  test('files are copied in with their mode, and Node runs them', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'snapferry-lab-'));
    const file = join(dir, 'hello.mjs');
    await writeFile(
      file,
      `#!/usr/bin/env node\nconsole.log('hello from', process.version);\n${'// '}${'x'.repeat(300_000)}\n`,
    );
    await workstation.copyIn(file, '/opt/a folder/hello.mjs', 0o755);
    expect((await workstation.runOk(['/opt/a folder/hello.mjs'])).trim()).toBe(`hello from ${process.version}`);
    await rm(dir, { recursive: true });
    await workstation.writeFile('/etc/lab/note', 'two\nlines\n');
    expect(await workstation.readFile('/etc/lab/note')).toBe('two\nlines\n');
  });

  test('a process is killed by pattern, and nothing else is', async () => {
    await nas.runOk('setsid sleep 1001 >/dev/null 2>&1 & setsid sleep 1002 >/dev/null 2>&1 & true');
    const { pids, left } = await killProcess(nas, 'sleep 100[1]');
    expect([pids.length, left.length]).toEqual([1, 0]);
    expect((await nas.runOk('pgrep -fc "sleep 100[2]"')).trim()).toBe('1');
    expect((await killProcess(nas, 'sleep 100[2]')).left).toEqual([]);
  });

  test('another port of a guest can be made reachable', async () => {
    await nas.runOk('setsid python3 -m http.server 8099 >/dev/null 2>&1 &');
    const port = await nas.forward(8099);
    const answer = await until(async () => (await fetch(`http://127.0.0.1:${port}/`)).ok, {
      what: 'http',
      timeoutMs: 30_000,
    });
    expect(answer).toBe(true);
    await killProcess(nas, 'http[.]server');
  });

  test('the second up takes the running pair over', async () => {
    const again = await (await ensureLab({ zfs })).up({ instance });
    expect(again.wasUp).toBe(true);
    expect(again.nas.state).toEqual(nas.state);
    again.close();
  });
});

describe('pools', () => {
  test('a pool with a space in its name comes and goes, busy or not', async () => {
    const name = `${poolName('space')} and more`;
    await withPool(nas, { name, sizeMiB: 128, features: 'none' }, async (pool) => {
      await nas.runOk(['zfs', 'create', pool.child('data set')]);
      expect(await nas.runOk(['zpool', 'get', '-H', '-o', 'value', 'feature@encryption', name])).toBe('disabled\n');
      // Busy for two seconds longer than the test.
      await nas.runOk(`cd '${pool.mountpoint}/data set' && setsid sleep 2 >/dev/null 2>&1 &`);
    });
    expect((await nas.run(['zpool', 'list', name])).code).not.toBe(0);
  });

  test('a name without the marker is refused', async () => {
    await expect(createPool(nas, { name: 'rpool' })).rejects.toThrow(RangeError);
  });
});

describe('drives', () => {
  test('a plugged drive shows up, keeps its data when yanked, and a pool lives on it', async () => {
    const serial = 'USB0001';
    const device = await nas.plugScsi({ serial, sizeBytes: 128 * 1024 ** 2 });
    expect(device).toBe(scsiDevicePath(serial));
    const name = poolName('drive');
    await createPool(nas, { name, device });
    await nas.runOk(['zpool', 'export', name]);
    await nas.yankScsi(serial);
    expect((await nas.run(['test', '-e', device])).code).toBe(1);
    await nas.plugScsi({ serial });
    await nas.runOk(['zpool', 'import', '-d', '/dev/disk/by-id', name]);
    expect(await nas.runOk(['zpool', 'list', '-H', '-o', 'health', name])).toBe('ONLINE\n');
    await nas.runOk(['zpool', 'destroy', name]);
    await nas.yankScsi(serial);
  });
});

/** Sends bytes to a `cat` in the guest through a port and measures the way back. */
async function echo(
  port: number,
  bytes: Buffer,
): Promise<{ elapsedMs: number; receivedBytes: number; error: string | undefined }> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const startedMs = performance.now();
  let receivedBytes = 0;
  const socket = connect(port, '127.0.0.1');
  socket.on('data', (chunk) => {
    receivedBytes += chunk.length;
  });
  socket.once('end', () => resolve(undefined));
  socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  socket.end(bytes);
  const error = await promise;
  socket.destroy();
  return { elapsedMs: performance.now() - startedMs, receivedBytes, error };
}

const echoServer = `import socketserver
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65536): self.request.sendall(data)
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(('', 7007), Echo).serve_forever()
`;

describe('links', () => {
  let echoPort: number;
  beforeAll(async () => {
    await nas.writeFile('/tmp/echo.py', echoServer);
    await nas.runOk('setsid python3 /tmp/echo.py >/dev/null 2>&1 &');
    echoPort = await nas.forward(7007);
    await until(async () => (await echo(echoPort, Buffer.from('x'))).receivedBytes === 1, {
      what: 'echo server',
      timeoutMs: 30_000,
    });
  });

  test('passes everything on, and counts it', async () => {
    await using link = await openLink({ targetPort: echoPort });
    const bytes = randomBytes(1_000_000);
    expect((await echo(link.port, bytes)).receivedBytes).toBe(bytes.length);
    expect([link.upBytes, link.downBytes]).toEqual([bytes.length, bytes.length]);
  });

  test('guests go through it too', async () => {
    await using link = await openLink({ targetPort: nas.sshPort });
    const ssh = ['ssh', '-o', 'HostKeyAlias=nas', '-p', `${link.port}`, 'root@10.0.2.2', 'hostname'];
    expect((await workstation.runOk(ssh)).trim()).toBe('nas');
    expect(link.downBytes).toBeGreaterThan(1_000);
  });

  test('slow: a rate is kept', async () => {
    await using link = await openLink({ targetPort: echoPort });
    link.setRate({ bytesPerSecond: 100_000 });
    const { elapsedMs, receivedBytes } = await echo(link.port, randomBytes(200_000));
    expect(receivedBytes).toBe(200_000);
    expect(elapsedMs).toBeGreaterThan(1_900);
    expect(elapsedMs).toBeLessThan(3_500);
  });

  test('delay: latency grows, throughput does not fall', async () => {
    await using link = await openLink({ targetPort: echoPort });
    const bytes = randomBytes(8_000_000);
    const plain = await echo(link.port, bytes);
    link.setDelay({ delayMs: 300 });
    const one = await echo(link.port, Buffer.from('x'));
    expect(one.elapsedMs).toBeGreaterThan(600);
    const delayed = await echo(link.port, bytes);
    expect(delayed.receivedBytes).toBe(bytes.length);
    // One round trip more, plus what a busy machine needs; a window per round trip would cost many seconds.
    expect(delayed.elapsedMs).toBeLessThan(plain.elapsedMs * 2 + 1_500);
  });

  test('cut: open connections are reset, new ones refused, until it is restored', async () => {
    await using link = await openLink({ targetPort: echoPort });
    link.setDelay({ delayMs: 10_000 });
    const pending = echo(link.port, Buffer.from('x'));
    await until(() => link.connections === 1, { what: 'a connection', timeoutMs: 5_000 });
    await link.cut();
    expect(await pending).toMatchObject({ error: 'ECONNRESET', receivedBytes: 0 });
    expect(await echo(link.port, Buffer.from('x'))).toMatchObject({ error: 'ECONNREFUSED' });
    link.setDelay({ delayMs: 0 });
    await link.restore();
    expect(await echo(link.port, Buffer.from('x'))).toMatchObject({ error: undefined, receivedBytes: 1 });
  });

  test('freeze: nothing moves and nothing closes; thawed, it goes on where it was', async () => {
    await using link = await openLink({ targetPort: echoPort });
    link.setRate({ bytesPerSecond: 200_000 });
    const pending = echo(link.port, randomBytes(200_000));
    await until(() => link.upBytes > 50_000, { what: 'half of the bytes', timeoutMs: 5_000 });
    link.freeze();
    const frozenAtBytes = link.upBytes + link.downBytes;
    const outcome = await Promise.race([
      pending,
      until(() => false, { what: 'x', timeoutMs: 700 }).catch(() => 'still'),
    ]);
    expect(outcome).toBe('still');
    expect(link.upBytes + link.downBytes).toBe(frozenAtBytes);
    await link.restore();
    expect(await pending).toMatchObject({ error: undefined, receivedBytes: 200_000 });
  });

  test('cut after an exact number of bytes', async () => {
    await using link = await openLink({ targetPort: echoPort });
    const cut = link.cutAfterBytes(123_456);
    const outcome = await echo(link.port, randomBytes(500_000));
    await cut;
    expect(outcome.error).toBe('ECONNRESET');
    expect(link.upBytes).toBe(123_456);
  });
});

describe('violence', () => {
  test('a paused guest is silent and comes back', async () => {
    await nas.pause();
    try {
      await expect(nas.run('true', { timeoutMs: 1_000 })).rejects.toThrow('not within 1 s');
    } finally {
      await nas.resume();
    }
    expect((await nas.run('true')).code).toBe(0);
  });

  test(
    'after a hard reset the guest has booted anew, with what was on its disk',
    async () => {
      const bootId = await nas.readFile('/proc/sys/kernel/random/boot_id');
      await nas.runOk('echo kept > /root/kept && sync');
      await nas.rebootHard();
      expect(await nas.readFile('/proc/sys/kernel/random/boot_id')).not.toBe(bootId);
      expect(await nas.readFile('/root/kept')).toBe('kept\n');
    },
    bootTimeoutMs,
  );

  test(
    'a killed guest is gone, and up boots a fresh pair',
    async () => {
      await nas.kill();
      expect(nas.isRunning()).toBe(false);
      guests.close();
      guests = await (await ensureLab({ zfs })).up({ instance, endWithUs: true });
      expect(guests.wasUp).toBe(false);
      expect((await guests.nas.run('test -e /root/kept')).code).toBe(1);
    },
    bootTimeoutMs,
  );
});
