/** `retention/preview`: which snapshots there will be one day, if they are taken and thinned out like that. */
import { z } from 'zod';
import { type Keep, keepSchema, keptAtMost } from './keep.ts';
import { count } from './primitives.ts';

const MINUTE_S = 60;
const YEAR_S = 366 * 86_400;
export const PREVIEW_POINTS_MAX = 8;
/** Told one by one at each point, the youngest first; their number is always that of all. */
export const PREVIEW_SNAPSHOTS_MAX = 2000;

/** Seconds between two snapshots. */
export const snapshotIntervalS = z.number().int().min(MINUTE_S).max(YEAR_S);

/** More is not worked out: nobody would look at so many, and no pool would like them. */
const PREVIEW_TAKEN_MAX = 400_000;
const PREVIEW_KEPT_MAX = 20_000;

export const retentionPreviewParams = z
  .strictObject({
    intervalS: snapshotIntervalS,
    keep: keepSchema,
    /** When to look, seconds from the first snapshot on; ascending. */
    atS: z
      .array(
        z
          .number()
          .int()
          .min(1)
          .max(10 * YEAR_S),
      )
      .min(1)
      .max(PREVIEW_POINTS_MAX)
      .refine((points) => points.every((at, index) => index === 0 || at > (points[index - 1] ?? 0))),
  })
  .refine(({ intervalS, keep, atS }) => isPreviewable(intervalS, keep, atS.at(-1) ?? 0));

/** Whether there are not too many snapshots to be shown up to then. */
export function isPreviewable(intervalS: number, keep: Keep, untilS: number): boolean {
  const taken = untilS / intervalS;
  return taken <= PREVIEW_TAKEN_MAX && Math.min(keptAtMost(keep, intervalS), taken) <= PREVIEW_KEPT_MAX;
}

/** Why a snapshot is there: an interval of the grid or the newest so many, and otherwise because it is the newest. */
export const keptBySchema = z.enum(['grid', 'last', 'newest']);

export const retentionPreviewReply = z.object({
  points: z
    .array(
      z.object({
        atS: count,
        /** All that are there then. */
        kept: count,
        /** Seconds between then and the snapshot, the youngest first. */
        snapshots: z.array(z.object({ ageS: count, by: keptBySchema })).max(PREVIEW_SNAPSHOTS_MAX),
      }),
    )
    .max(PREVIEW_POINTS_MAX),
  /** Snapshots that were taken up to the last point. */
  taken: count,
  /** How exact it is: the interval itself, or longer where that would be too much to work out. */
  stepS: count,
});

export type RetentionPreview = z.infer<typeof retentionPreviewReply>;
export type RetentionPreviewParams = z.infer<typeof retentionPreviewParams>;
export type KeptBy = z.infer<typeof keptBySchema>;
