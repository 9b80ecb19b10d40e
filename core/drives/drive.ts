/**
 * One drive: follows it as it comes and goes, brings its pool in for a backup and out again. Whoever works on its pool does so
 * through `zfs`, which starts nothing while the drive is gone.
 */
import type { DriveState } from '../api/drive.ts';
import { asProblemError, type ProblemError } from '../api/problem.ts';
import type { PoolFacts } from '../zfs/pools.ts';
import type { Ctx, Zfs } from '../zfs/types.ts';
import { Fence } from './fence.ts';
import { type DriveTarget, importedFault, membersOf } from './judge.ts';
import type { PoolMember } from './members.ts';
import { afterLook, isOnTheWay } from './phase.ts';
import { PoolCommands } from './pool-commands.ts';
import { PoolMover, pathOf } from './pool-mover.ts';
import { type DrivePorts, zfsBehind } from './ports.ts';
import type { DriveWatch } from './watch.ts';

/** Nobody who pulls a plug by mistake needs longer to put it back; after that a run ends, and the next one goes on. */
export const PATIENCE_MS = 10 * 60_000;
/** No event tells when the kernel lets go of a pool. */
const LOOK_AGAIN_MS = 30_000;

/** What the drives of one machine share. */
export interface DriveHouse {
  readonly ports: DrivePorts;
  readonly watch: DriveWatch;
  /** One import or export at a time. */
  readonly oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
  /** Other drives whose pools have the same name: it does not tell then whose pool it is. */
  readonly namesakes: (target: DriveTarget) => readonly Pick<Drive, 'isLost'>[];
}

export interface DriveFacts {
  readonly state: DriveState;
  readonly sinceMs: number;
  readonly problem: ProblemError | null;
  readonly sizeBytes: number | null;
  readonly freeBytes: number | null;
}

export class Drive {
  /** As the configuration names it now. */
  target: DriveTarget;
  /** OpenZFS, for datasets of this drive's pool only. */
  readonly zfs: Zfs;
  readonly #house: DriveHouse;
  readonly #fence: Fence;
  readonly #commands: PoolCommands;
  readonly #mover: PoolMover;
  readonly #listeners = new Set<() => void>();
  readonly #deaf: () => void;
  #state: DriveState = 'unknown';
  #sinceMs: number;
  #problem: ProblemError | null = null;
  #space: Pick<PoolFacts, 'sizeBytes' | 'freeBytes'> | null = null;
  /** The devices it had when its pool was last seen imported; all of them have to be there. */
  #parts: readonly PoolMember[] = [];
  #looking: Promise<void> = Promise.resolve();
  #users = 0;
  /** ZFS could not be brought to go on with it: nothing is tried again before the kernel has let go of the pool. */
  #stuck = false;
  #waits = false;
  readonly #over = new AbortController();

