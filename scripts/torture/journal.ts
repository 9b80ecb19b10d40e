/** What became of every point of a campaign, line by line, so that one that was interrupted can go on. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const headSchema = z.strictObject({
  zfs: z.enum(['stable', 'backports']),
  points: z.number().int().positive(),
  /** The first seed of those points that are not chosen by hand. */
  from: z.number().int().nonnegative(),
  /** So many points at the beginning are left to another campaign. */
  skip: z.number().int().nonnegative().default(0),
});

export type CampaignHead = z.infer<typeof headSchema>;

export interface Campaign<E> {
  readonly head: CampaignHead;
  /** The last entry of each point. */
  readonly entries: readonly E[];
}

/** What stands in a journal, whatever else does. */
export interface JournalEntry {
  readonly index: number;
  /** In words; empty when all is well. */
  readonly violations: readonly string[];
}

/** Reads a journal. The last line may have been cut off by what interrupted it. Throws for any other that is none. */
export function parseJournal<E extends JournalEntry>(text: string, entrySchema: z.ZodType<E>): Campaign<E> {
  const lines = text.split('\n').slice(0, -1);
  const [first, ...rest] = lines;
  if (first === undefined) throw new Error('the journal is empty');
  const entries = new Map<number, E>();
  for (const line of rest) {
    const entry = entrySchema.parse(JSON.parse(line));
    entries.set(entry.index, entry);
  }
  return { head: headSchema.parse(JSON.parse(first)), entries: [...entries.values()] };
}

/** The campaign in the file; null where there is none. */
export function readJournal<E extends JournalEntry>(file: string, entrySchema: z.ZodType<E>): Campaign<E> | null {
  return existsSync(file) ? parseJournal(readFileSync(file, 'utf8'), entrySchema) : null;
}

export function beginJournal(file: string, head: CampaignHead): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(head)}\n`);
}

/** Also mends a last line that was cut off. */
export function addToJournal(file: string, entry: JournalEntry): void {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) writeFileSync(file, whole);
  appendFileSync(file, `${JSON.stringify(entry)}\n`);
}
