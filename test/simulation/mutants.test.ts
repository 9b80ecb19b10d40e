import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tryMutant } from '../../scripts/simulation/mutants.ts';
import { MUTANTS } from './mutants/table.ts';

/** Those that take more seeds are left to `npm run simulate -- --mutants`. */
const SEEDS_MAX = 60;

describe('a defect in the engine', () => {
  it.each(MUTANTS)('can be put in: $name', ({ file, find, put }) => {
    const source = readFileSync(join(import.meta.dirname, '..', '..', 'core', file), 'utf8');
    expect(source.split(find)).toHaveLength(2);
    expect(put).not.toBe(find);
  });

  it('has a name of its own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });
});

describe.concurrent('a defect in the engine', () => {
  const quick = MUTANTS.filter(({ seeds }) => seeds <= SEEDS_MAX);

  // Each is a process of its own, beside others.
  it.each(quick)('is noticed: $name', { timeout: 300_000 }, async (mutant) => {
    expect(await tryMutant(mutant, mutant.seeds)).toMatchObject({ seeds: expect.any(Number) });
  });
});
