/**
 * One drive: brings its pool in for a backup and out again, whenever it is there. Whoever works on its pool does so through
 * `zfs`, which starts nothing while the drive is gone.
 */
import { asProblemError, type ProblemError } from '../api/problem.ts';
import type { Ctx, Zfs } from '../zfs/types.ts';
import { Fence } from './fence.ts';
import { DriveFollower } from './follower.ts';
import { learnHealth } from './health.ts';
import type { DriveHouse } from './house.ts';
import { type DriveTarget, importedFault, isTwice } from './judge.ts';
import { PoolCommands } from './pool-commands.ts';
import { hasErrors } from './pool-errors.ts';
import type { PoolHealth } from './pool-health.ts';
import { PoolMover, pathOf } from './pool-mover.ts';
import { zfsBehind } from './ports.ts';
import { type DriveFacts, DriveRecord } from './record.ts';
import { DriveRest } from './rest.ts';
import { DriveScrub } from './scrub.ts';

/** Nobody who pulls a plug by mistake needs longer to put it back; after that a run ends, and the next one goes on. */
export const PATIENCE_MS = 10 * 60_000;
/** All that may be waiting to be written on a slow disk. */
export const EJECT_MS = 15 * 60_000;

/** What is to be in reach. */
export interface EnterOptions {
  /** Copies lie below it. */
  readonly rootFs: string;
  /** Has its key, where it is encrypted. */
  readonly keyFile: string | null;
  /** Opens it, where there is no such file. */
  readonly passphrase?: string;
  /** Without its key, nothing can be done there. */
  readonly needsKey?: boolean;
}

/** What a drive is like whose pool is in use for the first time. */
export interface Prepared {
  /** The dataset for the copies was missing, and has been made. */
  readonly created: boolean;
  readonly isEncrypted: boolean;
  readonly availableBytes: number | null;
}

export class Drive {
  /** OpenZFS, for datasets of this drive's pool only. */
  readonly zfs: Zfs;
  readonly #house: DriveHouse;
  readonly #record: DriveRecord;
  readonly #fence: Fence;
  readonly #commands: PoolCommands;
  readonly #mover: PoolMover;
  readonly #follower: DriveFollower;
  readonly #scrub: DriveScrub;
  readonly #rest: DriveRest;
  readonly #over = new AbortController();

