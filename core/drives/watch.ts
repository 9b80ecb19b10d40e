/** Sees block devices come and go: a program of udev tells of every event, and its database what is there. Wakes no disk. */
import { asProblemError, ProblemError } from '../api/problem.ts';
import type { RunningCommand } from '../host/types.ts';
import { parseBlockEvent } from './events.ts';
import { type PoolMember, parseMembers } from './members.ts';
import type { DrivePorts } from './ports.ts';

const MONITOR = ['udevadm', 'monitor', '--kernel', '--udev', '--subsystem-match=block'] as const;
const DATABASE = ['udevadm', 'info', '--export-db'] as const;
const DATABASE_LIMITS = { deadlineMs: 30_000, stdoutLimitBytes: 64 * 1024 * 1024 };
/** A drive makes a handful of events when it comes. */
const SETTLE_MS = 250;
/** Without events, too: one may have been lost. */
const LOOK_EVERY_MS = 60_000;
const AGAIN_AFTER_MS = 10_000;
const KILL_GRACE_MS = 1_000;
const LINE_CHARS_MAX = 4_096;
/** On a machine whose devices never come to rest, what was seen has to do. */
const OVERTAKEN_MAX = 5;

export class DriveWatch {
  readonly #ports: DrivePorts;
  readonly #listeners = new Set<() => void>();
  #members: readonly PoolMember[] | null = null;
  #users = 0;
  #stop = new AbortController();
  #over: Promise<void> = Promise.resolve();
  /** Grows with every event: a look that began before it may not have seen what it told. */
  #events = 0;
  /** Gone by what the kernel says; the database of udev may list them for a moment longer, and that must not look like a return. */
  readonly #gone = new Set<string>();
  #nudge: () => void = () => {};
  #told = false;
  #hasLooked = Promise.withResolvers<void>();
  #wasLooked = false;

  constructor(ports: DrivePorts) {
    this.#ports = ports;
  }

  /** The devices of pools that are plugged in; null as long as nobody has looked. */
  get members(): readonly PoolMember[] | null {
    return this.#members;
  }

  /** Somebody watches. */
  get isRunning(): boolean {
    return this.#users > 0;
  }

  /** Resolves when somebody has looked, or could not, or is not interested any more; never before somebody watches. */
  async looked(signal: AbortSignal): Promise<void> {
    const over = Promise.withResolvers<void>();
    const end = () => over.resolve();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    await Promise.race([this.#hasLooked.promise, over.promise]);
    signal.removeEventListener('abort', end);
  }

  /** Calls the listener when a device has come or gone. Returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody has reason to believe that something has gone and was not heard. */
  lookNow(): void {
    this.#nudge();
  }

  /** Watches until aborted; several may ask for it, and one program serves all. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#users += 1;
    if (this.#users === 1) {
      this.#stop = new AbortController();
      // What was seen before may not be so any more.
      this.#members = null;
      // Who waits since before waits for this.
      if (this.#wasLooked) this.#hasLooked = Promise.withResolvers();
      this.#wasLooked = false;
      this.#over = this.#watch(this.#stop.signal);
    }
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    this.#users -= 1;
    // Who is still interested keeps it going, and nobody else waits for that.
    if (this.#users > 0) return;
    this.#stop.abort();
    await this.#over;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#listen(signal), this.#look(signal)]);
  }

  /** Keeps the program that tells of events alive. */
  async #listen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const monitor = await this.#ports.host.start(MONITOR, { signal });
        // Who came back while nobody listened was not heard; by now the database tells the truth.
        this.#gone.clear();
        await this.#hear(monitor, signal);
      } catch (thrown) {
        if (signal.aborted) return;
        this.#warnOnce(thrown);
      }
      // What happened while nobody listened is seen by looking.
      this.#nudge();
      await this.#ports.clock.sleep(AGAIN_AFTER_MS, signal).catch(() => {});
    }
  }

  async #hear(monitor: RunningCommand, signal: AbortSignal): Promise<void> {
    monitor.stdin.end();
    let rest = '';
    monitor.stdout.setEncoding('utf8');
    monitor.stdout.on('error', () => undefined);
    monitor.stdout.on('data', (chunk: string) => {
      const lines = `${rest}${chunk}`.split('\n');
      rest = (lines.pop() ?? '').slice(-LINE_CHARS_MAX);
      for (const line of lines) this.#line(line);
    });
    const stop = () => void monitor.kill(KILL_GRACE_MS);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      const { exit, stderr } = await monitor.ended;
      if (exit.code === 0) return;
      throw new ProblemError('command-failed', { host: this.#ports.host.label }, { detail: stderr });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #line(line: string): void {
    const event = parseBlockEvent(line);
    // The first lines say that it listens: what came before it did is seen by looking.
    this.#events += 1;
    if (event?.source === 'kernel' && event.action === 'add') this.#gone.delete(event.device);
    if (event?.action === 'remove') {
      if (event.source === 'kernel') this.#gone.add(event.device);
      // As long as nobody has looked, nothing is known to be away.
      if (this.#members !== null) this.#set(this.#members);
    }
    this.#nudge();
  }

  /** Looks again and again, soon after every event. */
  async #look(signal: AbortSignal): Promise<void> {
    let overtaken = 0;
    while (!signal.aborted) {
      const asked = Promise.withResolvers<void>();
      this.#nudge = asked.resolve;
      const before = this.#events;
      try {
        const { stdout, exit } = await this.#ports.host.run(DATABASE, { ...DATABASE_LIMITS, signal });
        const current = before === this.#events || overtaken >= OVERTAKEN_MAX;
        overtaken = current ? 0 : overtaken + 1;
        if (exit.code === 0 && current) this.#set(parseMembers(stdout));
      } catch (thrown) {
        if (signal.aborted) return;
        this.#warnOnce(thrown);
      }
      if (before === this.#events) {
        this.#hasLooked.resolve();
        this.#wasLooked = true;
        const rest = new AbortController();
        await Promise.race([asked.promise, this.#sleep(LOOK_EVERY_MS, AbortSignal.any([signal, rest.signal]))]);
        rest.abort();
      }
      await this.#sleep(SETTLE_MS, signal);
    }
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    return this.#ports.clock.sleep(ms, signal).catch(() => {});
  }

  #set(seen: readonly PoolMember[]): void {
    const before = this.#members;
    const members = seen.filter(({ device }) => !this.#gone.has(device));
    this.#members = members;
    if (before !== null && formOf(before) === formOf(members)) return;
    for (const listener of [...this.#listeners]) listener();
  }

  /** A machine without udev is told once, not every ten seconds. */
  #warnOnce(thrown: unknown): void {
    if (this.#told) return;
    this.#told = true;
    this.#ports.warn(asProblemError(thrown), 'drives cannot be watched, and are looked for now and then');
  }
}

function formOf(members: readonly PoolMember[]): string {
  return members
    .map(({ device, poolGuid, poolName, vdevGuid }) => `${device} ${poolGuid} ${vdevGuid} ${poolName}`)
    .sort()
    .join('\n');
}
