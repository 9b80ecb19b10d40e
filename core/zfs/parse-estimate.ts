/** Output of `zfs send -n -v -P`: one line for each step. Pure. See zfs-send(8), "-P". */
import { entityFault, splitVersionName } from './names.ts';
import { parseCount, readable } from './parse-common.ts';

export interface EstimateRow {
  readonly kind: 'full' | 'incremental';
  /** As printed: a bare name on some releases, a full one on others. Never relied on. */
  readonly from: string | null;
  /** Full name of the snapshot the step ends at. */
  readonly to: string;
  readonly dataset: string;
  /** Null: unknown. */
  readonly sizeBytes: number | null;
}

/** Estimates that some releases print instead of admitting that they do not know. */
const ABSURD_FROM_BYTES = 2 ** 63 - 1;

function size(text: string | undefined): number | null {
  if (text === undefined) return null;
  const bytes = parseCount(text);
  // 0.7 prints nothing for 0, and other releases print 0 where they cannot tell.
  return bytes === null || bytes === 0 || bytes >= ABSURD_FROM_BYTES ? null : bytes;
}

/** One row; null for any other line: contents of a token, the total, warnings. */
export function parseEstimateLine(line: string): EstimateRow | null {
  const fields = line.split('\t');
  const [kind, ...rest] = fields;
  if (kind !== 'full' && kind !== 'incremental') return null;
  const from = kind === 'incremental' ? rest.shift() : null;
  const [to, sizeText, ...more] = rest;
  if (from === undefined || to === undefined || more.length > 0) return null;
  if (sizeText !== undefined && !/^[0-9]+$/.test(sizeText)) return null;
  if (entityFault(to, 'snapshot') !== null) return null;
  return { kind, from, to, dataset: splitVersionName(to).dataset, sizeBytes: size(sizeText) };
}

/** Every step of a dry send, in order. @throws ProblemError `output-unreadable` when there is none */
export function parseEstimate(stdout: string): readonly EstimateRow[] {
  const rows = stdout.split('\n').flatMap((line) => parseEstimateLine(line) ?? []);
  readable(rows.length > 0, 'a dry send names no step', stdout);
  return rows;
}
