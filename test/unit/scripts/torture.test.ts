/** Journal and figures of `npm run torture`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { figuresOf, tableOf } from '../../../scripts/torture/figures.ts';
import { addToJournal, beginJournal, parseJournal, readJournal } from '../../../scripts/torture/journal.ts';
import { type Entry, entrySchema } from '../../../scripts/torture/runs.ts';

const head = { zfs: 'stable', points: 3, from: 1 } as const;
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
