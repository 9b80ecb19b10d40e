import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { parseTxgRange } from '../../../core/endpoint/txg-range.ts';

const MAX = 2n ** 64n - 1n;

describe('a range of createtxg', () => {
  it.each<[text: string, contains: readonly bigint[], not: readonly bigint[]]>([
    ['~,~', [0n, 1n, 5n, MAX], []],
    ['[2,5)', [2n, 3n, 4n], [0n, 1n, 5n, 6n]],
    ['(2,5]', [3n, 4n, 5n], [0n, 1n, 2n, 6n]],
    ['[2,5]', [2n, 5n], [1n, 6n]],
    ['(2,5)', [3n, 4n], [2n, 5n]],
    ['(2,~', [3n, 4n, 5n, 6n, MAX], [0n, 1n, 2n]],
    ['[2,~', [2n, MAX], [1n]],
    ['~,4]', [0n, 1n, 2n, 3n, 4n], [5n]],
    ['~,4)', [0n, 3n], [4n]],
    ['~,1)', [0n], [1n]],
    ['[18446744073709551615,~', [MAX], [MAX - 1n]],
  ])('%s', (text, contains, not) => {
    const range = parseTxgRange(text);
    expect(contains.filter((txg) => !range.contains(txg))).toEqual([]);
    expect(not.filter((txg) => range.contains(txg))).toEqual([]);
  });

  it.each([
    ['[23,20]', 'empty'],
    ['(23,22]', 'empty'],
    ['(2,2)', 'empty'],
    ['[5,5]', 'a single txg'],
    ['[5,6)', 'a single txg'],
    ['~,0]', 'a bound is 0'],
    ['~,0)', 'a bound is 0'],
    ['[0,5]', 'a bound is 0'],
    ['(18446744073709551615,~', 'nothing is larger'],
    ['[18446744073709551616,~', 'larger than 64 bits'],
    ['', 'form'],
    ['~', 'form'],
    ['2,5', 'form'],
    ['[2,5', 'form'],
    ['[~,5]', 'form'],
    ['[2;5]', 'form'],
    ['[-2,5]', 'form'],
    [' [2,5]', 'form'],
    ['[2,5]\n', 'form'],
    [`[${'1'.repeat(21)},~`, 'form'],
  ])('%j is none: %s', (text, reason) => {
    expect(() => parseTxgRange(text)).toThrow(ProblemError);
    expect(() => parseTxgRange(text)).toThrow(reason);
  });

  it('takes a bound of 0 only where that was meant', () => {
    const range = parseTxgRange('~,0]', { allowZero: true });
    expect([0n, 1n].map((txg) => range.contains(txg))).toEqual([true, false]);
    expect(parseTxgRange('[0,1]', { allowZero: true }).contains(0n)).toBe(true);
    expect(() => parseTxgRange('~,0)', { allowZero: true })).toThrow('nothing is smaller');
  });

  it('contains exactly what its bounds say', () => {
    const txg = fc.bigInt({ min: 1n, max: 12n });
    fc.assert(
      fc.property(txg, txg, fc.boolean(), fc.boolean(), txg, (low, high, openLow, openHigh, asked) => {
        const since = openLow ? low + 1n : low;
        const until = openHigh ? high - 1n : high;
        const text = `${openLow ? '(' : '['}${low},${high}${openHigh ? ')' : ']'}`;
        if (since >= until) {
          expect(() => parseTxgRange(text)).toThrow(ProblemError);
        } else {
          expect(parseTxgRange(text).contains(asked)).toBe(asked >= since && asked <= until);
        }
      }),
    );
  });

  it('gives a problem for any other text, and never anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'[]()~,0123456789 x') }), (text) => {
        try {
          expect(parseTxgRange(text, { allowZero: true })).toBeDefined();
        } catch (error) {
          expect(error).toMatchObject({ code: 'request-invalid' });
        }
      }),
    );
  });
});
