/** `npm run torture`: real runs on real OpenZFS, interrupted at chosen and random points, and what is left is looked at. */
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { lineReporter, type ZfsFlavour } from '../test/lab/guests/index.ts';
import { parseDuration } from './lib/duration.ts';
import { watchInterrupts } from './lib/interrupt.ts';
import { ROOT } from './lib/root.ts';
import { runCampaign } from './torture/campaign.ts';
import { figureLines, tableOf } from './torture/figures.ts';
import { addToJournal, beginJournal, type CampaignHead, readJournal } from './torture/journal.ts';

interface TortureOptions {
  readonly points: string;
  readonly from: string;
  readonly zfs: ZfsFlavour;
  readonly time?: string;
  readonly resume?: true;
  readonly figures?: true;
}

const program = new Command('npm run torture --')
  .description('Interrupts real runs in the lab, point after point, and looks at what the next run leaves.')
  .option('--points <n>', 'so many points: the chosen ones, then those of seeds', '200')
  .option('--from <seed>', 'the first seed', '1')
  .addOption(new Option('--zfs <flavour>', 'which OpenZFS').choices(['stable', 'backports']).default('stable'))
  .option('--time <duration>', 'begin no further point after this time, as in 90s or 10m')
  .option('--resume', 'go on with the last campaign on this OpenZFS, as it was begun')
  .option('--figures', 'only print the figures of the last campaign')
  .showHelpAfterError();
program.parse();
const options = program.opts<TortureOptions>();

function wholeNumber(option: 'points' | 'from'): number {
  const value = Number(options[option]);
  if (!Number.isSafeInteger(value) || value < (option === 'points' ? 1 : 0)) {
    program.error(`--${option} ${options[option]} is no whole number`);
  }
  return value;
}

const limitMs = options.time === undefined ? null : parseDuration(options.time);
if (limitMs === undefined) program.error(`--time ${options.time} is no duration as in 90s or 10m`);
const print = (line: string): void => console.log(line);
const file = join(ROOT, '.cache', 'torture', `${options.zfs}.jsonl`);
const goesOn = options.resume === true || options.figures === true;
const last = goesOn ? readJournal(file) : null;
if (goesOn && last === null) program.error(`there is no campaign to go on with: ${file}`);
const head: CampaignHead = last?.head ?? {
  zfs: options.zfs,
  points: wholeNumber('points'),
  from: wholeNumber('from'),
};

if (options.figures !== true) {
  if (last === null) beginJournal(file, head);
  using interrupts = watchInterrupts();
  await runCampaign({
    head,
    done: new Set(last?.entries.map(({ index }) => index)),
    limitMs: limitMs ?? null,
    asked: interrupts.asked,
    report: lineReporter(print),
    print,
    logFile: (index) => join(ROOT, '.cache', 'torture', `${head.zfs}-point-${index + 1}.log`),
    note: (entry) => addToJournal(file, entry),
  });
}

const entries = readJournal(file)?.entries ?? [];
for (const line of ['', ...tableOf(entries), '', ...figureLines(entries)]) print(line);
if (entries.length < head.points) print(`${head.points - entries.length} points to go: npm run torture -- --resume`);
process.exitCode = entries.some(({ violations }) => violations.length > 0) ? 1 : 0;
