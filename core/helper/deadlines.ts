/** How long the answer to a request may take. */
import type { Method } from '../api/contract.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DEFAULT_MS = 30 * SECOND_MS;

/** Null: it waits for something that has no time of its own. */
const OTHERS: { readonly [M in Method]?: number | null } = {
  wait: null,
  'consent/wait': null,
  // Lists both sides.
  plan: 15 * MINUTE_MS,
  'abstractions/list': 15 * MINUTE_MS,
  'abstractions/release': 30 * MINUTE_MS,
  // Writes all that waits to a slow disk.
  'drive/eject': 20 * MINUTE_MS,
  // Imports the pool first.
  'drive/scrub': 10 * MINUTE_MS,
  // Lists this side, and releases what it finds.
  'drive/forget': 30 * MINUTE_MS,
  'drive/scrub-stop': 2 * MINUTE_MS,
  // Lists everything there is; and waits for other machines.
  // A slow drive, of which every label is written.
  'drive/make': 20 * MINUTE_MS,
  'drive/disks': MINUTE_MS,
  // An import, and all that is to be written before the export.
  'drive/prepare': 15 * MINUTE_MS,
  'drive/look': 20 * MINUTE_MS,
  'drive/unlock': 10 * MINUTE_MS,
  discover: 5 * MINUTE_MS,
  'destination/hostkeys': 2 * MINUTE_MS,
  'destination/test': 3 * MINUTE_MS,
  'destination/test-job': 3 * MINUTE_MS,
  'destination/bring-key': MINUTE_MS,
  // Lists both sides, and asks for sizes.
  'destination/look': 10 * MINUTE_MS,
  // As long as what is confirmed, which has a deadline of its own.
  'consent/redeem': null,
};

export function deadlineOf(method: Method): number | null {
  const other = OTHERS[method];
  return other === undefined ? DEFAULT_MS : other;
}
