/** Random sequences on real ZFS and on the simulated one; `npm run torture -- --sequences` runs more of them. */
import { describe, expect, it } from 'vitest';
import { compareSequence } from './support/compare.ts';
import { useRealZfs } from './support/fixture.ts';

const SEQUENCES = Number(process.env.SNAPFERRY_SEQUENCES ?? 60);
const FIRST_SEED = Number(process.env.SNAPFERRY_FIRST_SEED ?? 1);

const withFixture = useRealZfs('random');

describe.concurrent('a random sequence', () => {
  it.each(Array.from({ length: SEQUENCES }, (_, index) => FIRST_SEED + index))('of seed %i', async (seed) => {
    const difference = await compareSequence(withFixture, seed);
    if (difference === null) return;
    const { index, left, right } = difference;
    expect(left, `operation ${index} of seed ${seed}`).toEqual(right);
  });
});
