/**
 * When a place is full, from what was read of it: the pace is the median of the paces between any two readings (Theil and Sen), so
 * that a single large backup, a deletion or a wrong reading does not decide. Pure.
 */
import type { SpaceForecast } from './space.ts';

/** What was read at a time (Unix milliseconds). */
export interface SpaceSample {
  readonly atMs: number;
  readonly availableBytes: number;
  readonly usedBytes: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** The pace of so long is what counts. */
export const WINDOW_MS = 30 * DAY_MS;
/** Of a place that is seen seldom, older readings count, too: a drive that comes once a month. */
export const REACH_MS = 180 * DAY_MS;
export const SAMPLES_MIN = 5;
export const SPAN_MIN_MS = 7 * DAY_MS;
/** Nobody can tell from a month what will be later than that. */
const HORIZON_MS = 730 * DAY_MS;
/** Room that came or went so suddenly was given or taken (a larger disk, another quota), not filled: what was before says nothing. */
const CHANGED_SHARE = 0.2;

/** @param samples in any order; those of the same time count once */
export function spaceForecast(samples: readonly SpaceSample[]): SpaceForecast {
  const counted = countedSamples(samples);
  const [first, last] = [counted[0], counted.at(-1)];
  if (first === undefined || last === undefined) return { kind: 'unknown' };
  const overMs = last.atMs - first.atMs;
  if (last.availableBytes <= 0) return { kind: 'full', atMs: last.atMs, overMs };
  if (counted.length < SAMPLES_MIN || overMs < SPAN_MIN_MS) return { kind: 'unknown' };
  const pace = pacePerMs(counted);
  const leftMs = pace > 0 ? last.availableBytes / pace : Number.POSITIVE_INFINITY;
  if (leftMs > HORIZON_MS) return { kind: 'steady', overMs };
  return { kind: 'full', atMs: Math.floor(last.atMs + leftMs), overMs };
}

/** By time, oldest first: since the place became what it is, of the last month, and further back where those are few. */
function countedSamples(samples: readonly SpaceSample[]): readonly SpaceSample[] {
  const byTime = new Map(samples.map((sample) => [sample.atMs, sample]));
  const all = [...byTime.values()].sort((a, b) => a.atMs - b.atMs);
  const changedAt = all.findLastIndex((sample, index) => isAnother(all[index - 1], sample));
  const since = all.slice(Math.max(0, changedAt));
  const lastMs = since.at(-1)?.atMs ?? 0;
  const fewestFrom = since.length - SAMPLES_MIN;
  return since.filter(
    ({ atMs }, index) => atMs >= lastMs - WINDOW_MS || (index >= fewestFrom && atMs >= lastMs - REACH_MS),
  );
}

function isAnother(before: SpaceSample | undefined, after: SpaceSample): boolean {
  if (before === undefined) return false;
  const total = sizeOf(before);
  return Math.abs(sizeOf(after) - total) > total * CHANGED_SHARE;
}

function sizeOf({ availableBytes, usedBytes }: SpaceSample): number {
  return availableBytes + usedBytes;
}

/** Bytes by which less is available with every millisecond; below 0 where it becomes more. At least two samples. */
function pacePerMs(samples: readonly SpaceSample[]): number {
  const paces: number[] = [];
  for (const [index, from] of samples.entries()) {
    for (const to of samples.slice(index + 1)) {
      paces.push((from.availableBytes - to.availableBytes) / (to.atMs - from.atMs));
    }
  }
  paces.sort((a, b) => a - b);
  const upper = Math.floor(paces.length / 2);
  const lower = Math.floor((paces.length - 1) / 2);
  return ((paces[lower] ?? 0) + (paces[upper] ?? 0)) / 2;
}
