import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { DriveReport } from '../../../core/api/status.ts';
import { type Journal, Supervisor } from '../../../core/helper/supervisor.ts';
import type { RunEvent } from '../../../core/job/run-record.ts';
import { SILENT_LOG } from '../../../core/monitoring/log.ts';
import { drive } from '../cli/support/example-status.ts';
import { FakeClock } from './support/fake-clock.ts';
import { FakeJob } from './support/fake-job.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class FakeJournal implements Journal {
  readonly heard: [string, RunEvent][] = [];
  trouble: Error | null = null;
  successMs: number | null = null;
  failed = false;
  hear(job: string, event: RunEvent): void {
    if (this.trouble !== null) throw this.trouble;
    this.heard.push([job, event]);
  }
  lastSuccessMs(): number | null {
    return this.successMs;
  }
  drive(job: string, drive: DriveReport): DriveReport {
    return { ...drive, lastSuccessMs: drive.lastSuccessMs ?? (job === 'job0' && drive.poolGuid === '2' ? 42 : null) };
  }
  lastRunFailed(): boolean {
    return this.failed;
  }
}

const BEGAN: RunEvent = { kind: 'began', runId: 1, cause: 'run', startMs: 5 };

function supervise(...jobs: (FakeJob | ProblemError)[]) {
  const journal = new FakeJournal();
  const configs = jobs.map((job, index) => ({ name: `job${index}`, type: 'push' as const, job }));
  const supervisor = Supervisor.from(
    configs,
    ({ job }) => {
      if (job instanceof ProblemError) throw job;
      return job;
    },
    journal,
    SILENT_LOG,
  );
  const touched: string[] = [];
  const start = (): void => supervisor.start((name) => touched.push(name));
  return { supervisor, touched, start, journal };
}

