/** The text of a retention grid: `1x1h(keep=all) | 24x1h | 14x1d`. */
import type { GridBucket } from '../types.ts';
import { parsePositiveSpan } from './duration.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

/** More would only make pruning slow: this is one bucket an hour for more than a year. */
const MAX_BUCKETS = 10_000;

/** Longer texts are refused before the pattern, which looks back over spaces, sees them. */
const MAX_INTERVAL_TEXT = 100;

interface Interval {
  readonly count: number;
  readonly bucket: GridBucket;
}

function parseKeep(text: string): Parsed<number | 'all'> {
  if (text === 'all' || text === '-1') return good('all');
  if (/^\+?\d{1,9}$/.test(text) && Number(text) > 0) return good(Number(text));
  if (/^[+-]?\d+$/.test(text)) return bad(`keep=${text} would keep nothing sensible; write a number from 1, or all`);
  return bad(`keep=${quote(text)} is neither a number nor all`);
}

function parseInterval(text: string): Parsed<Interval> {
  const match =
    text.length > MAX_INTERVAL_TEXT
      ? null
      : /^\s*(\d{1,9})\s*x\s*([^()]*?)\s*(?:\(\s*([^()=\s]*)=([^()]*)\))?\s*$/.exec(text);
  if (match === null) return bad(`${quote(text.trim())} is not of the form 24x1h or 24x1h(keep=all)`);
  const [, repeat, span = '', parameter, keepText] = match;
  const count = Number(repeat);
  if (count === 0) return bad('the number of repetitions must be positive');
  const length = parsePositiveSpan(span);
  if (!length.ok) return length;
  if (parameter === undefined || keepText === undefined)
    return good({ count, bucket: { lengthS: length.value, keep: 1 } });
  if (parameter !== 'keep') return bad(`${quote(parameter)} is not a parameter; only keep=... is`);
  const keep = parseKeep(keepText);
  return keep.ok ? good({ count, bucket: { lengthS: length.value, keep: keep.value } }) : keep;
}

/**
 * The buckets of a grid, one entry each, the youngest first (`24x1h` gives 24 entries). Lengths must not shrink from left to
 * right, but for a shorter one after intervals that all keep everything. An error names the interval by its number from 1.
 */
export function parseGrid(text: string): Parsed<readonly GridBucket[]> {
  const buckets: GridBucket[] = [];
  let previousS = 0;
  let allKept = true;
  for (const [index, part] of text.split('|').entries()) {
    const interval = parseInterval(part);
    if (!interval.ok) return bad(`interval ${index + 1}: ${interval.reason}`);
    const { count, bucket } = interval.value;
    if (bucket.lengthS < previousS && !allKept) {
      return bad(`interval ${index + 1} is shorter than the one before it; intervals must not get shorter with age`);
    }
    previousS = bucket.lengthS;
    allKept &&= bucket.keep === 'all';
    if (buckets.length + count > MAX_BUCKETS) return bad(`the grid has more than ${MAX_BUCKETS} intervals`);
    for (let n = 0; n < count; n += 1) buckets.push(bucket);
  }
  return good(buckets);
}
