/**
 * Brings the pool of one drive in, out and back, command by command. Before each it makes sure that the drive is there: a
 * command on a pool without its disk may hang for good, and an export then blocks every command of ZFS on the machine.
 */
import { asProblemError, type ProblemCode, ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import type { PoolFacts } from '../zfs/pools.ts';
import type { Fence } from './fence.ts';
import { answers, type DriveTarget, importFault } from './judge.ts';
import type { PoolMember } from './members.ts';
import type { PoolCommands } from './pool-commands.ts';
import type { PoolErrors } from './pool-errors.ts';
import type { DrivePorts } from './ports.ts';
import { Tally } from './tally.ts';

/** Where nothing is mounted unless a person does it. */
const ALTROOT = '/run/snapferry/drives';
/** The database of udev may know of a device before its names are there. */
const NAME_TRIES = 20;
const NAME_EVERY_MS = 500;
/** ZFS has noticed within a minute, or it does not notice at all. */
const NOTICE_TRIES = 30;
const NOTICE_EVERY_MS = 2_000;
/** What is written stays in memory for five seconds, see zfs_txg_timeout in zfs(4). */
const TRIES_UNTIL_WRITTEN = 8;
const COUNT_MS = 20_000;
const EXPORT_TRIES = 10;
const EXPORT_EVERY_MS = 1_000;
/** Nobody waits any more, and the kernel still does. */
const HANGS: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['command-stuck', 'command-timeout']);

export interface MoverParts {
  readonly target: () => DriveTarget;
  readonly ports: Pick<DrivePorts, 'clock' | 'poolState' | 'isAtRest'>;
  readonly commands: PoolCommands;
  readonly fence: Fence;
  /** The devices of the pool that are plugged in now. */
  readonly members: () => readonly PoolMember[];
  /** Another drive was pulled whose pool has the same name. */
  readonly isNameLost: () => boolean;
}

/** The name of a device that a pool is imported by. */
export function pathOf(member: PoolMember): string {
  return member.byId ?? member.device;
}

/** How a drive is brought back. */
export interface BringBack {
  readonly begins: () => void;
  /** Whether what was at work on it when it was pulled is counted. */
  readonly isWorkKnown: boolean;
}

export class PoolMover {
  readonly #parts: MoverParts;
  /** Imports and exports that have begun and not ended, whoever still waits for them. */
  readonly #gripping = new Tally();

  constructor(parts: MoverParts) {
    this.#parts = parts;
  }

  /**
   * The pool, where it is imported; null where it is not. No other pool is asked for anything: one of those may be without its
   * disk. @throws ProblemError when no answer is to be expected
   */
  async imported(signal: AbortSignal): Promise<PoolFacts | null> {
    return (await this.#bearer(signal)).mine;
  }

  /** Imports the pool; `isNew` is false where it was imported already. @throws ProblemError why it cannot be used */
  async bringIn(
    signal: AbortSignal,
    begins: () => void,
  ): Promise<{ readonly pool: PoolFacts; readonly isNew: boolean }> {
    const { commands, fence, members } = this.#parts;
    const target = this.#parts.target();
    fence.check();
    if (members().length === 0) throw this.is('drive-away');
    const before = await this.#bearer(signal);
    if (before.mine !== null) return { pool: before.mine, isNew: false };
    fence.check();
    begins();
    const found = members();
    const candidates = found.length === 0 ? [] : await fence.unlessClosed(commands.importable(found, signal));
    const fault = importFault(target, found, candidates, before.isTaken);
    if (fault !== null) throw fault;
    await this.#isThere(found.map(pathOf), signal);
    await this.#grip(commands.import(target, `${ALTROOT}/${target.poolGuid}`, signal));
    const { mine } = await this.#bearer(signal);
    if (mine === null) throw this.is('drive-incomplete', { reason: remark('drive-not-imported') });
    return { pool: mine, isNew: true };
  }

  /**
   * An import or an export hangs, or has not ended yet. Both hold the lock that every command of ZFS takes, for whichever pool:
   * where the disk goes away below them, none of those ends before they do (seen on 2.1 with a real kernel).
   */
  get grips(): boolean {
    return !this.#gripping.isEmpty;
  }

  /** The kernel has let go of the pool. */
  letGo(): void {
    this.#gripping.forget();
    this.#parts.fence.forget();
  }

  /** What it takes to go on with the drive, which is back. */
  stuck(detail: string): ProblemError {
    return this.is(this.grips ? 'drive-blocks-zfs' : 'drive-restart-needed', {}, detail);
  }

  /** Rejects as soon as the drive is gone. */
  async #grip(work: Promise<void>): Promise<void> {
    const { fence } = this.#parts;
    const ended = this.#gripping.begin();
    work.then(ended, (thrown: unknown) => {
      if (!HANGS.has(asProblemError(thrown).code)) ended();
    });
    fence.count(work);
    await fence.unlessClosed(work);
  }

