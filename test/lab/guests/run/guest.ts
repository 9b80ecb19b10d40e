import { dirname, join } from 'node:path';
import type { BuiltLab } from '../build/ensure.ts';
import type { GuestName } from '../build/recipe.ts';
import { isRunning, killLocal } from './local-process.ts';
import { freePort } from './qemu.ts';
import { openQmp, type Qmp } from './qmp.ts';
import { attachScsi, detachScsi, type PlugOptions, scsiDevicePath } from './scsi.ts';
import { serialOffset, untilReady } from './serial.ts';
import { openSsh, type RunOptions, type RunResult, type Ssh, type SshTarget, shellQuote } from './ssh.ts';
import type { GuestState } from './state.ts';

/** A running guest, and everything that a test may do to it. */
export interface Guest {
  readonly name: GuestName;
  /** On this machine, from which the guest's sshd is reached. */
  readonly sshHost: '127.0.0.1';
  readonly sshPort: number;
  readonly sshUser: 'root';
  readonly identityFile: string;
  /** `SHA256:…`, as ssh-keygen and the product show it. */
  readonly hostKeySha256: string;
  readonly qmp: Qmp;
  readonly ssh: Ssh;
  readonly state: GuestState;
  /** Whether the guest's QEMU is still running. */
  readonly isRunning: () => boolean;
  /** Runs a command: a list of words, or a shell script. Any exit code is a result; see {@link Ssh.exec} for the errors. */
  run(command: readonly string[] | string, options?: RunOptions): Promise<RunResult>;
  /** Like run, but throws on any exit code other than 0. Resolves with standard output. */
  runOk(command: readonly string[] | string, options?: RunOptions): Promise<string>;
  /** Copies a file from this machine, making its folder. */
  copyIn(localPath: string, remotePath: string, mode?: number): Promise<void>;
  /** Reads a text file in the guest. */
  readFile(path: string): Promise<string>;
  /** Writes a text file in the guest. */
  writeFile(path: string, text: string): Promise<void>;
  /** Makes another port of the guest reachable: resolves with the port on 127.0.0.1 (and on 10.0.2.2 for the other guest). */
  forward(guestPort: number): Promise<number>;
  /** Presses the reset button: everything that was not on disk is lost. Resolves when the guest is up again. */
  rebootHard(): Promise<void>;
  /** Halts the guest's processors, as suspend does; its connections stay open and silent until {@link Guest.resume}. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Plugs a removable drive in and waits for udev. Resolves with its path below /dev/disk/by-id. */
  plugScsi(options: PlugOptions): Promise<string>;
  /** Yanks a drive and waits until udev has noticed. */
  yankScsi(serial: string): Promise<void>;
  /** Cuts the power for good. */
  kill(): Promise<void>;
}

// Ten seconds on an idle machine, minutes on one that compiles and emulates other guests: this only ends what hangs.
const bootTimeoutMs = 600_000;
const udevTimeoutMs = 30_000;
const defaultDriveBytes = 256 * 1024 ** 2;

/** The guest behind `state`, whether it is up or still booting. Opens no connection by itself. */
export function openGuest(name: GuestName, lab: BuiltLab, state: GuestState): Guest {
  const target: SshTarget = {
    host: '127.0.0.1',
    port: state.sshPort,
    user: 'root',
    identityFile: lab.identityFile,
    hostKeySha256: lab.manifest.hostKeySha256[name],
  };
  const ssh = openSsh(target);
  const qmp = openQmp(state.qmpSocket);

  const run: Guest['run'] = (command, options) =>
    ssh.exec(typeof command === 'string' ? command : shellQuote(command), options);
  const runOk: Guest['runOk'] = async (command, options) => {
    const { code, stdout, stderr } = await run(command, options);
    if (code !== 0) {
      const text = typeof command === 'string' ? command : shellQuote(command);
      throw new Error(`in ${name}: ${text.slice(0, 500)}: exit code ${code}\n${stderr.slice(-2_000)}`);
    }
    return stdout;
  };
  // The loop runs in the guest: one round trip, and the answer comes as soon as the condition holds.
  const untilInGuest = (test: string) => runOk(`until ${test}; do sleep 0.02; done`, { timeoutMs: udevTimeoutMs });

  return {
    name,
    sshHost: '127.0.0.1',
    sshPort: state.sshPort,
    sshUser: 'root',
    identityFile: lab.identityFile,
    hostKeySha256: target.hostKeySha256,
    qmp,
    ssh,
    state,
    isRunning: () => isRunning(state.process),
    run,
    runOk,
    copyIn: async (localPath, remotePath, mode = 0o644) => {
      await runOk(['mkdir', '-p', dirname(remotePath)]);
      await ssh.put(localPath, remotePath, mode);
    },
    readFile: (path) => runOk(['cat', '--', path]),
    writeFile: async (path, text) => {
      await runOk(`mkdir -p ${shellQuote([dirname(path)])} && cat > ${shellQuote([path])}`, { stdin: text });
    },
    forward: async (guestPort) => {
      const port = await freePort();
      const line = `hostfwd_add net0 tcp:127.0.0.1:${port}-:${guestPort}`;
      // The human monitor answers with an empty text when it has done as told.
      const answer = await qmp.execute('human-monitor-command', { 'command-line': line });
      if (answer !== '') throw new Error(`forwarding port ${guestPort} of ${name}: ${String(answer).trim()}`);
      return port;
    },
    rebootHard: async () => {
      ssh.drop();
      const offset = serialOffset(state);
      await qmp.execute('system_reset');
      await untilReady(state, offset, bootTimeoutMs);
      await runOk('true');
    },
    pause: async () => void (await qmp.execute('stop')),
    resume: async () => void (await qmp.execute('cont')),
    plugScsi: async ({ serial, file, sizeBytes }) => {
      const image = file ?? join(dirname(state.qmpSocket), `${serial}.raw`);
      await attachScsi(qmp, serial, image, sizeBytes ?? defaultDriveBytes);
      await untilInGuest(`[ -b ${scsiDevicePath(serial)} ]`);
      return scsiDevicePath(serial);
    },
    yankScsi: async (serial) => {
      await detachScsi(qmp, serial);
      await untilInGuest(`[ ! -e ${scsiDevicePath(serial)} ]`);
    },
    kill: async () => {
      ssh.drop();
      await killLocal(state.process);
    },
  };
}
