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
): LinkRate {
  const rates = runs
    .flatMap(({ startMs, endMs, tally }) =>
      endMs !== null && endMs > startMs && tally.bytesSent >= MEASURED_BYTES_MIN
        ? [tally.bytesSent / ((endMs - startMs) / 1000)]
        : [],
    )
    .slice(0, RUNS);
  const assumed = [ASSUMED_BITS.slowest, ASSUMED_BITS.fastest].map((bits) => bits / BITS / OVERHEAD);
  const seen = rates.length > 0 ? rates : assumed;
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
export function timesOf(bytes: number, { slowest, fastest }: Pick<LinkRate, 'slowest' | 'fastest'>) {
  return { fastMs: (bytes / fastest) * 1000, slowMs: (bytes / slowest) * 1000 };
}
