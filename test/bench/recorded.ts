/** Listings of both sides in files, in the form in which zfs prints them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listingText } from './listing-text.ts';

/** The receiver lacks the newest snapshot of every dataset. */
export function recordListings(folder: string, datasets: number, snapshots: number): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(listingFile(folder, 'sender'), listingText('src/data', datasets, snapshots));
  writeFileSync(listingFile(folder, 'receiver'), listingText('dst/in', datasets, snapshots - 1));
}

/** Where the listing of a side is. */
export function listingFile(folder: string, side: 'sender' | 'receiver'): string {
  return join(folder, side);
}
