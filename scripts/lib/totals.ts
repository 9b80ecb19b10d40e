/** How many checks passed, failed and were skipped. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NOTHING: Totals = { passed: 0, failed: 0, skipped: 0 };
export const ONE_PASSED: Totals = { passed: 1, failed: 0, skipped: 0 };
export const ONE_FAILED: Totals = { passed: 0, failed: 1, skipped: 0 };

export function addTotals(...all: readonly Totals[]): Totals {
  return all.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    NOTHING,
  );
}

/** The one plain line a run ends with. */
export function totalsLine(totals: Totals): string {
  return `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`;
}

/** A run in which nothing was executed proves nothing, so it fails. */
export function exitCodeOf(totals: Totals): 0 | 1 {
  return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
}
