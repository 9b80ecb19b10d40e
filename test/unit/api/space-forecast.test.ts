import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  REACH_MS,
  SAMPLES_MIN,
  SPAN_MIN_MS,
  type SpaceSample,
  spaceForecast,
  WINDOW_MS,
} from '../../../core/api/space-forecast.ts';

const DAY = 24 * 3600_000;
const T0 = Date.UTC(2026, 8, 1);
const GIB = 2 ** 30;
const SIZE = 4000 * GIB;

/** Of one place whose size stays as it is. */
const at = (day: number, availableBytes: number): SpaceSample => ({
  atMs: T0 + day * DAY,
  availableBytes,
  usedBytes: SIZE - availableBytes,
});

const line = (days: readonly number[], startBytes: number, perDayBytes: number) =>
  days.map((day) => at(day, startBytes - day * perDayBytes));

const range = (count: number, step = 1) => Array.from({ length: count }, (_, index) => index * step);

/** Later is larger; what is not known or has no end is last. */
const endOf = (samples: readonly SpaceSample[]): number => {
  const forecast = spaceForecast(samples);
  return forecast.kind === 'full' ? forecast.atMs : Number.POSITIVE_INFINITY;
};

/** Enough readings for a forecast, whatever they say, in a place of which much is never used: its size never seems to change. */
const anySeries = fc
  .array(fc.record({ hours: fc.integer({ min: 1, max: 48 }), gib: fc.integer({ min: 1, max: 1000 }) }), {
    minLength: 20,
    maxLength: 60,
  })
  .map((steps) => {
    let hours = 0;
    return steps.map((step) => {
      hours += step.hours;
      return at(hours / 24, step.gib * GIB);
    });
  });

