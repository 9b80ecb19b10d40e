import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGrid } from '../../../../core/config/values/grid.ts';

const bucket = (lengthS: number, keep: number | 'all' = 1) => ({ lengthS, keep });
const times = (count: number, lengthS: number, keep: number | 'all' = 1) => Array(count).fill(bucket(lengthS, keep));

describe('retention grids', () => {
  it.each([
    ['3x10m', times(3, 600)],
    ['1x1m(keep=2)', [bucket(60, 2)]],
    ['1x1m(keep=all) | 1x1m', [bucket(60, 'all'), bucket(60)]],
    ['1x10m(keep=all) | 1x10m | 1x10m(keep=2) | 1x1h', [bucket(600, 'all'), bucket(600), bucket(600, 2), bucket(3600)]],
    ['1x10s | 1x10s', times(2, 10)],
    ['1x1h(keep=all) | 24x1h | 14x1d', [bucket(3600, 'all'), ...times(24, 3600), ...times(14, 86_400)]],
    ['1x1d(keep=all) | 24x1h', [bucket(86_400, 'all'), ...times(24, 3600)]],
    ['1x1h(keep=all) | 2x2h | 1x3h', [bucket(3600, 'all'), ...times(2, 7200), bucket(10_800)]],
    ['1x1h(keep=-1)', [bucket(3600, 'all')]],
    ['  2 x 1 h (  keep=3)  ', times(2, 3600, 3)],
    ['1x1w(keep=all)|1x1d(keep=all)|1x1h', [bucket(604_800, 'all'), bucket(86_400, 'all'), bucket(3600)]],
  ])('%s', (text, value) => {
    expect(parseGrid(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['', 'interval 1'],
    ['1x1h |', 'interval 2'],
    ['1x1d | 1x1h', 'interval 2 is shorter'],
    ['1x1d(keep=all) | 1x1w | 1x1h', 'interval 3 is shorter'],
    ['0x1h', 'positive'],
    ['-1x1h', 'interval 1'],
    ['1x0', 'longer than 0'],
    ['1x-1h', 'longer than 0'],
    ['1x1h | 1x1', 'interval 2'],
    ['1x1h(keep=0)', 'keep=0'],
    ['1x1h(keep=-2)', 'keep=-2'],
    ['1x1h(keep=some)', 'neither a number nor all'],
    ['1x1h(keep=2 )', 'interval 1'],
    ['1x1h(keep= 2)', 'interval 1'],
    ['1x1h(drop=2)', '"drop" is not a parameter'],
    ['1x1h()', 'interval 1'],
    ['1x1h(keep=1)(keep=2)', 'interval 1'],
    ['10001x1s', 'more than 10000'],
    [`1x1h${' '.repeat(200)}`, 'interval 1'],
  ])('refuses %j', (text, reason) => {
    expect(parseGrid(text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  it('gives one bucket for each repetition, never shorter ones after those that thin out', () => {
    const interval = fc.record({ count: fc.integer({ min: 1, max: 9 }), hours: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(fc.array(interval, { minLength: 1, maxLength: 6 }), (intervals) => {
        const result = parseGrid(intervals.map(({ count, hours }) => `${count}x${hours}h`).join(' | '));
        const sorted = intervals.every(({ hours }, index) => hours >= (intervals[index - 1]?.hours ?? 0));
        expect(result.ok).toBe(sorted);
        if (result.ok)
          expect(result.value).toEqual(intervals.flatMap(({ count, hours }) => times(count, hours * 3600)));
      }),
    );
  });
});
