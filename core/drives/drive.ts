/**
 * One drive: follows it as it comes and goes, brings its pool in for a backup and out again. Whoever works on its pool does so
 * through `zfs`, which starts nothing while the drive is gone.
 */
import type { DriveState } from '../api/drive.ts';
import { asProblemError, ProblemError } from '../api/problem.ts';
import { createCliZfs } from '../zfs/cli-zfs.ts';
import type { PoolFacts } from '../zfs/pools.ts';
import type { Ctx, Zfs } from '../zfs/types.ts';
import { Fence, fencedHost, fencedPipe } from './fence.ts';
import { answers, type DriveTarget, importedFault, importFault, membersOf } from './judge.ts';
import type { PoolMember } from './members.ts';
import { afterLook } from './phase.ts';
import { PoolCommands } from './pool-commands.ts';
import type { DrivePorts } from './ports.ts';
import type { DriveWatch } from './watch.ts';

/** Nobody who pulls a plug by mistake needs longer to put it back; after that a run ends, and the next one goes on. */
export const PATIENCE_MS = 10 * 60_000;
/** Where nothing is mounted unless a person does it. */
const ALTROOT = '/run/snapferry/drives';

/** What the drives of one machine share. */
export interface DriveHouse {
  readonly ports: DrivePorts;
  readonly watch: DriveWatch;
  /** One import or export at a time. */
  readonly oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
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
  readonly #listeners = new Set<() => void>();
  readonly #deaf: () => void;
  #state: DriveState = 'unknown';
  #sinceMs: number;
  #problem: ProblemError | null = null;
  #space: Pick<PoolFacts, 'sizeBytes' | 'freeBytes'> | null = null;
  #looking: Promise<void> = Promise.resolve();
  #users = 0;
  readonly #over = new AbortController();

