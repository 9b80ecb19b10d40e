import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { BuiltLab } from '../build/ensure.ts';
import { exec } from '../build/exec.ts';
import type { GuestName } from '../build/recipe.ts';
import { identify } from './local-process.ts';
import type { Accelerator, GuestState } from './state.ts';

/** Spare drives that every guest has from the start, as scsi serial numbers; empty at each boot. */
export const dataDiskSerials: readonly string[] = ['labdata0', 'labdata1'];

const dataDiskBytes = 4 * 1024 ** 3;
const memoryMib = 1536;

/** Starts one guest on a throwaway overlay of the root image, detached from this process. Does not wait for it to boot. */
export async function startQemu(
  lab: BuiltLab,
  name: GuestName,
  accelerator: Accelerator,
  dir: string,
): Promise<GuestState> {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const overlay = join(dir, 'root.qcow2');
  await exec(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', lab.rootImage, overlay]);
  const disks = await Promise.all(
    dataDiskSerials.map(async (serial) => {
      const file = join(dir, `${serial}.qcow2`);
      await exec(['qemu-img', 'create', '-q', '-f', 'qcow2', file, `${dataDiskBytes}`]);
      return { serial, file };
    }),
  );
  const sshPort = await freePort();
  const qmpSocket = join(dir, 'qmp.sock');
  const serialLog = join(dir, 'serial.log');
  const args = [
    ...['-name', `snapferry-lab-${name}`, '-nodefaults', '-no-user-config', '-display', 'none', '-machine', 'pc'],
    // An emulator goes through `rep stosb` byte by byte: without those two features the kernel uses words, and with
    // init_on_alloc=0 it clears fewer pages. Together that halves what a reset costs and takes a third off all work.
    ...(accelerator === 'kvm'
      ? ['-accel', 'kvm', '-cpu', 'host']
      : ['-accel', 'tcg,thread=multi', '-cpu', 'max,-erms,-fsrm']),
    ...['-smp', '2', '-m', `${memoryMib}`],
    ...['-kernel', lab.kernel, '-initrd', lab.initramfs],
    // no_timer_check: on a crowded machine the kernel's test of its timer may fail, and it would panic.
    // panic=1: a guest that dies comes back by itself instead of hanging the suite.
    ...['-append', `console=ttyS0 quiet net.ifnames=0 panic=1 init_on_alloc=0 no_timer_check lab.name=${name}`],
    // Nothing here survives the guest, so flushing to the machine's disk would only cost time.
    ...virtioDrive('root', `file=${quoted(overlay)},format=qcow2,cache=unsafe,discard=unmap`),
    ...virtioDrive('tools', `file=${quoted(lab.toolsImage)},format=raw,readonly=on`),
    ...['-device', 'virtio-scsi-pci,id=scsi0'],
    ...disks.flatMap(({ serial, file }) => [
      ...['-drive', `if=none,id=${serial},file=${quoted(file)},format=qcow2,cache=unsafe,discard=unmap`],
      ...['-device', `scsi-hd,bus=scsi0.0,drive=${serial},id=lab-${serial},serial=${serial}`],
    ]),
    ...['-netdev', `user,id=net0,hostfwd=tcp:127.0.0.1:${sshPort}-:22`],
    ...['-device', 'virtio-net-pci,netdev=net0,romfile=', '-device', 'virtio-rng-pci'],
    ...['-serial', `file:${serialLog}`, '-qmp', `unix:${qmpSocket},server=on,wait=off`],
  ];
  const log = openSync(join(dir, 'qemu.log'), 'a');
  try {
    const child = spawn('qemu-system-x86_64', args, { detached: true, stdio: ['ignore', log, log], cwd: '/' });
    child.on('error', () => undefined);
    if (child.pid === undefined) throw new Error('qemu-system-x86_64 could not be started');
    child.unref();
    return { process: identify(child.pid), sshPort, qmpSocket, serialLog, startedAtMs: Date.now() };
  } finally {
    closeSync(log);
  }
}

const virtioDrive = (id: string, drive: string): string[] => [
  '-drive',
  `if=none,id=${id},${drive}`,
  '-device',
  `virtio-blk-pci,drive=${id}`,
];

/** QEMU's option lists take a doubled comma for a comma. */
const quoted = (path: string): string => path.replaceAll(',', ',,');

/** A TCP port on 127.0.0.1 that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/**
 * Ends a process when this one ends, however that happens: a little shell holds a pipe from us and sees it close.
 * The process is only killed if it still is the one that we mean.
 */
export function endWithUs(target: GuestState['process']): void {
  const script = [
    'cat >/dev/null',
    'line=$(cat "/proc/$LAB_PID/stat") || exit',
    'set -- ${line##*) }; test "${20}" = "$LAB_TICKS" && kill -9 "$LAB_PID"',
  ].join('; ');
  const child = spawn('sh', ['-c', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH ?? '/bin', LAB_PID: `${target.pid}`, LAB_TICKS: target.startTicks },
  });
  child.unref();
  const pipe = child.stdin as typeof child.stdin & { unref?: () => void };
  pipe.unref?.();
}
