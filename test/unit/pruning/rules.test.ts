import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeHold } from '../../../core/pruning/describe.ts';
import { type GridBucket, keptByGrid } from '../../../core/pruning/grid.ts';
import type { KeepRule } from '../../../core/pruning/keep-rule.ts';
import { applyRules, compileRules, type RuleSnapshot } from '../../../core/pruning/rules.ts';

const M = 60;
const H = 3600;
const bucket = (lengthS: number, keep: number | 'all' = 1): GridBucket => ({ lengthS, keep });
const times = (count: number, lengthS: number, keep: number | 'all' = 1): GridBucket[] =>
  Array.from({ length: count }, () => bucket(lengthS, keep));
const grid = (buckets: GridBucket[], regex = ''): KeepRule => ({ type: 'grid', grid: buckets, regex });
const lastN = (count: number, regex = ''): KeepRule => ({ type: 'last_n', count, regex });
const regex = (text: string, negate = false): KeepRule => ({ type: 'regex', regex: text, negate });

function snapshots(input: Record<string, number>, replicated: readonly string[] = []): RuleSnapshot[] {
  return Object.entries(input).map(([name, creationS], index) => ({
    name,
    guid: BigInt(index + 1),
    createtxg: BigInt(1_000_000 + creationS),
    creationS,
    replicated: replicated.includes(name),
  }));
}

function kept(rules: readonly KeepRule[], input: readonly RuleSnapshot[], nowS?: number): string {
  const byName = [...applyRules(compileRules(rules), input, nowS)].flatMap(([snapshot, by]) =>
    by.length > 0 ? [snapshot.name] : [],
  );
  return byName.join(' ');
}

describe('grid', () => {
  it('G1: a snapshot on a border belongs to the older bucket, at the last end to none', () => {
    const input = snapshots({ s0: M, s1: 0, s2: -10 * M, s3: -20 * M, s4: -30 * M, s5: -40 * M });
    expect(kept([grid(times(3, 10 * M))], input, 0)).toBe('s0 s1 s2 s3');
  });

  it('G2: the oldest of a bucket stay', () => {
    expect(kept([grid(times(1, M, 2))], snapshots({ s1: 1, s2: 2, s3: 3, s4: 4, s5: 5 }))).toBe('s1 s2');
  });

  it('G3: a bucket that keeps all', () => {
    const input = snapshots({ a: 0, b: -1, c: -2, d: -60, e: -61 });
    expect(kept([grid([bucket(M, 'all'), bucket(M)])], input)).toBe('a b c e');
  });

  it('G4: buckets of different kinds', () => {
    const input = snapshots({
      s1: 3 * M,
      b1: -6 * M,
      b3: -8 * M,
      b2: -9 * M,
      a: -11 * M,
      c: -19 * M,
      foo: -25 * M,
      bar: -26 * M,
      border: -30 * M,
      d: -75 * M,
      q: -90 * M,
      e: -91 * M,
      f: -120 * M,
    });
    const rule = grid([bucket(10 * M, 'all'), bucket(10 * M), bucket(10 * M, 2), bucket(H)]);
    // The last bucket reaches from -30m to -90m: q lies on its end and so in none.
    expect(kept([rule], input, 0)).toBe('s1 b1 b3 b2 c foo bar d');
  });

  it('G5: each grid begins at its own youngest', () => {
    const input = snapshots({ p1_a: 4, p2_a: 5, p1_b: 14, p2_b: 15, p1_c: 29, p2_c: 30 });
    expect(kept([grid(times(2, 10), '^p1_'), grid(times(2, 10), '^p2_')], input)).toBe('p1_b p2_b p1_c p2_c');
  });

  it('G6: an hour of everything, then thinner', () => {
    const letters: Record<string, number> = {};
    const spread = (names: string, fromH: number, toH: number): void => {
      [...names].forEach((name, index) => {
        letters[name] = -Math.round((fromH + ((toH - fromH) * index) / names.length) * H);
      });
    };
    spread('abc', 0, 1);
    spread('defghi', 1.1, 3);
    spread('jklmnop', 3, 5);
    spread('qrstuvwxyz', 5.1, 8);
    spread('ABCD', 8, 12);
    expect(letters.j).toBe(-3 * H);
    expect(letters.A).toBe(-8 * H);
    const rule = grid([bucket(H, 'all'), ...times(2, 2 * H), bucket(3 * H)]);
    expect(kept([rule], snapshots(letters))).toBe('a b c i p z');
  });

  it('G7: nothing, or nothing that is found', () => {
    expect(kept([grid(times(3, M))], [])).toBe('');
    expect(kept([grid(times(3, M), '^x')], snapshots({ a: 1 }))).toBe('');
  });

  it('drops the lower createtxg first where two are of the same second', () => {
    const twins = snapshots({ a: 5, b: 5 }).map((s, i) => ({ ...s, createtxg: BigInt(10 + i) }));
    expect(kept([grid(times(1, M))], twins)).toBe('b');
    expect(kept([grid(times(1, M))], [...twins].reverse())).toBe('b');
  });

  it('agrees with the definition, bucket by bucket', () => {
    const buckets = fc.array(
      fc.record({
        lengthS: fc.integer({ min: 1, max: 40 }),
        keep: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant('all' as const)),
      }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -150, max: 0 }), { maxLength: 25 }), buckets, (creations, gridBuckets) => {
        const input = creations.map((creationS, index) => ({ creationS, createtxg: BigInt(index) }));
        const expected = new Set<(typeof input)[number]>();
        let start = Math.max(...creations);
        for (const { lengthS, keep } of gridBuckets) {
          const inside = input.filter((s) => s.creationS <= start && s.creationS > start - lengthS);
          inside.sort((a, b) => a.creationS - b.creationS || Number(b.createtxg - a.createtxg));
          for (const snapshot of keep === 'all' ? inside : inside.slice(0, keep)) expected.add(snapshot);
          start -= lengthS;
        }
        expect(keptByGrid(input, gridBuckets)).toEqual(expected);
      }),
    );
  });
});

