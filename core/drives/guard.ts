/** Knows at every moment which pools of this machine must not be asked for anything. */
import { ProblemError } from '../api/problem.ts';
import type { DriveDesk } from './desk.ts';
import { isSuspended, judgePools, listingOf, type PoolSight, type SilentPools, suspended } from './silent.ts';

/** Somebody who plays with the plug does not keep a listing going for ever. */
const TRIES_MAX = 5;

export interface GuardParts {
  readonly drives: Pick<DriveDesk, 'lost' | 'onLoss' | 'settled'>;
  /** Imported pools by the kernel's own statistics; null where it has none. Never rejects. */
  readonly imported: () => Promise<readonly PoolSight[] | null>;
  /** The state of one of them. Never rejects. */
  readonly poolState: (pool: string) => Promise<string | null>;
  /** As a person knows this machine. */
  readonly host: string;
}

export class PoolGuard {
  readonly #parts: GuardParts;

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  /** @throws ProblemError why one of these pools must not be asked */
  async check(pools: Iterable<string>): Promise<void> {
    for (const pool of new Set(pools)) {
      const lost = this.#parts.drives.lost().get(pool);
      if (lost !== undefined) throw lost;
      if (isSuspended(await this.#parts.poolState(pool))) throw suspended(pool, this.#parts.host);
    }
  }

  /** The pools that answer, by their names, and those that do not; null: all answer, and none needs to be named. */
  async answering(
    signal: AbortSignal | undefined,
  ): Promise<{ readonly answering: readonly string[]; readonly silent: SilentPools } | null> {
    const { drives, imported, host } = this.#parts;
    await drives.settled(signal);
    const seen = (await imported()) ?? [...drives.lost().keys()].map((name) => ({ name, state: null }));
    const judged = judgePools(seen, drives.lost(), host);
    return judged.silent.size === 0 ? null : judged;
  }

  /**
   * Lists all pools: at once, or, while some are silent, the others by their names. A drive that is pulled meanwhile does not hold
   * it up: what was begun is left to its own deadline, and the others are listed anew.
   * @throws ProblemError where a pool is silent that nobody is known to have pulled
   */
  async overAll<T>(
    list: (roots: readonly string[]) => Promise<readonly T[]>,
    signal: AbortSignal | undefined,
  ): Promise<readonly T[]> {
    const { drives, imported, host } = this.#parts;
    await drives.settled(signal);
    for (let tries = 1; ; tries += 1) {
      const seen = await imported();
      const lost = Promise.withResolvers<null>();
      const deaf = drives.onLoss(() => lost.resolve(null));
      try {
        const roots = listingOf(seen, drives.lost(), host);
        if (roots?.length === 0) return [];
        const work = list(roots ?? []);
        work.catch(() => undefined);
        const rows = await Promise.race([work, lost.promise]);
        if (rows !== null) return rows;
        if (tries >= TRIES_MAX) throw new ProblemError('command-aborted');
      } catch (thrown) {
        // Exported since the kernel was asked.
        if (tries >= TRIES_MAX || !(thrown instanceof ProblemError) || thrown.code !== 'not-found') throw thrown;
      } finally {
        deaf();
      }
    }
  }
}