describe('when a place is full', () => {
  it('is told from an even pace', () => {
    const samples = line(range(31), 100 * GIB, GIB);
    expect(spaceForecast(samples)).toEqual({ kind: 'full', atMs: T0 + 100 * DAY, overMs: 30 * DAY });
  });

  it('is not known from few readings, or from a short time', () => {
    expect(spaceForecast([])).toEqual({ kind: 'unknown' });
    expect(spaceForecast(line([0, 10, 20, 30], 100 * GIB, GIB))).toEqual({ kind: 'unknown' });
    expect(spaceForecast(line(range(27, 0.25), 100 * GIB, GIB))).toEqual({ kind: 'unknown' });
    expect(spaceForecast(line(range(29, 0.25), 100 * GIB, GIB)).kind).toBe('full');
  });

  it.each([0, -GIB])('has no end in sight where %d bytes a day are used', (perDay) => {
    expect(spaceForecast(line(range(31), 100 * GIB, perDay))).toEqual({ kind: 'steady', overMs: 30 * DAY });
  });

  it('is not told for years ahead', () => {
    expect(spaceForecast(line(range(31), 1000 * GIB, GIB)).kind).toBe('steady');
  });

  it('is now where nothing is left, however little is known', () => {
    expect(spaceForecast([at(3, 0)])).toEqual({ kind: 'full', atMs: T0 + 3 * DAY, overMs: 0 });
    expect(spaceForecast(line(range(31), 0, 0))).toEqual({ kind: 'full', atMs: T0 + 30 * DAY, overMs: 30 * DAY });
  });

  it('does not follow from one large backup', () => {
    const before = line(range(20), 900 * GIB, 0.01 * GIB);
    const after = range(11).map((day) => at(day + 20, 400 * GIB - day * 0.01 * GIB));
    expect(spaceForecast([...before, ...after]).kind).toBe('steady');
  });

  it('counts the last month only, where it has enough readings', () => {
    const old = range(30).map((day) => at(day, (3000 - day * 50) * GIB));
    const recent = range(31).map((day) => at(day + 31, (1500 - day) * GIB));
    expect(spaceForecast([...old, ...recent]).kind).toBe('steady');
    const { overMs } = spaceForecast(recent) as { overMs: number };
    expect(overMs).toBe(WINDOW_MS);
  });

  it('reaches further back for a drive that comes once a month, and not for ever', () => {
    expect(spaceForecast(line([0, 30, 60, 90, 120], 200 * GIB, GIB))).toMatchObject({
      kind: 'full',
      atMs: T0 + 200 * DAY,
      overMs: 120 * DAY,
    });
    expect(spaceForecast(line([0, 90, 180, 270, 360], 1000 * GIB, GIB))).toEqual({ kind: 'unknown' });
    expect(REACH_MS).toBe(180 * DAY);
  });

  it('begins anew where the place has become another one', () => {
    const before = line(range(20), 100 * GIB, GIB);
    const larger = range(10).map((day) => ({
      atMs: T0 + (day + 20) * DAY,
      availableBytes: (2100 - day) * GIB,
      usedBytes: SIZE - 80 * GIB + day * GIB,
    }));
    expect(spaceForecast([...before, ...larger.slice(0, 3)])).toEqual({ kind: 'unknown' });
    expect(spaceForecast([...before, ...larger])).toEqual(spaceForecast(larger));
  });

  it('is the same in whatever order the readings come, and however often each', () => {
    fc.assert(
      fc.property(anySeries, fc.infiniteStream(fc.nat()), (samples, order) => {
        const shuffled = samples
          .map((sample) => ({ sample, rank: order.next().value ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ sample }) => sample);
        expect(spaceForecast([...shuffled, ...samples])).toEqual(spaceForecast(samples));
      }),
    );
  });

  it('is never earlier with more room, all the time or only now', () => {
    fc.assert(
      fc.property(anySeries, fc.integer({ min: 0, max: 500 }), (samples, moreGib) => {
        const more = (sample: SpaceSample) => ({
          ...sample,
          availableBytes: sample.availableBytes + moreGib * GIB,
          usedBytes: sample.usedBytes - moreGib * GIB,
        });
        const before = endOf(samples);
        expect(endOf(samples.map(more))).toBeGreaterThanOrEqual(before);
        expect(
          endOf(samples.map((one, index) => (index === samples.length - 1 ? more(one) : one))),
        ).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  it('is never later the more is used', () => {
    fc.assert(
      fc.property(anySeries, fc.integer({ min: 0, max: 20 }), (samples, perDayGib) => {
        const [first] = samples;
        const faster = samples.map((sample) => {
          const moreBytes = Math.round(((sample.atMs - (first?.atMs ?? 0)) / DAY) * perDayGib * GIB);
          const availableBytes = Math.max(0, sample.availableBytes - moreBytes);
          return { ...sample, availableBytes, usedBytes: SIZE - availableBytes };
        });
        // Where nothing is left at some time, the pace is that of what is left.
        fc.pre(faster.every(({ availableBytes }) => availableBytes > 0));
        expect(endOf(faster)).toBeLessThanOrEqual(endOf(samples));
      }),
    );
  });

  it('is not before the last reading', () => {
    fc.assert(
      fc.property(anySeries, (samples) => {
        expect(endOf(samples)).toBeGreaterThanOrEqual(samples.at(-1)?.atMs ?? 0);
      }),
    );
  });

  it('moves with the time of the readings, and does not depend on the unit', () => {
    fc.assert(
      fc.property(anySeries, fc.integer({ min: 0, max: 1000 }), (samples, days) => {
        const before = spaceForecast(samples);
        const later = spaceForecast(samples.map((one) => ({ ...one, atMs: one.atMs + days * DAY })));
        expect(later.kind).toBe(before.kind);
        if (later.kind === 'full' && before.kind === 'full') expect(later.atMs - before.atMs).toBe(days * DAY);
        const double = samples.map(({ atMs, availableBytes, usedBytes }) => ({
          atMs,
          availableBytes: availableBytes * 2,
          usedBytes: usedBytes * 2,
        }));
        expect(spaceForecast(double)).toEqual(before);
      }),
    );
  });

  it('is hardly moved by noise, nor by a fifth of the readings being anything', () => {
    const noisy = fc.record({
      noise: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 31, maxLength: 31 }),
      wrong: fc.uniqueArray(fc.integer({ min: 0, max: 29 }), { maxLength: 4 }),
      wrongGib: fc.integer({ min: 100, max: 800 }),
    });
    fc.assert(
      fc.property(noisy, ({ noise, wrong, wrongGib }) => {
        const samples = noise.map((one, day) => {
          const gib = wrong.includes(day) ? wrongGib : 500 - 5 * day + one;
          return at(day, Math.round(gib * GIB));
        });
        const end = endOf(samples);
        expect(Math.abs(end - (T0 + 100 * DAY))).toBeLessThan(20 * DAY);
      }),
    );
  });

  it('takes no more readings and no longer than it says', () => {
    fc.assert(
      fc.property(anySeries, fc.integer({ min: 1, max: SAMPLES_MIN - 1 }), (samples, few) => {
        expect(spaceForecast(samples.slice(0, few))).toEqual({ kind: 'unknown' });
        const forecast = spaceForecast(samples);
        if (forecast.kind !== 'unknown') expect(forecast.overMs).toBeGreaterThanOrEqual(SPAN_MIN_MS);
      }),
    );
  });
});
