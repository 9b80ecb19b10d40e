/** `.ci/run`: everything that must pass, one part after the other, and one line that totals them. */

import { build } from './build/build.ts';
import { CHECKS } from './checking/parts.ts';
import { watchInterrupts } from './lib/interrupt.ts';
import { runParts } from './lib/parts.ts';
import { addTotals, exitCodeOf, ONE_FAILED, type Totals, totalsLine } from './lib/totals.ts';
import { LINES_PERCENT_MIN, readLinesPercent } from './testing/coverage.ts';
import { parseTestOptions } from './testing/options.ts';
import { runSuites } from './testing/run.ts';

const print = (line: string) => console.log(line);

const buildPart = {
  name: 'build',
  run: async () => {
    await build();
    return null;
  },
};

const coveragePart = {
  name: `line coverage of core by unit tests, at least ${LINES_PERCENT_MIN} %`,
  run: async () => {
    const percent = readLinesPercent();
    print(`line coverage: ${percent.toFixed(2)} %`);
    return percent >= LINES_PERCENT_MIN ? null : 'That is too little. The report is in coverage/.';
  },
};

async function main(): Promise<Totals> {
  const options = parseTestOptions([...process.argv.slice(2), '--coverage']);
  using interrupts = watchInterrupts();
  const before = await runParts([...CHECKS, buildPart], print);
  if (interrupts.asked()) return before.totals;
  const tests = await runSuites(options, print);
  const after = options.suites.includes('unit') && !interrupts.asked() ? await runParts([coveragePart], print) : null;
  const failed = [...before.failed, ...(exitCodeOf(tests) === 0 ? [] : ['tests']), ...(after?.failed ?? [])];
  if (failed.length > 0) print(`\nFailed: ${failed.join(', ')}`);
  return addTotals(before.totals, tests, ...(after === null ? [] : [after.totals]));
}

const totals = await main().catch((error: unknown) => {
  print(String(error));
  return ONE_FAILED;
});
print('');
print(totalsLine(totals));
process.exitCode = exitCodeOf(totals);
