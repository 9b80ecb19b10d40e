/** `npm run bench`: measures against rivals in the same run, prints a table and writes docs/benchmarks.md. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { BENCHES } from './bench/list.ts';
import { updateReport } from './bench/report.ts';
import { renderTable } from './bench/table.ts';
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
  .option('--no-write', 'do not put the results into docs/benchmarks.md')
  .showHelpAfterError();
program.parse();
const options = program.opts<BenchOptions>();
const runs = Number(options.runs);
if (!Number.isInteger(runs) || runs < 1) program.error(`--runs ${options.runs} is no number of runs`);

const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, Linux ${release()}, Node ${process.versions.node}`;
const file = join(ROOT, 'docs', 'benchmarks.md');
for (const bench of BENCHES) {
  if (options.only !== undefined && !options.only.includes(bench.name)) continue;
  process.stdout.write(`== ${bench.name}: ${bench.summary}\n`);
  const startedMs = performance.now();
  const rows = await bench.run(runs);
  process.stdout.write(`${renderTable(rows)}\n(${((performance.now() - startedMs) / 1000).toFixed(0)} s)\n\n`);
  if (options.write === false) continue;
  const old = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const section = { name: bench.name, summary: bench.summary, machine, runs, rows };
  writeFileSync(
    file,
    updateReport(
      old,
      [section],
      BENCHES.map(({ name }) => name),
    ),
  );
}
