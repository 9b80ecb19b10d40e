import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parsePositiveSpan,
  parsePositiveTimeout,
  parseSpan,
  parseTimeout,
  parseTimeoutOrNone,
} from '../../../../core/config/values/duration.ts';

describe('spans of schedules and retention', () => {
  it.each([
    ['1s', 1],
    ['10m', 600],
    ['2h', 7200],
    ['1d', 86_400],
    ['2w', 1_209_600],
    [' 5 m ', 300],
    ['+3s', 3],
    ['-1s', -1],
    ['0', 0],
    ['-0s', 0],
  ])('%j is %d s', (text, seconds) => {
    expect(parseSpan(text)).toEqual({ ok: true, value: seconds });
  });

  it.each([
    '',
    '10',
    '1.5h',
    '1h30m',
    '10ms',
    '1y',
    'something',
    's',
    '1 0s',
    '- 1s',
    '1M',
    '99999999999w',
    '1'.repeat(200),
  ])('refuses %j', (text) => {
    expect(parseSpan(text).ok).toBe(false);
  });

  it.each(['', '-1s', '0s', '0', 'something'])('refuses %j where it must be positive', (text) => {
    expect(parsePositiveSpan(text).ok).toBe(false);
  });
});

describe('timeouts', () => {
  it.each([
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['500ms', 500],
    ['.5s', 500],
    ['1.s', 1000],
    ['-2s', -2000],
    ['250us', 0.25],
    ['250µs', 0.25],
    ['250μs', 0.25],
    ['1000000ns', 1],
    ['0', 0],
    ['0s', 0],
    ['1h1m1s1ms', 3_661_001],
  ])('%j is %d ms', (text, milliseconds) => {
    const result = parseTimeout(text);
    expect(result.ok && result.value).toBeCloseTo(milliseconds, 9);
  });

  it.each(['10', '1', '-5'])('refuses the bare number %j and says why', (text) => {
    expect(parseTimeout(text)).toMatchObject({ ok: false, reason: expect.stringContaining('no unit') });
  });

  it.each(['', '1d', '1w', 's', '1 s', '1s ', '.s', '1,5h', 'abc', '999999999h', '1s'.repeat(60)])(
    'refuses %j',
    (text) => {
      expect(parseTimeout(text).ok).toBe(false);
    },
  );

  it('knows where 0 and less make sense', () => {
    expect(parseTimeoutOrNone('0').ok).toBe(true);
    expect(parseTimeoutOrNone('-1s').ok).toBe(false);
    expect(parsePositiveTimeout('0').ok).toBe(false);
    expect(parsePositiveTimeout('1ms').ok).toBe(true);
    expect(parsePositiveTimeout('nonsense').ok).toBe(false);
  });

  it('adds its parts', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.nat(1000), (h, m, ms) => {
        expect(parseTimeout(`${h}h${m}m${ms}ms`)).toEqual({ ok: true, value: h * 3_600_000 + m * 60_000 + ms });
      }),
    );
  });
});
