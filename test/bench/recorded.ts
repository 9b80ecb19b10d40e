/** Listings of both sides in files, as a process reads them from zfs: the whole text of one side at a time. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listingText } from './listing-text.ts';

export interface RecordedListings {
  sender(): string;
  receiver(): string;
}

/** The receiver lacks the newest snapshot of every dataset. */
export function recordListings(folder: string, datasets: number, snapshots: number): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'sender'), listingText('src/data', datasets, snapshots));
  writeFileSync(join(folder, 'receiver'), listingText('dst/in', datasets, snapshots - 1));
}

export function readListings(folder: string): RecordedListings {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { sender: () => read('sender'), receiver: () => read('receiver') };
}
