/** Snapferry in the workstation guest: put there as one file, run there as it would be on a person's machine. */
import { createInterface } from 'node:readline';
import { type DaemonStatus, daemonStatusSchema } from '../../core/api/status.ts';
import { createSshHost } from '../../core/host/ssh.ts';
import type { Host, RunningCommand } from '../../core/host/types.ts';
import { type Guest, until } from '../../test/lab/guests/index.ts';

const NODE = '/opt/tools/bin/node';
const PROGRAM = '/opt/snapferry/snapferry.mjs';
export const CONFIG_FILE = '/etc/snapferry/snapferry.yml';
const LOG_FILE = '/var/log/snapferry.log';
const START_TIMEOUT_MS = 60_000;
const STATUS_GRACE_MS = 2_000;

export class Workstation {
  readonly guest: Guest;
  readonly #host: Host;
  #follower: RunningCommand | null = null;
  #latest: DaemonStatus | null = null;
  #listener: (status: DaemonStatus) => void = () => {};

  constructor(guest: Guest) {
    this.guest = guest;
    this.#host = createSshHost({
      label: guest.name,
      address: guest.sshHost,
      port: guest.sshPort,
      user: guest.sshUser,
      identityFile: guest.identityFile,
      hostKey: guest.hostKeySha256,
    });
  }

  /** Puts program and configuration there and starts the daemon. */
  async install(program: string, config: string): Promise<void> {
    await this.guest.copyIn(program, PROGRAM, 0o755);
    await this.guest.runOk('install -d -m 700 /etc/snapferry');
    await this.guest.writeFile(CONFIG_FILE, config);
    await this.guest.runOk(`${NODE} ${PROGRAM} configcheck --config ${CONFIG_FILE}`);
    await this.guest.runOk(`setsid ${NODE} ${PROGRAM} daemon --config ${CONFIG_FILE} > ${LOG_FILE} 2>&1 < /dev/null &`);
    await until(async () => (await this.guest.run([NODE, PROGRAM, 'status', '--json'])).code === 0, {
      what: 'the daemon answers',
      timeoutMs: START_TIMEOUT_MS,
      pollMs: 300,
    });
  }

  /** The newest status seen; null before the first. */
  get latest(): DaemonStatus | null {
    return this.#latest;
  }

  /** Follows the status from now on. */
  async follow(listener: (status: DaemonStatus) => void): Promise<void> {
    this.#listener = listener;
    this.#follower = await this.#host.start([NODE, PROGRAM, 'status', '--watch', '--json'], {});
    this.#follower.ended.catch(() => {});
    const lines = createInterface({ input: this.#follower.stdout });
    lines.on('line', (line) => {
      this.#latest = daemonStatusSchema.parse(JSON.parse(line));
      this.#listener(this.#latest);
    });
  }

  /** Resolves with the first status for which the condition holds. */
  async when(what: string, timeoutMs: number, condition: (status: DaemonStatus) => boolean): Promise<DaemonStatus> {
    return until(() => (this.#latest !== null && condition(this.#latest) ? this.#latest : undefined), {
      what,
      timeoutMs,
    });
  }

  /** The command line in the guest; any exit code is a result. */
  snapferry(...args: readonly string[]) {
    return this.guest.run([NODE, PROGRAM, ...args], { timeoutMs: 600_000 });
  }

  /** What the daemon logged. */
  log(): Promise<string> {
    return this.guest.readFile(LOG_FILE);
  }

  async close(): Promise<void> {
    await this.#follower?.kill(STATUS_GRACE_MS);
    await this.#host.close();
  }
}
