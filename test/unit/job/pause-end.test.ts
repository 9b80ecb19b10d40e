import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAUSE_MAX_MS } from '../../../core/api/control.ts';
import { isOver, pauseEnd } from '../../../core/job/pause-end.ts';

const HOUR_MS = 3_600_000;
const at = (day: number, hour: number, minute = 0): number => new Date(2026, 10, day, hour, minute).getTime();

describe('the end of a pause', () => {
  it('is so much later, or open', () => {
    expect(pauseEnd({ kind: 'for', durationMs: HOUR_MS }, 1000)).toBe(1000 + HOUR_MS);
    expect(pauseEnd({ kind: 'told' }, 1000)).toBeNull();
  });

  it('tomorrow is the next morning, but not one that is nearly here', () => {
    expect(pauseEnd({ kind: 'tomorrow' }, at(10, 14))).toBe(at(11, 6));
    expect(pauseEnd({ kind: 'tomorrow' }, at(10, 23, 59))).toBe(at(11, 6));
    expect(pauseEnd({ kind: 'tomorrow' }, at(11, 2))).toBe(at(11, 6));
    expect(pauseEnd({ kind: 'tomorrow' }, at(11, 3, 1))).toBe(at(12, 6));
    expect(pauseEnd({ kind: 'tomorrow' }, at(30, 20))).toBe(new Date(2026, 11, 1, 6).getTime());
  });

  it('tomorrow is never longer than a timed pause may be, on no day of no year', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (nowMs) => {
        const end = pauseEnd({ kind: 'tomorrow' }, nowMs) ?? 0;
        expect(end - nowMs).toBeGreaterThanOrEqual(3 * HOUR_MS);
        expect(end - nowMs).toBeLessThanOrEqual(PAUSE_MAX_MS);
        expect(isOver({ sinceMs: nowMs, untilMs: end }, nowMs)).toBe(false);
        expect(isOver({ sinceMs: nowMs, untilMs: end }, end)).toBe(true);
      }),
    );
  });

  it('has come when the clock was set back so far that nobody can have meant it', () => {
    expect(isOver({ sinceMs: 0, untilMs: PAUSE_MAX_MS + 5 }, 4)).toBe(true);
    expect(isOver({ sinceMs: 0, untilMs: null }, 4)).toBe(false);
  });
});
