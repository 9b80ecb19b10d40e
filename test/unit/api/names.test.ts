import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gridFault, gridIntervalSchema, gridText, keepSchema, spanText } from '../../../core/api/keep.ts';
import { clientIdentity, datasetName } from '../../../core/api/zfs-names.ts';
import { parsePositiveSpan } from '../../../core/config/values/duration.ts';
import { parseGrid } from '../../../core/config/values/grid.ts';
import { componentFault, entityFault } from '../../../core/zfs/names.ts';

const names = fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9_.: /@#%-]{0,12}$/));

it('what a request may name as a dataset or a part of one, the engine takes', () => {
  fc.assert(
    fc.property(names, (name) => {
      if (datasetName.safeParse(name).success) expect(entityFault(name, 'filesystem')).toBeNull();
      if (clientIdentity.safeParse(name).success) expect(componentFault(name)).toBeNull();
    }),
  );
  for (const name of ['tank', 'tank/my home/x.y', 'a:b/_c', 'x'.repeat(255)])
    expect(datasetName.parse(name)).toBe(name);
  for (const name of [
    '',
    '/a',
    'a/',
    'a//b',
    '-a',
    'a/-b',
    'a/..',
    'a@b',
    'a#b',
    'a%b',
    'a\nb',
    'é',
    'x'.repeat(256),
  ]) {
    expect(datasetName.safeParse(name).success).toBe(false);
  }
  expect(clientIdentity.safeParse('a/b').success).toBe(false);
});

const interval = fc.record({
  count: fc.integer({ min: 1, max: 200 }),
  lengthS: fc.oneof(fc.constantFrom(60, 3600, 86_400, 604_800), fc.integer({ min: 1, max: 10_000_000 })),
  keep: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constant('all' as const)),
});

it('spans and grids are written as the configuration reads them, and are refused where it would refuse them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000_000_000 }), (seconds) => {
      expect(parsePositiveSpan(spanText(seconds))).toEqual({ ok: true, value: seconds });
    }),
  );
  fc.assert(
    fc.property(fc.array(interval, { minLength: 1, maxLength: 6 }), (grid) => {
      expect(grid.every((one) => gridIntervalSchema.safeParse(one).success)).toBe(true);
      const read = parseGrid(gridText(grid));
      expect(read.ok).toBe(gridFault(grid) === null);
      expect(keepSchema.safeParse({ grid, lastN: null }).success).toBe(read.ok);
      if (read.ok) {
        const buckets = grid.flatMap(({ count, lengthS, keep }) =>
          Array.from({ length: count }, () => ({ lengthS, keep })),
        );
        expect(read.value).toEqual(buckets);
      }
    }),
  );
  expect(gridFault([{ count: 10_001, lengthS: 60, keep: 1 }])).toBe('too-many');
  expect(keepSchema.safeParse({ grid: [], lastN: null }).success).toBe(false);
  expect(keepSchema.safeParse({ grid: [], lastN: 3 }).success).toBe(true);
});
