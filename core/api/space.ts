/** What the status tells of the room where snapshots and copies lie. Pure, and asked by window, tray, notices and terminal alike. */
import { z } from 'zod';
import { bytes, name, timeMs } from './primitives.ts';

/** Places told of one job: the pools of its datasets, and one for each destination. */
export const SPACE_PLACES_MAX = 128;

export const spaceForecastSchema = z.discriminatedUnion('kind', [
  /** Too few readings, or too short a time between them. */
  z.object({ kind: z.literal('unknown') }),
  /** At the pace of the last `overMs` no end is in sight. */
  z.object({ kind: z.literal('steady'), overMs: z.number().nonnegative() }),
  /** At the pace of the last `overMs` nothing is left at that time. */
  z.object({ kind: z.literal('full'), atMs: timeMs, overMs: z.number().nonnegative() }),
]);

export const spacePlaceSchema = z.object({
  side: z.enum(['source', 'destination']),
  /** That of the job's safety rows; null at the source. */
  destination: name.nullable(),
  /** The host that was asked, and the dataset: a pool at the source, below which copies come to lie at a destination. */
  host: name,
  dataset: name,
  /** As ZFS tells it of that dataset, quotas and reservations counted; null = not known. */
  seen: z.object({ atMs: timeMs, availableBytes: bytes, usedBytes: bytes }).nullable(),
  forecast: spaceForecastSchema,
});

export type SpaceForecast = Readonly<z.infer<typeof spaceForecastSchema>>;
export type SpacePlace = Readonly<z.infer<typeof spacePlaceSchema>>;

const DAY_MS = 24 * 60 * 60 * 1000;
/** An end that is nearer is told of. */
export const SOON_MS = 28 * DAY_MS;
/** From what was read longer ago nothing is foretold. */
const STALE_MS = 35 * DAY_MS;

/** A forecast as of now. */
export type SpaceOutlook =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'steady'; readonly overMs: number }
  /** `leftMs` 0: what has come since may be more than there is room for. */
  | { readonly kind: 'full'; readonly leftMs: number; readonly overMs: number };

/** What to expect of a place at this time (Unix milliseconds). */
export function spaceOutlook({ seen, forecast }: Pick<SpacePlace, 'seen' | 'forecast'>, nowMs: number): SpaceOutlook {
  if (seen === null || nowMs - seen.atMs > STALE_MS) return { kind: 'unknown' };
  if (forecast.kind !== 'full') return forecast;
  return { kind: 'full', leftMs: Math.max(0, forecast.atMs - nowMs), overMs: forecast.overMs };
}

/** Whether it is full within four weeks, if all goes on as it did. */
export function isSoonFull(place: Pick<SpacePlace, 'seen' | 'forecast'>, nowMs: number): boolean {
  const outlook = spaceOutlook(place, nowMs);
  return outlook.kind === 'full' && outlook.leftMs < SOON_MS;
}

interface OfJob {
  readonly space?: readonly SpacePlace[] | undefined;
}

/** What is known of the room at a destination of a job; undefined where the job tells nothing of it. */
export function spaceAt({ space }: OfJob, destination: string): SpacePlace | undefined {
  return space?.find((place) => place.side === 'destination' && place.destination === destination);
}

/** A place, and the jobs that need room there. */
export interface SpaceOfJobs<J> {
  readonly place: SpacePlace;
  readonly jobs: readonly J[];
}

/** Every place once, in the order of the jobs: those of the destinations, then the pools that are backed up. */
export function spacesOf<J extends OfJob>({ jobs }: { readonly jobs: readonly J[] }): readonly SpaceOfJobs<J>[] {
  const found = new Map<string, { place: SpacePlace; jobs: J[] }>();
  for (const job of jobs) {
    for (const place of job.space ?? []) {
      const key = spaceKey(place);
      const known = found.get(key);
      if (known === undefined) found.set(key, { place, jobs: [job] });
      else if (!known.jobs.includes(job)) known.jobs.push(job);
    }
  }
  const all = [...found.values()];
  const { destination = [], source = [] } = Object.groupBy(all, ({ place }) => place.side);
  return [...destination, ...source];
}

/** The same for the same place, whichever job tells of it. */
export function spaceKey({ side, destination, host, dataset }: SpacePlace): string {
  return `${side} ${destination ?? ''} ${host} ${dataset}`;
}
