/** Follows one drive as it comes and goes, and brings it back after it was pulled. */
import { asProblemError, type ProblemError } from '../api/problem.ts';
import type { PoolFacts } from '../zfs/pools.ts';
import type { Fence } from './fence.ts';
import type { DriveHouse } from './house.ts';
import { answers, importedFault, isTwice } from './judge.ts';
import { afterLook, isOnTheWay } from './phase.ts';
import { type PoolMover, pathOf } from './pool-mover.ts';
import type { DriveRecord } from './record.ts';
import { watchSuspension } from './suspension.ts';

/** No event tells when the kernel lets go of a pool. */
const LOOK_AGAIN_MS = 30_000;
/** What hangs on a drive that fails does not come back by itself. */
const SUSPENDED_PATIENCE_MS = 1_000;

export class DriveFollower {
  readonly #record: DriveRecord;
  readonly #house: DriveHouse;
  readonly #fence: Fence;
  readonly #mover: PoolMover;
  readonly #deaf: readonly (() => void)[];
  readonly #over = new AbortController();
  #looking: Promise<void> = Promise.resolve();
  #waits = false;
  #watches = false;

  constructor(record: DriveRecord, house: DriveHouse, fence: Fence, mover: PoolMover) {
    this.#record = record;
    this.#house = house;
    this.#fence = fence;
    this.#mover = mover;
    this.#deaf = [house.watch.onChange(() => this.#lookSoon()), record.onChange(() => void this.#watchSuspension())];
    if (record.hasLooked) this.#lookSoon();
  }

  /** Resolves when what was seen last has been looked into. */
  get settled(): Promise<void> {
    return this.#looking;
  }

  /** Follows it no more. */
  close(): void {
    for (const stop of this.#deaf) stop();
    this.#over.abort();
  }

  /** The loss counts at once; all else is looked into one after the other. */
  #lookSoon(): void {
    const { hasLooked, present, state } = this.#record;
    if (hasLooked && !present && isOnTheWay(state)) this.#lose();
    this.#looking = this.#looking.then(() => this.#look()).catch(() => undefined);
  }

