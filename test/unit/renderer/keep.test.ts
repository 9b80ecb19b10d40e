import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridIntervalSchema, type Keep, SPAN_S_MAX } from '../../../core/api/keep.ts';
import { PRESETS } from '../../../core/api/wizard/presets.ts';
import {
  canAddRow,
  keepFault,
  numberedRows,
  SPAN_UNITS,
  spanIn,
  spanOf,
  spanSeconds,
  withChangedRow,
  withoutRow,
  withRow,
} from '../../../renderer/model/keep-form.ts';
import { AGE_TICKS, agePlace, bandCounts, distinctPlaces } from '../../../renderer/model/keep-picture.ts';

const HOUR_S = 3600;
const seconds = fc.integer({ min: 1, max: SPAN_S_MAX });

describe('a length of time', () => {
  it('is the same after it was shown', () => {
    fc.assert(
      fc.property(seconds, fc.constantFrom(...SPAN_UNITS), (length, unit) => {
        expect(spanSeconds(spanOf(length))).toBe(length);
        expect(spanSeconds(spanIn(length, unit))).toBe(length);
      }),
    );
  });

  it('stays in the unit in which somebody types', () => {
    expect(spanOf(7 * 24 * HOUR_S)).toEqual({ count: 1, unit: 'week' });
    expect(spanIn(7 * 24 * HOUR_S, 'day')).toEqual({ count: 7, unit: 'day' });
    expect(spanIn(90 * 60, 'hour')).toEqual({ count: 90, unit: 'minute' });
  });
});

describe('the form of what is kept', () => {
  const empty: Keep = { grid: [], lastN: null };

  it('says what is wrong', () => {
    expect(keepFault(empty)).toBe('nothing');
    expect(keepFault({ grid: [], lastN: 3 })).toBeNull();
    const shrinking = [
      { count: 1, lengthS: 2 * HOUR_S, keep: 1 as const },
      { count: 1, lengthS: HOUR_S, keep: 1 as const },
    ];
    expect(keepFault({ grid: shrinking, lastN: null })).toBe('gets-shorter');
    for (const { keepSender, keepReceiver } of PRESETS) {
      expect([keepFault(keepSender), keepFault(keepReceiver)]).toEqual([null, null]);
    }
  });

  it('adds rows that fit behind the others, until there are enough', () => {
    let keep = empty;
    while (canAddRow(keep)) {
      keep = withRow(keep);
      expect(keepFault(keep)).toBeNull();
      expect(gridIntervalSchema.safeParse(keep.grid.at(-1)).success).toBe(true);
    }
    expect(numberedRows(keep).map(({ number }) => number)).toEqual(keep.grid.map((_, index) => index + 1));
  });

  it('changes and removes one row', () => {
    const two = withRow(withRow(empty));
    expect(withChangedRow(two, 1, { count: 99 }).grid.map(({ count }) => count)).toEqual([two.grid[0]?.count, 99]);
    expect(withoutRow(two, 0).grid).toEqual([two.grid[1]]);
  });
});

describe('the picture of what is kept', () => {
  const age = fc.integer({ min: 0, max: 20 * 366 * 24 * HOUR_S });

  it('has older snapshots before younger ones', () => {
    fc.assert(
      fc.property(age, age, (a, b) => {
        const [older, younger] = [Math.max(a, b), Math.min(a, b)];
        expect(agePlace(older)).toBeLessThanOrEqual(agePlace(younger));
        expect(agePlace(older)).toBeGreaterThanOrEqual(0);
        expect(agePlace(younger)).toBeLessThanOrEqual(1);
      }),
    );
    expect(AGE_TICKS.map(({ at }) => at)).toEqual(AGE_TICKS.map(({ at }) => at).toSorted((a, b) => b - a));
  });

  it('counts every snapshot once, and draws no more lines than there is room for', () => {
    fc.assert(
      fc.property(fc.array(age, { maxLength: 300 }), (ages) => {
        expect(Object.values(bandCounts(ages)).reduce((sum, count) => sum + count, 0)).toBe(ages.length);
        expect(distinctPlaces(ages, 1 / 240).length).toBeLessThanOrEqual(Math.min(241, ages.length));
      }),
    );
    expect(bandCounts([0, HOUR_S, 25 * HOUR_S])).toMatchObject({ hour: 1, day: 1, week: 1 });
  });
});