  constructor(target: DriveTarget, house: DriveHouse) {
    const { ports } = house;
    this.target = target;
    this.#house = house;
    this.#sinceMs = ports.clock.nowMs();
    this.#fence = new Fence(ports.clock, ports.patienceMs ?? PATIENCE_MS);
    this.#commands = new PoolCommands(ports.host);
    this.#mover = new PoolMover({
      target,
      ports,
      commands: this.#commands,
      fence: this.#fence,
      members: () => this.#members(),
      isNameLost: () => house.namesakes(target).some(({ isLost }) => isLost),
    });
    this.zfs = zfsBehind(this.#fence, target, ports);
    this.#deaf = house.watch.onChange(() => this.#lookSoon());
    if (house.watch.members !== null) this.#lookSoon();
  }

  facts(): DriveFacts {
    return {
      state: this.#state,
      sinceMs: this.#sinceMs,
      problem: this.#problem,
      sizeBytes: this.#space?.sizeBytes ?? null,
      freeBytes: this.#space?.freeBytes ?? null,
    };
  }

  /** Whether it is plugged in, as far as anybody has looked: all of it, where its pool was imported. */
  get present(): boolean {
    const members = this.#members();
    const isNeeded = isOnTheWay(this.#state) || this.#state === 'pulled' ? this.#parts : [];
    return members.length > 0 && isNeeded.every((part) => members.some((one) => isSamePart(part, one)));
  }

  /** The kernel may hold its pool without its disk: whatever bears the name of that pool must not be asked for anything. */
  get isLost(): boolean {
    return this.#fence.closed;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when somebody has looked which drives are there, and this one has been looked at; the watch has to be running. */
  async known(signal: AbortSignal): Promise<void> {
    await this.#house.watch.looked(signal);
    await this.#looking;
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
  async enter(
    options: { readonly keyFile: string | null; readonly rootFs: string },
    signal: AbortSignal,
  ): Promise<void> {
    this.#users += 1;
    let isNew = false;
    try {
      isNew = await this.#house.oneAtATime(() => this.#connect(signal));
      const { keyFile, rootFs } = options;
      this.#fence.check();
      if (keyFile !== null) await this.#fence.unlessClosed(this.#commands.loadKey(rootFs, keyFile, signal));
      // It may have gone meanwhile.
      this.#fence.check();
      this.#set('busy', null);
    } catch (thrown) {
      this.#users -= 1;
      if (isNew && this.#users === 0) await this.#takeBack(asProblemError(thrown), signal);
      throw thrown;
    }
  }

  /** The counterpart of `enter`. Never rejects: what kept it from being ejected stands in its facts. */
  async leave(eject: boolean, signal: AbortSignal): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0 || this.#state !== 'busy') return;
    if (!eject) {
      // Nobody is told that nothing works on it before what was written is on the disk: pulled after that, it comes back by itself.
      await this.#fence.unlessClosed(this.#commands.sync(this.target, signal)).catch(() => undefined);
      if (this.#users > 0 || this.#state !== 'busy') return;
    }
    this.#set('connected', null);
    if (eject) await this.eject(signal).catch(() => undefined);
  }

  /** Writes all to the disk and exports the pool. @throws ProblemError why it is not safe to unplug it */
  async eject(signal: AbortSignal): Promise<void> {
    if (this.#users > 0) throw this.#mover.is('drive-in-use');
    try {
      await this.#house.oneAtATime(() => this.#disconnect(signal));
    } catch (thrown) {
      const problem = asProblemError(thrown);
      if (this.#state === 'ejecting' || this.#state === 'connected') this.#set('connected', problem);
      throw problem;
    }
  }

  /** Follows it no more. */
  close(): void {
    this.#deaf();
    this.#over.abort();
  }

  /** True when the pool was imported by this. */
  async #connect(signal: AbortSignal): Promise<boolean> {
    await this.#looking;
    try {
      const { pool, isNew } = await this.#mover.bringIn(signal, () => this.#set('connecting', null));
      const fault = importedFault(this.target, pool);
      this.#use(pool);
      if (fault === null) return isNew;
      this.#set('unusable', fault);
      throw fault;
    } catch (thrown) {
      const problem = asProblemError(thrown);
      if (this.#state === 'connecting') {
        this.#set(this.#members().length > 0 ? 'unusable' : 'away', problem);
      }
      throw this.#fence.reason ?? problem;
    }
  }

  /** The pool is imported: by us, or by somebody before. */
  #use(pool: PoolFacts): void {
    this.#fence.check();
    this.#space = pool;
    this.#parts = this.#members();
    // Another job may be at work on it.
    if (this.#state !== 'busy') this.#set('connected', null);
  }

  /** Nothing came of it: the drive is left as it was found. */
  async #takeBack(problem: ProblemError, signal: AbortSignal): Promise<void> {
    await this.eject(signal).catch(() => undefined);
    if (this.#state === 'safe' || this.#state === 'connected') this.#set('unusable', problem);
  }

  async #disconnect(signal: AbortSignal): Promise<void> {
    await this.#looking;
    if (this.#users > 0) throw this.#mover.is('drive-in-use');
    if (this.#members().length === 0) throw this.#mover.is('drive-away');
    if (this.#parts.length === 0) this.#parts = this.#members();
    const paths = this.#parts.map(pathOf);
    const pool = await this.#mover.bringOut(paths, signal, () => this.#set('ejecting', null));
    if (pool !== null) this.#space = pool;
    // Whoever pulls it at this very moment loses nothing: the look that follows says that it is away.
    if (this.#state === 'ejecting') this.#set('safe', null);
  }

  #members(): readonly PoolMember[] {
    return membersOf(this.#house.watch.members ?? [], this.target.poolGuid);
  }

  /** The loss counts at once; all else is looked into one after the other. */
  #lookSoon(): void {
    if (this.#house.watch.members !== null && !this.present && isOnTheWay(this.#state)) this.#lose();
    this.#looking = this.#looking.then(() => this.#look()).catch(() => undefined);
  }

  #lose(): void {
    const reason = this.#mover.is('drive-pulled');
    this.#fence.close(reason);
    this.#set('pulled', reason);
    void this.#lookNowAndThen();
  }

  /** For as long as the kernel holds what it cannot use. */
  async #lookNowAndThen(): Promise<void> {
    if (this.#waits) return;
    this.#waits = true;
    const { signal } = this.#over;
    while (!signal.aborted && (this.#stuck || this.#state === 'pulled')) {
      await this.#house.ports.clock.sleep(LOOK_AGAIN_MS, signal).catch(() => undefined);
      this.#lookSoon();
      await this.#looking;
    }
    this.#waits = false;
  }

  async #look(): Promise<void> {
    if (this.#over.signal.aborted || this.#house.watch.members === null) return;
    if (this.#stuck) {
      if ((await this.#house.ports.poolState(this.target.pool)) === null) this.#beginAnew();
      return;
    }
    const { present } = this;
    const before = this.#state;
    const pool = present ? await this.#poolHere() : null;
    const imported = present ? pool !== null : await this.#isHeld();
    // Overtaken by what has happened meanwhile; another look follows, or somebody is at work on it.
    if (present !== this.present || before !== this.#state) return;
    const next = afterLook(before, { present, imported });
    if (next === before) return;
    switch (next) {
      case 'pulled':
        this.#lose();
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
        this.#set(next, null);
    }
  }

  /** Somebody has imported the pool before. */
  #find(pool: PoolFacts): void {
    const fault = importedFault(this.target, pool);
    if (fault === null) this.#use(pool);
    else if (this.#state !== 'unusable') this.#set('unusable', fault);
  }

  /** Its pool, where that makes a difference: after it was pulled nothing may be asked. */
  #poolHere(): Promise<PoolFacts | null> {
    if (isOnTheWay(this.#state) || this.#state === 'pulled') return Promise.resolve(null);
    return this.#mover.imported(this.#over.signal).catch(() => null);
  }

  /** Whether the kernel holds its pool while the drive is not there. Nothing but a name tells of it. */
  async #isHeld(): Promise<boolean> {
    if ((await this.#house.ports.poolState(this.target.pool)) === null) return false;
    if (isOnTheWay(this.#state) || this.#state === 'pulled') return true;
    const another = (this.#house.watch.members ?? []).some(({ poolName }) => poolName === this.target.pool);
    return !another && (this.#state === 'unknown' || this.#house.namesakes(this.target).length === 0);
  }

  /** The drive is back under its name: one attempt, with a deadline, to make ZFS go on with it. */
  async #bringBack(): Promise<void> {
    this.#set('returning', this.#problem);
    try {
      // Whoever has not seen it go does not know whose pool it is that hangs.
      if (this.#parts.length === 0 && this.#house.namesakes(this.target).length > 0) {
        throw this.#mover.is('drive-restart-needed');
      }
      const parts = this.#parts.length > 0 ? this.#parts : this.#members();
      const outcome = await this.#mover.bringBack(parts.map(pathOf), this.#over.signal);
      if (outcome === 'gone' || !this.present) {
        this.#lose();
      } else if (outcome === 'let-go') {
        this.#beginAnew();
      } else {
        this.#parts = this.#members();
        this.#fence.open();
        this.#set(this.#users > 0 ? 'busy' : 'connected', null);
      }
    } catch (thrown) {
      if (this.#over.signal.aborted) return;
      const raw = asProblemError(thrown);
      this.#house.ports.warn(raw, 'a drive that is back could not be brought back');
      if (!this.present) {
        this.#lose();
        return;
      }
      const problem = this.#mover.is('drive-restart-needed', {}, raw.detail || raw.code);
      this.#stuck = true;
      this.#fence.close(problem);
      this.#set('unusable', problem);
    }
  }

  /** The kernel holds nothing of it: nothing can hang any more. */
  #beginAnew(): void {
    this.#stuck = false;
    this.#parts = [];
    this.#fence.open();
    this.#set(this.#members().length > 0 ? 'plugged' : 'away', null);
  }

  #set(state: DriveState, problem: ProblemError | null): void {
    if (state !== this.#state) this.#sinceMs = this.#house.ports.clock.nowMs();
    this.#state = state;
    this.#problem = problem;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** The device may have another path; what stands on it stays. */
function isSamePart(a: PoolMember, b: PoolMember): boolean {
  return a.vdevGuid === null || b.vdevGuid === null ? pathOf(a) === pathOf(b) : a.vdevGuid === b.vdevGuid;
}
