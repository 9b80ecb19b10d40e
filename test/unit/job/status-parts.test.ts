import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { DatasetReport, ReplicationReport } from '../../../core/api/status.ts';
import { NewestSurvey } from '../../../core/job/newest-survey.ts';
import {
  bothReached,
  destroyedIn,
  hadDatasets,
  outcomeOf,
  problemsOf,
  runDatasetsOf,
  snapshotProblems,
} from '../../../core/job/status-parts.ts';

const problem = (code: 'no-space' | 'host-unreachable' | 'command-aborted' | 'received-unprotected') =>
  new ProblemError(code, { name: 'x', host: 'nas', property: 'exec' }).toProblem();

function dataset(name: string, changes: Partial<DatasetReport> = {}): DatasetReport {
  return {
    dataset: name,
    state: 'done',
    blockedOn: 'nothing',
    problem: null,
    guarantee: 'guarantee_incremental',
    discardedBytes: 0,
    newestCommon: null,
    currentStep: 0,
    steps: [],
    ...changes,
  };
}

function report(...attempts: readonly Partial<ReplicationReport['attempts'][number]>[]): ReplicationReport {
  return {
    startedAtMs: 0,
    finishedAtMs: 1,
    outcome: 'done',
    warnings: [],
    waiting: null,
    attempts: attempts.map((attempt) => ({
      state: 'done',
      startedAtMs: 0,
      finishedAtMs: 1,
      problem: null,
      datasets: [],
      ...attempt,
    })),
  };
}

describe('what a replication says', () => {
  const twice = report(
    {
      datasets: [
        dataset('a', { state: 'step-error', problem: problem('host-unreachable') }),
        dataset('b', { state: 'planning-error', problem: problem('no-space') }),
        dataset('c'),
      ],
    },
    { datasets: [dataset('a')] },
  );

  it('counts the last word on each dataset', () => {
    expect(problemsOf(twice)).toEqual([problem('no-space')]);
    expect(runDatasetsOf(twice).unsettled).toEqual(new Set(['b']));
    expect(bothReached(twice)).toBe(true);
    expect(hadDatasets(twice)).toBe(true);
  });

  it('tells first what kept the last attempt from planning', () => {
    const away = report(
      { datasets: [dataset('b', { problem: problem('no-space') })] },
      { problem: problem('host-unreachable') },
    );
    expect(problemsOf(away)).toEqual([problem('host-unreachable'), problem('no-space')]);
    expect(bothReached(away)).toBe(false);
    expect(bothReached(report({ datasets: [dataset('a', { problem: problem('host-unreachable') })] }))).toBe(false);
    expect(bothReached(report())).toBe(false);
    expect(hadDatasets(report({}))).toBe(false);
  });

  it('counts what pruning destroyed', () => {
    const side = { side: 'sender', state: 'done', startedAtMs: 0, finishedAtMs: 1, problem: null } as const;
    const pruned = {
      state: 'done',
      skipReason: '',
      problem: null,
      snapshotCount: 9,
      destroyCount: 5,
      keptAnyway: [],
    } as const;
    const datasets = [3, 4].map((destroyedCount) => ({ ...pruned, keptAnyway: [], dataset: 'a', destroyedCount }));
    expect(destroyedIn({ ...side, datasets })).toBe(7);
    expect(destroyedIn(null)).toBe(0);
  });
});

describe('the outcome of a run', () => {
  it('is good without problems, or with none but a copy that lacks its protection', () => {
    expect(outcomeOf([], false)).toEqual({ ok: true, cancelled: false, problems: [] });
    const unprotected = problem('received-unprotected');
    expect(outcomeOf([unprotected], false)).toEqual({ ok: true, cancelled: false, problems: [unprotected] });
    expect(outcomeOf([unprotected, problem('no-space')], false)).toMatchObject({ ok: false });
  });

  it('when cancelled is neither good nor full of complaints about that', () => {
    expect(outcomeOf([], true)).toEqual({ ok: false, cancelled: true, problems: [] });
    const problems = [problem('command-aborted'), problem('no-space')];
    expect(outcomeOf(problems, true)).toEqual({ ok: false, cancelled: true, problems: [problem('no-space')] });
    // Something was aborted although nobody asked for it: that is worth telling.
    expect(outcomeOf(problems, false).problems).toEqual(problems);
  });
});

describe('trouble with snapshots', () => {
  it('is that of the run and of each dataset', () => {
    const item = { dataset: 'a', state: 'error', snapshot: 's', problem: problem('no-space') } as const;
    const run = { name: 's', startedMs: 0, finishedMs: 1, items: [item, { ...item, problem: null }] };
    expect(snapshotProblems({ ...run, problem: problem('host-unreachable') })).toEqual([
      problem('host-unreachable'),
      problem('no-space'),
    ]);
    expect(snapshotProblems({ ...run, items: [], problem: null })).toEqual([]);
    expect(snapshotProblems(null)).toEqual([]);
  });
});

describe('the newest survey', () => {
  it('is the last that succeeded, however many were begun since', () => {
    const made = (): { seen: string | null; known(): string | null } => ({
      seen: null,
      known() {
        return this.seen;
      },
    });
    const surveys = new NewestSurvey<string>();
    expect(surveys.known()).toBeNull();
    const [first, ping, second, third] = [made(), made(), made(), made()];
    for (const one of [first, ping]) surveys.add(one);
    expect(surveys.known()).toBeNull();
    // It was still under way when the next ones were made.
    first.seen = 'one';
    expect(surveys.known()).toBe('one');
    surveys.add(second);
    surveys.add(third);
    second.seen = 'two';
    expect(surveys.known()).toBe('two');
    first.seen = 'late';
    expect(surveys.known()).toBe('two');
  });
});
