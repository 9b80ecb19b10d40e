/** The text of a retention grid: `1x1h(keep=all) | 24x1h | 14x1d`. */
import { fieldFault } from '../../api/field-fault.ts';
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
  if (/^[+-]?\d+$/.test(text)) return bad(fieldFault('grid-keep-number', { text }));
  return bad(fieldFault('grid-keep-word', { text: quote(text) }));
}

function parseInterval(text: string): Parsed<Interval> {
  const match =
    text.length > MAX_INTERVAL_TEXT
      ? null
      : /^\s*(\d{1,9})\s*x\s*([^()]*?)\s*(?:\(\s*([^()=\s]*)=([^()]*)\))?\s*$/.exec(text);
  if (match === null) return bad(fieldFault('grid-form', { text: quote(text.trim()) }));
  const [, repeat, span = '', parameter, keepText] = match;
  const count = Number(repeat);
  if (count === 0) return bad(fieldFault('grid-repeat'));
  const length = parsePositiveSpan(span);
  if (!length.ok) return length;
  if (parameter === undefined || keepText === undefined)
    return good({ count, bucket: { lengthS: length.value, keep: 1 } });
  if (parameter !== 'keep') return bad(fieldFault('grid-parameter', { text: quote(parameter) }));
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
    if (!interval.ok) return bad(fieldFault('grid-interval', { index: `${index + 1}`, reason: interval.reason }));
    const { count, bucket } = interval.value;
    if (bucket.lengthS < previousS && !allKept) {
      return bad(fieldFault('grid-shorter', { index: `${index + 1}` }));
    }
    previousS = bucket.lengthS;
    allKept &&= bucket.keep === 'all';
    if (buckets.length + count > MAX_BUCKETS) return bad(fieldFault('grid-too-many', { count: `${MAX_BUCKETS}` }));
    for (let n = 0; n < count; n += 1) buckets.push(bucket);
  }
  return good(buckets);
}