describe('last_n', () => {
  const input = snapshots({ s1: 10 * M, s2: 20 * M, s3: 15 * M, s4: 30 * M, s5: 30 * M });
  it.each([
    ['L1', lastN(2), 's4 s5'],
    ['L2: of the same second the larger name is younger', lastN(1), 's5'],
    ['L3', lastN(4, ''), 's2 s3 s4 s5'],
    ['L4', lastN(100), 's1 s2 s3 s4 s5'],
  ])('%s', (_, rule, expected) => {
    expect(kept([rule], input)).toBe(expected);
  });

  it('L5: counts for each expression', () => {
    const both = snapshots({ a1: 10, b1: 11, a2: 20, b2: 21, a3: 30, b3: 31 });
    expect(kept([lastN(2, '^a'), lastN(2, '^b')], both)).toBe('a2 b2 a3 b3');
  });

  it('L6: what is not found is not kept', () => {
    expect(kept([lastN(4, 'a')], snapshots({ a1: 10, b1: 11, a2: 12 }))).toBe('a1 a2');
  });
});

describe('regex', () => {
  const foobar = snapshots({ foo_123: 1, foo_456: 2, bar_123: 3 });
  const zrepl = snapshots({ zrepl_foobar: 1, zrepl: 2, barfoo: 3 });
  it.each([
    ['R1', [regex('foo_')], foobar, 'foo_123 foo_456'],
    ['R2', [regex('foo_'), regex('bar_')], foobar, 'foo_123 foo_456 bar_123'],
    ['R3', [regex('notInS1'), regex('bar_')], foobar, 'bar_123'],
    ['R4', [regex('^zrepl_')], zrepl, 'zrepl_foobar'],
    ['R5', [regex('^zrepl_', true)], zrepl, 'zrepl barfoo'],
    ['anywhere in the name', [regex('oo_4')], foobar, 'foo_456'],
    ['classes and flags of RE2', [regex('(?i)^FOO_[[:digit:]]+\\z')], foobar, 'foo_123 foo_456'],
  ])('%s', (_, rules, input, expected) => {
    expect(kept(rules, input)).toBe(expected);
  });
});

describe('not_replicated', () => {
  it('N1', () => {
    const input = snapshots({ s1: 1, s2: 2, s3: 3 }, ['s1', 's3']);
    expect(kept([{ type: 'not_replicated', keepSnapshotAtCursor: true }], input)).toBe('s2');
  });
});

describe('refusals', () => {
  it.each<[string, KeepRule]>([
    ['look-ahead', regex('(?=a)')],
    ['look-behind', regex('(?<!a)b')],
    ['back-reference', regex('(a)\\1')],
    ['unbalanced', lastN(1, '(')],
    ['too long', regex('a'.repeat(1001))],
    ['no count', lastN(0)],
    ['half a count', lastN(1.5)],
    ['no bucket', grid([])],
    ['keep of zero', grid([bucket(M, 0)])],
    ['length of zero', grid([bucket(0)])],
  ])('%s', (_, rule) => {
    expect(() => compileRules([rule])).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  });
});

describe('in words', () => {
  it.each<[KeepRule, string]>([
    [{ type: 'not_replicated', keepSnapshotAtCursor: false }, 'not replicated yet'],
    [lastN(10), 'the last 10'],
    [lastN(10, '^a'), 'the last 10 of names with ^a'],
    [regex('^a'), 'name with ^a'],
    [regex('^a', true), 'name without ^a'],
    [
      grid(
        [bucket(H, 'all'), ...times(24, H), ...times(2, 86_400, 3), bucket(604_800), bucket(90 * M), bucket(61)],
        '^a',
      ),
      'grid 1x1h(keep=all) | 24x1h | 2x1d(keep=3) | 1x1w | 1x90m | 1x61s of names with ^a',
    ],
  ])('%j', (rule, expected) => {
    expect(compileRules([rule])[0]?.text).toBe(expected);
  });

  it('a hold names its owner as far as its tag tells', () => {
    expect(describeHold('zrepl_STEP_J_backup')).toBe('zrepl_STEP_J_backup (job backup)');
    expect(describeHold('keep-this')).toBe('keep-this (not set by a job)');
  });
});