  #lose(): void {
    const reason = this.#mover.is('drive-pulled');
    this.#record.isSuspended = false;
    this.#fence.close(reason);
    this.#record.set('pulled', reason);
    void this.#lookNowAndThen();
  }

  /** It was pulled while no service ran. */
  #loseUnseen(): void {
    this.#record.isPulledUnseen = true;
    this.#lose();
  }

  /** For as long as its pool is imported and its loss would be noticed. */
  async #watchSuspension(): Promise<void> {
    const record = this.#record;
    const isWatched = () => isOnTheWay(record.state) && !this.#fence.closed;
    if (this.#watches || !isWatched()) return;
    this.#watches = true;
    const pool = () => (isWatched() ? record.target.pool : null);
    const suspended = () => void this.#suspend();
    await watchSuspension({ ports: this.#house.ports, pool, suspended }, this.#over.signal);
    this.#watches = false;
  }

  /** Nothing of ours brings that back: a command that tries may hang, and with it every other one. */
  async #suspend(): Promise<void> {
    const record = this.#record;
    const isSo = () => record.present && isOnTheWay(record.state) && !this.#fence.closed;
    if (!isSo()) return;
    const counted = await this.#mover.counted(this.#over.signal);
    // Pulled while it was asked.
    if (!isSo()) return;
    const problem = this.#mover.is('drive-suspended', {}, counted ?? undefined);
    record.isSuspended = true;
    this.#fence.close(problem, SUSPENDED_PATIENCE_MS);
    record.set('unusable', problem);
    await this.#lookNowAndThen();
  }

  /** What nothing of ours brings back: the kernel may let go of it, and somebody may clear it, once ZFS has suspended it. */
  async #lookAtHeld(): Promise<void> {
    const record = this.#record;
    const state = await this.#house.ports.poolState(record.target.pool);
    if (record.isStuck && state === 'SUSPENDED') record.isSuspended = true;
    if (state === null) {
      this.#beginAnew();
    } else if (record.isSuspended && record.present && answers(state)) {
      if (record.isStuck) {
        this.#beginAnew();
        // What somebody has cleared is imported.
        this.#lookSoon();
      } else {
        this.#goOn();
      }
    }
  }

  /** ZFS works with it again. */
  #goOn(): void {
    const record = this.#record;
    record.isSuspended = false;
    record.isPulledUnseen = false;
    this.#fence.open();
    record.set(record.users > 0 ? 'busy' : 'connected', null);
  }

  /** For as long as the kernel holds what it cannot use. */
  async #lookNowAndThen(): Promise<void> {
    if (this.#waits) return;
    this.#waits = true;
    const { signal } = this.#over;
    const record = this.#record;
    while (!signal.aborted && (record.isStuck || record.isSuspended || record.state === 'pulled')) {
      await this.#house.ports.clock.sleep(LOOK_AGAIN_MS, signal).catch(() => undefined);
      this.#lookSoon();
      await this.#looking;
    }
    this.#waits = false;
  }

  async #look(): Promise<void> {
    const record = this.#record;
    if (this.#over.signal.aborted || !record.hasLooked) return;
    if (record.state === 'unknown' && (await this.#wasPulledUnseen())) {
      this.#loseUnseen();
      this.#lookSoon();
      return;
    }
    const { present, state: before } = record;
    // Suspended, unplugged and plugged in again, it is brought back as any other.
    if (record.isStuck || (record.isSuspended && present)) {
      await this.#lookAtHeld();
      return;
    }
    const pool = present ? await this.#poolHere() : null;
    // An import that was under way when it was pulled may succeed yet, with the device that is gone.
    const imported = present ? pool !== null : (await this.#isHeld()) || this.#mover.grips;
    // Overtaken by what has happened meanwhile; another look follows, or somebody is at work on it.
    if (record.isStuck) return;
    if (present !== record.present || before !== record.state) return;
    const next = afterLook(before, { present, imported });
    if (next === before) return;
    switch (next) {
      case 'pulled':
        if (before === 'unknown') this.#loseUnseen();
        else this.#lose();
        break;
      case 'returning':
        await this.#bringBack();
        break;
      case 'away':
        this.#beginAnew();
        break;
      case 'connected':
        if (pool !== null) this.#find(pool);
        break;
      default:
        record.set(next, null);
    }
  }

  /**
   * The kernel has its pool open by a device that is not there any more: it was pulled while no service ran, and plugged in again.
   * The name alone tells which pool that is.
   */
  async #wasPulledUnseen(): Promise<boolean> {
    const record = this.#record;
    const { pool, poolGuid } = record.target;
    const opened = this.#house.ports.opened?.recall(poolGuid) ?? [];
    if (opened.length === 0 || opened.some(({ poolName }) => poolName !== pool)) return false;
    if (record.isNameSeenElsewhere || (await this.#house.ports.poolState(pool)) === null) return false;
    if (record.state !== 'unknown') return false;
    record.parts = opened;
    return record.present && !opened.every(({ device }) => record.members.some((one) => one.device === device));
  }

  /** Its pool is suspended, and it is there: it was away, and nobody has heard it go. What follows is the same. */
  findSuspended(problem: ProblemError): void {
    if (this.#record.isStuck) return;
    // It was there all the time: what has failed is something else.
    if (isOnTheWay(this.#record.state)) {
      void this.#suspend();
      return;
    }
    if (this.#record.isNameSeenElsewhere) {
      this.#stick(problem);
      return;
    }
    this.#lose();
    this.#lookSoon();
  }

  /** Somebody has imported the pool before. */
  #find(pool: PoolFacts): void {
    const fault = importedFault(this.#record.target, pool);
    if (fault === null) this.#record.use(pool);
    else if (this.#record.state !== 'unusable') this.#record.set('unusable', fault);
  }

  /** Its pool, where that makes a difference: after it was pulled nothing may be asked. */
  #poolHere(): Promise<PoolFacts | null> {
    if (this.#record.mayHold) return Promise.resolve(null);
    return this.#mover.imported(this.#over.signal).catch((thrown: unknown) => {
      const problem = asProblemError(thrown);
      if (problem.code === 'drive-restart-needed') this.findSuspended(problem);
      return null;
    });
  }

  /** Whether the kernel holds its pool while the drive is not there. Nothing but a name tells of it. */
  async #isHeld(): Promise<boolean> {
    const { target, mayHold, state, isNameSeenElsewhere } = this.#record;
    if ((await this.#house.ports.poolState(target.pool)) === null) return false;
    if (mayHold) return true;
    return !isNameSeenElsewhere && (state === 'unknown' || this.#house.namesakes(target).length === 0);
  }

  /** The drive is back under its name: one attempt, with a deadline, to make ZFS go on with it. */
  async #bringBack(): Promise<void> {
    const record = this.#record;
    try {
      // Whoever has not seen it go does not know whose pool it is that hangs.
      if (record.parts.length === 0 && this.#house.namesakes(record.target).length > 0) {
        throw this.#mover.is('drive-restart-needed');
      }
      // Which of two it was cannot be told: whichever is back is looked for by its name.
      const isKnown = record.parts.length > 0 && !isTwice(record.parts);
      const parts = isKnown ? record.parts : record.members;
      const outcome = await this.#mover.bringBack(parts.map(pathOf), this.#over.signal, {
        begins: () => record.set('returning', record.problem),
        isWorkKnown: !record.isPulledUnseen,
      });
      if (outcome === 'let-go') {
        this.#beginAnew();
      } else if (outcome === 'gone' || !record.present) {
        if (record.state !== 'pulled') this.#lose();
      } else {
        record.parts = record.members;
        this.#goOn();
      }
    } catch (thrown) {
      if (!this.#over.signal.aborted) this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    const raw = asProblemError(thrown);
    this.#house.ports.warn(raw, 'a drive that is back could not be brought back');
    if (!this.#record.present) {
      if (this.#record.state !== 'pulled') this.#lose();
      return;
    }
    this.#stick(this.#mover.stuck(raw.detail || raw.code));
  }

  /** The kernel holds its pool and does not go on with it. */
  #stick(problem: ProblemError): void {
    this.#record.isStuck = true;
    // Whether somebody clears it can be told only from what it was seen to be since.
    this.#record.isSuspended = false;
    this.#fence.close(problem);
    this.#record.set('unusable', problem);
    void this.#lookNowAndThen();
  }

  /** The kernel holds nothing of it: nothing can hang any more. */
  #beginAnew(): void {
    const record = this.#record;
    record.isStuck = false;
    record.isSuspended = false;
    record.isPulledUnseen = false;
    this.#mover.letGo();
    record.parts = [];
    this.#fence.open();
    record.set(record.members.length > 0 ? 'plugged' : 'away', null);
  }
}
