/** What `zpool status -p` tells of one pool: its state, what it counts of errors, and its last scrub. Pure. See zpool-status(8). */
import { countOf, type PoolErrors, parsePoolErrors } from './pool-errors.ts';

/** The last scan of a pool. Times are Unix milliseconds; sizes are rounded to three digits by zpool. */
export type PoolScan =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'scrubbing' | 'paused';
      /** When it began, or was paused; null where that is not said. */
      readonly sinceMs: number | null;
      readonly fraction: number | null;
      readonly doneBytes: number | null;
      readonly totalBytes: number | null;
    }
  | {
      readonly kind: 'scrubbed';
      readonly endedMs: number;
      readonly repairedBytes: number | null;
      /** What could not be repaired. */
      readonly errorCount: number;
    }
  | { readonly kind: 'cancelled'; readonly endedMs: number }
  /** A resilver: ZFS has forgotten the scrub before it. */
  | { readonly kind: 'other' };

export interface PoolHealth {
  readonly state: string;
  readonly errors: PoolErrors;
  /** Files or datasets are damaged for good, as far as ZFS has read them. */
  readonly isDamaged: boolean;
  readonly scan: PoolScan;
}

const STATE = /^\s{0,8}state: ([A-Z]{1,32})$/m;
/** From its line to the next field, which is not indented by a tab. */
const SCAN = /^\s{0,8}scan: (.*(?:\n\t.*)*)/m;
const DAMAGED = /^errors: (?!No known data errors)/m;
/** As ctime(3) writes it, in the time zone of this machine. */
const DATE = /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\w{3}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4})/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const UNITS = 'BKMGTPE';
const SIZE = '(\\d{1,16}(?:\\.\\d{1,4})?)([BKMGTPE]?)';

/** Null where it is not understood: then nothing is known. */
export function parsePoolHealth(stdout: string): PoolHealth | null {
  const [, state] = STATE.exec(stdout) ?? [];
  const errors = parsePoolErrors(stdout);
  if (state === undefined || errors === null) return null;
  const [, scan] = SCAN.exec(stdout) ?? [];
  return { state, errors, isDamaged: DAMAGED.test(stdout), scan: scan === undefined ? { kind: 'none' } : scanOf(scan) };
}

function scanOf(text: string): PoolScan {
  if (text.startsWith('none requested')) return { kind: 'none' };
  const atMs = dateOf(text);
  if (/^scrub (?:in progress|paused) since/.test(text)) {
    const kind = text.startsWith('scrub paused') ? 'paused' : 'scrubbing';
    return { kind, sinceMs: atMs, fraction: fractionOf(text), ...bytesOf(text) };
  }
  if (atMs !== null && /^scrub cancel/.test(text)) return { kind: 'cancelled', endedMs: atMs };
  const [, amount = '', unit = '', errorCount] =
    new RegExp(`^scrub repaired ${SIZE} in .{1,64}? with (\\d{1,16}) errors on`).exec(text) ?? [];
  if (atMs === null || errorCount === undefined) return { kind: 'other' };
  return { kind: 'scrubbed', endedMs: atMs, repairedBytes: sizeOf(amount, unit), errorCount: countOf(errorCount) };
}

function fractionOf(text: string): number | null {
  const [, percent] = /(\d{1,3}(?:\.\d{1,4})?)% done/.exec(text) ?? [];
  return percent === undefined ? null : Math.min(1, Math.round(Number(percent) * 100) / 10_000);
}

/** Up to 2.1 "A scanned at R/s, B issued at R/s, C total", later "A / C scanned at R/s, B / C issued at R/s". */
function bytesOf(text: string): { readonly doneBytes: number | null; readonly totalBytes: number | null } {
  const [, done = '', doneUnit = '', , total = '', totalUnit = ''] =
    new RegExp(`[\\t ]${SIZE}( / ${SIZE})? issued`).exec(text) ?? [];
  const [, before = '', beforeUnit = ''] = new RegExp(`[\\t ]${SIZE} total`).exec(text) ?? [];
  const totalBytes = total === '' ? sizeOf(before, beforeUnit) : sizeOf(total, totalUnit);
  return { doneBytes: sizeOf(done, doneUnit), totalBytes };
}

function sizeOf(amount: string, unit: string): number | null {
  if (amount === '') return null;
  return Math.round(Number(amount) * 1024 ** Math.max(0, UNITS.indexOf(unit)));
}

function dateOf(text: string): number | null {
  const [, month = '', day, hour, minute, second, year] = DATE.exec(text) ?? [];
  if (year === undefined || !MONTHS.includes(month)) return null;
  const at = new Date(
    Number(year),
    MONTHS.indexOf(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  ).getTime();
  return Number.isFinite(at) && at >= 0 ? at : null;
}
