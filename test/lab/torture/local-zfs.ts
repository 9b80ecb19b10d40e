/**
 * The zfs of the workstation as a program on this machine: it hands its arguments and its streams to the guest, over one
 * connection that is kept. To be killed like the real one; what it started in the guest then loses its streams.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Guest, until } from '../guests/index.ts';

const CONNECT_TIMEOUT_MS = 120_000;

export class LocalZfs {
  readonly #guest: Guest;
  readonly #socket: string;
  readonly program: string;
  #connection: ChildProcess | null = null;

  constructor(guest: Guest, folder: string) {
    this.#guest = guest;
    this.#socket = join(folder, 'guest.sock');
    this.program = join(folder, 'zfs');
    for (const name of ['zfs', 'zpool']) {
      const script = `#!/bin/sh
for word; do line="$line '$word'"; done
exec ssh -F none -S ${this.#socket} ${guest.sshHost} /usr/sbin/${name}"$line"
`;
      writeFileSync(join(folder, name), script, { mode: 0o755 });
    }
  }

  /** Connects, also again after a reset. */
  async open(): Promise<void> {
    await this.close();
    const { sshHost, sshPort, sshUser, identityFile } = this.#guest;
    const options = ['-F', 'none', '-M', '-N', '-S', this.#socket, '-i', identityFile, '-p', String(sshPort)];
    // A guest on this very machine, with a key made for it.
    const trust = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
    const child = spawn('ssh', [...options, ...trust, `${sshUser}@${sshHost}`], { stdio: 'ignore', cwd: '/' });
    this.#connection = child;
    await until(() => existsSync(this.#socket) || child.exitCode !== null, {
      what: 'the connection of the zfs of the workstation',
      timeoutMs: CONNECT_TIMEOUT_MS,
    });
    if (child.exitCode !== null) throw new Error(`ssh to ${this.#guest.name} has ended with ${child.exitCode}`);
  }

  /** Ends the connection at once, and every command that runs over it. */
  async close(): Promise<void> {
    const child = this.#connection;
    this.#connection = null;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#socket, { force: true });
  }
}
