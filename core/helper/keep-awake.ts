/**
 * Keeps the machine from falling asleep, by a program that holds logind's lock for us: the lock is a file descriptor, which
 * this runtime cannot receive over D-Bus.
 */
import type { Host, RunningCommand } from '../host/types.ts';
import type { Log } from '../monitoring/log.ts';

const COMMAND = [
  'systemd-inhibit',
  '--what=sleep',
  '--who=Snapferry',
  '--why=A backup that must not be cut short is running',
  '--mode=block',
  // Lives until its input ends, so the lock cannot outlive us.
  'cat',
] as const;
const KILL_GRACE_MS = 1000;

export class KeepAwake {
  readonly #host: Pick<Host, 'start'>;
  readonly #log: Log;
  #wanted = false;
  #holding: Promise<RunningCommand | null> | null = null;
  /** It could not be started once: not everywhere is there a logind. */
  #useless = false;

  constructor(host: Pick<Host, 'start'>, log: Log) {
    this.#host = host;
    this.#log = log;
  }

  /** Cheap to call again and again. */
  want(awake: boolean): void {
    if (awake === this.#wanted || this.#useless) return;
    this.#wanted = awake;
    if (awake) this.#holding = this.#hold();
    else void this.#release();
  }

  /** Lets go, and resolves when the program has ended. */
  async stop(): Promise<void> {
    this.#wanted = false;
    await this.#release();
  }

  async #hold(): Promise<RunningCommand | null> {
    try {
      const running = await this.#host.start(COMMAND, {});
      running.stdout.resume();
      running.ended.catch(() => {});
      return running;
    } catch (thrown) {
      this.#useless = true;
      this.#log.info({ err: thrown }, 'the machine cannot be kept awake during backups');
      return null;
    }
  }

  async #release(): Promise<void> {
    const holding = this.#holding;
    this.#holding = null;
    const running = await holding;
    if (running == null) return;
    running.stdin.end();
    await running.kill(KILL_GRACE_MS);
  }
}
