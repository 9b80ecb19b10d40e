/** Random sequences on real ZFS and on the simulated one: every outcome and every state on the way has to be the same. */
import { describe, expect, it } from 'vitest';
import { firstDifference, runSequence } from '../../conformance/perform.ts';
import { makeSequence } from '../../conformance/sequence.ts';
import { simFixture } from '../../simulation/fixture.ts';
import { useRealZfs } from './support/fixture.ts';

/** Few where the whole suite runs: each is a minute of an emulated machine on a crowded one. */
const SEQUENCES = Number(process.env.SNAPFERRY_SEQUENCES ?? 4);
const FIRST_SEED = Number(process.env.SNAPFERRY_FIRST_SEED ?? 1);

const withFixture = useRealZfs('random');

describe.concurrent('a random sequence', () => {
  it.each(Array.from({ length: SEQUENCES }, (_, index) => FIRST_SEED + index))('of seed %i', async (seed) =>
    withFixture(async (real) => {
      const { release } = real.source;
      const simulated = simFixture({ source: release, target: release, listing: 'direct' });
      const operations = makeSequence(seed);
      const expected = await runSequence(simulated, operations);
      const difference = firstDifference(await runSequence(real, operations), expected);
      expect(difference?.left, `operation ${difference?.index} of seed ${seed}`).toEqual(difference?.right);
    }),
  );
});
