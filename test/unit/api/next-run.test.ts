import { describe, expect, it } from 'vitest';
import type { Held } from '../../../core/api/conditions.ts';
import { nextRunOf } from '../../../core/api/next-run.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import type { JobReport, SnapshottingStatus } from '../../../core/api/status.ts';
import { job as example, NOW_MS, replicating } from '../cli/support/example-status.ts';

const held = (untilMs: number | null, reason: Held['reason'] = 'paused'): Held => ({ reason, sinceMs: 0, untilMs });
const schedule = (state: SnapshottingStatus['state'], nextAtMs: number | null): Partial<JobReport> => ({
  snapshotting: { type: 'periodic', state, nextAtMs, problem: null, items: [] },
});
const of = (change: Partial<JobReport>, ...holds: Held[]) => nextRunOf({ ...example('a'), ...change }, holds);

describe('the next run of a job', () => {
  it.each([
    ['waiting', 'scheduled', 'schedule'],
    ['sync-up', 'scheduled', 'schedule'],
    ['error-wait', 'scheduled', 'retry'],
    ['sync-up-error', 'scheduled', 'retry'],
  ] as const)('is that of its schedule (%s)', (state, next, why) => {
    expect(of(schedule(state, 500))).toEqual({ state: next, atMs: 500, why });
  });

  it('has no time where nobody knows one', () => {
    expect(of(schedule('planning', null))).toMatchObject({ state: 'scheduled', atMs: null, why: 'taking-snapshots' });
    expect(of(schedule('manual', null))).toMatchObject({ state: 'by-hand', atMs: null });
    expect(of({ snapshotting: null })).toMatchObject({ state: 'by-hand', atMs: null });
    expect(of(schedule('stopped', null))).toMatchObject({ state: 'never', why: 'schedule-stopped' });
    expect(of({ type: 'sink' })).toMatchObject({ state: 'never', why: 'passive' });
    expect(of({ refusal: new ProblemError('internal').toProblem() })).toMatchObject({ state: 'never', why: 'refused' });
  });

  it('is the one at work, or the next try where the other machine is away', () => {
    expect(of({ stage: 'replicating' }, held(null))).toEqual({ state: 'running', atMs: null, why: 'at-work' });
    const problem = new ProblemError('host-unreachable', { host: 'nas' }).toProblem();
    const running = replicating([]);
    if (running === null) throw new Error('no report');
    const waiting = { sinceMs: 0, untilMs: NOW_MS + 9, nextTryMs: NOW_MS + 5, problem };
    expect(of({ stage: 'replicating', replication: { ...running, waiting } })).toEqual({
      state: 'waiting',
      atMs: NOW_MS + 5,
      why: 'peer-away',
    });
    // What the last run waited for is over.
    expect(of({ stage: 'idle', replication: { ...running, waiting }, ...schedule('waiting', 7) }).atMs).toBe(7);
  });

  it('is held back by what lasts longest, and only if that lasts beyond its time', () => {
    expect(of(schedule('waiting', 500), held(400))).toMatchObject({ state: 'scheduled', atMs: 500 });
    expect(of(schedule('waiting', 500), held(600))).toEqual({ state: 'held', atMs: 600, why: 'paused' });
    expect(of(schedule('waiting', 500), held(600), held(null, 'on-battery'))).toEqual({
      state: 'held',
      atMs: null,
      why: 'on-battery',
    });
    expect(of({ ...schedule('waiting', 500), queued: true }, held(400))).toMatchObject({ state: 'held', atMs: 400 });
    // Nobody starts it by itself, so nothing holds it back, until somebody has asked for it.
    expect(of(schedule('manual', null), held(600))).toMatchObject({ state: 'by-hand' });
    expect(of({ ...schedule('manual', null), queued: true }, held(600))).toMatchObject({ state: 'held' });
  });
});
