import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridText, keepSchema } from '../../../core/api/keep.ts';
import { PREVIEW_SNAPSHOTS_MAX, retentionPreviewParams, retentionPreviewReply } from '../../../core/api/retention.ts';
import { PRESETS } from '../../../core/api/wizard/presets.ts';
import { parseGrid } from '../../../core/config/values/grid.ts';
import { planDataset } from '../../../core/pruning/plan.ts';
import { previewRetention } from '../../../core/pruning/preview.ts';
import { compileRules } from '../../../core/pruning/rules.ts';
import type { PruneSnapshot } from '../../../core/pruning/types.ts';

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const YEAR_S = 365 * DAY_S;

/** The daemon's own decisions, after every snapshot. */
function byThePlan(
  intervalS: number,
  keep: { grid: Parameters<typeof gridText>[0]; lastN: number | null },
  atS: number,
) {
  const grid = keep.grid.length === 0 ? [] : [parseGrid(gridText(keep.grid))];
  const rules = compileRules([
    ...grid.flatMap((read) => (read.ok ? [{ type: 'grid', grid: read.value, regex: '^s_' } as const] : [])),
    ...(keep.lastN === null ? [] : [{ type: 'last_n', count: keep.lastN, regex: '^s_' } as const]),
    { type: 'regex', regex: '^s_', negate: true },
  ]);
  let alive: PruneSnapshot[] = [];
  for (let index = 0; index * intervalS <= atS; index += 1) {
    const guid = BigInt(index + 1);
    alive.push({ name: `s_${String(index).padStart(6, '0')}`, guid, createtxg: guid, creationS: index * intervalS });
    const plan = planDataset(
      { dataset: 'd', guid: 1n, isPlaceholder: false, onSender: true, targets: [], unfinished: [], snapshots: alive },
      { side: 'local', rules, replicatedOn: 'any', nowMs: index * intervalS * 1000 },
    );
    if (plan.kind !== 'planned') throw new Error('no plan');
    alive = plan.snapshots.filter(({ verdict }) => verdict === 'keep');
  }
  return alive.map(({ creationS }) => atS - creationS).reverse();
}

describe('what will be kept', () => {
  it('is what the daemon keeps that thins out after every snapshot', () => {
    const interval = fc.record({
      count: fc.integer({ min: 1, max: 6 }),
      lengthS: fc.integer({ min: 1, max: 10 }).map((n) => n * HOUR_S),
      keep: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant('all' as const)),
    });
    const keeps = fc
      .record({ grid: fc.array(interval, { maxLength: 3 }), lastN: fc.option(fc.integer({ min: 1, max: 8 })) })
      .filter((keep) => keepSchema.safeParse(keep).success);
    fc.assert(
      fc.property(keeps, fc.integer({ min: 10, max: 200 }), fc.integer({ min: 1, max: 100 }), (keep, minutes, runs) => {
        const intervalS = minutes * 60;
        const atS = runs * intervalS + 7;
        const { points, stepS } = previewRetention({ intervalS, keep, atS: [atS] });
        expect(stepS).toBe(intervalS);
        expect(points[0]?.snapshots.map(({ ageS }) => ageS)).toEqual(byThePlan(intervalS, keep, atS));
      }),
      { numRuns: 50 },
    );
  });

  it('is told with the rule that keeps it, at every point', () => {
    const keep = { grid: [{ count: 2, lengthS: 2 * HOUR_S, keep: 1 }], lastN: 2 };
    const { points, taken } = previewRetention({ intervalS: HOUR_S, keep, atS: [1, 2 * HOUR_S, DAY_S] });
    expect(taken).toBe(25);
    expect(points.map(({ kept }) => kept)).toEqual([1, 3, 3]);
    expect(points[2]?.snapshots).toEqual([
      { ageS: 0, by: 'last' },
      { ageS: HOUR_S, by: 'grid' },
      { ageS: 2 * HOUR_S, by: 'grid' },
    ]);
  });

  it.each(PRESETS)('shows for $name what it promises, years ahead', ({ intervalS, keepSender, keepReceiver }) => {
    const atS = [DAY_S, 30 * DAY_S, YEAR_S, 3 * YEAR_S];
    for (const keep of [keepSender, keepReceiver]) {
      const params = retentionPreviewParams.parse({ intervalS, keep, atS });
      const { points } = retentionPreviewReply.parse(previewRetention(params));
      const reachS = keep.grid.reduce((sum, { count, lengthS }) => sum + count * lengthS, 0);
      const last = points.at(-1);
      const oldestS = last?.snapshots.at(-1)?.ageS ?? 0;
      const longestS = keep.grid.at(-1)?.lengthS ?? 0;
      expect(oldestS).toBeLessThanOrEqual(reachS);
      expect(oldestS).toBeGreaterThanOrEqual(Math.min(reachS, 3 * YEAR_S) - 2 * longestS);
      // No gap is wider than two buckets.
      const ages = last?.snapshots.map(({ ageS }) => ageS) ?? [];
      for (const [index, ageS] of ages.entries())
        expect(ageS - (ages[index - 1] ?? 0)).toBeLessThanOrEqual(2 * longestS);
    }
  });

  it('is not asked for more than can be shown', () => {
    const tenYearsS = 10 * 366 * DAY_S;
    const ask = (intervalS: number, keep: object, untilS: number) =>
      retentionPreviewParams.safeParse({ intervalS, keep, atS: [untilS] }).success;
    expect(ask(60, { grid: [], lastN: 1 }, tenYearsS)).toBe(false);
    expect(ask(15 * 60, { grid: [], lastN: 1 }, tenYearsS)).toBe(true);
    expect(ask(60, { grid: [{ count: 1, lengthS: YEAR_S, keep: 'all' }], lastN: null }, 0.5 * YEAR_S)).toBe(false);
    expect(ask(60, { grid: [{ count: 1, lengthS: YEAR_S, keep: 'all' }], lastN: null }, DAY_S)).toBe(true);
  });

  it('is worked out within its bounds, less exactly where there is much', () => {
    const atS = Array.from({ length: 8 }, (_, index) => (index + 1) * YEAR_S);
    const keep = { grid: [{ count: 1, lengthS: DAY_S, keep: 'all' as const }], lastN: 10_000 };
    const params = retentionPreviewParams.parse({ intervalS: 15 * 60, keep, atS });
    const much = retentionPreviewReply.parse(previewRetention(params));
    expect(much.stepS).toBeGreaterThan(params.intervalS);
    for (const { kept, snapshots } of much.points) {
      expect(kept).toBe(10_000);
      expect(snapshots).toHaveLength(PREVIEW_SNAPSHOTS_MAX);
    }
  });
});
