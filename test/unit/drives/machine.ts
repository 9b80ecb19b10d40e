/**
 * A machine that drives are plugged into, as udev, the kernel and the commands of ZFS tell of it. Every command is written down
 * with whether its drive was there: what runs on a pool without its disk never ends, as on the real thing.
 */
import { PassThrough } from 'node:stream';
import type { ProblemError } from '../../../core/api/problem.ts';
import { ProblemError as Problem } from '../../../core/api/problem.ts';
import type { DrivePorts } from '../../../core/drives/ports.ts';
import type { Argv, CommandResult, ExitStatus, Host, RunningCommand, RunOptions } from '../../../core/host/types.ts';
import { FakeClock, turn } from '../doubles/fake-clock.ts';
import { listing, record, SCRUB_CANCELLED, SCRUBBING, statusText } from './samples.ts';

/** A drive with a pool on it. */
export interface FakeDrive {
  readonly pool: string;
  readonly guid: bigint;
  /** Parts of the pool, each on a device of its own. */
  readonly vdevs: readonly bigint[];
}

interface Plugged {
  readonly drive: FakeDrive;
  readonly vdev: bigint;
  readonly device: string;
}

interface Imported {
  readonly drive: FakeDrive;
  state: string;
  health: string;
  readonly: string;
}

export interface Ran {
  readonly argv: string;
  /** Of a command that names a pool: whether the whole of it was plugged in. */
  readonly there: boolean;
  /** The signal that it was started with was aborted. */
  readonly killed: () => boolean;
}

const DONE: ExitStatus = { code: 0, signal: null };
const COMMANDS_OF_A_POOL = new Set(['sync', 'export', 'clear', 'reopen', 'list', 'status', 'scrub']);

export class FakeMachine {
  readonly clock: FakeClock;
  readonly ran: Ran[] = [];
  readonly warned: string[] = [];
  /** What `zpool import` adds of a pool: the state it is in, and why. */
  said = '';
  importState = 'ONLINE';
  /** Nothing waits to be written, by the kernel's own word. */
  atRest = true;
  /** Answers before the machine does; undefined: the machine does. */
  answer: (argv: string, stdin: string) => Partial<CommandResult> | Promise<Partial<CommandResult>> | undefined = () =>
    undefined;
  /** Names below /dev/disk/by-id are there only after so many questions. */
  namesAfter = 0;
  readonly monitors: { readonly say: (line: string) => void; readonly die: (code: number) => void }[] = [];
  readonly imported = new Map<string, Imported>();
  /** Of the pools of drives, by their guids: it stays when they are exported. */
  readonly scans = new Map<bigint, string>();
  #plugged: Plugged[] = [];
  /** What udev says, when that is not the truth any more. */
  staleDatabase: string | null = null;
  #letters = 'bcdefghijklmnopqrstuvwxyz'.split('');
  readonly #stuck: { readonly pool: string; readonly go: () => void }[] = [];

  constructor(clock = new FakeClock()) {
    this.clock = clock;
  }

  readonly host: Host = {
    label: 'this machine',
    kind: 'local',
    run: (argv, options) => this.#run(argv, options),
    start: (argv, { signal }) => this.#start(argv, signal),
    ping: async () => undefined,
    close: async () => undefined,
  };

  ports(more: Partial<DrivePorts> = {}): DrivePorts {
    return {
      host: this.host,
      clock: this.clock,
      poolState: async (pool) => this.imported.get(pool)?.state ?? null,
      isAtRest: async (pool) => this.imported.has(pool) && this.atRest,
      warn: (problem: ProblemError, message) => this.warned.push(`${problem.code} ${message}`),
      ...more,
    };
  }

  /** All commands but the questions to udev, as text. */
  get commands(): readonly string[] {
    return this.ran.map(({ argv }) => argv).filter((argv) => !argv.startsWith('udevadm'));
  }

  /** Commands that name a pool of which a part was missing when they were started. */
  get onMissing(): readonly string[] {
    return this.ran.filter(({ there }) => !there).map(({ argv }) => argv);
  }

  plug(drive: FakeDrive, vdevs: readonly bigint[] = drive.vdevs): void {
    for (const vdev of vdevs) {
      const device = `sd${this.#letters.shift()}`;
      this.#plugged.push({ drive, vdev, device });
      this.#say('KERNEL', 'add', device);
      this.#say('UDEV', 'add', device);
    }
  }

  /** Takes it out, whatever is at work on it. */
  pull(drive: FakeDrive, vdevs: readonly bigint[] = drive.vdevs, events = true): void {
    const gone = this.#plugged.filter((one) => one.drive === drive && vdevs.includes(one.vdev));
    this.#plugged = this.#plugged.filter((one) => !gone.includes(one));
    for (const { device } of events ? gone : []) {
      this.#say('KERNEL', 'remove', device);
      this.#say('UDEV', 'remove', device);
    }
  }

