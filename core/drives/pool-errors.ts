/** What ZFS has counted of the errors of a pool's devices. Pure. See zpool-status(8). */

export interface PoolErrors {
  readonly readCount: number;
  readonly writeCount: number;
  readonly checksumCount: number;
}

const ROW =
  /^\t.{1,512}?\s(?:ONLINE|DEGRADED|FAULTED|OFFLINE|UNAVAIL|REMOVED|SUSPENDED)\s+(\d{1,20})\s+(\d{1,20})\s+(\d{1,20})(?:\s|$)/;

/**
 * Reads `zpool status -p` of one pool: of each kind of error the most that any row of its tree counts, since the same error counts for
 * a device and for what it is a part of. Null where there is no such row: then nothing is known.
 */
export function parsePoolErrors(stdout: string): PoolErrors | null {
  const rows = stdout.split('\n').flatMap((line) => {
    const [, read, write, checksum] = ROW.exec(line) ?? [];
    return read === undefined ? [] : [[countOf(read), countOf(write), countOf(checksum)] as const];
  });
  if (rows.length === 0) return null;
  const most = (column: 0 | 1 | 2): number => Math.max(...rows.map((row) => row[column]));
  return { readCount: most(0), writeCount: most(1), checksumCount: most(2) };
}

/** Whether there were any. */
export function hasErrors({ readCount, writeCount, checksumCount }: PoolErrors): boolean {
  return readCount + writeCount + checksumCount > 0;
}

/** ZFS counts in 64 bits; beyond what is exact here it makes no difference. */
export function countOf(digits: string | undefined): number {
  return Math.min(Number(digits ?? 0), Number.MAX_SAFE_INTEGER);
}