  constructor(target: DriveTarget, house: DriveHouse) {
    const { host, clock } = house.ports;
    this.target = target;
    this.#house = house;
    this.#sinceMs = clock.nowMs();
    this.#fence = new Fence(clock, PATIENCE_MS);
    this.#commands = new PoolCommands(host);
    this.zfs = createCliZfs({
      host: fencedHost(host, this.#fence),
      clock,
      pipe: fencedPipe(host, this.#fence),
    });
    this.#deaf = house.watch.onChange(() => this.#lookSoon());
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

  /** Whether it is plugged in, as far as anybody has looked. */
  get present(): boolean {
    return this.#members().length > 0;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether the pool answers. @throws ProblemError why it does not */
  async ping(_ctx: Ctx): Promise<void> {
    this.#fence.check();
    if (!this.present) throw this.#is('drive-away');
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
    try {
      await this.#house.oneAtATime(() => this.#connect(signal));
      if (options.keyFile !== null) await this.#commands.loadKey(options.rootFs, options.keyFile, signal);
      // It may have gone meanwhile.
      this.#fence.check();
      this.#set('busy', null);
    } catch (thrown) {
      this.#users -= 1;
      throw thrown;
    }
  }

  /** The counterpart of `enter`. Never rejects: what kept it from being ejected stands in its facts. */
  async leave(eject: boolean, signal: AbortSignal): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0 || this.#state !== 'busy') return;
    this.#set('connected', null);
    if (eject) await this.eject(signal).catch(() => undefined);
  }

  /** Writes all to the disk and exports the pool. @throws ProblemError why it is not safe to unplug it */
  async eject(signal: AbortSignal): Promise<void> {
    if (this.#users > 0) throw this.#is('drive-in-use');
    try {
      await this.#house.oneAtATime(() => this.#disconnect(signal));
    } catch (thrown) {
      const problem = asProblemError(thrown);
      if (this.#state === 'ejecting') this.#set('connected', problem);
      throw problem;
    }
  }

  /** Follows it no more. */
  close(): void {
    this.#deaf();
    this.#over.abort();
  }

  async #connect(signal: AbortSignal): Promise<void> {
    await this.#looking;
    this.#fence.check();
    const members = this.#members();
    if (members.length === 0) throw this.#is('drive-away');
    const before = await this.#commands.imported(signal);
    const already = before.find(({ guid }) => guid === String(this.target.poolGuid));
    if (already !== undefined) {
      this.#use(already);
      return;
    }
    this.#set('connecting', null);
    try {
      const candidates = await this.#commands.importable(members, signal);
      const pool = candidates.find(({ guid }) => guid === this.target.poolGuid) ?? null;
      const fault = importFault(
        this.target,
        members,
        pool,
        before.map(({ name }) => name),
      );
      if (fault !== null) throw fault;
      // Some seconds have gone by.
      this.#fence.check();
      await this.#commands.import(this.target, `${ALTROOT}/${this.target.poolGuid}`, signal);
      const after = await this.#commands.imported(signal);
      const imported = after.find(({ guid }) => guid === String(this.target.poolGuid));
      if (imported === undefined) throw this.#is('drive-incomplete', { reason: 'it is not imported after all' });
      this.#use(imported);
    } catch (thrown) {
      const problem = asProblemError(thrown);
      if (this.#state === 'connecting') this.#set(this.present ? 'unusable' : 'away', problem);
      throw this.#fence.reason ?? problem;
    }
  }

  /** The pool is imported: by us, or by somebody before. */
  #use(pool: PoolFacts): void {
    this.#fence.check();
    this.#space = pool;
    const fault = importedFault(this.target, pool);
    if (fault === null) {
      this.#set('connected', null);
      return;
    }
    this.#set('unusable', fault);
    throw fault;
  }

  async #disconnect(signal: AbortSignal): Promise<void> {
    if (this.#users > 0) throw this.#is('drive-in-use');
    await this.#mayBeTouched(signal);
    this.#set('ejecting', null);
    await this.#commands.sync(this.target, signal);
    const pools = await this.#commands.imported(signal);
    const pool = pools.find(({ guid }) => guid === String(this.target.poolGuid));
    if (pool !== undefined) this.#space = pool;
    // The longest wait is behind us: a drive that has gone meanwhile must not be exported.
    await this.#mayBeTouched(signal);
    await this.#commands.export(this.target, signal);
    this.#set('safe', null);
  }

  /** An export without the disk blocks every command of ZFS on this machine. */
  async #mayBeTouched(signal: AbortSignal): Promise<void> {
    this.#fence.check();
    const member = this.#members()[0];
    if (member === undefined || !(await this.#commands.hasDevice(member.byId ?? member.device, signal))) {
      throw this.#is('drive-pulled');
    }
    const state = await this.#house.ports.poolState(this.target.pool);
    if (!answers(state)) throw this.#is('drive-incomplete', { reason: state ?? 'not imported' });
    this.#fence.check();
  }

  #members(): readonly PoolMember[] {
    return membersOf(this.#house.watch.members ?? [], this.target.poolGuid);
  }

  /** The loss counts at once; all else is looked into one after the other. */
  #lookSoon(): void {
    if (!this.present && this.#house.watch.members !== null) {
      const next = afterLook(this.#state, { present: false, imported: false });
      if (next === 'pulled') this.#lose();
    }
    this.#looking = this.#looking.then(() => this.#look()).catch(() => undefined);
  }

  #lose(): void {
    const reason = this.#is('drive-pulled');
    this.#fence.close(reason);
    this.#set('pulled', reason);
  }

  async #look(): Promise<void> {
    if (this.#over.signal.aborted) return;
    const present = this.#house.watch.members === null ? null : this.present;
    const next = afterLook(this.#state, { present, imported: await this.#isImported(present === true) });
    if (present !== null && present !== this.present) return;
    if (next === this.#state) return;
    switch (next) {
      case 'pulled':
        this.#lose();
        break;
      case 'returning':
        await this.#bringBack();
        break;
      default:
        if (next === 'away') this.#fence.open();
        this.#set(next, null);
    }
  }

  async #isImported(present: boolean): Promise<boolean> {
    const state = await this.#house.ports.poolState(this.target.pool);
    if (state === null) return false;
    if (!present) {
      const others = this.#house.watch.members ?? [];
      return !others.some(({ poolName }) => poolName === this.target.pool);
    }
    const pools = await this.#commands.imported(this.#over.signal).catch(() => []);
    return pools.some(({ guid }) => guid === String(this.target.poolGuid));
  }

  /** The drive is back under its name: one attempt, with a deadline, to make ZFS go on with it. */
  async #bringBack(): Promise<void> {
    const { signal } = this.#over;
    this.#set('returning', this.#problem);
    const member = this.#members()[0];
    try {
      if (member === undefined || !(await this.#commands.hasDevice(member.byId ?? member.device, signal))) {
        this.#lose();
        return;
      }
      if ((await this.#house.ports.poolState(this.target.pool)) === null) {
        // The machine was restarted, or somebody has exported it: it begins anew.
        this.#fence.open();
        this.#set('plugged', null);
        return;
      }
      await this.#commands.clear(this.target, signal);
      const state = await this.#house.ports.poolState(this.target.pool);
      if (!answers(state)) throw this.#is('drive-restart-needed');
      this.#fence.open();
      this.#set(this.#users > 0 ? 'busy' : 'connected', null);
    } catch (thrown) {
      if (!this.present) {
        this.#lose();
        return;
      }
      const raw = asProblemError(thrown);
      const { drive, pool } = { drive: this.target.name, pool: this.target.pool };
      const problem = new ProblemError('drive-restart-needed', { drive, pool }, { detail: raw.detail });
      this.#fence.close(problem);
      this.#set('unusable', problem);
      this.#house.ports.warn(raw, 'a drive that is back could not be brought back');
    }
  }

  #is(
    code: 'drive-away' | 'drive-pulled' | 'drive-in-use' | 'drive-incomplete' | 'drive-restart-needed',
    more: Readonly<Record<string, string>> = {},
  ): ProblemError {
    return new ProblemError(code, { drive: this.target.name, pool: this.target.pool, ...more });
  }

  #set(state: DriveState, problem: ProblemError | null): void {
    if (state !== this.#state) this.#sinceMs = this.#house.ports.clock.nowMs();
    this.#state = state;
    this.#problem = problem;
    for (const listener of [...this.#listeners]) listener();
  }
}
