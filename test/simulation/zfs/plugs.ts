/**
 * Drives that are plugged into a simulated machine, and what the kernel makes of a pool whose drive has gone, as seen on OpenZFS 2.1:
 * pulled while idle it stays ONLINE and answers from memory until something is written; pulled with writes under way, or written to
 * after that, every command on it hangs. With the drive back, a pool that was idle goes on after a reopen, one that ZFS has
 * suspended after a clear, and one that does neither is held until the machine is started anew.
 */
import { giveUp, hangs, setPoolState, whenBack } from './effects.ts';
import type { Output } from './output.ts';
import { reboot } from './transfer.ts';
import type { Machine, Pool } from './world.ts';

/** A drive with a pool on it. */
export interface Disk {
  readonly name: string;
  readonly pool: Pool;
  readonly vdevGuid: bigint;
  readonly serial: string;
  /** `/dev/sdb1`; null while it is not plugged in. Another one each time. */
  device: string | null;
  /** What it had before it was pulled out. */
  lastDevice: string | null;
  pulledAtMs: number;
  pluggedAtMs: number;
  /** What ZFS counts of the errors of its device. */
  readonly errors: { reads: number; writes: number; checksums: number };
}

/** What becomes of a pool that is pulled out with writes under way. */
export interface Fate {
  /** So long until ZFS notices that nothing works any more; null: it never does. */
  readonly noticesAfterMs: number | null;
  /** Whether a clear helps then, with the drive back. */
  readonly clearHelps: boolean;
}

/** A pool that the kernel holds. `gone`: without its drive, and nobody has written since. */
export interface Held {
  readonly disk: Disk;
  /** As it was opened. */
  device: string;
  state: 'ok' | 'gone' | 'hung' | 'suspended';
  fate: Fate;
  /** What was written lately is not on the drive before. */
  dirtyUntilMs: number;
  /** Commands at work that change it. */
  changes: number;
  /** Somebody of this machine asks for its status until then; null: nobody has tried to export it. */
  readUntilMs: number | null;
}

export interface PlugsOptions {
  readonly machine: Machine;
  readonly failmode: 'wait' | 'continue';
  readonly nowMs: () => number;
  readonly later: (ms: number, fire: () => void) => void;
  /** Told of every device that comes or goes. */
  readonly onEvent: (action: 'add' | 'remove', device: string, disk: Disk) => void;
  /** Every command of ZFS on the machine waits from now on. */
  readonly onLocked: () => void;
  /** The kernel has the drive again, or holds nothing of it any more. */
  readonly onBack: (disk: Disk) => void;
}

/** A transaction group stays open for so long. */
const DIRTY_MS = 5_000;
/** Whoever looks at all pools is done with one of them after that. */
const PASSING_MS = 2_500;
/** Between the kernel's word and udev's own. */
const STALE_MS = 400;
export const NAMED_MS = 800;
const NO_FATE: Fate = { noticesAfterMs: null, clearHelps: false };

export class Plugs {
  readonly disks: Disk[] = [];
  /** By the name of the pool. */
  readonly held = new Map<string, Held>();
  readonly options: PlugsOptions;
  /** An export hangs on a pool without its drive: every command of ZFS on this machine waits, until it is started anew. */
  locked = false;
  #rebooted = Promise.withResolvers<void>();
  #devices = 0;

  constructor(options: PlugsOptions) {
    this.options = options;
  }

  /** As udev's database tells: what has gone a moment ago is still in it, what has come is there when its names are. */
  listed(): readonly (readonly [disk: Disk, device: string])[] {
    const nowMs = this.options.nowMs();
    return this.disks.flatMap((disk) => {
      const left = nowMs - disk.pulledAtMs < STALE_MS ? disk.lastDevice : null;
      const device = this.isNamed(disk) ? disk.device : left;
      return device === null ? [] : [[disk, device] as const];
    });
  }

  plug(disk: Disk): void {
    if (disk.device !== null) return;
    disk.device = `/dev/sd${deviceLetters(this.#devices++)}1`;
    disk.pluggedAtMs = this.options.nowMs();
    this.options.onEvent('add', disk.device, disk);
  }

