import { describe, expect, it } from 'vitest';
import { parseCron } from '../../../core/snapshotting/cron.ts';
import { longestGapMs } from '../../../core/snapshotting/longest-gap.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW_MS = Date.UTC(2026, 10, 27, 1, 0);

describe('the longest time between two fires', () => {
  it.each([
    ['0 * * * *', HOUR, HOUR],
    ['*/10 * * * *', 10 * 60_000, HOUR],
    ['30 3 * * *', DAY, DAY],
    ['0 8-18 * * 1-5', 62 * HOUR, 62 * HOUR],
    // The last minute of Friday to the first of Monday.
    ['* * * * 1-5', 2 * DAY, 2 * DAY + HOUR],
    ['0 4 * * 0', 7 * DAY, 7 * DAY],
    ['0 4 1 * *', 31 * DAY, 31 * DAY],
    ['0 4 1 1 *', 365 * DAY, 366 * DAY],
  ])('of %s', (text, leastMs, mostMs) => {
    const gapMs = longestGapMs(parseCron(text, 'UTC'), NOW_MS);
    expect(gapMs).toBeGreaterThanOrEqual(leastMs);
    expect(gapMs).toBeLessThanOrEqual(mostMs);
  });

  it('asks the calendar a bounded number of times, however often it fires', () => {
    const schedule = parseCron('* * * * * *', 'UTC');
    let asked = 0;
    const nextAfter = (ms: number): number => {
      asked += 1;
      return schedule.nextAfter(ms);
    };
    const counting = { ...schedule, nextAfter };
    expect(longestGapMs(counting, NOW_MS)).toBeLessThanOrEqual(HOUR);
    expect(asked).toBeLessThan(500);
  });
});