  constructor(target: DriveTarget, house: DriveHouse) {
    const { ports, watch } = house;
    const record = new DriveRecord({ target, nowMs: () => ports.clock.nowMs(), seen: () => watch.members });
    this.#house = house;
    this.#record = record;
    this.#fence = new Fence(ports.clock, ports.patienceMs ?? PATIENCE_MS, () => watch.lookNow());
    this.#commands = new PoolCommands(ports.host);
    this.#mover = new PoolMover({
      target: () => record.target,
      ports,
      commands: this.#commands,
      fence: this.#fence,
      members: () => record.members,
      isNameLost: () => house.namesakes(record.target).some(({ isLost }) => isLost),
    });
    this.zfs = zfsBehind(this.#fence, target, ports);
    this.#follower = new DriveFollower(record, house, this.#fence, this.#mover);
    this.#rest = new DriveRest({ record, ports, over: this.#over.signal });
    record.onChange(() => this.#rest.hear());
    record.onChange(() => {
      const { opened } = record;
      // Which of two is the one that ZFS has opened cannot be told: what was known before stands.
      if (!isTwice(opened)) ports.opened?.remember(record.target.poolGuid, opened);
    });
    this.#scrub = new DriveScrub({
      record,
      fence: this.#fence,
      ports,
      enter: (signal) => this.enter({ keyFile: null, rootFs: record.target.pool }, signal),
      leave: (eject) => this.leave(eject, AbortSignal.timeout(EJECT_MS)),
      begin: (signal) => this.#commands.scrub(record.target, signal),
      stop: (signal) => this.#commands.stopScrub(record.target, signal),
      look: (signal) => this.#look(signal),
      over: this.#over.signal,
    });
  }

  get target(): DriveTarget {
    return this.#record.target;
  }

  /** Another configuration may call it otherwise. */
  rename(target: DriveTarget): void {
    this.#record.rename(target);
  }

  facts(): DriveFacts {
    return this.#record.facts;
  }

  /** How long after an eject its motor is brought to rest; null: never. Of several jobs the last one counts. */
  restAfter(afterMs: number | null): void {
    this.#rest.want(afterMs);
  }

  /** A scrub that was asked for here is under way. */
  get isScrubbing(): boolean {
    return this.#scrub.isAtWork;
  }

  /** Whether it is plugged in, as far as anybody has looked: all of it, where its pool was imported. */
  get present(): boolean {
    return this.#record.present;
  }

  /** The kernel may hold its pool without its disk: whatever bears the name of that pool must not be asked for anything. */
  get isLost(): boolean {
    return this.#fence.closed;
  }

  /** Why it must not; null when it may. */
  get lostBy(): ProblemError | null {
    return this.#fence.reason;
  }

  onChange(listener: () => void): () => void {
    return this.#record.onChange(listener);
  }

  /** Resolves when somebody has looked which drives are there, and this one has been looked at; the watch has to be running. */
  async known(signal: AbortSignal): Promise<void> {
    await this.#house.watch.looked(signal);
    await this.#follower.settled;
  }

  /** Whether the pool answers. @throws ProblemError why it does not */
  async ping(_ctx: Ctx): Promise<void> {
    this.#fence.check();
    if (!this.present) throw this.#mover.is('drive-away');
  }

  /**
   * Brings the pool in, where it is not. From now on, until as many calls of `leave`, it is in use.
   * @throws ProblemError why it cannot be used; it is not in use then
   */
  async enter(options: EnterOptions, signal: AbortSignal): Promise<void> {
    const record = this.#record;
    record.users += 1;
    let isNew = false;
    try {
      isNew = await this.#house.oneAtATime(() => this.#connect(signal));
      this.#fence.check();
      const { keyFile, passphrase, needsKey } = options;
      if (keyFile !== null || passphrase !== undefined || needsKey === true) {
        await this.#fence.unlessClosed(this.#unlock(options, signal));
      }
      // It may have gone meanwhile.
      this.#fence.check();
      record.set('busy', null);
    } catch (thrown) {
      record.users -= 1;
      if (isNew && record.users === 0) await this.#takeBack(asProblemError(thrown), signal);
      throw thrown;
    }
  }

  /** Sees that there is a dataset for copies, while the pool is in use. @throws ProblemError why there is none */
  async prepare(rootFs: string, signal: AbortSignal): Promise<Prepared> {
    const commands = this.#commands;
    const guarded = <T>(work: () => Promise<T>): Promise<T> => {
      this.#fence.check();
      return this.#fence.unlessClosed(work());
    };
    const created = await guarded(() => commands.createPath(rootFs, signal));
    const lock = await guarded(() => commands.lockOf(rootFs, signal));
    const availableBytes = await guarded(() => commands.availableBytes(rootFs, signal));
    return { created, isEncrypted: lock !== null, availableBytes };
  }

  /** Looks at the errors that ZFS has counted of the pool, while it is in use. Null: none, or nobody knows. Never rejects. */
  async health(signal: AbortSignal): Promise<ProblemError | null> {
    try {
      this.#fence.check();
      const seen = await this.#fence.unlessClosed(this.#look(signal));
      return seen !== null && hasErrors(seen.errors) ? this.#record.failing : null;
    } catch {
      // What a run could not be asked for is no reason to call it failed.
      return null;
    }
  }

  /**
   * Begins to have everything on it read and checked. It stays connected until that is through, and is ejected then where that is
   * wanted. @throws ProblemError why it cannot be done
   */
  scrub(eject: boolean, signal: AbortSignal): Promise<void> {
    return this.#scrub.start(eject, signal);
  }

  /** Ends that; false where none is under way. @throws ProblemError why it cannot be ended */
  stopScrub(signal: AbortSignal): Promise<boolean> {
    return this.#scrub.stop(signal);
  }

  /** The counterpart of `enter`. Never rejects: what kept it from being ejected stands in its facts. */
  async leave(eject: boolean, signal: AbortSignal): Promise<void> {
    const record = this.#record;
    record.users -= 1;
    if (record.users > 0 || record.state !== 'busy') return;
    if (!eject) {
      // Nobody is told that nothing works on it before what was written is on the disk: pulled after that, it comes back by itself.
      await this.#mover.sync(signal).catch(() => undefined);
      if (record.users > 0 || record.state !== 'busy') return;
    }
    record.set('connected', null);
    if (eject) await this.eject(signal).catch(() => undefined);
  }

  /** Writes all to the disk and exports the pool. @throws ProblemError why it is not safe to unplug it */
  async eject(signal: AbortSignal): Promise<void> {
    const record = this.#record;
    if (record.users > 0) throw this.#mover.is('drive-in-use');
    try {
      await this.#house.oneAtATime(() => this.#disconnect(signal));
    } catch (thrown) {
      const problem = asProblemError(thrown);
      if (problem.code === 'drive-restart-needed') this.#follower.findSuspended(problem);
      else if (record.state === 'ejecting' || record.state === 'connected') record.set('connected', problem);
      throw problem;
    }
  }

  /** Follows it no more. */
  close(): void {
    this.#over.abort();
    this.#follower.close();
  }

  async #unlock({ rootFs, keyFile, passphrase }: EnterOptions, signal: AbortSignal): Promise<void> {
    const lock = await this.#commands.lockOf(rootFs, signal);
    if (lock?.isLocked !== true) return;
    // It may have gone meanwhile.
    this.#fence.check();
    if (keyFile !== null) return this.#commands.loadKey(lock, { file: keyFile }, this.target, signal);
    if (passphrase === undefined) throw this.#mover.is('drive-locked');
    return this.#commands.loadKey(lock, { passphrase }, this.target, signal);
  }

  /** Asks for the health of its pool, and remembers what is told. */
  async #look(signal: AbortSignal): Promise<PoolHealth | null> {
    const record = this.#record;
    const seen = await this.#commands.health(record.target, signal);
    if (seen === null) return null;
    record.health = learnHealth(record.health, seen, this.#house.ports.clock.nowMs());
    const errorCount = record.health.lastScrub?.errorCount ?? 0;
    const { readCount, writeCount } = seen.errors;
    // What a scrub could not repair it has counted as a checksum, too: that is the same damage, and no more of it.
    if (errorCount > 0 && readCount + writeCount === 0) record.failing = this.#mover.damaged(errorCount);
    else record.failing = hasErrors(seen.errors) ? this.#mover.failing(seen.errors) : null;
    record.tell();
    return seen;
  }

  /** True when the pool was imported by this. */
  async #connect(signal: AbortSignal): Promise<boolean> {
    const record = this.#record;
    await this.#follower.settled;
    try {
      const { pool, isNew } = await this.#mover.bringIn(signal, () => record.set('connecting', null));
      const fault = importedFault(record.target, pool);
      this.#fence.check();
      record.use(pool);
      if (fault === null) return isNew;
      record.set('unusable', fault);
      throw fault;
    } catch (thrown) {
      const problem = asProblemError(thrown);
      if (problem.code === 'drive-restart-needed') this.#follower.findSuspended(problem);
      else if (record.state === 'connecting') record.set(record.members.length > 0 ? 'unusable' : 'away', problem);
      throw this.#fence.reason ?? problem;
    }
  }

  /** Nothing came of it: the drive is left as it was found. */
  async #takeBack(problem: ProblemError, signal: AbortSignal): Promise<void> {
    await this.eject(signal).catch(() => undefined);
    const { state } = this.#record;
    if (state === 'safe' || state === 'connected') this.#record.set('unusable', problem);
  }

  async #disconnect(signal: AbortSignal): Promise<void> {
    const record = this.#record;
    await this.#follower.settled;
    if (record.users > 0) throw this.#mover.is('drive-in-use');
    const parts = record.parts.length > 0 ? record.parts : record.members;
    const pool = await this.#mover.bringOut(parts.map(pathOf), signal, () => {
      record.parts = parts;
      record.set('ejecting', null);
    });
    if (pool !== null) record.space = pool;
    // Whoever pulls it at this very moment loses nothing: the look that follows says that it is away.
    const { state } = record;
    if (state === 'ejecting' || state === 'connected' || state === 'plugged') record.set('safe', null);
  }
}