  /** Takes it out, whatever is at work on it. */
  pull(disk: Disk, fate: Fate): void {
    const { device } = disk;
    if (device === null) return;
    disk.device = null;
    disk.lastDevice = device;
    disk.pulledAtMs = this.options.nowMs();
    this.options.onEvent('remove', device, disk);
    const held = this.heldBy(disk);
    if (held === undefined || held.state !== 'ok') return;
    held.fate = fate;
    held.state = 'gone';
    if (this.#isWriting(held)) this.#hang(held);
  }

  /** It can be opened by the name that stays: udev makes that a moment later than the kernel tells of the device. */
  isNamed({ device, pluggedAtMs }: Disk): boolean {
    return device !== null && this.options.nowMs() >= pluggedAtMs + NAMED_MS;
  }

  heldBy(disk: Disk): Held | undefined {
    const held = this.held.get(disk.pool.name);
    return held?.disk === disk ? held : undefined;
  }

  /** The device that the pool was opened by is there. */
  isThere({ disk, device }: Held): boolean {
    return disk.device === device;
  }

  /** As the kernel's statistics say. */
  poolState(name: string): string | null {
    const held = this.held.get(name);
    if (held !== undefined) return held.state === 'suspended' ? 'SUSPENDED' : 'ONLINE';
    return this.options.machine.pools.has(name) ? 'ONLINE' : null;
  }

  /** As the kernel's history of transaction groups says. */
  isAtRest(name: string): boolean {
    const held = this.held.get(name);
    return held !== undefined && held.state !== 'hung' && held.state !== 'suspended' && !this.#isWriting(held);
  }

  /** The pool of the drive is there from now on, as after an import. */
  hold(disk: Disk): void {
    const { pool, device } = disk;
    if (device === null) throw new Error(`${disk.name} is not plugged in`);
    const fresh = { state: 'ok', fate: NO_FATE, dirtyUntilMs: 0, changes: 0, readUntilMs: null } as const;
    this.held.set(pool.name, { disk, device, ...fresh });
    this.options.machine.pools.set(pool.name, pool);
    setPoolState(pool, 'ok');
  }

  /** At one export in four somebody asks for the status of the pool at that moment, and again a while later. */
  isRead(held: Held): boolean {
    const nowMs = this.options.nowMs();
    held.readUntilMs ??= nowMs % 4 === 0 ? nowMs + PASSING_MS : nowMs;
    return nowMs < held.readUntilMs;
  }

  letGo(disk: Disk): void {
    const { pool } = disk;
    this.held.delete(pool.name);
    this.options.machine.pools.delete(pool.name);
    setPoolState(pool, 'vanished');
    this.options.onBack(disk);
  }

  /** A change of the pool is there, and not yet for good. */
  noteChange(name: string): void {
    const held = this.held.get(name);
    if (held !== undefined) held.dirtyUntilMs = this.options.nowMs() + DIRTY_MS;
  }

  /** Power is gone and comes back: no pool of a drive is imported after that. */
  reboot(): void {
    reboot(this.options.machine);
    for (const { disk } of [...this.held.values()]) this.letGo(disk);
    this.locked = false;
    this.#rebooted.resolve();
    this.#rebooted = Promise.withResolvers();
  }

  /** Keeps a command waiting that hangs in the kernel, or answers in its place. Undefined: it may begin. */
  admit(pool: string, isChange: boolean): undefined | Promise<Output | null> {
    if (this.locked) return this.#rebooted.promise.then(() => null);
    const held = this.held.get(pool);
    if (held === undefined || held.state === 'ok' || held.state === 'suspended') return undefined;
    if (isChange && this.options.failmode === 'continue') {
      return Promise.resolve({ code: 1, stdout: '', stderr: `cannot open '${pool}': I/O error\n` });
    }
    if (held.state === 'gone' && !isChange) return undefined;
    if (held.state === 'gone') this.#hang(held);
    return whenBack(held.disk.pool).then(() => null);
  }

  /** Counts a command that changes the pool while it is at work. */
  async changing<T>(pool: string, work: () => Promise<T>): Promise<T> {
    const held = this.held.get(pool);
    if (held === undefined) return work();
    held.changes += 1;
    try {
      return await work();
    } finally {
      held.changes -= 1;
    }
  }

  /** For as long as the machine runs. */
  forGood(): Promise<void> {
    return this.#rebooted.promise;
  }

  /** The pool hangs, and only a restart helps. */
  hangForGood(held: Held): void {
    held.fate = NO_FATE;
    this.#hang(held);
  }

  suspend(held: Held): void {
    held.state = 'suspended';
    setPoolState(held.disk.pool, 'suspended');
    // Seen on 2.3: a receive that was at work says "I/O error".
    if (this.options.failmode === 'continue') giveUp(held.disk.pool);
  }

  /** The kernel goes on with the drive that is there now. */
  revive(held: Held): void {
    const { device, pool } = held.disk;
    if (device === null) throw new Error(`${held.disk.name} is not plugged in`);
    held.device = device;
    held.state = 'ok';
    this.options.onBack(held.disk);
    setPoolState(pool, 'ok');
  }

  #isWriting({ disk, dirtyUntilMs, changes }: Held): boolean {
    if (changes > 0 || dirtyUntilMs > this.options.nowMs()) return true;
    return [...disk.pool.datasets.values()].some(({ partial }) => partial?.active === true);
  }

  #hang(held: Held): void {
    const { pool } = held.disk;
    if (held.state === 'hung') return;
    held.state = 'hung';
    setPoolState(pool, 'stalled');
    const { noticesAfterMs } = held.fate;
    if (noticesAfterMs === null) return;
    this.options.later(noticesAfterMs, () => {
      if (
        this.held.get(pool.name) === held &&
        held.state === 'hung' &&
        held.fate.noticesAfterMs !== null &&
        hangs(pool)
      )
        this.suspend(held);
    });
  }
}

/** b, c, ..., z, ba, ... */
function deviceLetters(index: number): string {
  const letter = String.fromCharCode('b'.charCodeAt(0) + (index % 25));
  return index < 25 ? letter : `${deviceLetters(Math.floor(index / 25) - 1)}${letter}`;
}
