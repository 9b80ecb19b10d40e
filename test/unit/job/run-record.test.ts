import { afterEach, describe, expect, it } from 'vitest';
import { runTallySchema } from '../../../core/api/history.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import type { RunEvent } from '../../../core/job/run-record.ts';
import { tallyOf } from '../../../core/job/run-tally.ts';
import type { Job } from '../../../core/job/types.ts';
import { House, KEEP_ONE, pushText } from './support.ts';

const RARE = '{type: cron, cron: "0 0 1 1 *", prefix: auto_}';
const PERIODIC = '{type: periodic, interval: 1h, prefix: auto_}';
const snapText = (snapshotting = RARE) => `
  - {type: snap, name: undo, filesystems: {"tank/data<": true}, snapshotting: ${snapshotting}, pruning: {keep: [${KEEP_ONE}]}}`;

let house = new House();
afterEach(async () => {
  await house.stop();
  house = new House();
});

function hear(job: Job): RunEvent[] {
  const events: RunEvent[] = [];
  job.onRun((event) => events.push(event));
  return events;
}

/** Lets time pass until something of that kind was told. */
async function heard(job: Job, kind: RunEvent['kind']): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  job.onRun((event) => {
    if (event.kind === kind) resolve();
  });
  await house.clock.runUntil(promise);
}

describe('what a push tells of its runs', () => {
  it('counts what was taken, sent and destroyed', async () => {
    house.snapshots('tank/data', 'a', 'b');
    house.snapshots('tank/data/sub', 'a');
    const job = house.start(
      pushText({
        snapshotting: RARE,
        keepSender: KEEP_ONE,
        keepReceiver: KEEP_ONE,
        more: 'conflict_resolution: {initial_replication: all}',
      }),
    );
    const events = hear(job);
    const startMs = house.clock.nowMs();
    await house.run(job, true);
    const endMs = house.clock.nowMs();
    expect(events).toMatchObject([
      { kind: 'began', runId: 1, cause: 'run', startMs },
      { kind: 'ended', runId: 1, cause: 'run', startMs, endMs, success: true, outcome: { ok: true } },
    ]);
    const tally = events[1]?.kind === 'ended' ? runTallySchema.parse(events[1].tally) : null;
    expect(tally).toMatchObject({ datasets: 2, datasetsDone: 2, snapshotsTaken: 2, snapshotsSent: 5 });
    expect(tally?.snapshotsDestroyed).toBe(6);
    expect(tally?.bytesSent).toBeGreaterThan(0);
    expect(tally?.resumedFromBytes).toBe(0);
    events.length = 0;
    await house.run(job);
    expect(events[1]).toMatchObject({ tally: { snapshotsTaken: 0, snapshotsSent: 0, bytesSent: 0, datasetsDone: 2 } });
  });

  it('counts what the schedule took before to the run that it woke', async () => {
    house.snapshots('tank/data', 'auto_1');
    const job = house.start(pushText({ snapshotting: PERIODIC }));
    const events = hear(job);
    await heard(job, 'ended');
    expect(events).toMatchObject([
      { kind: 'began', cause: 'snapshots' },
      { kind: 'ended', cause: 'snapshots', tally: { snapshotsTaken: 1 }, snapshotProblems: [] },
    ]);
  });

  it('tells what was wrong with the snapshots of the schedule, although what there was arrived', async () => {
    house.snapshots('tank/data', 'auto_1');
    house.laptop.before = ({ method }) => {
      if (method === 'snapshot') throw new ProblemError('permission-denied', { host: 'this machine' });
    };
    const job = house.start(pushText({ snapshotting: PERIODIC }));
    const events = hear(job);
    await heard(job, 'ended');
    expect(events[1]).toMatchObject({
      outcome: { ok: true },
      tally: { snapshotsTaken: 0, datasetsDone: 1 },
      snapshotProblems: [{ code: 'permission-denied' }],
    });
  });

  it('does not count as done what was not reached', async () => {
    house.snapshots('tank/data', 'a');
    house.snapshots('tank/data/bad', 'a');
    house.laptop.before = ({ method, names }) => {
      if (method === 'prepareSend' || (method === 'hold' && names.some((name) => name.includes('/bad')))) {
        throw new ProblemError('permission-denied', { host: 'this machine' });
      }
    };
    const job = house.start(pushText());
    const events = hear(job);
    await house.run(job);
    expect(events[1]).toMatchObject({ success: false, tally: { datasets: 2, datasetsDone: 1, snapshotsSent: 1 } });
  });

  it('tells that a run which was queued did not begin, and why', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(pushText());
    const events = hear(job);
    house.nas.before = ({ method }) => {
      if (method !== 'receive') return;
      job.wake('wakeup', { snapshot: false });
      job.reset();
    };
    await house.run(job);
    expect(events.map((event) => (event.kind === 'skipped' ? [event.cause, event.reason] : event.kind))).toEqual([
      'began',
      ['wakeup', 'cancelled'],
      'ended',
    ]);
    expect(events[2]).toMatchObject({ outcome: { cancelled: true }, success: false });
  });
});

describe('what a snap job tells of its runs', () => {
  it('counts what it pruned', async () => {
    house.snapshots('tank/data', 'a', 'b', 'c');
    const job = house.start(snapText(), 'undo');
    const events = hear(job);
    await house.run(job, true);
    expect(events[1]).toMatchObject({
      success: true,
      tally: { datasets: 1, datasetsDone: 1, snapshotsTaken: 1, snapshotsSent: 0, snapshotsDestroyed: 3 },
    });
  });

  it('tells that it was due and did not run because its datasets could not be listed', async () => {
    house.snapshots('tank/data', 'auto_1');
    const job = house.start(snapText(PERIODIC), 'undo');
    const events = hear(job);
    await heard(job, 'ended');
    house.laptop.before = () => {
      throw new ProblemError('pool-unavailable', { name: 'tank', host: 'this machine' });
    };
    events.length = 0;
    await heard(job, 'skipped');
    expect(events[0]).toMatchObject({
      kind: 'skipped',
      cause: 'snapshots',
      reason: 'snapshots-failed',
      problem: { code: 'pool-unavailable' },
    });
  });
});

describe('tallyOf', () => {
  it('is nothing of a run that did not get anywhere', () => {
    expect(tallyOf(null, [], 3)).toEqual({
      datasets: 0,
      datasetsDone: 0,
      snapshotsTaken: 3,
      snapshotsSent: 0,
      snapshotsDestroyed: 0,
      bytesSent: 0,
      resumedFromBytes: 0,
    });
  });

  it('counts what earlier runs had left on the other side', async () => {
    house.snapshots('tank/data', 'a');
    house.nas.cutAfter = { error: new ProblemError('connection-lost', { host: 'nas' }) };
    const job = house.start(pushText());
    const events = hear(job);
    await house.run(job);
    const tally = events[1]?.kind === 'ended' ? events[1].tally : null;
    expect(tally).toMatchObject({ datasetsDone: 1, snapshotsSent: 1, resumedFromBytes: 500 });
    expect(tally?.bytesSent).toBeGreaterThan(500);
  });
});
