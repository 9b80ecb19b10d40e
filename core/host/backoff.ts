/** How long to leave a machine alone that could not be reached. */

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/**
 * Pause after the `failures`-th failure in a row (1, 2, ...), in milliseconds: doubles from 1 s to 60 s, of which
 * `random` (0 to 1) takes up to a half away, so that machines that lost the same peer do not come back all at once.
 */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round(full * (1 - random / 2));
}
