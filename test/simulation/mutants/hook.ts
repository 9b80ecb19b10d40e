/**
 * Loads the engine with one defect in it: `node --import <this file>` with SIMULATED_MUTANT set to its name. The sources stay
 * as they are; what is changed is what Node reads of one file.
 */
import { registerHooks } from 'node:module';
import { MUTANTS } from './table.ts';

const name = process.env.SIMULATED_MUTANT;
const mutant = MUTANTS.find((one) => one.name === name);
if (mutant === undefined) throw new Error(`there is no mutant ${name ?? '(none named)'}`);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/core/${mutant.file}`)) return loaded;
    const source = String(loaded.source);
    if (source.split(mutant.find).length !== 2) {
      throw new Error(`mutant ${mutant.name}: what it changes is not there exactly once in ${mutant.file}`);
    }
    return { ...loaded, source: source.replace(mutant.find, () => mutant.put) };
  },
});
