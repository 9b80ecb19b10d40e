/** `npm run torture`: real runs on real OpenZFS, interrupted at chosen and random points, and what is left is looked at; or sequences compared. */
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { z } from 'zod';
import { DRIVE_POINTS } from '../test/lab/drives/torture/points.ts';
import { lineReporter, type ZfsFlavour } from '../test/lab/guests/index.ts';
import { parseDuration } from './lib/duration.ts';
import { watchInterrupts } from './lib/interrupt.ts';
import { ROOT } from './lib/root.ts';
import { runCampaign, type Torment } from './torture/campaign.ts';
import { driveFigures, driveTable } from './torture/drive-figures.ts';
import { driveEntrySchema, pulledDrives } from './torture/drives.ts';
import { figureLines, tableOf } from './torture/figures.ts';
import { addToJournal, beginJournal, type CampaignHead, type JournalEntry, readJournal } from './torture/journal.ts';
import { entrySchema, interruptedRuns } from './torture/runs.ts';
import { comparedSequences, SEQUENCES_PER_POINT, sequenceEntrySchema, sequenceFigures } from './torture/sequences.ts';

/** A thousand sequences. */
const SEQUENCE_POINTS = 1_000 / SEQUENCES_PER_POINT;

interface TortureOptions {
  readonly points?: string;
  readonly from: string;
  readonly skip: string;
  readonly zfs: ZfsFlavour;
  readonly drives?: true;
  readonly sequences?: true;
  readonly time?: string;
  readonly resume?: true;
  readonly figures?: true;
}

const program = new Command('npm run torture --')
  .description('Interrupts real runs in the lab, point after point, and looks at what the next run leaves.')
  .option('--drives', 'backups to drives that are pulled out, instead of those to a NAS')
  .addOption(
    new Option(
      '--sequences',
      `random sequences of operations on real ZFS and on the simulated one, ${SEQUENCES_PER_POINT} a point`,
    ).conflicts('drives'),
  )
  .option(
    '--points <n>',
    `so many points: the chosen ones, then those of seeds (200; with --drives ${DRIVE_POINTS}; with --sequences ${SEQUENCE_POINTS})`,
  )
  .option('--from <seed>', 'the first seed', '1')
  .option('--skip <n>', 'leave out the first n points, which another campaign has done', '0')
  .addOption(new Option('--zfs <flavour>', 'which OpenZFS').choices(['stable', 'backports']).default('stable'))
  .option('--time <duration>', 'begin no further point after this time, as in 90s or 10m')
  .option('--resume', 'go on with the last campaign on this OpenZFS, as it was begun')
  .option('--figures', 'only print the figures of the last campaign')
  .showHelpAfterError();
program.parse();
const options = program.opts<TortureOptions>();

function wholeNumber(option: 'points' | 'from' | 'skip', text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < (option === 'points' ? 1 : 0)) {
    program.error(`--${option} ${text} is no whole number`);
  }
  return value;
}

const limitMs = options.time === undefined ? null : parseDuration(options.time);
if (limitMs === undefined) program.error(`--time ${options.time} is no duration as in 90s or 10m`);
const print = (line: string): void => console.log(line);

interface Kind<E extends JournalEntry> {
  /** Part of names of files and guests. */
  readonly name: string;
  readonly points: number;
  readonly entrySchema: z.ZodType<E>;
  readonly torment: (from: number) => Torment<E>;
  readonly figures: (entries: readonly E[]) => readonly string[];
}

async function torture<E extends JournalEntry>(kind: Kind<E>): Promise<void> {
  const { zfs } = options;
  const name = kind.name === '' ? zfs : `${zfs}-${kind.name}`;
  const file = join(ROOT, '.cache', 'torture', `${name}.jsonl`);
  const goesOn = options.resume === true || options.figures === true;
  const last = goesOn ? readJournal(file, kind.entrySchema) : null;
  if (goesOn && last === null) program.error(`there is no campaign to go on with: ${file}`);
  const head: CampaignHead = last?.head ?? {
    zfs,
    points: options.points === undefined ? kind.points : wholeNumber('points', options.points),
    from: wholeNumber('from', options.from),
    skip: wholeNumber('skip', options.skip),
  };
  if (options.figures !== true) {
    if (last === null) beginJournal(file, head);
    using interrupts = watchInterrupts();
    await runCampaign({
      torment: kind.torment(head.from),
      instance: kind.name === '' ? 'torture' : `torture-${kind.name}`,
      head,
      done: new Set(last?.entries.map(({ index }) => index)),
      limitMs: limitMs ?? null,
      asked: interrupts.asked,
      report: lineReporter(print),
      print,
      logFile: (index) => join(ROOT, '.cache', 'torture', `${name}-point-${index + 1}.log`),
      note: (entry) => addToJournal(file, entry),
    });
  }
  const entries = readJournal(file, kind.entrySchema)?.entries ?? [];
  for (const line of kind.figures(entries)) print(line);
  const left = head.points - head.skip - entries.length;
  if (left > 0) print(`${left} points to go: the same with --resume`);
  process.exitCode = entries.some(({ violations }) => violations.length > 0) ? 1 : 0;
}

if (options.drives === true) {
  await torture({
    name: 'drives',
    points: DRIVE_POINTS,
    entrySchema: driveEntrySchema,
    torment: pulledDrives,
    figures: (entries) => ['', ...driveTable(entries), '', ...driveFigures(entries)],
  });
} else if (options.sequences === true) {
  await torture({
    name: 'sequences',
    points: SEQUENCE_POINTS,
    entrySchema: sequenceEntrySchema,
    torment: comparedSequences,
    figures: (entries) => ['', ...sequenceFigures(entries)],
  });
} else {
  await torture({
    name: '',
    points: 200,
    entrySchema,
    torment: interruptedRuns,
    figures: (entries) => ['', ...tableOf(entries), '', ...figureLines(entries)],
  });
}
