/** Puts defects into the engine, one after the other, and counts the seeds until the simulation notices. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Mutant } from '../../test/simulation/mutants/mutant.ts';
import { MUTANTS } from '../../test/simulation/mutants/table.ts';
import { runChild } from '../lib/child.ts';
import { ROOT } from '../lib/root.ts';

/** Compiled sources are kept: starting takes longer than most defects live. */
const COMPILED = join(ROOT, '.cache', 'compiled');

export interface Verdict {
  /** Null: not noticed. */
  readonly seeds: number | null;
  /** What noticed it. */
  readonly rule: string;
}

/** Runs the simulation, in a process of its own, on the engine with this defect. Rejects when that process fails. */
export async function tryMutant(
  { name, from, household }: Pick<Mutant, 'name' | 'from' | 'household'>,
  seedsMax: number,
): Promise<Verdict> {
  const hook = join(ROOT, 'test', 'simulation', 'mutants', 'hook.ts');
  const script = join(ROOT, 'scripts', 'simulate.ts');
  const seeds = ['--from', String(from), '--seeds', String(seedsMax)];
  const args = ['--no-warnings', '--import', hook, script, '--first', '--scenario', household, ...seeds];
  const child = await runChild(process.execPath, args, {
    output: 'keep',
    env: { SIMULATED_MUTANT: name, NODE_COMPILE_CACHE: COMPILED },
  });
  const [, seed, rule] = /^seed (\d+): ([a-z-]+):/m.exec(child.stdout) ?? [];
  if (seed !== undefined && rule !== undefined) return { seeds: Number(seed) - from + 1, rule };
  if (child.code !== 0) throw new Error(`mutant ${name}: ${child.output}`);
  return { seeds: null, rule: '' };
}

export interface MutantsOptions {
  /** Seeds for each, at most. */
  readonly seedsMax: number;
  /** Part of the names of those that are tried; empty: all. */
  readonly only: string;
  readonly print: (line: string) => void;
}

/** True when every mutant is noticed. As many at a time as there are processors. */
export async function tryMutants({ seedsMax, only, print }: MutantsOptions): Promise<boolean> {
  const waiting = MUTANTS.filter(({ name }) => name.includes(only));
  const count = waiting.length;
  let noticed = 0;
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const { seeds, rule } = await tryMutant(mutant, seedsMax);
      const first = mutant.from === 1 ? '' : ` from seed ${mutant.from}`;
      const verdict = seeds === null ? 'SURVIVES' : `${seeds} by ${rule}`;
      print(`${mutant.name.padEnd(56)} ${verdict}${first} (recorded: ${mutant.seeds})`);
      if (seeds !== null) noticed += 1;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  print(`${noticed} of ${count} defects are noticed`);
  return noticed === count;
}