  /** Writes all to the disk. Rejects as soon as the drive is gone. */
  async sync(signal: AbortSignal): Promise<void> {
    const { commands, fence } = this.#parts;
    fence.check();
    const work = commands.sync(this.#parts.target(), signal);
    // One that hangs is a write that has not ended.
    fence.count(work);
    await fence.unlessClosed(work);
  }

  /**
   * Writes all to the disk and exports; while somebody else uses the pool, that is tried again for ten seconds. Returns what the pool
   * was like; null where it was not imported in the first place.
   * @throws ProblemError why it is not exported
   */
  async bringOut(paths: readonly string[], signal: AbortSignal, begins: () => void): Promise<PoolFacts | null> {
    const { commands, ports, fence, members } = this.#parts;
    const target = this.#parts.target();
    fence.check();
    if (members().length === 0) throw this.is('drive-away');
    await this.#isThere(paths, signal);
    // Another pool of that name must not be exported in its place.
    const pool = await this.imported(signal);
    if (pool === null) return null;
    begins();
    await this.sync(signal);
    for (let tries = 1; ; tries += 1) {
      // The longest wait is behind us: a drive that has gone meanwhile must not be exported.
      await this.#isThere(paths, signal);
      await this.#answers();
      try {
        await this.#grip(commands.export(target, signal));
        return pool;
      } catch (thrown) {
        // A pool is busy for as long as anybody asks for its status, too: who only passes by is waited for.
        if (asProblemError(thrown).code !== 'drive-in-use' || tries === EXPORT_TRIES) throw thrown;
      }
      await ports.clock.sleep(EXPORT_EVERY_MS, signal);
      if ((await this.imported(signal)) === null) return pool;
    }
  }

  /**
   * The drive is back after it was pulled: an attempt to make ZFS go on with it. `gone`: not all of it is there under its old
   * name. `let-go`: the kernel does not hold the pool any more. @throws ProblemError when the kernel does not go on
   *
   * What helps depends on what ZFS has noticed (seen on 2.1 with a real kernel). A pool that is suspended takes a clear. One that
   * had nothing to write knows of nothing, and has to open its devices anew. One with writes under way still says ONLINE and tries
   * them again and again on the device that is gone: a clear would hang there for good and help nothing, so it is given time to
   * notice and no command at all. It is opened anew only where the kernel says that nothing
   * waits to be written: what a command was counted for may have ended, or may wait for more to come.
   */
  async bringBack(
    paths: readonly string[],
    signal: AbortSignal,
    { begins, isWorkKnown }: BringBack,
  ): Promise<'back' | 'gone' | 'let-go'> {
    const { commands, ports, fence, members } = this.#parts;
    const target = this.#parts.target();
    if ((await ports.poolState(target.pool)) === null && !this.grips) return 'let-go';
    if (!(await this.#appear(paths, signal))) return 'gone';
    begins();
    for (let tries = 0; ; tries += 1) {
      const state = await ports.poolState(target.pool);
      if (members().length === 0) return 'gone';
      if (state === null && !this.grips) return 'let-go';
      if (state !== null && !answers(state)) {
        // What the wait has cost is not known.
        if (!(await this.#appear(paths, signal))) return 'gone';
        if (await this.#wasTold(commands.clear(target, signal))) return this.#isBack();
      }
      // It was looked at once more after the last wait.
      if (tries === NOTICE_TRIES) throw this.stuck('what was at work on the device that is gone has not ended');
      const isQuiet = isWorkKnown && !fence.hasWork;
      if (answers(state) && !this.grips && (await this.#isAtRest(isQuiet || tries >= TRIES_UNTIL_WRITTEN))) {
        if (!(await this.#appear(paths, signal))) return 'gone';
        const told = await this.#wasTold(commands.reopen(target, signal));
        if (told && answers(await ports.poolState(target.pool))) return 'back';
        if (told) continue;
      }
      await ports.clock.sleep(NOTICE_EVERY_MS, signal);
    }
  }

  /** False where it is not known whether the command was begun, through no fault of the drive: it does no harm to begin it again. */
  async #wasTold(command: Promise<void>): Promise<boolean> {
    try {
      await command;
      return true;
    } catch (thrown) {
      if (asProblemError(thrown).retry !== 'soon') throw thrown;
      return false;
    }
  }

  /** The kernel knows what waits to be written, once that is more than a memory of its own: who has seen all work end need not wait. */
  async #isAtRest(isWritten: boolean): Promise<boolean> {
    const { ports } = this.#parts;
    return isWritten && (await ports.isAtRest(this.#parts.target().pool));
  }

  async #isBack(): Promise<'back'> {
    const state = await this.#parts.ports.poolState(this.#parts.target().pool);
    if (answers(state)) return 'back';
    throw this.is('drive-restart-needed', {}, state ?? 'the pool is not imported any more');
  }

  /**
   * The errors of a pool that has stopped all work, in the words of ZFS; null where it does not say within a moment. Unlike others
   * this command was seen to end on such a pool.
   */
  async counted(signal: AbortSignal): Promise<string | null> {
    const { commands, fence, ports } = this.#parts;
    const over = new AbortController();
    const asked = fence.unlessClosed(commands.health(this.#parts.target(), AbortSignal.any([signal, over.signal])));
    const late = ports.clock.sleep(COUNT_MS, over.signal).then(
      () => null,
      () => null,
    );
    const seen = await Promise.race([asked.catch(() => null), late]);
    over.abort();
    if (seen === null) return null;
    const { readCount, writeCount, checksumCount } = seen.errors;
    return `zpool status: READ ${readCount}, WRITE ${writeCount}, CKSUM ${checksumCount}`;
  }

  /** That a scrub has found what cannot be read any more. */
  damaged(errorCount: number): ProblemError {
    const { name, pool } = this.#parts.target();
    return new ProblemError('drive-damaged', { drive: name, pool, errors: String(errorCount) });
  }

  /** That the drive reports errors. */
  failing({ readCount, writeCount, checksumCount }: PoolErrors): ProblemError {
    const { name, pool } = this.#parts.target();
    const counts = { reads: String(readCount), writes: String(writeCount), checksums: String(checksumCount) };
    return new ProblemError('drive-failing', { drive: name, pool, ...counts });
  }

  is(
    code:
      | 'drive-away'
      | 'drive-blocks-zfs'
      | 'drive-pulled'
      | 'drive-in-use'
      | 'drive-locked'
      | 'drive-incomplete'
      | 'drive-name-taken'
      | 'drive-restart-needed'
      | 'drive-suspended',
    more: Readonly<Record<string, string>> = {},
    detail?: string,
  ): ProblemError {
    const { name, pool } = this.#parts.target();
    return new ProblemError(code, { drive: name, pool, ...more }, detail === undefined ? {} : { detail });
  }

  /** Who bears the name of the pool on this machine. */
  async #bearer(signal: AbortSignal): Promise<{ readonly mine: PoolFacts | null; readonly isTaken: boolean }> {
    const { ports, commands, fence } = this.#parts;
    const target = this.#parts.target();
    fence.check();
    const state = await ports.poolState(target.pool);
    if (state === null) return { mine: null, isTaken: false };
    if (this.#parts.isNameLost()) throw this.is('drive-name-taken');
    // Somebody has lost the disk below it, and the kernel holds on.
    if (state === 'SUSPENDED') throw this.is('drive-restart-needed', {}, state);
    if (!answers(state)) throw this.is('drive-incomplete', { reason: state });
    const pool = await fence.unlessClosed(commands.imported(target.pool, signal));
    fence.check();
    const isMine = pool?.guid === String(target.poolGuid);
    return { mine: isMine ? pool : null, isTaken: pool !== null && !isMine };
  }

  async #answers(): Promise<void> {
    const { ports, fence } = this.#parts;
    const target = this.#parts.target();
    const state = await ports.poolState(target.pool);
    fence.check();
    if (!answers(state)) throw this.is('drive-incomplete', { reason: state ?? 'not imported' });
  }

  async #isThere(paths: readonly string[], signal: AbortSignal): Promise<void> {
    const { commands, fence, members } = this.#parts;
    fence.check();
    if (members().length === 0) throw this.is('drive-pulled');
    for (const path of paths) {
      if (!(await commands.hasDevice(path, signal))) throw this.is('drive-pulled');
    }
    fence.check();
  }

  async #appear(paths: readonly string[], signal: AbortSignal): Promise<boolean> {
    const { commands, members, ports } = this.#parts;
    const missing = [...paths];
    for (let tries = 0; tries < NAME_TRIES && members().length > 0; tries += 1) {
      while (missing[0] !== undefined && (await commands.hasDevice(missing[0], signal))) missing.shift();
      if (missing.length === 0) return true;
      await ports.clock.sleep(NAME_EVERY_MS, signal);
    }
    return false;
  }
}
