import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../lib/root.ts';

/** The unit tests alone have to reach this share of the lines of core/. */
export const LINES_PERCENT_MIN = 90;

const summarySchema = z.object({
  total: z.object({ lines: z.object({ total: z.number().positive(), covered: z.number() }) }),
});

/** Share of covered lines in a coverage summary, in percent. Throws when it is no summary, or one of nothing. */
export function linesPercent(summaryText: string): number {
  const { lines } = summarySchema.parse(JSON.parse(summaryText)).total;
  return (lines.covered / lines.total) * 100;
}

/** What the last run of the unit tests with `--coverage` found, in percent. Throws when there was none. */
export function readLinesPercent(): number {
  return linesPercent(readFileSync(join(ROOT, 'coverage', 'coverage-summary.json'), 'utf8'));
}
