/** Puts defects into the engine, one after the other, and counts the seeds until the simulation notices. */
import { join } from 'node:path';
import { MUTANTS, type Mutant } from '../../test/simulation/mutants/table.ts';
import { runChild } from '../lib/child.ts';
import { ROOT } from '../lib/root.ts';

export interface Verdict {
  /** Null: not noticed. */
  readonly seeds: number | null;
  /** What noticed it. */
  readonly rule: string;
}

/** Runs the simulation, in a process of its own, on the engine with this defect. Rejects when that process fails. */
export async function tryMutant({ name, from = 1 }: Pick<Mutant, 'name' | 'from'>, seedsMax: number): Promise<Verdict> {
  const hook = join(ROOT, 'test', 'simulation', 'mutants', 'hook.ts');
  const script = join(ROOT, 'scripts', 'simulate.ts');
  const args = [
    '--no-warnings',
    '--import',
    hook,
    script,
    '--first',
    '--from',
    String(from),
    '--seeds',
    String(seedsMax),
  ];
  const child = await runChild(process.execPath, args, { output: 'keep', env: { SIMULATED_MUTANT: name } });
  const [, seed, rule] = /^seed (\d+): ([a-z-]+):/m.exec(child.stdout) ?? [];
  if (seed !== undefined && rule !== undefined) return { seeds: Number(seed) - from + 1, rule };
  if (child.code !== 0) throw new Error(`mutant ${name}: ${child.output}`);
  return { seeds: null, rule: '' };
}

/** True when every mutant that is recorded as noticed is. */
export async function tryMutants(seedsMax: number, print: (line: string) => void): Promise<boolean> {
  let isGood = true;
  for (const mutant of MUTANTS) {
    const { seeds, rule } = await tryMutant(mutant, seedsMax);
    const known = mutant.seeds === null ? 'recorded as surviving' : `recorded: ${mutant.seeds}`;
    print(`${mutant.name.padEnd(56)} ${seeds === null ? 'SURVIVES' : `${seeds} by ${rule}`} (${known})`);
    isGood &&= seeds !== null || mutant.seeds === null;
  }
  return isGood;
}
