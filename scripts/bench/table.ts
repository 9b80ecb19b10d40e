/** Results as a table that reads well as text and as Markdown. Pure. */

export interface BenchRow {
  /** What was measured. */
  readonly what: string;
  readonly ours: string;
  /** What it is compared with, and its figure; empty where there is none. */
  readonly rival: string;
  /** Median of the ratios of the runs; null where there is no rival. */
  readonly ratio: number | null;
  /** What it should be. */
  readonly goal: string;
}

const HEAD = ['what', 'ours', 'rival', 'ratio', 'goal'] as const;

/** A Markdown table with aligned columns. */
export function renderTable(rows: readonly BenchRow[]): string {
  const cells = [
    [...HEAD],
    ...rows.map((row) => [
      row.what,
      row.ours,
      row.rival || '-',
      row.ratio === null ? '-' : row.ratio.toFixed(2),
      row.goal,
    ]),
  ];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
}

/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[(sorted.length >> 1) - 1] ?? Number.NaN) + upper) / 2;
}

/** Median of `a[i] / b[i]`. */
export function medianRatio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((value, index) => value / (b[index] ?? Number.NaN)));
}
