/** `npm test`: runs the suites and ends in one line that totals them. Options: scripts/bootstrap/commands.mjs. */
import { exitCodeOf, ONE_FAILED, type Totals, totalsLine } from './lib/totals.ts';
import { readLinesPercent } from './testing/coverage.ts';
import { parseTestOptions } from './testing/options.ts';
import { runSuites } from './testing/run.ts';

const print = (line: string) => console.log(line);

async function main(): Promise<Totals> {
  const options = parseTestOptions(process.argv.slice(2));
  const totals = await runSuites(options, print);
  if (totals.passed + totals.failed === 0) {
    print('No test was executed: that counts as a failure.');
    return { ...totals, failed: 1 };
  }
  if (options.coverage && options.suites.includes('unit')) {
    print(`line coverage of core by unit tests: ${readLinesPercent().toFixed(1)} %`);
  }
  return totals;
}

const totals = await main().catch((error: unknown) => {
  print(error instanceof TypeError ? `${error.message} (npm test -- --help)` : String(error));
  return ONE_FAILED;
});
print('');
print(totalsLine(totals));
process.exitCode = exitCodeOf(totals);
