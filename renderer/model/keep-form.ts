/** How long snapshots are kept, as rows of a form. Pure. */
import { GRID_INTERVALS_MAX, type GridInterval, gridFault, type Keep, SPAN_S_MAX } from '../../core/api/keep.ts';

/** The largest first: a length is shown in the largest that fits. */
export const SPAN_UNITS = ['week', 'day', 'hour', 'minute', 'second'] as const;
export type SpanUnit = (typeof SPAN_UNITS)[number];

const UNIT_S: Readonly<Record<SpanUnit, number>> = { week: 604_800, day: 86_400, hour: 3600, minute: 60, second: 1 };

/** A length of time as a person says it: "15 minutes". */
export interface Span {
  readonly count: number;
  readonly unit: SpanUnit;
}

export function spanOf(seconds: number): Span {
  const unit = SPAN_UNITS.find((one) => seconds % UNIT_S[one] === 0) ?? 'second';
  return { count: seconds / UNIT_S[unit], unit };
}

/** In a unit that a person has chosen, as long as it fits. */
export function spanIn(seconds: number, unit: SpanUnit): Span {
  return seconds % UNIT_S[unit] === 0 ? { count: seconds / UNIT_S[unit], unit } : spanOf(seconds);
}

export const spanSeconds = ({ count, unit }: Span): number => Math.min(SPAN_S_MAX, Math.max(1, count * UNIT_S[unit]));

export type KeepFault =
  /** Nothing would be kept. */
  | 'nothing'
  /** An interval is shorter than the one before it. */
  | 'gets-shorter'
  | 'too-many';

/** Why it cannot be saved like that; null where it can. */
export function keepFault({ grid, lastN }: Keep): KeepFault | null {
  return grid.length === 0 && lastN === null ? 'nothing' : gridFault(grid);
}

const COARSER: readonly GridInterval[] = [
  { count: 24, lengthS: UNIT_S.hour, keep: 1 },
  { count: 14, lengthS: UNIT_S.day, keep: 1 },
  { count: 8, lengthS: UNIT_S.week, keep: 1 },
  { count: 12, lengthS: 30 * UNIT_S.day, keep: 1 },
];

/** The rows with their numbers from 1: they have no other name. */
export function numberedRows({ grid }: Keep): readonly { readonly number: number; readonly row: GridInterval }[] {
  return grid.map((row, at) => ({ number: at + 1, row }));
}

export const canAddRow = ({ grid }: Keep): boolean => grid.length < GRID_INTERVALS_MAX;

/** One interval more at the old end: the next coarser one of those that are common. */
export function withRow(keep: Keep): Keep {
  const longest = Math.max(0, ...keep.grid.map(({ lengthS }) => lengthS));
  const row = COARSER.find(({ lengthS }) => lengthS > longest) ?? { count: 1, lengthS: longest, keep: 1 };
  return { ...keep, grid: [...keep.grid, row] };
}

export function withoutRow(keep: Keep, at: number): Keep {
  return { ...keep, grid: keep.grid.toSpliced(at, 1) };
}

export function withChangedRow(keep: Keep, at: number, change: Partial<GridInterval>): Keep {
  return { ...keep, grid: keep.grid.map((row, index) => (index === at ? { ...row, ...change } : row)) };
}
