import { describe, expect, it } from 'vitest';
import { linesPercent } from '../../../scripts/testing/coverage.ts';
import { parseTestOptions } from '../../../scripts/testing/options.ts';

describe('parseTestOptions', () => {
  it('runs all suites unless told otherwise', () => {
    expect(parseTestOptions([])).toEqual({
      suites: ['unit', 'e2e', 'lab'],
      filter: null,
      zfs: 'stable',
      coverage: false,
    });
    expect(parseTestOptions(['--e2e']).suites).toEqual(['e2e']);
    expect(parseTestOptions(['--lab']).suites).toEqual(['lab']);
    expect(parseTestOptions(['--lab', '--unit']).suites).toEqual(['unit', 'lab']);
  });

  it('takes a filter, a release and coverage', () => {
    expect(parseTestOptions(['--unit', '--filter', 'zfs/names', '--zfs', 'backports', '--coverage'])).toEqual({
      suites: ['unit'],
      filter: 'zfs/names',
      zfs: 'backports',
      coverage: true,
    });
  });

  it.each([['--zfs', 'trixie'], ['--nosuch'], ['stray'], ['--filter'], ['--unit=yes']])('refuses %j', (...args) => {
    expect(() => parseTestOptions(args)).toThrow(TypeError);
  });
});

describe('linesPercent', () => {
  const summary = (total: number, covered: number) => JSON.stringify({ total: { lines: { total, covered, pct: 0 } } });

  it('is the share of covered lines', () => {
    expect(linesPercent(summary(200, 181))).toBe(90.5);
  });

  it('refuses a summary of nothing: it would prove nothing', () => {
    expect(() => linesPercent(summary(0, 0))).toThrow();
    expect(() => linesPercent('{}')).toThrow();
  });
});
