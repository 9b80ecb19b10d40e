import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coarse, forward, steadyEnd, steadyRate, twoDigits } from '../../../renderer/text/steady.ts';

const positive = fc.double({ min: 0.001, max: 1e15, noNaN: true });

describe('twoDigits', () => {
  it.each([
    [84.1, 84],
    [123, 120],
    [0.517, 0.52],
    [0, 0],
    [-3, 0],
    [Number.NaN, 0],
  ])('%d -> %d', (value, shown) => expect(twoDigits(value)).toBeCloseTo(shown, 10));

  it('is never off by more than a twentieth', () => {
    fc.assert(fc.property(positive, (value) => Math.abs(twoDigits(value) - value) <= value * 0.05 + 1e-12));
  });
});

describe('steadyEnd', () => {
  it('lets time run while the measured end wavers a little', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { maxLength: 50 }), (wavers) => {
        const trueEndMs = 600_000;
        let shown = steadyEnd(null, 0, trueEndMs);
        const seen = new Set([shown]);
        wavers.forEach((waver, second) => {
          const nowMs = second * 1000;
          shown = steadyEnd(shown, nowMs, (trueEndMs - nowMs) * (1 + waver));
          seen.add(shown);
        });
        expect(seen.size).toBe(1);
      }),
    );
  });

  it('follows what is really another end, and forgets what is not known any more', () => {
    expect(steadyEnd(600_000, 0, 1_200_000)).toBe(1_200_000);
    expect(steadyEnd(600_000, 0, null)).toBeNull();
  });

  it('is never off by more than it may be', () => {
    fc.assert(
      fc.property(fc.option(positive, { nil: null }), positive, positive, (shown, nowMs, remainingMs) => {
        const end = steadyEnd(shown, nowMs, remainingMs) ?? Number.NaN;
        expect(Math.abs(end - (nowMs + remainingMs))).toBeLessThanOrEqual(Math.max(5000, remainingMs * 0.15));
      }),
    );
  });
});

describe('steadyRate', () => {
  it('stays within a tenth of what is measured', () => {
    fc.assert(
      fc.property(positive, positive, (shown, measured) => {
        const next = steadyRate(shown, measured) ?? Number.NaN;
        expect(Math.abs(next - measured)).toBeLessThanOrEqual(next * 0.1 + 1e-9);
      }),
    );
    expect(steadyRate(5, null)).toBeNull();
  });
});

describe('coarse', () => {
  it('never promises an earlier end', () => {
    fc.assert(fc.property(fc.nat({ max: 1e9 }), (left) => coarse(left) >= left));
  });
});

describe('forward', () => {
  it('never goes back', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null })), (fractions) => {
        let shown: number | null = null;
        for (const fraction of fractions) {
          const next = forward(shown, fraction);
          expect(next ?? 0).toBeGreaterThanOrEqual(shown ?? 0);
          shown = next;
        }
      }),
    );
  });
});