describe('Supervisor', () => {
  it('starts what can run and keeps the rest visible with its reason', () => {
    const job = new FakeJob('job0');
    const refusal = new ProblemError('config-not-runnable', { job: 'job1', reason: 'hooks' });
    const { supervisor, start } = supervise(job, refusal);
    start();
    expect(job.started).toBe(true);
    expect(supervisor.names).toEqual(['job0', 'job1']);
    expect(supervisor.job('job0')).toBe(job);
    expect(() => supervisor.job('job1')).toThrow(refusal.message);
    expect(() => supervisor.job('job2')).toThrow('There is no job named job2');
    expect(supervisor.sources.map((source) => source.status())).toEqual([
      job.current,
      expect.objectContaining({ name: 'job1', stage: 'refused', lastRunFailed: true }),
    ]);
    expect(supervisor.sources[1]?.status().refusal).toMatchObject({ code: 'config-not-runnable', phase: 'config' });
  });

  it('passes on changes of a job by its name', () => {
    const job = new FakeJob('job0');
    const { touched, start } = supervise(job);
    start();
    job.become({ queued: true });
    expect(touched).toEqual(['job0']);
  });

  it.each([
    ['breaks', new Error('broken')],
    ['ends by itself', null],
  ])('shows a job that %s as refused, keeps what it knew, and leaves the others alone', async (_, death) => {
    const job = new FakeJob('job0');
    const other = new FakeJob('job1');
    const { supervisor, touched, start } = supervise(job, other);
    start();
    job.become({ lastSuccessMs: 77, stage: 'replicating' });
    job.die(death);
    await settle();
    expect(touched).toEqual(['job0', 'job0']);
    expect(supervisor.sources[0]?.status()).toMatchObject({
      stage: 'refused',
      refusal: { code: 'internal' },
      lastSuccessMs: 77,
      lastRunFailed: true,
    });
    expect(() => supervisor.job('job0')).toThrow('internal');
    expect(supervisor.job('job1')).toBe(other);
    expect(job.listenerCount).toBe(0);
  });

  it('notes what becomes of runs, and shows what was known before this process', async () => {
    const job = new FakeJob('job0');
    const refusal = new ProblemError('config-not-runnable', { job: 'job1', reason: 'hooks' });
    const { supervisor, start, journal } = supervise(job, refusal);
    start();
    job.tell(BEGAN);
    expect(journal.heard).toEqual([['job0', BEGAN]]);
    journal.successMs = 42;
    journal.failed = true;
    expect(supervisor.sources.map((source) => source.status())).toMatchObject([
      { lastSuccessMs: 42, lastRunFailed: true },
      { lastSuccessMs: 42, stage: 'refused' },
    ]);
    job.become({ lastSuccessMs: 77 });
    expect(supervisor.sources[0]?.status().lastSuccessMs).toBe(77);
    journal.trouble = new Error('no room');
    job.tell(BEGAN);
    expect(supervisor.sources[0]?.status().stage).toBe('idle');
  });

  it('shows for each drive of a job when a process before this one had last brought everything there', () => {
    const job = new FakeJob('job0');
    const { supervisor } = supervise(job);
    const known = drive('away');
    const [one, two] = [
      { ...known, poolGuid: '1' },
      { ...known, poolGuid: '2' },
    ];
    job.become({ drives: [one, two, { ...two, lastSuccessMs: 77 }] });
    expect(supervisor.sources[0]?.status().drives?.map(({ lastSuccessMs }) => lastSuccessMs)).toEqual([null, 42, 77]);
  });

  it('survives a job that cannot tell its status', () => {
    const job = new FakeJob('job0');
    job.status = () => {
      throw new Error('no idea');
    };
    const { supervisor } = supervise(job);
    expect(supervisor.sources[0]?.status()).toMatchObject({
      stage: 'refused',
      refusal: { code: 'internal', facts: { reason: 'no idea' } },
    });
  });

  it('ends all jobs and waits for them', async () => {
    const jobs = [new FakeJob('job0'), new FakeJob('job1')];
    const { supervisor, start } = supervise(...jobs);
    start();
    expect(await supervisor.stop(1000, new FakeClock())).toEqual([]);
    expect(jobs.map((job) => job.listenerCount)).toEqual([0, 0]);
    expect(jobs[0]?.status().stage).toBe('idle');
  });

  it('gives up on a job that does not end, by name, after the grace', async () => {
    const stubborn = new FakeJob('job0');
    stubborn.obedient = false;
    const { supervisor, start } = supervise(stubborn, new FakeJob('job1'));
    start();
    const clock = new FakeClock();
    const stopped = supervisor.stop(1000, clock);
    await settle();
    await clock.advance(1000);
    expect(await stopped).toEqual(['job0']);
  });

  it('takes an error at the end as an end', async () => {
    const job = new FakeJob('job0');
    job.obedient = false;
    const { supervisor, start } = supervise(job);
    start();
    const stopped = supervisor.stop(1000, new FakeClock());
    job.die(new ProblemError('command-aborted'));
    expect(await stopped).toEqual([]);
    expect(supervisor.sources[0]?.status().stage).toBe('idle');
  });

  describe('goes over to another configuration', () => {
    const NOTHING = { kept: [], restarted: [], added: [], removed: [], everything: false };
    const head = (job: FakeJob) => ({ name: job.name, type: 'push' as const, job });

    it('keeps jobs as they are, ends others before their successors begin, and lets their runs go on', async () => {
      const [kept, old, gone] = [new FakeJob('job0'), new FakeJob('job1'), new FakeJob('job2')];
      const { supervisor, start, touched } = supervise(kept, old, gone);
      start();
      old.become({ stage: 'replicating' });
      const [anew, added] = [new FakeJob('job1'), new FakeJob('job3')];
      const plan = { ...NOTHING, kept: ['job0'], restarted: ['job1'], removed: ['job2'], added: ['job3'] };
      const make = ({ job }: { job: FakeJob }): FakeJob => {
        expect([old.listenerCount, gone.listenerCount, anew.started, added.started]).toEqual([0, 0, false, false]);
        return job;
      };
      expect(await supervisor.change(plan, [added, kept, anew].map(head), make, 1000, new FakeClock())).toEqual([]);
      expect(supervisor.names).toEqual(['job3', 'job0', 'job1']);
      expect([kept.calls, anew.calls, added.calls]).toEqual([[], ['wake wakeup false'], []]);
      expect([anew.started, added.started, supervisor.job('job0')]).toEqual([true, true, kept]);
      touched.splice(0);
      kept.become({ queued: true });
      added.become({ queued: true });
      gone.become({ queued: true });
      expect(touched).toEqual(['job0', 'job3']);
      expect(await supervisor.stop(1000, new FakeClock())).toEqual([]);
      expect([kept, anew, added].map((job) => job.listenerCount)).toEqual([0, 0, 0]);
    });

    it('begins nothing beside a job that does not end', async () => {
      const stubborn = new FakeJob('job0');
      stubborn.obedient = false;
      const { supervisor, start } = supervise(stubborn);
      start();
      const clock = new FakeClock();
      const added = new FakeJob('job9');
      const plan = { ...NOTHING, removed: ['job0'], added: ['job9'] };
      const changed = supervisor.change(plan, [head(added)], ({ job }) => job, 1000, clock);
      await settle();
      await clock.advance(1000);
      expect(await changed).toEqual(['job0']);
      expect([added.started, supervisor.names]).toEqual([false, ['job0']]);
    });
  });
});
