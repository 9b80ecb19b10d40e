/** How fast bytes may get to a machine: as it was seen, or as is commonly so. Pure. */
import type { HistoryEntry } from '../../../core/api/history.ts';
import type { JobStatus } from '../../../core/api/status.ts';

export interface LinkRate {
  /** Stream bytes a second. */
  readonly slowest: number;
  readonly fastest: number;
  readonly by: 'measured' | 'assumed';
  /** A limit that is set now makes it slower than that. */
  readonly limited: boolean;
}

/** Smaller runs say more about listing and pruning than about the link. */
const MEASURED_BYTES_MIN = 256 * 2 ** 20;
const RUNS = 10;
const BITS = 8;
/** What goes along with the bytes. */
const OVERHEAD = 1.1;

export const ASSUMED_BITS = { slowest: 1e8, fastest: 1e9 } as const;

type Rates = Pick<LinkRate, 'slowest' | 'fastest'>;

export const ASSUMED_LINK: Rates = {
  slowest: ASSUMED_BITS.slowest / BITS / OVERHEAD,
  fastest: ASSUMED_BITS.fastest / BITS / OVERHEAD,
};
/** What a disk that turns writes over USB, at its best and with many small files. */
export const ASSUMED_DRIVE: Rates = { slowest: 40e6, fastest: 150e6 };

/** Jobs that send to this machine already. A destination is "user@host:dataset". */
export function jobsTo(host: string, jobs: readonly Pick<JobStatus, 'name' | 'destination'>[]): readonly string[] {
  return jobs.flatMap(({ name, destination }) => {
    const at = destination?.indexOf('@') ?? -1;
    return at >= 0 && destination?.startsWith(`${host}:`, at + 1) === true ? [name] : [];
  });
}

/**
 * By the newest large runs among these, from their beginning to their end: listing and pruning are part of that time, so the link is
 * rather faster. Assumed where there are none.
 * @param limit bytes a second that are let through at most; null for no limit
 */
export function linkRate(
  runs: readonly Pick<HistoryEntry, 'startMs' | 'endMs' | 'tally'>[],
  limit: number | null,
  assumed: Rates = ASSUMED_LINK,
): LinkRate {
  const rates = runs
    .toSorted((a, b) => b.startMs - a.startMs)
    .flatMap(({ startMs, endMs, tally }) =>
      endMs !== null && endMs > startMs && tally.bytesSent >= MEASURED_BYTES_MIN
        ? [tally.bytesSent / ((endMs - startMs) / 1000)]
        : [],
    )
    .slice(0, RUNS);
  const seen = rates.length > 0 ? rates : [assumed.slowest, assumed.fastest];
  const [slowest, fastest] = [Math.min(...seen), Math.max(...seen)];
  const most = limit ?? Number.POSITIVE_INFINITY;
  return {
    slowest: Math.min(slowest, most),
    fastest: Math.min(fastest, most),
    by: rates.length > 0 ? 'measured' : 'assumed',
    limited: fastest > most,
  };
}

/** Milliseconds. */
export function timesOf(bytes: number, { slowest, fastest }: Rates) {
  return { fastMs: (bytes / fastest) * 1000, slowMs: (bytes / slowest) * 1000 };
}
