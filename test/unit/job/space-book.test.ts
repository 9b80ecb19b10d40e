import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SpaceSample, spaceForecast } from '../../../core/api/space-forecast.ts';
import {
  PLACES_MAX,
  READ_AGAIN_MOVED_MS,
  READ_AGAIN_MS,
  SAMPLES_MAX,
  SpaceBook,
  thinned,
} from '../../../core/job/space-book.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const T0 = Date.UTC(2026, 8, 1);

const sample = (atMs: number, availableBytes = 1000): SpaceSample => ({ atMs, availableBytes, usedBytes: 9000 });

/** Readings of up to two years, often or seldom. */
const anyReadings = fc.array(fc.integer({ min: 1, max: 20 * DAY }), { minLength: 1, maxLength: 400 }).map((steps) => {
  let atMs = T0;
  return steps.map((step) => {
    atMs += step;
    return sample(atMs);
  });
});

describe('what is kept of the room at a place', () => {
  it('is bounded, has the last reading, and stays as it is when thinned again', () => {
    fc.assert(
      fc.property(anyReadings, (all) => {
        const kept = thinned(all);
        expect(kept.length).toBeLessThanOrEqual(SAMPLES_MAX);
        expect(kept.at(-1)).toEqual(all.at(-1));
        expect(thinned(kept)).toEqual(kept);
        expect(all).toEqual(expect.arrayContaining([...kept]));
      }),
    );
  });

  it('has a month of four readings a day in it', () => {
    const all = Array.from({ length: 24 * 60 * 3 }, (_, hour) => sample(T0 + hour * HOUR));
    const book = new SpaceBook();
    for (const one of all) book.note('p', one);
    const [record] = book.records;
    expect(record?.samples.length).toBeLessThanOrEqual(SAMPLES_MAX);
    expect(record?.samples.length).toBeGreaterThan(120);
    expect(book.of('p').forecast).toMatchObject({ kind: 'steady' });
  });

  it('tells the same forecast as all readings do, within a day, where the pace is even', () => {
    const all = Array.from({ length: 30 * 24 * 4 }, (_, quarter) =>
      sample(T0 + quarter * (HOUR / 4), 1_000_000 - quarter * 100),
    );
    const book = new SpaceBook();
    for (const one of all) book.note('p', one);
    const [whole, kept] = [spaceForecast(all), book.of('p').forecast];
    if (whole.kind !== 'full' || kept.kind !== 'full') throw new Error('no end');
    expect(Math.abs(whole.atMs - kept.atMs)).toBeLessThan(DAY);
  });

  it('forgets what is dated later than now: the clock was wrong', () => {
    const book = new SpaceBook();
    book.note('p', sample(T0));
    book.note('p', sample(T0 + 100 * DAY));
    book.note('p', sample(T0 + DAY));
    expect(book.records).toEqual([{ key: 'p', samples: [sample(T0), sample(T0 + DAY)] }]);
  });

  it('is of so many places at most: those that were read last', () => {
    const book = new SpaceBook();
    for (let n = 0; n <= PLACES_MAX; n += 1) book.note(`${n}`, sample(T0));
    expect(book.records).toHaveLength(PLACES_MAX);
    expect(book.of('0')).toEqual({ seen: null, forecast: { kind: 'unknown' } });
    expect(book.of('1').seen).toEqual(sample(T0));
  });

  it('can be taken over by the next one', () => {
    fc.assert(
      fc.property(anyReadings, (all) => {
        const book = new SpaceBook();
        for (const one of all) book.note('p', one);
        const next = new SpaceBook();
        next.load(book.records);
        expect(next.records).toEqual(book.records);
        expect(next.of('p')).toEqual(book.of('p'));
      }),
    );
  });
});

describe('a place', () => {
  it('is read again after a while, sooner where something has moved, and not at once where that failed', () => {
    const book = new SpaceBook();
    expect(book.isDue('p', false, T0)).toBe(true);
    book.tried('p', T0);
    expect(book.isDue('p', true, T0 + READ_AGAIN_MOVED_MS - 1)).toBe(false);
    expect(book.isDue('p', true, T0 + READ_AGAIN_MOVED_MS)).toBe(true);
    book.note('p', sample(T0 + DAY));
    expect(book.isDue('p', false, T0 + DAY + READ_AGAIN_MS - 1)).toBe(false);
    expect(book.isDue('p', false, T0 + DAY + READ_AGAIN_MS)).toBe(true);
    expect(book.isDue('p', false, T0)).toBe(true);
  });
});