  isThere(drive: FakeDrive): boolean {
    return drive.vdevs.every((vdev) => this.#plugged.some((one) => one.drive === drive && one.vdev === vdev));
  }

  get database(): string {
    return this.#plugged
      .map(({ drive, vdev, device }) => record(device, drive.pool, drive.guid, vdev, `usb-${drive.guid}-${vdev}`))
      .join('');
  }

  import(drive: FakeDrive): Imported {
    const pool = { drive, state: 'ONLINE', health: 'ONLINE', readonly: 'off' };
    this.imported.set(drive.pool, pool);
    return pool;
  }

  /** Lets everything happen that is to happen within a moment. */
  async settle(ms = 3_000): Promise<void> {
    for (let turns = 0; turns < 20; turns += 1) await turn();
    await this.clock.runUntil(this.clock.sleep(ms));
    for (let turns = 0; turns < 20; turns += 1) await turn();
  }

  async #run(argv: Argv, options: RunOptions): Promise<CommandResult> {
    const text = argv.join(' ');
    this.ran.push({ argv: text, there: this.#allThere(argv), killed: () => options.signal?.aborted === true });
    const stdin = Buffer.from(options.stdin ?? []).toString();
    const answered = (await this.answer(text, stdin)) ?? (await this.#answer(argv));
    return { exit: DONE, stdout: '', stderr: '', durationMs: 1, ...answered };
  }

  #allThere(argv: Argv): boolean {
    const [program, command = ''] = argv;
    if (program === 'zpool' && !COMMANDS_OF_A_POOL.has(command)) return true;
    if (program !== 'zpool' && program !== 'zfs') return true;
    const pool = this.imported.get((argv.at(-1) ?? '').split(/[/@]/)[0] ?? '');
    return pool === undefined || this.isThere(pool.drive);
  }

  /** ZFS has noticed that its writes fail. */
  suspend(pool: string): void {
    const found = this.imported.get(pool);
    if (found !== undefined) found.state = 'SUSPENDED';
  }

  async #answer(argv: Argv): Promise<Partial<CommandResult>> {
    const [program, command, ...rest] = argv;
    if (program === 'udevadm') return { stdout: this.staleDatabase ?? this.database };
    if (program === 'test') return this.#test(rest.at(-1) ?? '');
    if (program === 'zfs') return {};
    const last = rest.at(-1) ?? '';
    if (command === 'import' && rest.includes('-N')) return this.#import(last);
    if (command === 'import') return this.#importable();
    const pool = this.imported.get(last);
    if (pool === undefined) return { exit: { code: 1, signal: null }, stderr: `cannot open '${last}': no such pool\n` };
    await this.#unlessGone(pool);
    if (command === 'list') {
      return { stdout: `${last}\t${pool.drive.guid}\t1000\t400\t${pool.health}\t${pool.readonly}\n` };
    }
    if (command === 'status') return { stdout: statusText(last, pool.health, this.scans.get(pool.drive.guid) ?? '') };
    if (command === 'scrub') this.scans.set(pool.drive.guid, rest.includes('-s') ? SCRUB_CANCELLED : SCRUBBING);
    if (command === 'clear') pool.state = 'ONLINE';
    if (command === 'export') this.imported.delete(last);
    return {};
  }

  /** A command on a pool without its disk waits for it. */
  async #unlessGone({ drive }: Imported): Promise<void> {
    while (!this.isThere(drive)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#stuck.push({ pool: drive.pool, go: resolve });
      await promise;
    }
  }

  #test(path: string): Partial<CommandResult> {
    const there = this.#plugged.some(({ drive, vdev }) => path === `/dev/disk/by-id/usb-${drive.guid}-${vdev}`);
    if (there && this.namesAfter > 0) this.namesAfter -= 1;
    else if (there) return {};
    return { exit: { code: 1, signal: null } };
  }

  #importable(): Partial<CommandResult> {
    const drives = new Set(this.#plugged.map(({ drive }) => drive));
    const idle = [...drives].filter((drive) => this.imported.get(drive.pool)?.drive !== drive);
    return { stdout: idle.map(({ pool, guid }) => listing(pool, guid, this.said, this.importState)).join('\n') };
  }

  #import(guid: string): Partial<CommandResult> {
    const found = this.#plugged.find(({ drive }) => String(drive.guid) === guid);
    if (found === undefined)
      return { exit: { code: 1, signal: null }, stderr: 'cannot import: no such pool available' };
    this.import(found.drive);
    return {};
  }

  async #start(argv: Argv, signal: AbortSignal | undefined): Promise<RunningCommand> {
    let killed = false;
    this.ran.push({ argv: argv.join(' '), there: true, killed: () => killed });
    const stdout = new PassThrough();
    const { promise, resolve } = Promise.withResolvers<{ exit: ExitStatus; stderr: string }>();
    const die = (code: number) => {
      stdout.end();
      resolve({ exit: { code, signal: null }, stderr: code === 0 ? '' : 'gone' });
    };
    if (signal?.aborted === true) throw new Problem('command-aborted');
    this.monitors.push({ say: (line) => stdout.write(`${line}\n`), die });
    // As the real ones: from now on the signal ends nothing.
    const kill = async () => {
      killed = true;
      stdout.end();
      resolve({ exit: { code: null, signal: 'SIGKILL' }, stderr: '' });
    };
    return { stdin: new PassThrough(), stdout, ended: promise, kill };
  }

  #say(source: 'KERNEL' | 'UDEV', action: string, device: string): void {
    const line = `${source.padEnd(6)}[12.345678] ${action.padEnd(8)} /devices/pci0000:00/usb2/block/${device} (block)`;
    this.monitors.at(-1)?.say(line);
  }
}
