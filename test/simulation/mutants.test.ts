import { describe, expect, it } from 'vitest';
import { tryMutant } from '../../scripts/simulation/mutants.ts';
import { MUTANTS } from './mutants/table.ts';

describe.concurrent('a defect in the engine', () => {
  const noticed = MUTANTS.flatMap((mutant) => (mutant.seeds === null ? [] : [{ ...mutant, seeds: mutant.seeds }]));

  // Each is a process of its own that may run hundreds of seeds beside others.
  it.each(noticed)('is noticed: $name', { timeout: 300_000 }, async (mutant) => {
    expect(await tryMutant(mutant, mutant.seeds * 3)).toMatchObject({ seeds: expect.any(Number) });
  });

  it('each survivor is told with its reason', () => {
    for (const { seeds, survives } of MUTANTS) expect(seeds === null).toBe(survives !== undefined);
  });
});
