/** Random sequences: what must hold of every one, whatever it does. */
import { describe, expect, it } from 'vitest';
import type { Fixture, Release } from '../conformance/fixture.ts';
import { firstDifference, type Moment, runSequence } from '../conformance/perform.ts';
import { makeSequence } from '../conformance/sequence.ts';
import { simFixture } from './fixture.ts';

const SEEDS = Array.from({ length: 150 }, (_, index) => index + 1);
/** Codes that mean that the simulated programs said something that the real ones never say. */
const NEVER = ['internal', 'command-failed', 'output-unreadable', 'name-invalid', 'permission-denied', 'token-corrupt'];

const machines = (release: Release, listing: 'direct' | 'text' = 'direct') =>
  simFixture({ source: release, target: release, listing });

async function listed({ source, target }: Fixture): Promise<unknown> {
  const all = [];
  for (const { zfs, root } of [source, target]) {
    for (const recursive of [true, false]) {
      for (const details of [true, false]) all.push(await zfs.listVersions([root], { recursive, details }));
      all.push(await zfs.listDatasets([root], { recursive, properties: ['user:word', 'readonly', 'mountpoint'] }));
    }
  }
  return all;
}

describe('any sequence of thirty operations', () => {
  it('ends every operation in a way that is known, and changes nothing when it is refused', async () => {
    const outcomes = new Map<string, number>();
    for (const seed of SEEDS) {
      const moments = await runSequence(machines('2.3'), makeSequence(seed));
      let before: Moment | undefined;
      for (const moment of moments) {
        outcomes.set(moment.outcome, (outcomes.get(moment.outcome) ?? 0) + 1);
        const mayChange = ['receive-interrupted', 'stream-truncated', 'destination-name-taken'];
        const isRefused = /^[a-z]+(-[a-z]+)+$/.test(moment.outcome) && !mayChange.includes(moment.outcome);
        const isPartly = moment.operation.kind === 'send' && moment.operation.range;
        if (before !== undefined && isRefused && !isPartly) expect(moment.state, `seed ${seed}`).toEqual(before.state);
        before = moment;
      }
    }
    expect([...outcomes.keys()].filter((outcome) => NEVER.includes(outcome))).toEqual([]);
    // A generator that never gets anywhere tests nothing.
    for (const outcome of ['ok', 'receive-interrupted', 'destination-modified', 'partial-state-present']) {
      expect(outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(5);
    }
  });

  it('leads to the same with listings that were printed and read', async () => {
    for (const seed of SEEDS) {
      const [direct, text] = [machines('2.3'), machines('2.3', 'text')];
      const operations = makeSequence(seed);
      const difference = firstDifference(
        await runSequence(direct, operations, false),
        await runSequence(text, operations, false),
      );
      expect(difference, `seed ${seed}`).toBeNull();
      expect(await listed(direct), `seed ${seed}`).toEqual(await listed(text));
    }
  });

  it('is the same again, to the last guid', async () => {
    for (const seed of SEEDS.slice(0, 20)) {
      const [once, again] = [machines('2.1'), machines('2.1')];
      await runSequence(once, makeSequence(seed));
      await runSequence(again, makeSequence(seed));
      expect(again.world).toEqual(once.world);
    }
  });

  it('is the same where it picks what was picked elsewhere, and is not on a machine that does something else', async () => {
    const found = ({ outcome, state }: Moment) => ({ outcome, state });
    for (const seed of SEEDS.slice(0, 20)) {
      const operations = makeSequence(seed);
      const expected = await runSequence(machines('2.3'), operations, false);
      const again = await runSequence(machines('2.3'), operations, false, expected);
      expect(firstDifference(again, expected), `seed ${seed}`).toBeNull();
      // The first snapshot has another name there.
      const other = operations.map((operation) =>
        operation.kind === 'snapshot' && operation.name === 'first' ? { ...operation, name: 'second' } : operation,
      );
      const moments = await runSequence(machines('2.3'), other, false, expected);
      expect(moments.map(found), `seed ${seed}`).not.toEqual(expected.map(found));
    }
  });

  it('goes on the same in a copy of its world', async () => {
    for (const seed of SEEDS.slice(0, 20)) {
      const first = machines('2.3');
      await runSequence(first, makeSequence(seed), false);
      const second = simFixture({ source: '2.3', target: '2.3', listing: 'direct' }, structuredClone(first.world));
      const rest = makeSequence(seed + 1000).slice(4);
      expect(firstDifference(await runSequence(first, rest), await runSequence(second, rest))).toBeNull();
    }
  });
});

it('a comparison of runs names the first operation after which they differ', async () => {
  const operations = makeSequence(7);
  const whole = await runSequence(machines('2.3'), operations);
  const [last] = whole.slice(-1);
  if (last === undefined) throw new Error('an empty sequence');
  const other = [...whole.slice(0, -1), { ...last, outcome: 'something else' }];
  expect(firstDifference(whole, other)).toMatchObject({ index: whole.length - 1 });
  expect(firstDifference(whole, whole.slice(0, 5))).toMatchObject({ index: 5, right: undefined });
});
