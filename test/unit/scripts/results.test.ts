import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addTotals, exitCodeOf, NOTHING, totalsLine } from '../../../scripts/lib/totals.ts';
import { countSuite } from '../../../scripts/testing/results.ts';

const file = (status: string, ...tests: readonly string[]) => ({
  name: '/x.test.ts',
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});
const report = (...files: readonly unknown[]) => JSON.stringify({ testResults: files, success: true });

describe('countSuite', () => {
  it('counts the tests of all files', () => {
    const text = report(file('failed', 'passed', 'failed', 'skipped'), file('passed', 'passed', 'pending', 'todo'));
    expect(countSuite({ exitCode: 1, report: text })).toEqual({ passed: 2, failed: 1, skipped: 3 });
  });

  it('takes a file that did not load for a failure', () => {
    expect(countSuite({ exitCode: 1, report: report(file('failed'), file('passed', 'passed')) })).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });

  it('takes a file whose hook threw for a failure although its tests were only skipped', () => {
    expect(countSuite({ exitCode: 1, report: report(file('failed', 'skipped')) })).toEqual({
      passed: 0,
      failed: 1,
      skipped: 1,
    });
  });

  it('takes a bad end without a failed test for a failure', () => {
    const text = report(file('passed', 'passed'));
    expect(countSuite({ exitCode: 1, report: text })).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(countSuite({ exitCode: null, report: text })).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it.each([null, '', '{', '{}', '{"testResults":[{}]}'])('takes the report %j for a failure', (text) => {
    expect(countSuite({ exitCode: 0, report: text })).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('is never green without a passed test, nor with a bad end', () => {
    const status = fc.constantFrom('passed', 'failed', 'skipped', 'pending', 'todo', 'nonsense');
    const files = fc.array(fc.tuple(fc.constantFrom('passed', 'failed'), fc.array(status)));
    fc.assert(
      fc.property(files, fc.constantFrom(0, 1, null), (all, exitCode) => {
        const totals = countSuite({ exitCode, report: report(...all.map(([end, tests]) => file(end, ...tests))) });
        const tests = all.flatMap(([, statuses]) => statuses);
        if (exitCode !== 0 || tests.includes('failed') || !tests.includes('passed')) expect(exitCodeOf(totals)).toBe(1);
        expect(totals.passed + totals.skipped).toBeLessThanOrEqual(tests.length);
      }),
    );
  });
});

describe('totals', () => {
  it('end in one plain line', () => {
    expect(
      totalsLine(addTotals({ passed: 3, failed: 0, skipped: 1 }, NOTHING, { passed: 2, failed: 4, skipped: 0 })),
    ).toBe('5 passed, 4 failed, 1 skipped');
  });

  it('of nothing executed are a failure', () => {
    expect(exitCodeOf(NOTHING)).toBe(1);
    expect(exitCodeOf({ passed: 0, failed: 0, skipped: 5 })).toBe(1);
    expect(exitCodeOf({ passed: 1, failed: 0, skipped: 5 })).toBe(0);
    expect(exitCodeOf({ passed: 1, failed: 1, skipped: 0 })).toBe(1);
  });
});
