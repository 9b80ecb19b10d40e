/**
 * Throughput of a pipe into another machine: ours against OpenSSH's client, with the same cipher, the same sshd on loopback
 * and the same local source, in alternating runs. The ratio is what counts; absolute figures belong to the machine.
 *
 * Run: node test/bench/ssh-loopback.ts [MiB] [runs] [delay in ms for one direction]
 */
import { spawn } from 'node:child_process';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keepHeapSmall } from '../../core/cli/small-heap.ts';
import { createLocalHost } from '../../core/host/local.ts';
import { pipe } from '../../core/host/pipe.ts';
import { createSshHost } from '../../core/host/ssh.ts';
import { median } from '../../scripts/bench/table.ts';
import { startDelayProxy } from '../unit/host/delay-proxy.ts';
import { startSshd } from '../unit/host/sshd.ts';

const MIB = 1024 * 1024;
/** Takes the time on the far side, from the start of the command to its last byte: logging in does not count. */
const FAR_SIDE = 'date +%s.%N; cat >/dev/null; date +%s.%N';
const CIPHER = 'aes128-gcm@openssh.com';

export interface SshMeasurement {
  readonly bytes: number;
  readonly oursMibPerS: readonly number[];
  readonly opensshMibPerS: readonly number[];
  readonly oursMedianMibPerS: number;
  readonly opensshMedianMibPerS: number;
  /** Ours by OpenSSH's; above 1 is faster than OpenSSH. */
  readonly ratio: number;
  /** CPU seconds of this process for one GiB, user and system. */
  readonly oursCpuSPerGib: number;
  /** Of the ssh client alone. */
  readonly opensshCpuSPerGib: number;
  /** Highest resident memory of this process so far. */
  readonly peakRssMib: number;
}

export interface MeasureOptions {
  readonly bytes: number;
  readonly runs: number;
  /** Delay of one direction of the line. Default 0: no proxy in between. */
  readonly delayMs?: number;
}

/** Runs a shell line; its standard output. */
function shell(line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/bash', ['-c', line], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    child.once('close', (code) => (code === 0 ? resolve(said) : reject(new Error(`exit ${code}: ${line}`))));
  });
}

/** Sends `bytes` through both clients, `runs` times each in turn. */
export async function measureSsh({ bytes, runs, delayMs = 0 }: MeasureOptions): Promise<SshMeasurement> {
  // As in the daemon.
  keepHeapSmall();
  const sshd = await startSshd();
  const proxy = delayMs > 0 ? await startDelayProxy(sshd.port, delayMs) : null;
  const port = proxy?.port ?? sshd.port;
  const source = join(sshd.folder, 'zeros');
  const known = join(sshd.folder, 'known_hosts_bench');
  await writeFile(known, `[127.0.0.1]:${port} ${sshd.hostKeys.ed25519.publicLine}\n`);
  await writeFile(source, '');
  // Nothing is on the disk, so reading it costs no more than a pipe from a program.
  await truncate(source, bytes);
  const local = createLocalHost({ label: 'this machine' });
  const remote = createSshHost({
    address: '127.0.0.1',
    port,
    user: sshd.user,
    identityFile: sshd.identityFile,
    knownHostsFile: known,
  });
  const login = `-F none -c ${CIPHER} -i ${sshd.identityFile} -o UserKnownHostsFile=${known} -o BatchMode=yes -p ${port}`;
  const openssh = `ssh ${login} -o ControlPath=${sshd.folder}/control ${sshd.user}@127.0.0.1`;
  const ours: number[] = [];
  const theirs: number[] = [];
  const oursCpu: number[] = [];
  const theirsCpu: number[] = [];
  const rate = (said: string): number => {
    const [start, end] = said.trim().split('\n').map(Number);
    return bytes / MIB / ((end ?? Number.NaN) - (start ?? Number.NaN));
  };
  try {
    await remote.ping({ deadlineMs: 30_000 });
    // Holes become pages of memory when they are read for the first time, which whoever came first would pay.
    await shell(`cat ${source} >/dev/null`);
    // The first round of each is not counted.
    for (let run = -1; run < runs; run += 1) {
      const before = process.cpuUsage();
      const result = await pipe(
        { host: local, argv: ['/bin/cat', source] },
        { host: remote, argv: ['/bin/sh', '-c', FAR_SIDE] },
        { stallMs: 60_000 },
      );
      const used = process.cpuUsage(before);
      if (result.source.exit.code !== 0 || result.sink.exit.code !== 0) throw new Error('the transfer failed');
      if (run >= 0) ours.push(rate(result.sink.stdout));
      if (run >= 0) oursCpu.push((used.user + used.system) / 1e6 / (bytes / MIB / 1024));
      const said = await shell(
        `exec 3< <(cat ${source}); TIMEFORMAT='%U %S'; ` + `{ time { ${openssh} '${FAR_SIDE}' <&3 ; } ; } 2>&1`,
      );
      const [, , cpu] = said.trim().split('\n');
      const [user, system] = (cpu ?? '').split(' ').map(Number);
      if (run < 0) continue;
      theirs.push(rate(said));
      theirsCpu.push(((user ?? Number.NaN) + (system ?? Number.NaN)) / (bytes / MIB / 1024));
    }
  } finally {
    await remote.close();
    await proxy?.close();
    await sshd.stop();
  }
  const oursMedianMibPerS = median(ours);
  const opensshMedianMibPerS = median(theirs);
  return {
    bytes,
    oursMibPerS: ours,
    opensshMibPerS: theirs,
    oursMedianMibPerS,
    opensshMedianMibPerS,
    ratio: oursMedianMibPerS / opensshMedianMibPerS,
    oursCpuSPerGib: median(oursCpu),
    opensshCpuSPerGib: median(theirsCpu),
    peakRssMib: process.resourceUsage().maxRSS / 1024,
  };
}

if (import.meta.main) {
  const [mib, runs, delayMs] = process.argv.slice(2).map(Number);
  const result = await measureSsh({ bytes: (mib ?? 512) * MIB, runs: runs ?? 5, delayMs: delayMs ?? 0 });
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}
