import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lateAfterMs, lateLevelOf, missedARun } from '../../../core/api/lateness.ts';
import { sentence } from '../../../core/api/sentence.ts';
import { trayState } from '../../../core/api/tray-state.ts';
import { common, DAY, daemon, HOUR, job, MIN, NOW_MS, safety } from '../cli/support/example-status.ts';

const every = (intervalMs?: number) => ({
  snapshotting: {
    type: 'periodic' as const,
    state: 'waiting' as const,
    nextAtMs: null,
    ...(intervalMs === undefined ? {} : { intervalMs }),
    problem: null,
    items: [],
  },
});

describe('when a copy is late', () => {
  it.each([
    ['ten minutes', 10 * MIN, DAY + 10 * MIN],
    ['an hour', HOUR, 25 * HOUR],
    ['a day', DAY, 2 * DAY],
    ['a week', 7 * DAY, 14 * DAY],
    ['a month', 31 * DAY, 62 * DAY],
    ['no schedule', undefined, 2 * DAY],
  ])('is by its own schedule: %s', (_name, intervalMs, ms) => {
    expect(lateAfterMs(every(intervalMs), 'nas:backup')).toBe(ms);
    expect(lateLevelOf(every(intervalMs), 'nas:backup', ms)).toBe(0);
    expect(lateLevelOf(every(intervalMs), 'nas:backup', ms + 1)).toBe(1);
  });

  it('is told in three levels, at one, two and four units, and never falls with the age', () => {
    const interval = fc.option(fc.integer({ min: MIN, max: 90 * DAY }), { nil: undefined });
    const age = fc.integer({ min: 0, max: 1000 * DAY });
    fc.assert(
      fc.property(interval, age, age, (intervalMs, one, other) => {
        const job_ = every(intervalMs);
        const [young, old] = one < other ? [one, other] : [other, one];
        expect(lateLevelOf(job_, 'nas:backup', young)).toBeLessThanOrEqual(lateLevelOf(job_, 'nas:backup', old));
        expect(lateLevelOf(job_, 'nas:backup', old) > 0).toBe(old > lateAfterMs(job_, 'nas:backup'));
        // What comes in its time is never late, not even a day after it was due.
        expect(lateLevelOf(job_, 'nas:backup', (intervalMs ?? 0) + DAY)).toBe(0);
      }),
    );
    expect(
      [DAY, 2 * DAY, 2 * DAY + 1, 3 * DAY + 1, 5 * DAY + 1].map((ms) => lateLevelOf(every(DAY), 'nas:backup', ms)),
    ).toEqual([0, 0, 1, 2, 3]);
  });

  it('has missed a run after two intervals, however short; without a schedule nobody knows', () => {
    expect([2 * HOUR, 2 * HOUR + 1].map((ms) => missedARun(every(HOUR), ms))).toEqual([false, true]);
    expect(missedARun(every(), 100 * DAY)).toBe(false);
  });

  it('is the same for the icon and the sentence', () => {
    const at = (ageMs: number, intervalMs: number) =>
      daemon(job('nas', { ...every(intervalMs), safety: [safety('rpool/home', { newestCommon: common(ageMs) })] }));
    for (const [ageMs, intervalMs, late] of [
      [26 * HOUR, HOUR, true],
      [26 * HOUR, DAY, false],
      [10 * DAY, 7 * DAY, false],
      [15 * DAY, 7 * DAY, true],
    ] as const) {
      const status = at(ageMs, intervalMs);
      expect(trayState(status, NOW_MS).state === 'overdue').toBe(late);
      expect(sentence(status, NOW_MS).startsWith('Everything')).toBe(!late);
    }
  });
});
