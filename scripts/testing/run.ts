import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../lib/child.ts';
import { watchInterrupts } from '../lib/interrupt.ts';
import { packageFile, ROOT } from '../lib/root.ts';
import { addTotals, ONE_FAILED, type Totals, totalsLine } from '../lib/totals.ts';
import type { SuiteName, TestOptions } from './options.ts';
import { countSuite } from './results.ts';

/** Names vitest's configuration, and a reporter that shows how far a suite of this length is. */
const SUITE_SETTINGS: Readonly<Record<SuiteName, { readonly config: string; readonly reporter: string }>> = {
  unit: { config: 'vitest.config.ts', reporter: 'dot' },
  e2e: { config: 'vitest.e2e.config.ts', reporter: 'verbose' },
  lab: { config: 'vitest.lab.config.ts', reporter: 'verbose' },
};

/** The virtual machines of this run, so that two runs do not end each other's. */
const LAB_INSTANCE = `test-${process.pid}`;

/**
 * Runs the suites one after the other; a suite that breaks counts as failed and the next one still runs. Asked to end, it
 * lets the suite at hand clean up, counts that as a failure and runs no further one.
 */
export async function runSuites(options: TestOptions, print: (line: string) => void): Promise<Totals> {
  const all: Totals[] = [];
  using interrupts = watchInterrupts();
  for (const suite of options.suites) {
    if (interrupts.asked()) break;
    const startedMs = performance.now();
    print(`\n== ${suite} tests`);
    const totals = await runSuite(suite, options).catch((error: unknown) => {
      print(String(error));
      return ONE_FAILED;
    });
    print(`== ${suite} tests: ${totalsLine(totals)} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
    all.push(totals);
  }
  if (interrupts.asked() && all.every(({ failed }) => failed === 0)) all.push(ONE_FAILED);
  return addTotals(...all);
}

async function runSuite(suite: SuiteName, options: TestOptions): Promise<Totals> {
  const folder = mkdtempSync(join(tmpdir(), 'snapferry-test-'));
  const reportFile = join(folder, 'report.json');
  try {
    const result = await runChild(
      process.execPath,
      [packageFile('vitest', 'vitest.mjs'), ...vitestArgs(suite, options, reportFile)],
      {
        cwd: ROOT,
        env: { SNAPFERRY_LAB_ZFS: options.zfs, SNAPFERRY_LAB_INSTANCE: LAB_INSTANCE },
        output: 'terminal',
      },
    );
    return countSuite({ exitCode: result.code, report: readIfThere(reportFile) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    // The suite ends its guests itself; this is for one that could not.
    if (suite === 'lab') await endGuests();
  }
}

function vitestArgs(suite: SuiteName, options: TestOptions, reportFile: string): readonly string[] {
  const settings = SUITE_SETTINGS[suite];
  const args = ['run', '--config', settings.config, `--reporter=${settings.reporter}`, '--reporter=json'];
  args.push(`--outputFile.json=${reportFile}`);
  if (suite === 'unit' && options.coverage) args.push('--coverage');
  // A filter may well leave nothing of one suite; that nothing at all was run is noticed in the total.
  if (options.filter !== null) args.push('--passWithNoTests', options.filter);
  return args;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Loaded only here: the unit tests run without anything of the lab. */
async function endGuests(): Promise<void> {
  const { downInstance } = await import('../../test/lab/guests/index.ts');
  await downInstance(LAB_INSTANCE);
}
