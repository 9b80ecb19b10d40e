import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { untilUnused, unusedSince } from '../../../core/helper/unused.ts';
import { FakeClock } from '../doubles/fake-clock.ts';

const MINUTE_MS = 60_000;

describe('a daemon that was started for a desktop', () => {
  it('is of use while anybody is connected or anything is at work, and counts from when neither was', () => {
    const uses = fc.record({ connections: fc.nat(3), atWork: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.option(fc.nat(100), { nil: null }),
        uses,
        fc.integer({ min: 100, max: 200 }),
        (before, use, nowMs) => {
          const idle = use.connections === 0 && use.atWork === 0;
          expect(unusedSince(before, use, nowMs)).toBe(idle ? (before ?? nowMs) : null);
        },
      ),
    );
  });

  it('ends ten minutes after the last window and the last run', async () => {
    const clock = new FakeClock();
    const use = () => {
      const minute = clock.monotonicMs() / MINUTE_MS;
      return {
        connections: minute < 3 || (minute >= 8 && minute < 9) ? 1 : 0,
        atWork: minute >= 12 && minute < 30 ? 1 : 0,
      };
    };
    const ended = untilUnused(use, 10 * MINUTE_MS, clock, new AbortController().signal);
    expect(await clock.runUntil(ended)).toBe(true);
    expect(clock.monotonicMs()).toBe(40 * MINUTE_MS);
  });

  it('does not end by itself once it is told to end', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const ended = untilUnused(() => ({ connections: 1, atWork: 0 }), 1, clock, abort.signal);
    abort.abort();
    expect(await clock.runUntil(ended)).toBe(false);
  });
});
