/** The room on one side of a job: what is known of it, and reading it anew after a run, where that is due. */
import type { Clock } from '../api/clock.ts';
import type { SpacePlace } from '../api/space.ts';
import type { PropertyValue, Zfs } from '../zfs/types.ts';
import type { SpaceBook } from './space-book.ts';

/** Whoever waits for the end of a run does not wait longer for this. */
const READ_MS = 30_000;
const PROPERTIES = ['available', 'used'] as const;

export interface SpaceTarget extends Pick<SpacePlace, 'side' | 'destination' | 'host'> {
  /** The same for the same place, whichever job asks. */
  readonly key: string;
  /** The first of them that exists is asked; there is at least one. */
  readonly datasets: readonly string[];
}

/** One pool of this machine that is backed up. */
export function poolTarget(host: string, pool: string): SpaceTarget {
  return { side: 'source', destination: null, host, key: `${host}:${pool}`, datasets: [pool] };
}

export interface SpaceSideOptions {
  readonly book: SpaceBook;
  readonly zfs: Zfs;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export class SpaceSide {
  readonly #options: SpaceSideOptions;
  #targets: readonly SpaceTarget[];

  constructor(options: SpaceSideOptions, targets: readonly SpaceTarget[]) {
    this.#options = options;
    this.#targets = targets;
  }

  /** From now on these. */
  setTargets(targets: readonly SpaceTarget[]): void {
    this.#targets = targets;
  }

  get places(): readonly SpacePlace[] {
    return this.#targets.map(({ key, side, destination, host, datasets }) => ({
      side,
      destination,
      host,
      dataset: datasets[0] ?? '',
      ...this.#options.book.of(key),
    }));
  }

  /**
   * Reads what is due, in one process. Never rejects, and what cannot be read is left as it is: it stands with its age, or as not
   * known.
   * @param moved something was written or destroyed there
   */
  async read(moved: boolean, signal: AbortSignal): Promise<void> {
    const { book, zfs, clock } = this.#options;
    const due = this.#targets.filter(({ key }) => book.isDue(key, moved, clock.nowMs()));
    if (due.length === 0) return;
    for (const { key } of due) book.tried(key, clock.nowMs());
    const names = [...new Set(due.flatMap(({ datasets }) => datasets))];
    try {
      const ctx = { signal: AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]) };
      const found = await zfs.readBack(names, PROPERTIES, ctx);
      const atMs = clock.nowMs();
      for (const { key, datasets } of due) {
        const facts = datasets.map((dataset) => found.get(dataset)).find((one) => one !== undefined);
        const availableBytes = bytesOf(facts?.get('available'));
        const usedBytes = bytesOf(facts?.get('used'));
        if (availableBytes !== null && usedBytes !== null) book.note(key, { atMs, availableBytes, usedBytes });
      }
    } catch {
      // The run is what matters: it has said what is wrong there.
    }
  }
}

function bytesOf(value: PropertyValue | undefined): number | null {
  return value !== undefined && /^\d{1,20}$/.test(value.value) ? Number(value.value) : null;
}
