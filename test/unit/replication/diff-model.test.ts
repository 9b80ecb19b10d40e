import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BaseRank, diffVersions, sortVersions } from '../../../core/replication/diff.ts';
import { groupPath } from '../../../core/replication/group.ts';
import type { Version } from '../../../core/zfs/types.ts';
import { senderDataset } from './support.ts';

/** Few guids, txgs and names, so that they meet. */
const version = fc.record({
  type: fc.constantFrom('snapshot' as const, 'snapshot' as const, 'bookmark' as const),
  name: fc.constantFrom('a', 'b', 'c', 'own'),
  guid: fc.bigInt({ min: 1n, max: 8n }),
  createtxg: fc.bigInt({ min: 1n, max: 8n }),
});
/** A guid has one snapshot, and all its versions have one txg. */
const versions = fc.array(version, { maxLength: 12 }).map((drawn) => {
  const txgs = new Map<bigint, bigint>();
  const kept: Version[] = [];
  for (const each of drawn) {
    const createtxg = txgs.get(each.guid) ?? each.createtxg;
    txgs.set(each.guid, createtxg);
    const isTwin = (other: Version) =>
      other.guid === each.guid && (other.type === 'snapshot' || other.name === each.name);
    if (each.type === 'snapshot' ? !kept.some(isTwin) : true) kept.push({ ...each, createtxg });
  }
  return kept;
});
const rank: BaseRank = ({ type, name }) => (type === 'bookmark' && name === 'own' ? 1 : 0);

describe('comparing two sides from the newest end', () => {
  it('finds the base that looking at every pair finds', () => {
    fc.assert(
      fc.property(versions, versions, (receiver, sender) => {
        const theirs = sortVersions(receiver.filter(({ type }) => type === 'snapshot'));
        const ours = sortVersions(sender, rank);
        const pairs = theirs.flatMap((their, t) => ours.flatMap((our, o) => (our.guid === their.guid ? [[t, o]] : [])));
        const [t, o] = pairs.toSorted(([t1 = 0, o1 = 0], [t2 = 0, o2 = 0]) => t2 - t1 || o2 - o1)[0] ?? [];
        const difference = diffVersions(receiver, sender, rank);
        if (ours.length === 0) {
          expect(difference).toEqual({ kind: 'no-sender-versions' });
        } else if (t === undefined || o === undefined) {
          expect(difference).toEqual({ kind: 'no-common-ancestor', sender: ours, receiver: theirs });
        } else if (t < theirs.length - 1) {
          expect(difference).toMatchObject({ kind: 'diverged', common: ours[o], receiverOnly: theirs.slice(t + 1) });
        } else {
          const missing = ours.slice(o + 1).filter(({ type, guid }) => type === 'snapshot' && guid !== ours[o]?.guid);
          expect(difference).toEqual(
            missing.length === 0 ? { kind: 'up-to-date', common: ours[o] } : { kind: 'path', base: ours[o], missing },
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('sorts what is sorted already into what any other order is sorted into', () => {
    fc.assert(
      fc.property(versions, (drawn) => {
        const sorted = sortVersions(drawn, rank);
        expect(sortVersions(sorted, rank)).toEqual(sorted);
        expect(sortVersions(sorted.toReversed(), rank).map(({ createtxg, type }) => [createtxg, type])).toEqual(
          sorted.map(({ createtxg, type }) => [createtxg, type]),
        );
      }),
    );
  });

  it('joins exactly those snapshots into one stream that follow one another on the sender', () => {
    const chain = Array.from(
      { length: 8 },
      (_, n): Version => ({ type: 'snapshot', name: `s${n}`, guid: BigInt(n + 1), createtxg: BigInt(n + 10) }),
    );
    fc.assert(
      fc.property(fc.nat({ max: 6 }), fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (start, wanted) => {
        const base = chain[start];
        if (base === undefined) throw new Error('out of range');
        const path = chain.filter((_, n) => n > start && wanted[n] === true);
        const steps = groupPath(senderDataset(chain), base, path, false);
        expect(steps.flatMap((step) => [...step.between, step.to])).toEqual(path);
        let from = base;
        for (const step of steps) {
          expect(step.from).toEqual(from);
          if (step.between.length > 0) {
            const carried = chain.slice(chain.indexOf(from) + 1, chain.indexOf(step.to) + 1);
            expect([...step.between, step.to]).toEqual(carried);
          }
          from = step.to;
        }
      }),
    );
  });
});
