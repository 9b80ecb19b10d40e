/** What is kept, as a picture on an axis of ages and as a table. Pure. */

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** Ages that the axis and the table name; the last has no end. */
export const AGE_BANDS = [
  { band: 'hour', untilS: HOUR_S },
  { band: 'day', untilS: DAY_S },
  { band: 'week', untilS: 7 * DAY_S },
  { band: 'month', untilS: 30 * DAY_S },
  { band: 'year', untilS: 366 * DAY_S },
  { band: 'older', untilS: Number.POSITIVE_INFINITY },
] as const;
export type AgeBand = (typeof AGE_BANDS)[number]['band'];

const YOUNGEST_S = 10 * 60;
const OLDEST_S = 3 * 366 * DAY_S;
const SPAN = Math.log(OLDEST_S / YOUNGEST_S);

/** Where an age stands: 0 is the past, 1 is now. By the logarithm, so that an hour and a year have room beside each other. */
export function agePlace(ageS: number): number {
  const within = Math.min(OLDEST_S, Math.max(YOUNGEST_S, ageS));
  return 1 - Math.log(within / YOUNGEST_S) / SPAN;
}

export interface Tick {
  readonly band: AgeBand;
  readonly at: number;
}

/** The ends of the bands on the axis. */
export const AGE_TICKS: readonly Tick[] = AGE_BANDS.filter(({ untilS }) => Number.isFinite(untilS)).map(
  ({ band, untilS }) => ({ band, at: agePlace(untilS) }),
);

/** How many fall into each band. */
export function bandCounts(agesS: readonly number[]): Readonly<Record<AgeBand, number>> {
  const counts = { hour: 0, day: 0, week: 0, month: 0, year: 0, older: 0 };
  for (const ageS of agesS) {
    const found = AGE_BANDS.find(({ untilS }) => ageS < untilS);
    if (found !== undefined) counts[found.band] += 1;
  }
  return counts;
}

/** Places at least `step` apart: of a thousand snapshots in an hour one sees a block, not a thousand lines. */
export function distinctPlaces(agesS: readonly number[], step: number): readonly number[] {
  const places = new Set(agesS.map((ageS) => Math.round(agePlace(ageS) / step)));
  return [...places].toSorted((a, b) => a - b).map((place) => place * step);
}

interface Point {
  readonly kept: number;
  readonly snapshots: readonly { readonly ageS: number }[];
}

/** How many snapshots fewer there are, band by band: more of young ones make up for none of the old. Null where it is not known. */
export function lostInBands(was: Point | undefined, willBe: Point | undefined): number | null {
  if (was === undefined || willBe === undefined) return null;
  // Not all of very many are told one by one.
  if (was.snapshots.length < was.kept || willBe.snapshots.length < willBe.kept)
    return Math.max(0, was.kept - willBe.kept);
  const [before, after] = [was, willBe].map(({ snapshots }) => bandCounts(snapshots.map(({ ageS }) => ageS)));
  if (before === undefined || after === undefined) return null;
  return AGE_BANDS.reduce((sum, { band }) => sum + Math.max(0, before[band] - after[band]), 0);
}
