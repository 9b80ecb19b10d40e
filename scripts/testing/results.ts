import { z } from 'zod';
import { addTotals, NOTHING, ONE_FAILED, type Totals } from '../lib/totals.ts';

/** The part of vitest's JSON report that counts. */
const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

/** How the process that ran a suite ended. */
export interface SuiteEnd {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  /** The JSON report; null when there is none. */
  readonly report: string | null;
}

/**
 * Counts a suite, with the worst that its report and its end allow: a file that failed outside its tests (it did not load,
 * a hook threw, its worker died) is one failure, and so is a run without a readable report, or one that ended badly
 * although no test failed.
 */
export function countSuite(end: SuiteEnd): Totals {
  const files = end.report === null ? null : parseReport(end.report);
  if (files === null) return ONE_FAILED;
  const counted = addTotals(...files.map(countFile));
  return end.exitCode !== 0 && counted.failed === 0 ? addTotals(counted, ONE_FAILED) : counted;
}

type ReportFile = z.infer<typeof reportSchema>['testResults'][number];

function parseReport(text: string): readonly ReportFile[] | null {
  try {
    return reportSchema.parse(JSON.parse(text)).testResults;
  } catch {
    return null;
  }
}

function countFile(file: ReportFile): Totals {
  const tests = addTotals(...file.assertionResults.map((test) => countTest(test.status)));
  return file.status === 'failed' && tests.failed === 0 ? addTotals(tests, ONE_FAILED) : tests;
}

function countTest(status: string): Totals {
  if (status === 'passed') return { ...NOTHING, passed: 1 };
  if (status === 'failed') return ONE_FAILED;
  return { ...NOTHING, skipped: 1 };
}
