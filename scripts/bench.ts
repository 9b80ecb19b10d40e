/** `npm run bench`: measures against rivals in the same run, prints a table and writes docs/benchmarks.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { BENCHES } from './bench/list.ts';
import { type BenchRow, renderTable } from './bench/table.ts';
import { ROOT } from './lib/root.ts';

interface BenchOptions {
  readonly only?: readonly string[];
  readonly runs: string;
  readonly write?: false;
}

const names = BENCHES.map((bench) => bench.name).join(', ');
const program = new Command('npm run bench --')
  .description('Measures speed and cost beside a rival in the same run. Takes about an hour for everything.')
  .option('--only <names...>', `only these: ${names}`)
  .option('--runs <n>', 'counted runs of each side', '5')
  .option('--no-write', 'do not write docs/benchmarks.md')
  .showHelpAfterError();
program.parse();
const options = program.opts<BenchOptions>();
const runs = Number(options.runs);
if (!Number.isInteger(runs) || runs < 1) program.error(`--runs ${options.runs} is no number of runs`);

const rows: BenchRow[] = [];
for (const bench of BENCHES) {
  if (options.only !== undefined && !options.only.includes(bench.name)) continue;
  process.stdout.write(`== ${bench.name}: ${bench.summary}\n`);
  const startedMs = performance.now();
  const some = await bench.run(runs);
  rows.push(...some);
  process.stdout.write(`${renderTable(some)}\n(${((performance.now() - startedMs) / 1000).toFixed(0)} s)\n\n`);
}
if (options.write !== false && options.only === undefined) {
  const text = `# Benchmarks

Medians of ${runs} runs, each beside its rival in the same run; a ratio compares the two of one run. Absolute figures belong to
the machine they were taken on, here a small one whose guests are emulated without hardware help, so only the ratios travel.
Repeat with \`npm run bench\`.

${renderTable(rows)}
`;
  writeFileSync(join(ROOT, 'docs', 'benchmarks.md'), text);
  process.stdout.write('written to docs/benchmarks.md\n');
}
