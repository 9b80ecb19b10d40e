import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { parseCount, parseSeconds, parseU64 } from '../../../core/zfs/parse-common.ts';
import { parseHolds } from '../../../core/zfs/parse-holds.ts';
import { parseVersionListing } from '../../../core/zfs/parse-versions.ts';
import type { DatasetVersions } from '../../../core/zfs/types.ts';

const rows = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('numbers', () => {
  it('reads unsigned 64-bit numbers exactly', () => {
    expect(parseU64('18446744073709551615')).toBe(18446744073709551615n);
    expect(parseU64('0')).toBe(0n);
    for (const text of ['', '-1', '01', '1 ', '18446744073709551616', '0x1', '1e3', '-', '99999999999999999999']) {
      expect(parseU64(text)).toBeNull();
    }
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        expect(parseU64(value.toString())).toBe(value);
      }),
    );
  });

  it('reads counts only where a number holds them', () => {
    expect(parseCount('9007199254740991')).toBe(9007199254740991);
    for (const text of ['9007199254740993', '-1', '', '1.5']) expect(parseCount(text)).toBeNull();
  });

  it('reads signed seconds', () => {
    expect([parseSeconds('1700000000'), parseSeconds('-5'), parseSeconds('0'), parseSeconds('-0')]).toEqual([
      1700000000, -5, 0, 0,
    ]);
    for (const text of ['', '-', 'foobar', '1.5', '9'.repeat(16)]) expect(parseSeconds(text)).toBeNull();
  });
});

