/**
 * Lets ZFS check everything on a drive, and keeps the drive connected until that is through. Whoever backs up to it meanwhile
 * does so beside it, as ZFS permits. Pulled out, it is as any other drive in use; ZFS goes on with the check by itself when it is
 * back.
 */
import { asProblemError, type ProblemError } from '../api/problem.ts';
import type { Fence } from './fence.ts';
import type { PoolHealth } from './pool-health.ts';
import type { DrivePorts } from './ports.ts';
import type { DriveRecord } from './record.ts';

/** A disk is read for hours. */
const LOOK_EVERY_MS = 5_000;
/** One answer that is not understood, or comes late, says nothing of the check. */
const SILENCE_MAX = 12;

export interface ScrubParts {
  readonly record: DriveRecord;
  readonly fence: Fence;
  readonly ports: Pick<DrivePorts, 'clock' | 'warn'>;
  /** The pool is there from now on, until it is left. Rejects with what keeps it away. */
  readonly enter: (signal: AbortSignal) => Promise<void>;
  /** Never rejects. */
  readonly leave: (eject: boolean) => Promise<void>;
  readonly begin: (signal: AbortSignal) => Promise<void>;
  readonly stop: (signal: AbortSignal) => Promise<void>;
  /** Looks, and remembers what is seen; null where it cannot be told. */
  readonly look: (signal: AbortSignal) => Promise<PoolHealth | null>;
  /** Nobody follows the drive any more. */
  readonly over: AbortSignal;
}

export class DriveScrub {
  readonly #parts: ScrubParts;
  #nudge: AbortController | null = null;

  constructor(parts: ScrubParts) {
    this.#parts = parts;
  }

  /** One that was begun here is under way. */
  get isAtWork(): boolean {
    return this.#nudge !== null;
  }

  /** Begins one, or goes on with the one that is under way. @throws ProblemError why it cannot be done */
  async start(eject: boolean, signal: AbortSignal): Promise<void> {
    if (this.#nudge !== null) return;
    const nudge = new AbortController();
    this.#nudge = nudge;
    const { record } = this.#parts;
    try {
      await this.#parts.enter(signal);
    } catch (thrown) {
      this.#nudge = null;
      throw thrown;
    }
    try {
      await this.#begin(signal);
    } catch (thrown) {
      this.#nudge = null;
      await this.#parts.leave(eject);
      throw thrown;
    }
    record.tell();
    void this.#follow(eject);
  }

  /** Ends it. False where none is under way. @throws ProblemError why it cannot be ended */
  async stop(signal: AbortSignal): Promise<boolean> {
    if (this.#nudge === null) return false;
    const { fence, stop } = this.#parts;
    await fence.unlessClosed(stop(signal));
    this.#nudge?.abort();
    return true;
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const { fence, begin, look } = this.#parts;
    const before = await fence.unlessClosed(look(signal));
    // It goes on with the next import, whoever has begun it.
    if (before?.scan.kind === 'scrubbing') return;
    await fence.unlessClosed(begin(signal));
    await fence.unlessClosed(look(signal));
  }

  async #follow(eject: boolean): Promise<void> {
    const { record, over } = this.#parts;
    let silence = 0;
    while (!over.aborted && this.#isHeld) {
      await this.#rest();
      if (over.aborted || !this.#isHeld) break;
      const kind = await this.#kind();
      if (kind === 'away') continue;
      silence = kind === null ? silence + 1 : 0;
      if (silence >= SILENCE_MAX || (kind !== null && kind !== 'scrubbing')) break;
    }
    this.#nudge = null;
    if (over.aborted) return;
    await this.#parts.leave(eject);
    record.tell();
  }

  /** The kernel has not let go of the pool: then there is nothing more to follow. */
  get #isHeld(): boolean {
    const { state } = this.#parts.record;
    return state !== 'plugged' && state !== 'away' && state !== 'safe';
  }

  async #rest(): Promise<void> {
    const { ports, over } = this.#parts;
    const nudge = this.#nudge?.signal ?? over;
    // Woken once: after that it is looked for as before.
    if (nudge.aborted) this.#nudge = new AbortController();
    const until = AbortSignal.any([over, this.#nudge?.signal ?? over]);
    await ports.clock.sleep(LOOK_EVERY_MS, until).catch(() => undefined);
  }

  async #kind(): Promise<PoolHealth['scan']['kind'] | 'away' | null> {
    const { fence, look, over, ports } = this.#parts;
    if (fence.closed) return 'away';
    try {
      return (await fence.unlessClosed(look(over)))?.scan.kind ?? null;
    } catch (thrown) {
      if (fence.closed) return 'away';
      const problem: ProblemError = asProblemError(thrown);
      if (!over.aborted) ports.warn(problem, 'the check of a drive could not be followed');
      return null;
    }
  }
}
