/** What is known of one drive, and who hears of it. */
import type { DriveHealth, DriveState } from '../api/drive.ts';
import type { ProblemError } from '../api/problem.ts';
import type { PoolFacts } from '../zfs/pools.ts';
import { type DriveTarget, isTwice, membersOf } from './judge.ts';
import type { PoolMember } from './members.ts';
import { isOnTheWay } from './phase.ts';
import { pathOf } from './pool-mover.ts';

/**
 * ZFS works with the device that it has opened. One that comes back is another device, also where nobody has heard it go; and a
 * copy of the drive is none of it.
 */
const IN_USE: ReadonlySet<DriveState> = new Set<DriveState>(['connected', 'busy', 'ejecting']);

export interface DriveFacts {
  readonly state: DriveState;
  readonly sinceMs: number;
  readonly problem: ProblemError | null;
  readonly sizeBytes: number | null;
  readonly freeBytes: number | null;
  /** Null: not known. */
  readonly health: DriveHealth | null;
}

export interface RecordParts {
  readonly target: DriveTarget;
  readonly nowMs: () => number;
  /** The devices of pools that are plugged in; null as long as nobody has looked. */
  readonly seen: () => readonly PoolMember[] | null;
}

export class DriveRecord {
  /** Jobs at work on it. */
  users = 0;
  /** ZFS could not be brought to go on with it: nothing is tried again before the kernel has let go of the pool. */
  isStuck = false;
  /** ZFS has stopped all work on it: although it is plugged in, or since it is stuck. Whoever makes it answer then has cleared it. */
  isSuspended = false;
  /** The devices it had when its pool was last seen imported; all of them have to be there. */
  parts: readonly PoolMember[] = [];
  /** It was pulled while no service ran: whether anything was writing to it then, nobody knows. */
  isPulledUnseen = false;
  health: DriveHealth | null = null;
  /** Its errors, as they were counted after the last run. */
  failing: ProblemError | null = null;
  space: Pick<PoolFacts, 'sizeBytes' | 'freeBytes'> | null = null;
  readonly #parts: RecordParts;
  readonly #listeners = new Set<() => void>();
  #target: DriveTarget;
  /** As the configuration names it now. */
  #named: DriveTarget;
  #state: DriveState = 'unknown';
  #problem: ProblemError | null = null;
  #sinceMs: number;

  constructor(parts: RecordParts) {
    this.#parts = parts;
    this.#target = parts.target;
    this.#named = parts.target;
    this.#sinceMs = parts.nowMs();
  }

  get target(): DriveTarget {
    return this.#target;
  }

  get state(): DriveState {
    return this.#state;
  }

  get problem(): ProblemError | null {
    return this.#problem;
  }

  get facts(): DriveFacts {
    const { sizeBytes = null, freeBytes = null } = this.space ?? {};
    const problem = this.#problem ?? this.failing;
    const { health } = this;
    return { state: this.#state, sinceMs: this.#sinceMs, problem, sizeBytes, freeBytes, health };
  }

  /** Another configuration may call it otherwise. A pool that is imported has the name that it was imported by. */
  rename(target: DriveTarget): void {
    this.#named = target;
    this.#target = this.mayHold ? { ...target, pool: this.#target.pool } : target;
  }

  /** The kernel may hold its pool. */
  get mayHold(): boolean {
    return isOnTheWay(this.#state) || this.#state === 'pulled' || this.isStuck || this.isSuspended;
  }

  /** The devices by which the kernel may have its pool open. */
  get opened(): readonly PoolMember[] {
    if (!this.mayHold) return [];
    return this.#state === 'connecting' ? this.members : this.parts;
  }

  get hasLooked(): boolean {
    return this.#parts.seen() !== null;
  }

  /** Its devices that are plugged in. */
  get members(): readonly PoolMember[] {
    return membersOf(this.#parts.seen() ?? [], this.#target.poolGuid);
  }

  /** Devices of other pools with the name of its own. */
  get isNameSeenElsewhere(): boolean {
    const { pool, poolGuid } = this.#target;
    return (this.#parts.seen() ?? []).some((one) => one.poolName === pool && one.poolGuid !== poolGuid);
  }

  /** Whether it is plugged in, as far as anybody has looked: all of it, where its pool was imported. */
  get present(): boolean {
    const { members } = this;
    const needed = this.mayHold ? this.parts : [];
    // Which of two is the one that ZFS has opened cannot be told.
    const mustStay = IN_USE.has(this.#state) && !isTwice(needed);
    const isThere = (part: PoolMember) => (one: PoolMember) =>
      isSamePart(part, one) && (!mustStay || one.device === part.device);
    return members.length > 0 && needed.every((part) => members.some(isThere(part)));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(state: DriveState, problem: ProblemError | null): void {
    if (state !== this.#state) this.#sinceMs = this.#parts.nowMs();
    this.#state = state;
    this.#problem = problem;
    if (!this.mayHold) this.#target = this.#named;
    this.tell();
  }

  /** Something else than the state has changed. */
  tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** The pool is imported: by us, or by somebody before. */
  use(pool: PoolFacts): void {
    this.space = pool;
    if (!IN_USE.has(this.#state) || !this.present) this.parts = this.members;
    // Another job may be at work on it.
    if (this.#state !== 'busy') this.set('connected', null);
  }
}

/** The device may have another path; what stands on it stays. */
function isSamePart(a: PoolMember, b: PoolMember): boolean {
  return a.vdevGuid === null || b.vdevGuid === null ? pathOf(a) === pathOf(b) : a.vdevGuid === b.vdevGuid;
}