describe('parseVersionListing', () => {
  it('reads the fast columns, types mixed', () => {
    const listing = rows(
      'p/a\t7\t1',
      'p/a@ leading space\t13210335601512174197\t30',
      'p/a@x\t2\t20',
      'p/a#b m\t2\t20',
      'p/a/child\t8\t2',
    );
    expect(parseVersionListing(listing, false)).toEqual([
      {
        dataset: 'p/a',
        guid: 7n,
        versions: [
          { type: 'bookmark', name: 'b m', guid: 2n, createtxg: 20n },
          { type: 'snapshot', name: 'x', guid: 2n, createtxg: 20n },
          { type: 'snapshot', name: ' leading space', guid: 13210335601512174197n, createtxg: 30n },
        ],
      },
      { dataset: 'p/a/child', guid: 8n, versions: [] },
    ]);
  });

  it('reads the detailed columns', () => {
    const listing = rows('p\t7\t1\t1600000000\t-', 'p@x\t2\t20\t1700000000\t3', 'p#b\t2\t20\t1700000000\t-');
    expect(parseVersionListing(listing, true)[0]?.versions).toEqual([
      { type: 'bookmark', name: 'b', guid: 2n, createtxg: 20n, creationS: 1700000000 },
      { type: 'snapshot', name: 'x', guid: 2n, createtxg: 20n, creationS: 1700000000, userrefs: 3 },
    ]);
  });

  it('does not depend on rows coming together', () => {
    const listing = rows('p@x\t2\t20', 'p/a\t8\t2', 'p\t7\t1', 'p/a@y\t3\t21', 'p@z\t4\t19');
    expect(
      parseVersionListing(listing, false).map(({ dataset, versions }) => [dataset, versions.map((each) => each.name)]),
    ).toEqual([
      ['p/a', ['y']],
      ['p', ['z', 'x']],
    ]);
  });

  it('reads no rows as no datasets', () => {
    expect(parseVersionListing('', false)).toEqual([]);
  });

  it.each([
    ['a cut off line', false, 'p\t7\t1\np@x\t2\t2'],
    ['too few fields', false, 'p\t7\n'],
    ['too many fields', false, 'p\t7\t1\t2\n'],
    ['fast columns for detailed ones', true, 'p\t7\t1\n'],
    ['an empty line', false, 'p\t7\t1\n\n'],
    ['an invalid name', false, 'p\t7\t1\np@x@y\t1\t1\n'],
    ['both delimiters', false, 'p\t7\t1\np@x#y\t1\t1\n'],
    ['a guid of words', false, 'p\t-\t1\n'],
    ['a guid too large', false, 'p\t18446744073709551616\t1\n'],
    ['a txg of words', false, 'p\t7\tx\n'],
    ['versions without a dataset', false, 'p@x\t2\t2\n'],
    ['a dataset twice', false, 'p\t7\t1\np\t7\t1\n'],
    ['a snapshot twice', false, 'p\t7\t1\np@x\t2\t2\np@x\t2\t2\n'],
    ['a snapshot without holds', true, 'p\t7\t1\t1\t-\np@x\t2\t2\t1\t-\n'],
    ['a bookmark with holds', true, 'p\t7\t1\t1\t-\np#x\t2\t2\t1\t0\n'],
    ['a creation of words', true, 'p\t7\t1\tfoobar\t-\n'],
  ])('refuses %s', (_, details, text) => {
    expect(() => parseVersionListing(text, details)).toThrow(/output-unreadable/);
  });

  it('gives back what was listed', () => {
    const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const name = fc
      .string({ unit: fc.constantFrom(...'ab1 :._-'), minLength: 1, maxLength: 6 })
      .filter((text) => text !== '.' && text !== '..');
    const version = fc.record({
      type: fc.constantFrom('snapshot' as const, 'bookmark' as const),
      name,
      guid: u64,
      createtxg: u64,
    });
    const versions = fc.uniqueArray(version, { maxLength: 5, selector: ({ type, name: short }) => `${type} ${short}` });
    const listing = fc.uniqueArray(
      fc.record({ dataset: fc.constantFrom('p', 'p/a', 'p/a b', 'q'), guid: u64, versions }),
      {
        selector: ({ dataset }) => dataset,
      },
    );
    fc.assert(
      fc.property(listing, (datasets) => {
        const lines = datasets.flatMap(({ dataset, guid, versions: own }) => [
          `${dataset}\t${guid}\t1`,
          ...own.map(
            (each) => `${dataset}${each.type === 'snapshot' ? '@' : '#'}${each.name}\t${each.guid}\t${each.createtxg}`,
          ),
        ]);
        const parsed = parseVersionListing(rows(...lines), false);
        const sets = (all: readonly DatasetVersions[]) =>
          all.map((each) => ({ ...each, versions: new Set(each.versions) }));
        expect(sets(parsed)).toEqual(sets(datasets));
        for (const { versions: sorted } of parsed) {
          expect(
            sorted.every((each, index) => index === 0 || (sorted[index - 1]?.createtxg ?? 0n) <= each.createtxg),
          ).toBe(true);
        }
      }),
    );
  });

  it('refuses or reads any text, and nothing else', () => {
    const piece = fc.constantFrom('p', '@', '#', '\t', '\n', '1', 'x', '-', '/');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, details) => {
        try {
          parseVersionListing(pieces.join(''), details);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ProblemError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseHolds', () => {
  const requested = new Set(['p/a b@x 1', 'p@y']);
  it('reads tags, and times as whatever they are', () => {
    const text = rows('p/a b@x 1\ttag one\tTue Nov 14 12:00 2023', 'p@y\tt\twith\ttabs\t1700000000');
    expect(parseHolds(text, requested)).toEqual([
      { dataset: 'p/a b', snapshot: 'x 1', tag: 'tag one' },
      { dataset: 'p', snapshot: 'y', tag: 't\twith\ttabs' },
    ]);
    expect(parseHolds('', requested)).toEqual([]);
  });
  it.each(['p@y\ttag\n', 'p@z\ttag\ttime\n', 'p@y\ttag\ttime', 'broken\n'])('refuses %j', (text) => {
    expect(() => parseHolds(text, requested)).toThrow(/output-unreadable/);
  });
});
