import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { replicationReportSchema } from '../../../core/api/status.ts';
import type { TransferStep } from '../../../core/endpoint/types.ts';
import { RateEstimator } from '../../../core/replication/rate.ts';
import {
  AttemptProgress,
  DatasetProgress,
  describeStep,
  describeVersion,
  RunProgress,
  StepProgress,
} from '../../../core/replication/report.ts';
import { decodeResumeToken } from '../../../core/zfs/token.ts';
import { encodeResumeToken } from '../doubles/token-encoder.ts';
import { v } from './support.ts';

const STEP: TransferStep = { dataset: 'tank/data', from: v('@a', 1), to: v('@b', 2), between: [], resume: null };

describe('the rate', () => {
  it('says nothing before three seconds, then bytes a second of the last ten', () => {
    const rate = new RateEstimator();
    expect(rate.bytesPerSecond(0)).toBeNull();
    expect(rate.remainingMs(0, 100)).toBeNull();
    rate.add(0, 0);
    rate.add(2000, 2000);
    expect(rate.bytesPerSecond(2999)).toBeNull();
    expect(rate.bytesPerSecond(4000)).toBe(500);
    for (let second = 3; second <= 30; second++) rate.add(second * 1000, 2000 + (second - 2) * 100);
    expect(rate.bytesPerSecond(30_000)).toBe(100);
  });

  it('falls while nothing moves, and stands still at zero', () => {
    const rate = new RateEstimator();
    rate.add(0, 0);
    rate.add(5000, 5000);
    expect(rate.bytesPerSecond(50_000)).toBe(100);
    const still = new RateEstimator();
    still.add(0, 7);
    expect(still.bytesPerSecond(10_000)).toBe(0);
    expect(still.remainingMs(10_000, 100)).toBeNull();
  });

  it('tells no remaining time for what is unknown or past its estimate', () => {
    const rate = new RateEstimator();
    rate.add(0, 0);
    rate.add(4000, 4000);
    expect(rate.remainingMs(4000, 6000)).toBe(2000);
    expect(rate.remainingMs(4000, null)).toBeNull();
    expect(rate.remainingMs(4000, 4000)).toBeNull();
    expect(rate.remainingMs(4000, 3000)).toBeNull();
  });

  it('is never negative for totals that do not fall', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5000), fc.nat(10_000)), { minLength: 1, maxLength: 50 }), (samples) => {
        const rate = new RateEstimator();
        let atMs = 0;
        let bytes = 0;
        for (const [passed, more] of samples) {
          atMs += passed;
          bytes += more;
          rate.add(atMs, bytes);
        }
        expect(rate.bytesPerSecond(atMs) ?? 0).toBeGreaterThanOrEqual(0);
        expect(rate.remainingMs(atMs, bytes + 1) ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('a step as reported', () => {
  it('says what kind it is, how many snapshots it brings, and where it resumes', () => {
    expect(describeStep({ ...STEP, from: null })).toMatchObject({
      kind: 'full',
      from: null,
      to: '@b',
      snapshotCount: 1,
    });
    expect(describeStep(STEP)).toMatchObject({ kind: 'incremental', from: '@a', resumedFromBytes: null });
    expect(describeStep({ ...STEP, between: [v('@x', 9), v('@y', 9)] })).toMatchObject({
      kind: 'range',
      snapshotCount: 3,
    });
    expect(describeStep({ ...STEP, from: v('#cur', 1) }).from).toBe('#cur');
    const text = encodeResumeToken({ toGuid: 2n, toName: 'tank/data@b', bytes: 12n });
    expect(describeStep({ ...STEP, resume: { text, token: decodeResumeToken(text) } }).resumedFromBytes).toBe(12);
  });

  it('counts up, keeps the estimate it once had, and stops telling a rate at its end', () => {
    let changes = 0;
    const step = new StepProgress(STEP, () => changes++);
    expect(step.snapshot(0)).toMatchObject({ startedAtMs: null, bytesPerSecond: null });
    step.start(1000);
    step.progress(3000, 100, 1000);
    step.progress(5000, 400, undefined);
    expect(step.snapshot(5000)).toMatchObject({
      bytesReplicated: 400,
      bytesExpected: 1000,
      bytesPerSecond: 100,
      remainingMs: 6000,
    });
    step.progress(6000, 300, undefined);
    expect(step.bytes).toBe(400);
    step.finish(7000, null);
    expect(step.snapshot(8000)).toMatchObject({ bytesReplicated: 400, finishedAtMs: 7000, bytesPerSecond: null });
    step.finish(7000, 1000);
    expect(step.bytes).toBe(1000);
    expect(changes).toBe(6);
  });
});

describe('a whole report', () => {
  it('is a copy that clients accept, with the finish time set and every problem placed', () => {
    const run = new RunProgress(1000);
    const attempt = new AttemptProgress(1000);
    const dataset = new DatasetProgress('tank/data', 'guarantee_incremental');
    dataset.problem = new ProblemError('no-space', { name: 'tank/data', host: 'nas' });
    dataset.newestCommon = v('@a', 1, 1, { creationS: 77 });
    dataset.steps.push(new StepProgress(STEP, () => undefined));
    attempt.datasets.push(dataset);
    attempt.problem = new ProblemError('connection-lost', { host: 'nas' });
    run.attempts.push(attempt);
    run.waiting = {
      sinceMs: 1,
      untilMs: 2,
      nextTryMs: 2,
      problem: new ProblemError('host-unreachable', { host: 'nas' }),
    };
    const before = run.snapshot(2000);
    run.finishedAtMs = 3000;
    run.warnings.push('later');
    attempt.state = 'done';
    expect(before).toMatchObject({ finishedAtMs: null, warnings: [], attempts: [{ state: 'planning' }] });
    const after = replicationReportSchema.parse(run.snapshot(4000));
    expect(after.finishedAtMs).toBe(3000);
    expect(after.attempts[0]?.datasets[0]?.problem).toMatchObject({ code: 'no-space', dataset: 'tank/data' });
    expect(after.attempts[0]?.datasets[0]?.newestCommon).toEqual({ name: 'a', guid: '1', creationMs: 77_000 });
    expect(after.waiting?.problem.code).toBe('host-unreachable');
  });

  it('tells an unknown creation as unknown', () => {
    expect(describeVersion(v('@a', 2 ** 31))).toEqual({ name: 'a', guid: '2147483648', creationMs: null });
  });
});
