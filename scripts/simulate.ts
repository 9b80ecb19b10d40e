/** `npm run simulate`: the whole engine in a simulated household where everything goes wrong, seed after seed. */
import { Command } from 'commander';
import { HOUSEHOLDS, type Household, isHousehold } from '../test/simulation/engine/seeds.ts';
import { parseDuration } from './lib/duration.ts';
import { hunt } from './simulation/hunt.ts';
import { tryMutants } from './simulation/mutants.ts';

interface SimulateOptions {
  readonly seeds: string;
  readonly from: string;
  readonly time?: string;
  readonly coverage?: true;
  readonly mutants?: true;
  readonly only: string;
  readonly first?: true;
  readonly scenario: string;
}

const program = new Command('npm run simulate --')
  .description('Runs seeds. A seed that fails is made small and its timeline is printed.')
  .option('--scenario <name>', `what the seeds mean: ${Object.keys(HOUSEHOLDS).join(', ')}`, 'plain')
  .option('--seeds <n>', 'so many seeds', '2000')
  .option('--from <n>', 'the first seed', '1')
  .option('--time <duration>', 'end after this time, as in 90s or 10m')
  .option('--coverage', 'list where faults came and which problems were told of')
  .option('--mutants', 'put defects into the engine, one by one, and count the seeds until each is noticed')
  .option('--only <text>', 'only defects with that text in their name', '')
  .option('--first', 'end at the first failure and print only its seed')
  .showHelpAfterError();
program.parse();
const options = program.opts<SimulateOptions>();

function wholeNumber(option: 'seeds' | 'from'): number {
  const value = Number(options[option]);
  if (!Number.isSafeInteger(value) || value < 0) program.error(`--${option} ${options[option]} is no whole number`);
  return value;
}

function household(): Household {
  const { scenario } = options;
  if (isHousehold(scenario)) return scenario;
  return program.error(`--scenario ${scenario} is none of ${Object.keys(HOUSEHOLDS).join(', ')}`);
}

const limitMs = options.time === undefined ? null : parseDuration(options.time);
if (limitMs === undefined) program.error(`--time ${options.time} is no duration as in 90s or 10m`);
const count = wholeNumber('seeds');
const print = (line: string): void => console.log(line);
const isGood =
  options.mutants === true
    ? await tryMutants({ seedsMax: count, only: options.only, print })
    : await hunt({
        household: household(),
        from: wholeNumber('from'),
        count,
        limitMs: limitMs ?? null,
        coverage: options.coverage === true,
        onlyFirst: options.first === true,
        print,
      });
process.exitCode = isGood ? 0 : 1;
