import { describe, expect, it } from 'vitest';
import { UNKNOWN_CONDITIONS } from '../../../core/api/conditions.ts';
import type { StatusChanged } from '../../../core/api/contract.ts';
import { applyChange } from '../../../core/api/mirror.ts';
import { StatusHub } from '../../../core/helper/status-hub.ts';
import { FakeClock } from './support/fake-clock.ts';
import { FakeJob, GOOD_STATE } from './support/fake-job.ts';

const WHOLE = { state: GOOD_STATE, paused: { sinceMs: 1, untilMs: null }, conditions: UNKNOWN_CONDITIONS };

function setUp(...names: string[]) {
  const clock = new FakeClock();
  const jobs = names.map((name) => new FakeJob(name));
  const facts = {
    version: '1.2.3',
    configFile: '/c',
    commands: () => ({ active: 2, abandoned: 1 }),
    whole: () => WHOLE,
  };
  const hub = new StatusHub(jobs, facts, clock);
  const changes: StatusChanged[] = [];
  const stop = hub.listen((change) => changes.push(change));
  return { clock, jobs, hub, changes, stop };
}

describe('StatusHub', () => {
  it('tells everything at once', () => {
    const { hub, clock, jobs } = setUp('a', 'b');
    expect(hub.status()).toEqual({
      revision: 0,
      version: '1.2.3',
      startedAtMs: clock.nowMs(),
      nowMs: clock.nowMs(),
      configFile: '/c',
      jobs: jobs.map((job) => job.current),
      commands: { active: 2, abandoned: 1 },
      ...WHOLE,
    });
  });

  it('sends the newest status of changed jobs only, in consecutive revisions', async () => {
    const { hub, clock, jobs, changes } = setUp('a', 'b');
    hub.touch('b');
    hub.touch('b');
    jobs[1]?.become({ queued: true });
    await clock.advance(0);
    expect(changes).toEqual([
      {
        revision: 1,
        nowMs: clock.nowMs(),
        jobs: [jobs[1]?.current],
        commands: { active: 2, abandoned: 1 },
        ...WHOLE,
      },
    ]);
    hub.touch('a');
    await clock.advance(250);
    expect(changes.map((change) => [change.revision, change.jobs.map((job) => job.name)])).toEqual([
      [1, ['b']],
      [2, ['a']],
    ]);
    expect(hub.status().revision).toBe(2);
  });

  it('sends at most four times a second, and never leaves the last change unsaid', async () => {
    const { hub, clock, changes } = setUp('a');
    for (let step = 0; step < 100; step += 1) {
      hub.touch('a');
      await clock.advance(10);
    }
    expect(changes.length).toBeLessThanOrEqual(5);
    const before = changes.length;
    await clock.advance(250);
    expect(changes.length).toBe(before + 1);
    await clock.advance(1000);
    expect(changes.length).toBe(before + 1);
  });

  it('tells a change that concerns no job', async () => {
    const { hub, clock, changes } = setUp('a');
    hub.touch(null);
    await clock.advance(0);
    expect(changes).toMatchObject([{ revision: 1, jobs: [], state: GOOD_STATE }]);
  });

  it('says nothing to who stopped listening, nor after its own end', async () => {
    const { hub, clock, changes, stop } = setUp('a');
    stop();
    hub.touch('a');
    await clock.advance(0);
    hub.listen((change) => changes.push(change));
    hub.touch('a');
    hub.stop();
    await clock.advance(1000);
    expect(changes).toEqual([]);
  });

  it('makes every client ask for the whole when the jobs are others', async () => {
    const { hub, clock, changes } = setUp('a', 'b');
    const before = hub.status();
    hub.become([new FakeJob('b'), new FakeJob('c')]);
    await clock.advance(0);
    expect(changes).toHaveLength(1);
    expect(changes.map((change) => applyChange(before, change))).toEqual([null]);
    const after = hub.status();
    expect(after.jobs.map(({ name }) => name)).toEqual(['b', 'c']);
    hub.touch('c');
    await clock.advance(250);
    expect(applyChange(after, changes[1] ?? expect.fail('nothing was sent'))?.revision).toBe(after.revision + 1);
  });
});
