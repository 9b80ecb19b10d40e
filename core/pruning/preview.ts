/**
 * Which snapshots there will be: takes them on the schedule and thins them out by the very grid, in thought. Pure.
 */
import { type Keep, keptAtMost } from '../api/keep.ts';
import {
  type KeptBy,
  PREVIEW_SNAPSHOTS_MAX,
  type RetentionPreview,
  type RetentionPreviewParams,
} from '../api/retention.ts';
import { type GridBucket, keptByGrid } from './grid.ts';

/** How often single snapshots are looked at for one point; each look takes less than a microsecond. */
const LOOKS_MAX = 250_000;
/** What a pass costs beside its snapshots, in their measure. */
const PASS_LOOKS = 20;
/** Snapshots for each one that a bucket keeps; where it gets so many, more would move what it keeps by little. */
const ENOUGH = [64, 32, 16, 8, 4];

interface Snapshot {
  readonly createtxg: bigint;
  readonly creationS: number;
}

/** How one point is worked out. */
interface Course {
  /** What was taken before leaves no trace. */
  readonly startS: number;
  /** Seconds between two snapshots by how old they are, the youngest first; multiples of the interval. */
  readonly steps: readonly { readonly untilAgeS: number; readonly stepS: number }[];
  /** Snapshots from one pass to the next. */
  readonly perPass: number;
}

/**
 * Assumes that every snapshot is taken on time and, on a sender, replicated before it is thinned out. Where that would be too
 * much to work out, long ago fewer are taken than there were, which moves by as much what is left of them.
 */
export function previewRetention(params: RetentionPreviewParams): RetentionPreview {
  const { intervalS, atS } = params;
  const courses = atS.map((pointS) => ({ pointS, course: courseOf(params, pointS) }));
  return {
    points: courses.map(({ pointS, course }) => pointOf(params, pointS, course)),
    taken: Math.floor((atS.at(-1) ?? 0) / intervalS) + 1,
    stepS: Math.max(...courses.map(({ course }) => (course.steps.at(-1)?.stepS ?? intervalS) * course.perPass)),
  };
}

function courseOf({ intervalS, keep }: RetentionPreviewParams, pointS: number): Course {
  const everyS: Course['steps'] = [{ untilAgeS: Number.POSITIVE_INFINITY, stepS: intervalS }];
  const longestS = Math.max(0, ...keep.grid.map(({ lengthS }) => lengthS));
  const reachS = Math.max(reachOf(keep.grid), (keep.lastN ?? 0) * intervalS) + 2 * longestS;
  const lateS = Math.max(0, Math.floor((pointS - reachS) / intervalS) * intervalS);
  const courses = [
    { startS: 0, steps: everyS },
    { startS: lateS, steps: everyS },
    ...ENOUGH.map((enough) => ({ startS: lateS, steps: stepsOf(keep, intervalS, enough) })),
  ].map((course) => ({ ...course, looks: looksOf(course.steps, pointS - course.startS, keptAtMost(keep, intervalS)) }));
  const least = courses.reduce((a, b) => (b.looks < a.looks ? b : a));
  const { looks, ...course } = courses.find((one) => one.looks <= LOOKS_MAX) ?? least;
  return { ...course, perPass: Math.ceil(looks / LOOKS_MAX) };
}

/** What the course of so many seconds takes when each snapshot is followed by a pass. */
function looksOf(steps: Course['steps'], ageS: number, keptMax: number): number {
  let snapshots = 1;
  let fromS = 0;
  for (const { untilAgeS, stepS } of steps) {
    const toS = Math.max(fromS, Math.min(untilAgeS, ageS));
    snapshots += (toS - fromS) / stepS;
    fromS = toS;
  }
  return snapshots * (Math.min(keptMax, snapshots) + PASS_LOOKS);
}

function stepsOf({ grid, lastN }: Keep, intervalS: number, enough: number): Course['steps'] {
  const steps: { untilAgeS: number; stepS: number }[] = [{ untilAgeS: (lastN ?? 0) * intervalS, stepS: intervalS }];
  let untilAgeS = 0;
  let stepS = intervalS;
  for (const { count, lengthS, keep } of grid) {
    untilAgeS += count * lengthS;
    const wantedS = keep === 'all' ? intervalS : lengthS / keep / enough;
    stepS = Math.max(intervalS, Math.floor(wantedS / intervalS) * intervalS);
    steps.push({ untilAgeS, stepS });
  }
  return [...steps, { untilAgeS: Number.POSITIVE_INFINITY, stepS }];
}

function reachOf(grid: Keep['grid']): number {
  return grid.reduce((sum, { count, lengthS }) => sum + count * lengthS, 0);
}

function pointOf(
  { intervalS, keep }: RetentionPreviewParams,
  pointS: number,
  { startS, steps, perPass }: Course,
): RetentionPreview['points'][number] {
  const buckets = keep.grid.flatMap(({ count, lengthS, keep: kept }): GridBucket[] =>
    Array.from({ length: count }, () => ({ lengthS, keep: kept })),
  );
  let alive: Snapshot[] = [];
  let untilPass = perPass;
  for (let creationS = startS; creationS <= pointS; ) {
    alive.push({ creationS, createtxg: BigInt(creationS) });
    untilPass -= 1;
    if (untilPass === 0) {
      alive = [...keptOf(alive, buckets, keep.lastN).keys()];
      untilPass = perPass;
    }
    const ageS = pointS - creationS;
    const { stepS } = steps.find(({ untilAgeS }) => ageS <= untilAgeS) ?? { stepS: intervalS };
    // Never beyond the point by more than an interval: the last one is taken on time.
    creationS += Math.max(intervalS, Math.min(stepS, Math.floor(ageS / intervalS) * intervalS));
  }
  const stays = keptOf(alive, buckets, keep.lastN);
  const youngest = [...stays].reverse().slice(0, PREVIEW_SNAPSHOTS_MAX);
  return {
    atS: pointS,
    kept: stays.size,
    snapshots: youngest.map(([{ creationS }, by]) => ({ ageS: pointS - creationS, by })),
  };
}

/** What stays, oldest first, and why; the newest does whatever the rules say. */
function keptOf(
  oldestFirst: readonly Snapshot[],
  buckets: readonly GridBucket[],
  lastN: number | null,
): ReadonlyMap<Snapshot, KeptBy> {
  const inGrid = buckets.length === 0 ? new Set<Snapshot>() : keptByGrid(oldestFirst, buckets);
  const stays = new Map<Snapshot, KeptBy>();
  for (const [index, snapshot] of oldestFirst.entries()) {
    const fromNewest = oldestFirst.length - index;
    if (inGrid.has(snapshot)) stays.set(snapshot, 'grid');
    else if (fromNewest <= (lastN ?? 0)) stays.set(snapshot, 'last');
    else if (fromNewest === 1) stays.set(snapshot, 'newest');
  }
  return stays;
}
