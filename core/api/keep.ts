/**
 * How long snapshots are kept, as a person chooses it: a grid, and how many of the newest in any case. No expressions: which
 * snapshots are meant is not for this.
 */
import { z } from 'zod';

const DAY_S = 86_400;
/** Of one interval of a grid. */
export const SPAN_S_MAX = 100 * 366 * DAY_S;
/** Of all intervals, each repetition counted; as in core/config. */
export const GRID_BUCKETS_MAX = 10_000;
export const GRID_INTERVALS_MAX = 20;
const KEEP_MAX = 10_000;

/** `count` buckets one behind the other, each of this length, each keeping so many. */
export const gridIntervalSchema = z.strictObject({
  count: z.number().int().min(1).max(GRID_BUCKETS_MAX),
  lengthS: z.number().int().min(1).max(SPAN_S_MAX),
  keep: z.union([z.number().int().min(1).max(KEEP_MAX), z.literal('all')]),
});

/** Lengths do not get shorter with age, but behind intervals that all keep everything. */
const gridSchema = z
  .array(gridIntervalSchema)
  .max(GRID_INTERVALS_MAX)
  .refine((grid) => gridFault(grid) === null);

/** What one side keeps; an empty grid together with no `lastN` keeps nothing, and is refused. */
export const keepSchema = z
  .strictObject({
    /** The youngest first. */
    grid: gridSchema,
    /** The newest so many in any case; null for no such rule. */
    lastN: z.number().int().min(1).max(KEEP_MAX).nullable(),
  })
  .refine(({ grid, lastN }) => grid.length > 0 || lastN !== null);

export type GridInterval = z.infer<typeof gridIntervalSchema>;
export type Keep = z.infer<typeof keepSchema>;

/** Why intervals are no grid; null where they are one. */
export function gridFault(grid: readonly GridInterval[]): 'too-many' | 'gets-shorter' | null {
  if (grid.reduce((sum, { count }) => sum + count, 0) > GRID_BUCKETS_MAX) return 'too-many';
  let beforeS = 0;
  let allKept = true;
  for (const { lengthS, keep } of grid) {
    if (lengthS < beforeS && !allKept) return 'gets-shorter';
    beforeS = lengthS;
    allKept &&= keep === 'all';
  }
  return null;
}

const UNITS = [
  ['w', 7 * DAY_S],
  ['d', DAY_S],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** A time span as the configuration writes it, in the largest unit that fits: `15m`, `2w`. */
export function spanText(seconds: number): string {
  const [unit, sizeS] = UNITS.find(([, size]) => seconds % size === 0) ?? ['s', 1];
  return `${seconds / sizeS}${unit}`;
}

/** A grid as the configuration writes it: `1x1h(keep=all) | 24x1h | 14x1d`. */
export function gridText(grid: readonly GridInterval[]): string {
  return grid
    .map(({ count, lengthS, keep }) => `${count}x${spanText(lengthS)}${keep === 1 ? '' : `(keep=${keep})`}`)
    .join(' | ');
}

/** How many snapshots there are in the long run, at most, when one is taken every so often. */
export function keptAtMost({ grid, lastN }: Keep, intervalS: number): number {
  const inGrid = grid.reduce((sum, { count, lengthS, keep }) => {
    const taken = lengthS / intervalS;
    return sum + count * (keep === 'all' ? taken : Math.min(keep, taken));
  }, 0);
  return Math.ceil(inGrid) + (lastN ?? 0) + 1;
}
