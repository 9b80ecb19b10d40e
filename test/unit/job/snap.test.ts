import { afterEach, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { CANCELLED, codes, GOOD, House, KEEP_ONE } from './support.ts';

const RARE = '{type: cron, cron: "0 0 1 1 *", prefix: auto_}';
const text = (snapshotting = RARE, keep = KEEP_ONE, filesystems = '{"tank/data<": true}') => `
  - {type: snap, name: undo, filesystems: ${filesystems}, snapshotting: ${snapshotting}, pruning: {keep: [${keep}]}}`;

let house = new House();
afterEach(async () => {
  await house.stop();
  house = new House();
});

describe('a snap job', () => {
  it('takes snapshots and prunes, and touches no other machine', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const job = house.start(text(), 'undo');
    const stages: string[] = [];
    job.onChange(() => {
      const { stage } = job.status();
      if (stages.at(-1) !== stage) stages.push(stage);
    });
    expect(await house.run(job, true)).toEqual(GOOD);
    expect(house.laptop.snapshotNames('tank/data')).toEqual([expect.stringMatching(/^auto_/)]);
    expect(stages).toEqual(['idle', 'snapshotting', 'pruning-local', 'idle']);
    expect(house.nas.calls).toEqual([]);
    expect(job.status()).toMatchObject({
      name: 'undo',
      type: 'snap',
      destination: null,
      lastSuccessMs: house.clock.nowMs(),
      lastRunFailed: false,
      replication: null,
      pruning: [{ side: 'local', state: 'done', datasets: [{ dataset: 'tank/data', destroyedCount: 2 }] }],
      safety: [],
    });
  });

  it('prunes after each scheduled run of snapshots', async () => {
    house.snapshots('tank/data', 'auto_1');
    const job = house.start(text('{type: periodic, interval: 1h, prefix: auto_}'), 'undo');
    const pruned = Promise.withResolvers<void>();
    job.onChange(() => {
      if (job.status().lastSuccessMs !== null && job.status().stage === 'idle') pruned.resolve();
    });
    await house.clock.runUntil(pruned.promise);
    expect(job.status().lastWake?.reason).toBe('snapshots');
    expect(house.laptop.snapshotNames('tank/data')).toHaveLength(1);
    expect(house.laptop.snapshotNames('tank/data')).not.toContain('auto_1');
  });

  it('only prunes where snapshots are taken by hand, and says so', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const job = house.start(text('{type: manual}'), 'undo');
    expect(job.wake('run', { snapshot: true })).toEqual({ runId: 1, queued: false, snapshot: false });
    expect(await house.clock.runUntil(job.waitFor(1, house.signal))).toEqual(GOOD);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['b']);
  });

  it('plans what the run then does', async () => {
    house.snapshots('tank/data', 'a', 'b', 'c');
    const job = house.start(text('{type: manual}'), 'undo');
    const plan = await house.plan(job);
    expect(plan).toMatchObject({
      job: 'undo',
      replication: [],
      pruning: [{ side: 'local', datasets: [{ snapshots: [{ verdict: 'destroy' }, { verdict: 'destroy' }, {}] }] }],
    });
    expect(house.world.effects).toEqual([]);
    await house.run(job);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['c']);
  });

  it('goes on when a dataset fails, and remembers the failure until the next good run', async () => {
    house.snapshots('tank/data', 'a', 'b');
    house.snapshots('tank/data/bad', 'a', 'b');
    const job = house.start(text('{type: manual}'), 'undo');
    house.laptop.before = ({ method, names }) => {
      if (method === 'destroySnapshots' && names.some((name) => name.includes('/bad'))) {
        throw new ProblemError('permission-denied', { host: 'this machine' });
      }
    };
    expect(codes(await house.run(job))).toEqual(['permission-denied']);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['b']);
    expect(job.status()).toMatchObject({ lastRunFailed: true, lastSuccessMs: null });
    house.laptop.before = () => {};
    expect(await house.run(job)).toEqual(GOOD);
    expect(job.status()).toMatchObject({ lastRunFailed: false });
  });

  it('reports a listing that fails', async () => {
    const job = house.start(text('{type: manual}'), 'undo');
    house.laptop.before = () => {
      throw new ProblemError('pool-unavailable', { name: 'tank', host: 'this machine' });
    };
    expect((await house.run(job)).problems).toMatchObject([
      { code: 'pool-unavailable', phase: 'prune', side: 'local' },
    ]);
    expect(job.status()).toMatchObject({ lastRunFailed: true, stage: 'idle', pruning: [] });
  });

  it('that matches nothing has no success to show', async () => {
    const job = house.start(text('{type: manual}', KEEP_ONE, '{"tank/nowhere": true}'), 'undo');
    expect(await house.run(job)).toEqual(GOOD);
    expect(job.status().lastSuccessMs).toBeNull();
  });

  it('is reset while it takes snapshots: nothing is pruned', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const job = house.start(text(), 'undo');
    house.laptop.before = ({ method }) => {
      if (method === 'snapshot') job.reset();
    };
    expect(await house.run(job, true)).toEqual(CANCELLED);
    expect(house.laptop.snapshotNames('tank/data').slice(0, 2)).toEqual(['a', 'b']);
    expect(job.status()).toMatchObject({ lastRunFailed: false, pruning: [] });
    expect(job.reset()).toBe(false);
  });

  it('takes no snapshot of a stand-in and none of what its filter leaves out', async () => {
    house.snapshots('tank/data');
    house.laptop.addDataset('tank/data/out');
    house.laptop.addDataset('tank/data/stand').properties.set('zrepl:placeholder', { value: 'on', source: 'local' });
    const filesystems = '{"tank/data<": true, "tank/data/out": false}';
    const job = house.start(text(RARE, KEEP_ONE, filesystems), 'undo');
    await house.run(job, true);
    const counts = ['tank/data', 'tank/data/out', 'tank/data/stand'].map(
      (name) => house.laptop.snapshotNames(name).length,
    );
    expect(counts).toEqual([1, 0, 0]);
  });

  it('sets no marks, and can look for those of others', async () => {
    house.snapshots('tank/data', 'a');
    await house.laptop.hold('zrepl_STEP_J_gone', [{ dataset: 'tank/data', name: 'a' }]);
    const job = house.start(text('{type: manual}'), 'undo');
    expect(await job.abstractions(house.signal)).toEqual([]);
    expect(await job.releaseAbstractions('all', false, house.signal)).toEqual([]);
    expect(await job.abstractions(house.signal, 'gone')).toHaveLength(1);
    expect(await job.releaseAbstractions('all', false, house.signal, 'gone')).toMatchObject([{ outcome: 'released' }]);
  });
});
