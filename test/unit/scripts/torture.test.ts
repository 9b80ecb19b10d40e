/** Journal and figures of `npm run torture`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { driveFigures, driveTable } from '../../../scripts/torture/drive-figures.ts';
import { type DriveEntry, driveEntrySchema } from '../../../scripts/torture/drives.ts';
import { figuresOf, tableOf } from '../../../scripts/torture/figures.ts';
import { addToJournal, beginJournal, parseJournal, readJournal } from '../../../scripts/torture/journal.ts';
import { type Entry, entrySchema } from '../../../scripts/torture/runs.ts';
import { comparedSequences, sequenceEntrySchema, sequenceFigures } from '../../../scripts/torture/sequences.ts';

const head = { zfs: 'stable', points: 3, from: 1, skip: 0 } as const;
const entry: Entry = {
  index: 0,
  phase: 'full',
  deed: 'kill-zfs',
  held: 'send a@1',
  resumedSteps: 1,
  resumedBytes: 1000,
  discardedBytes: 0,
  violations: [],
  durationMs: 3000,
};

describe('the journal', () => {
  let file: string;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'snapferry-journal-'));
    file = join(folder, 'deep', 'stable.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives back what was put into it, of each point the last', () => {
    expect(readJournal(file, entrySchema)).toBeNull();
    beginJournal(file, head);
    addToJournal(file, { ...entry, violations: ['x'] });
    addToJournal(file, { ...entry, index: 1 });
    addToJournal(file, entry);
    expect(readJournal(file, entrySchema)).toEqual({ head, entries: [entry, { ...entry, index: 1 }] });
  });

  it('goes on behind a line that was cut off', () => {
    beginJournal(file, head);
    addToJournal(file, entry);
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"index":1,"ph`);
    expect(readJournal(file, entrySchema)?.entries).toEqual([entry]);
    addToJournal(file, { ...entry, index: 1 });
    expect(readJournal(file, entrySchema)?.entries.map(({ index }) => index)).toEqual([0, 1]);
  });

  it.each(['', '{}\n', `${JSON.stringify(head)}\n{"index":0}\n`, `${JSON.stringify(head)}\nnonsense\n`])(
    'that is none is refused: %j',
    (text) => {
      expect(() => parseJournal(text, entrySchema)).toThrow();
    },
  );
});

describe('the figures', () => {
  const entries: readonly Entry[] = [
    entry,
    { ...entry, index: 1, deed: 'reset-nas', resumedSteps: 0, resumedBytes: 0, discardedBytes: 5, durationMs: 9000 },
    { ...entry, index: 2, held: null, resumedSteps: 0, resumedBytes: 0, violations: ['x', 'y'], durationMs: 1000 },
  ];

  it('count what was reached, and every violation', () => {
    expect(figuresOf(entries)).toEqual({
      points: 2,
      missed: 1,
      resumedPoints: 1,
      resumedBytes: 1000,
      restartedPoints: 1,
      violations: 2,
      medianSeconds: 3,
    });
    expect(figuresOf([]).points).toBe(0);
  });

  it('as a table have a row for every phase', () => {
    const table = tableOf(entries);
    expect(table).toHaveLength(9);
    expect(table[4]).toBe('| full | – | – | 1 | – | – | 1 | 2 |');
  });
});

describe('the figures of drives', () => {
  const status = { count: 10, p50Ms: 4, p95Ms: 9, maxMs: 20 };
  const measured = { status, nasRuns: 2, nasFailures: 0 };
  const whole: DriveEntry = {
    index: 0,
    phase: 'whole',
    deed: 'eject',
    failmode: 'wait',
    held: null,
    restarted: false,
    resumedSteps: 0,
    resumedBytes: 0,
    episode: null,
    violations: [],
    durationMs: 2000,
  };
  const yank: DriveEntry = {
    ...whole,
    index: 1,
    phase: 'import',
    deed: 'yank',
    held: 'zpool import',
    restarted: true,
    episode: {
      seconds: 70,
      before: measured,
      during: { ...measured, status: { ...status, p95Ms: 11, maxMs: 33 } },
      blocked: true,
      longestGapSeconds: 41,
      waiting: 3,
    },
    durationMs: 4000,
  };
  const lost: DriveEntry = {
    ...yank,
    index: 2,
    phase: 'full',
    deed: 'power-loss',
    restarted: false,
    resumedSteps: 1,
    episode: null,
  };
  const entries = [whole, yank, lost, { ...yank, index: 3, held: null, episode: null, violations: ['x'] }];

  it('are told by what was at work; what was not reached counts nowhere', () => {
    const table = driveTable(entries);
    expect(table[2]).toBe('| whole | 1 | 0 | 0 | 0 | 0 | 0 | 0 |');
    expect(table[3]).toBe('| import | 0 | 1 | 0 | 0 | 1 | 1 | 0 |');
    expect(table[5]).toBe('| full | 0 | 0 | 1 | 1 | 0 | 0 | 0 |');
    const [first, before, during, others, last] = driveFigures(entries);
    expect(first).toBe('4 points, 1 missed; 4 s each (median)');
    expect(before).toContain('95 of 100 below 9.0 ms, longest ever 20.0 ms');
    expect(during).toContain('95 of 100 below 11.0 ms, longest ever 33.0 ms');
    expect(others).toContain(
      '2 runs to the NAS meanwhile, 0 failed; longest gap between snapshots due every 15 s: 41 s',
    );
    expect(last).toBe('1 violations');
    expect(driveFigures([])[0]).toBe('0 points, 0 missed; 0 s each (median)');
  });

  it('come from entries as they stand in the journal', () => {
    for (const entry of entries) expect(driveEntrySchema.parse(JSON.parse(JSON.stringify(entry)))).toEqual(entry);
  });
});

describe('compared sequences', () => {
  const torment = comparedSequences(7);

  it('have seeds that follow each other, from the first on', () => {
    expect([0, 1].map((index) => torment.failed(index, 'x', 1).seeds)).toEqual([
      [7, 8],
      [9, 10],
    ]);
  });

  it('are counted, and those that differ', () => {
    const good = sequenceEntrySchema.parse({ index: 0, seeds: [7, 8], violations: [], durationMs: 12_000 });
    const bad = torment.failed(1, 'x', 20_000);
    expect(sequenceFigures([good, bad])).toEqual(['4 sequences, 8.0 s each; 1 differ']);
    expect(sequenceFigures([])).toEqual(['0 sequences, 0.0 s each; 0 differ']);
    expect([good, bad].map((one) => torment.lineOf(one))).toEqual([
      'equal seeds 7, 8 (12.0 s)',
      'DIFFER seeds 9, 10 (20.0 s)',
    ]);
  });
});
