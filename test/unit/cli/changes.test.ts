import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { JobStatus } from '../../../core/api/status.ts';
import { changeLines } from '../../../core/cli/view/changes.ts';
import {
  daemon,
  dataset,
  done,
  finished,
  job,
  MIN,
  NOW_MS,
  pruned,
  replicating,
  step,
} from './support/example-status.ts';

const AT = '2026-10-01T12:00:00Z j: ';

/** Lines between two states of one job, without their time and name. */
function between(before: Partial<JobStatus> | null, after: Partial<JobStatus>): string[] {
  const previous = before === null ? null : daemon(job('j', before));
  return changeLines(previous, daemon(job('j', after))).map((line) => {
    expect(line.startsWith(AT)).toBe(true);
    return line.slice(AT.length);
  });
}

const problem = new ProblemError('busy', { name: 'p/a', host: 'nas' }).toProblem();

describe('changeLines', () => {
  it('says at first how everything stands, and nothing where nothing happened', () => {
    expect(between(null, {})).toEqual(['idle']);
    expect(between({}, {})).toEqual([]);
    expect(
      between({ replication: replicating([dataset('p/a')]) }, { replication: replicating([dataset('p/a')]) }),
    ).toEqual([]);
  });

  it('leaves out progress within a step', () => {
    const before = replicating([dataset('p/a', { steps: [step({ bytesReplicated: 1 })] })]);
    const after = replicating([dataset('p/a', { steps: [step({ bytesReplicated: 2 })] })]);
    expect(
      between({ stage: 'replicating', replication: before }, { stage: 'replicating', replication: after }),
    ).toEqual([]);
  });

  it('tells a run from start to end', () => {
    const idle = {};
    const started: Partial<JobStatus> = { stage: 'snapshotting', lastWake: { atMs: NOW_MS, reason: 'run' } };
    const steps = [step({ from: null, to: '@a' }), step({ from: '@a', to: '@b' })];
    const first = { ...started, stage: 'replicating' as const, replication: replicating([dataset('p/a', { steps })]) };
    const second = { ...first, replication: replicating([dataset('p/a', { steps, currentStep: 1 })]) };
    const over = { ...first, stage: 'pruning-sender' as const, replication: finished([done('p/a', MIN)]) };
    const report = {
      side: 'sender' as const,
      startedAtMs: 1,
      finishedAtMs: null,
      problem: null,
      datasets: [pruned('p/a')],
    };
    const pruning = { ...over, pruning: [{ ...report, state: 'running' as const }] };
    const end = { ...over, stage: 'idle' as const, pruning: [{ ...report, state: 'done' as const }] };
    expect([
      between(idle, started),
      between(started, first),
      between(first, second),
      between(second, over),
      between(over, pruning),
      between(pruning, end),
    ]).toEqual([
      ['a run was started by hand', 'taking snapshots'],
      ['replicating', 'p/a: step 1/2, full to @a'],
      ['p/a: step 2/2, @a → @b'],
      ['pruning the sender', 'p/a: done'],
      [],
      ['pruned (sender): destroyed 4 snapshots', 'the run has ended well'],
    ]);
  });

  it('tells a run that was over before the next status', () => {
    const woken: Partial<JobStatus> = { lastWake: { atMs: NOW_MS, reason: 'wakeup' }, lastRunFailed: true };
    expect(between({}, woken)).toEqual(['a run was started by wakeup', 'the run has ended with problems']);
  });

  it('tells each failure once', () => {
    const failed = { replication: replicating([dataset('p/a', { state: 'step-error', problem })]) };
    expect(between({}, failed)).toEqual(['p/a: failed: p/a is busy on nas.']);
    expect(between(failed, failed)).toEqual([]);
  });

  it('tells that a job waits, is queued, does not run, or does not prune', () => {
    const base = replicating([]);
    const waiting = { sinceMs: 0, untilMs: 0, nextTryMs: 0, problem };
    expect(between({ replication: base }, { replication: base === null ? null : { ...base, waiting } })).toEqual([
      'waiting: p/a is busy on nas.',
    ]);
    expect(between({}, { queued: true })).toEqual(['another run is queued']);
    expect(between({}, { stage: 'refused', refusal: problem })).toEqual(['does not run', 'p/a is busy on nas.']);
    const side = { side: 'receiver' as const, startedAtMs: 1, finishedAtMs: null, datasets: [] };
    expect(between({}, { pruning: [{ ...side, state: 'paused', problem }] })).toEqual([
      'pruning (receiver) is paused: p/a is busy on nas.',
    ]);
    expect(between({}, { pruning: [{ ...side, state: 'error', problem: null }] })).toEqual([
      'pruning (receiver) failed',
    ]);
  });

  it('keeps one line one line', () => {
    const evil = new ProblemError('busy', { name: 'p\n2026 j: the run has ended well' }).toProblem();
    const lines = between({}, { replication: replicating([dataset('p\na', { state: 'step-error', problem: evil })]) });
    expect(lines.join('')).not.toContain('\n');
  });
});
