import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatIn,
  formatRate,
} from '../../../core/cli/text/format.ts';

const S = 1000;
const MIN = 60 * S;
const H = 60 * MIN;
const D = 24 * H;

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [-5, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [1024 * 1023.94, '1023.9 KiB'],
    [1024 * 1023.96, '1.0 MiB'],
    [12.3 * 2 ** 20, '12.3 MiB'],
    [2.4 * 2 ** 30, '2.4 GiB'],
    [5 * 2 ** 60, '5.0 EiB'],
    [5000 * 2 ** 60, '5000.0 EiB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('never shows four digits before the point below the last unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2 ** 60, noNaN: true }), (bytes) => {
        expect(formatBytes(bytes)).toMatch(/^(\d{1,3}|10[0-2]\d)(\.\d)? (B|[KMGTPE]iB)$/);
      }),
    );
  });

  it('says a rate', () => {
    expect(formatRate(2 ** 20)).toBe('1.0 MiB/s');
  });
});

describe('formatDuration', () => {
  it.each([
    [-1, '0 s'],
    [499, '0 s'],
    [S, '1 s'],
    [200 * S, '3 min 20 s'],
    [2 * H, '2 h'],
    [H + 30 * S, '1 h'],
    [D + 4 * H + 5 * MIN, '1 d 4 h'],
    [D + 5 * MIN, '1 d'],
    [59.9 * S, '1 min'],
  ])('%d is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('moments', () => {
  const now = 1_000 * D;
  it.each([
    [0, 'just now'],
    [4 * S, 'just now'],
    [42 * S, '42 s ago'],
    [119 * MIN, '119 min ago'],
    [2 * H, '2 h ago'],
    [47 * H, '47 h ago'],
    [49 * H, '2 d ago'],
    [-30 * S, 'just now'],
    [-3 * H, '3 h in the future'],
  ])('%d back is %s', (agoMs, text) => {
    expect(formatAgo(now - agoMs, now)).toBe(text);
  });

  it.each([
    [-5 * S, 'now'],
    [0, 'now'],
    [8 * MIN, 'in 8 min'],
    [30 * H, 'in 30 h'],
  ])('%d ahead is %s', (aheadMs, text) => {
    expect(formatIn(now + aheadMs, now)).toBe(text);
  });

  it('counts', () => {
    expect([formatCount(0, 'job'), formatCount(1, 'job'), formatCount(2, 'job')]).toEqual([
      '0 jobs',
      '1 job',
      '2 jobs',
    ]);
  });
});
