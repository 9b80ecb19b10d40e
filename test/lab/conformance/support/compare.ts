/** A random sequence on real ZFS and on the simulated one. */
import type { Fixture } from '../../../conformance/fixture.ts';
import { firstDifference, type Moment, runSequence } from '../../../conformance/perform.ts';
import { makeSequence } from '../../../conformance/sequence.ts';
import { simFixture } from '../../../simulation/fixture.ts';

/** Where they first differ. */
export interface Difference {
  readonly index: number;
  /** Of the real one. */
  readonly left: Moment | undefined;
  readonly right: Moment | undefined;
}

async function differenceOn(real: Fixture, seed: number, everyMoment: boolean): Promise<Difference | null> {
  const { release } = real.source;
  const simulated = simFixture({ source: release, target: release, listing: 'direct' });
  const operations = makeSequence(seed);
  const expected = await runSequence(simulated, operations, everyMoment);
  // To tell where a difference began everything is looked at; until then names that are known need not be looked up.
  const known = everyMoment ? null : expected;
  return firstDifference(await runSequence(real, operations, everyMoment, known), expected);
}

/**
 * Null when every outcome on the way and the state at the end are the same. Otherwise the sequence runs again with a look at
 * every state, to tell where it began.
 * @param withFixture gives the work real places of its own, at most twice
 */
export async function compareSequence(
  withFixture: (work: (real: Fixture) => Promise<Difference | null>) => Promise<Difference | null>,
  seed: number,
): Promise<Difference | null> {
  const late = await withFixture((real) => differenceOn(real, seed, false));
  if (late === null) return null;
  return (await withFixture((real) => differenceOn(real, seed, true))) ?? late;
}
