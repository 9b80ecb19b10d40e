/**
 * Random sequences on real ZFS and on the simulated one: every outcome on the way and the state at the end have to be the
 * same. Where they are not, the sequence runs again with a look at every state, to tell where it began.
 */
import { describe, expect, it } from 'vitest';
import type { Fixture } from '../../conformance/fixture.ts';
import { firstDifference, runSequence } from '../../conformance/perform.ts';
import { makeSequence } from '../../conformance/sequence.ts';
import { simFixture } from '../../simulation/fixture.ts';
import { useRealZfs } from './support/fixture.ts';

const SEQUENCES = Number(process.env.SNAPFERRY_SEQUENCES ?? 10);
const FIRST_SEED = Number(process.env.SNAPFERRY_FIRST_SEED ?? 1);

const withFixture = useRealZfs('random');

async function differenceOn(real: Fixture, seed: number, everyMoment: boolean) {
  const { release } = real.source;
  const simulated = simFixture({ source: release, target: release, listing: 'direct' });
  const operations = makeSequence(seed);
  const expected = await runSequence(simulated, operations, everyMoment);
  return firstDifference(await runSequence(real, operations, everyMoment), expected);
}

describe.concurrent('a random sequence', () => {
  it.each(Array.from({ length: SEQUENCES }, (_, index) => FIRST_SEED + index))('of seed %i', async (seed) => {
    const late = await withFixture((real) => differenceOn(real, seed, false));
    if (late === null) return;
    const early = (await withFixture((real) => differenceOn(real, seed, true))) ?? late;
    expect(early.left, `operation ${early.index} of seed ${seed}`).toEqual(early.right);
  });
});
