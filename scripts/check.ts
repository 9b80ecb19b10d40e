/** `npm run check`: lint, types, arrows and unused code. Goes on after a failing part; names all failures at the end. */
import { CHECKS } from './checking/parts.ts';
import { runParts } from './lib/parts.ts';

const { failed } = await runParts(CHECKS, (line) => console.log(line));
console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
