/** Between a job and one of its drives: whether a run may go there now, and how it gets in and out. */
import type { DrivenRun } from '../api/history.ts';
import { type ProblemCode, ProblemError } from '../api/problem.ts';
import type { DriveReport } from '../api/status.ts';
import type { DriveConfig, DriveConnect } from '../config/types.ts';
import { type Drive, EJECT_MS } from '../drives/drive.ts';
import { isAutomatic, type WakeReason } from './run-loop.ts';

const NEEDS_SOMEBODY: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'drive-restart-needed',
  'drive-blocks-zfs',
  'drive-suspended',
  'drive-locked',
]);

export interface GateParts {
  readonly drive: Drive;
  readonly config: DriveConfig;
  readonly connect: DriveConnect;
  readonly destination: string;
  readonly nowMs: () => number;
  /** What is sent is written with the drive's own key, where that is encrypted; what is sent as it is on disk has its own. */
  readonly needsKey: boolean;
}

export class DriveGate {
  readonly drive: Drive;
  readonly #config: DriveConfig;
  readonly #connect: DriveConnect;
  readonly #destination: string;
  readonly #nowMs: () => number;
  readonly #needsKey: boolean;
  #wasThere = false;
  /** A person has said yes, for as long as it is plugged in. */
  #agreed = false;
  #lastSuccessMs: number | null = null;

  constructor({ drive, config, connect, destination, nowMs, needsKey }: GateParts) {
    this.drive = drive;
    this.#config = config;
    this.#connect = connect;
    this.#destination = destination;
    this.#nowMs = nowMs;
    this.#needsKey = needsKey;
    drive.restAfter(connect.spinDownAfterMs);
  }

  /** Hears of every change of the drive. True when a run should begin because of it. */
  hear(): boolean {
    const { state } = this.drive.facts();
    const isThere = state === 'plugged' || state === 'connected' || state === 'safe' || state === 'busy';
    const hasCome = isThere && !this.#wasThere;
    if (isThere) this.#wasThere = true;
    if (state === 'away' || state === 'pulled') this.#wasThere = false;
    if (state === 'away') this.#agreed = false;
    return hasCome && state !== 'busy' && this.wants('plugged');
  }

  /** Whether a run of that reason goes to this drive. */
  wants(reason: WakeReason): boolean {
    if (!this.drive.present) return false;
    if (!isAutomatic(reason)) return true;
    const { state, problem } = this.drive.facts();
    // That a person has to help is said once.
    if (problem !== null && NEEDS_SOMEBODY.has(problem.code)) return false;
    // Whoever was told that it may be unplugged may be about to do it.
    if (state === 'safe' || state === 'pulled' || state === 'returning') return false;
    return this.#connect.onPlug === 'start' || this.#agreed;
  }

  /** Whether commands on its pool may be started. */
  get isOpen(): boolean {
    const { state } = this.drive.facts();
    return state === 'connected' || state === 'busy';
  }

  /** Why a run that a person asked for cannot go there; null when it can. */
  get absence(): ProblemError | null {
    if (this.drive.present) return null;
    const { problem } = this.drive.facts();
    return problem ?? new ProblemError('drive-away', { drive: this.#config.name, pool: this.#config.pool });
  }

  /** Carries work out with the pool there. Rejects with what kept the pool from coming, or with what the work rejects with. */
  async during<T>(reason: WakeReason, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (!isAutomatic(reason)) this.#agreed = true;
    const { rootFs, keyFile } = this.#config;
    await this.drive.enter({ rootFs, keyFile, needsKey: this.#needsKey }, signal);
    try {
      return await work();
    } finally {
      // A run that was cancelled may be told to go on soon.
      await this.drive.leave(this.#connect.ejectWhenDone && !signal.aborted, AbortSignal.timeout(EJECT_MS));
    }
  }

  /** @throws ProblemError where anything is at work on it, a scrub included */
  checkIdle(): void {
    const { state } = this.drive.facts();
    if (state !== 'busy' && state !== 'connecting' && state !== 'ejecting' && state !== 'returning') return;
    throw new ProblemError('drive-in-use', { drive: this.#config.name, pool: this.#config.pool });
  }

  /** Begins to have everything on it checked. @throws ProblemError why it cannot be done */
  scrub(signal: AbortSignal): Promise<void> {
    return this.drive.scrub(this.#connect.ejectWhenDone, signal);
  }

  /** A run was there; `isWhole`: everything has arrived. Gives what is remembered of that. */
  wentThere(isWhole: boolean): DrivenRun {
    const successMs = isWhole ? this.#nowMs() : null;
    this.#lastSuccessMs = successMs ?? this.#lastSuccessMs;
    const { name, poolGuid } = this.#config;
    return { poolGuid: String(poolGuid), name, successMs };
  }

  report(): DriveReport {
    const { state, sinceMs, problem, sizeBytes, freeBytes, health } = this.drive.facts();
    const { name, pool, poolGuid } = this.#config;
    return {
      name,
      pool,
      poolGuid: String(poolGuid),
      destination: this.#destination,
      state,
      sinceMs,
      problem: problem?.toProblem() ?? null,
      asks: state === 'plugged' && this.#connect.onPlug === 'ask' && !this.#agreed,
      lastSuccessMs: this.#lastSuccessMs,
      staleAfterMs: this.#connect.staleAfterMs,
      sizeBytes,
      freeBytes,
      ...(health === null ? {} : { health }),
      ...(this.drive.isScrubbing ? { scrubbing: true } : {}),
    };
  }
}
