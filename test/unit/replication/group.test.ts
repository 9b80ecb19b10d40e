import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TransferStep } from '../../../core/endpoint/types.ts';
import { groupPath, RANGE_SNAPSHOTS_MAX } from '../../../core/replication/group.ts';
import { relname } from '../../../core/replication/plan.ts';
import type { Version } from '../../../core/zfs/types.ts';
import { senderDataset, v } from './support.ts';

function snapshots(count: number): Version[] {
  return Array.from({ length: count }, (_, index) => v(`@${index + 1}`, index + 1));
}

function show(steps: readonly TransferStep[]): string[] {
  return steps.map(({ from, to, between }) =>
    [from === null ? '-' : relname(from), ...between.map(relname), relname(to)].join(' '),
  );
}

describe('steps of a path', () => {
  const all = snapshots(5);
  const [first = v('@1', 1), ...rest] = all;
  const source = senderDataset(all);

  it('are one range where everything is wanted', () => {
    expect(show(groupPath(source, first, rest, false))).toEqual(['@1 @2 @3 @4 @5']);
  });

  it('are one per snapshot where that is asked for', () => {
    expect(show(groupPath(source, first, rest, true))).toEqual(['@1 @2', '@2 @3', '@3 @4', '@4 @5']);
  });

  it('fall into runs where a filter leaves gaps, because -I takes every snapshot in between', () => {
    const wanted = rest.filter(({ name }) => name !== '3');
    expect(show(groupPath(source, first, wanted, false))).toEqual(['@1 @2', '@2 @4', '@4 @5']);
    expect(show(groupPath(source, first, rest.slice(1), false))).toEqual(['@1 @3', '@3 @4 @5']);
  });

  it('begin with a single increment from a bookmark, which cannot be the base of -I', () => {
    expect(show(groupPath(source, v('#cur', 1), rest, false))).toEqual(['#cur @2', '@2 @3 @4 @5']);
  });

  it('of an empty path are none', () => {
    expect(groupPath(source, first, [], false)).toEqual([]);
  });

  it('are bounded, because one command names all that it holds', () => {
    const many = snapshots(2 * RANGE_SNAPSHOTS_MAX + 2);
    const steps = groupPath(senderDataset(many), many[0] ?? first, many.slice(1), false);
    expect(steps.map(({ between }) => between.length + 1)).toEqual([RANGE_SNAPSHOTS_MAX, RANGE_SNAPSHOTS_MAX, 1]);
  });

  it('reach the same snapshots in the same order, stepwise or as ranges, and take nothing unwanted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 30 }),
        fc.boolean(),
        fc.array(fc.nat(40), { maxLength: 5 }),
        (wanted, fromBookmark, bookmarks) => {
          const versions = snapshots(wanted.length + 1);
          const base = fromBookmark ? v('#base', 1) : v('@1', 1);
          const path = versions.slice(1).filter((_, index) => wanted[index] === true);
          const dataset = senderDataset([...bookmarks.map((guid) => v(`#b${guid}`, guid)), ...versions]);
          const arrived = (steps: readonly TransferStep[]) => steps.flatMap(({ between, to }) => [...between, to]);
          const ranges = groupPath(dataset, base, path, false);
          const stepwise = groupPath(dataset, base, path, true);
          expect(arrived(ranges)).toEqual(path);
          expect(arrived(stepwise)).toEqual(path);
          for (const steps of [ranges, stepwise]) {
            // Each step begins where the one before ended.
            expect(steps.map(({ from }) => from)).toEqual([base, ...steps.map(({ to }) => to)].slice(0, steps.length));
          }
          for (const { from, to, between } of ranges) {
            if (between.length === 0 || from === null) continue;
            expect(from.type).toBe('snapshot');
            const inside = versions.filter(({ createtxg }) => createtxg > from.createtxg && createtxg < to.createtxg);
            expect(between).toEqual(inside);
          }
        },
      ),
    );
  });
});
