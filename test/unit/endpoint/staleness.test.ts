import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AbstractionType } from '../../../core/api/contract.ts';
import { type Abstraction, staleAbstractions } from '../../../core/endpoint/staleness.ts';

const CURSOR = 'replication-cursor-bookmark-v2';
const TENTATIVE = 'tentative-replication-cursor-bookmark-v2';
const LEGACY = 'replication-cursor-bookmark-v1';
const STEP = 'step-hold';
const RECEIVED = 'last-received-hold';

function mark(type: AbstractionType, txg: number, jobId: string | null = 'j', dataset = 'p/a'): Abstraction {
  const held = type === STEP || type === RECEIVED;
  return {
    type,
    dataset,
    version: { type: held ? 'snapshot' : 'bookmark', name: `v${txg}`, guid: BigInt(txg), createtxg: BigInt(txg) },
    tag: held ? `${type}_${jobId}` : null,
    jobId,
  };
}

/** "type txg" of the stale ones. */
function stale(marks: readonly Abstraction[]): readonly string[] {
  return [...staleAbstractions(marks)].map(({ type, version }) => `${type} ${version.createtxg}`).sort();
}

describe('stale marks of one dataset and job', () => {
  it.each<[name: string, marks: readonly Abstraction[], stale: readonly string[]]>([
    [
      'cursors but the newest, and step holds at or before it',
      [mark(CURSOR, 10), mark(CURSOR, 20), mark(STEP, 5), mark(STEP, 20), mark(STEP, 25)],
      [`${CURSOR} 10`, `${STEP} 20`, `${STEP} 5`],
    ],
    ['without a cursor all step holds but the newest', [mark(STEP, 5), mark(STEP, 9)], [`${STEP} 5`]],
    ['never the only step hold', [mark(STEP, 9)], []],
    ['last-received holds but the newest', [mark(RECEIVED, 3), mark(RECEIVED, 7)], [`${RECEIVED} 3`]],
    ['never a tentative cursor', [mark(TENTATIVE, 1), mark(TENTATIVE, 2), mark(TENTATIVE, 3), mark(CURSOR, 9)], []],
    ['never what names no job', [mark(LEGACY, 1, null), mark(LEGACY, 2, null), mark(CURSOR, 9)], []],
    ['nothing of nothing', [], []],
  ])('are %s', (_, marks, expected) => {
    expect(stale(marks)).toEqual(expected);
    expect(stale(marks.toReversed())).toEqual(expected);
  });

  it('are judged apart from other jobs and other datasets', () => {
    const marks = [mark(CURSOR, 10), mark(CURSOR, 20, 'k'), mark(CURSOR, 30, 'j', 'p/b'), mark(STEP, 15, 'k')];
    expect(stale(marks)).toEqual([`${STEP} 15`]);
  });

  it('leave a newest cursor and a newest last-received hold, and are not stale again', () => {
    const someMark = fc.record({
      type: fc.constantFrom<AbstractionType>(CURSOR, TENTATIVE, STEP, RECEIVED),
      txg: fc.integer({ min: 1, max: 9 }),
      jobId: fc.constantFrom('j', 'k'),
      dataset: fc.constantFrom('p/a', 'p/b'),
    });
    fc.assert(
      fc.property(fc.array(someMark), (rows) => {
        const marks = rows.map(({ type, txg, jobId, dataset }) => mark(type, txg, jobId, dataset));
        const gone = staleAbstractions(marks);
        const left = marks.filter((one) => !gone.has(one));
        expect(staleAbstractions(left).size).toBe(0);
        const kindsOf = (some: readonly Abstraction[], types: readonly AbstractionType[]) =>
          new Set(
            some.flatMap(({ type, jobId, dataset }) => (types.includes(type) ? [`${type} ${jobId} ${dataset}`] : [])),
          );
        // A kind never vanishes as a whole, but for step holds that are all behind a cursor.
        const kinds = [CURSOR, RECEIVED, TENTATIVE] as const;
        expect(kindsOf(left, kinds)).toEqual(kindsOf(marks, kinds));
      }),
    );
  });
});
