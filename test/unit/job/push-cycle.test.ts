import { afterEach, describe, expect, it } from 'vitest';
import type { JobReport } from '../../../core/api/status.ts';
import { cursorName, lastReceivedHoldTag } from '../../../core/zfs/marks.ts';
import { COPIES, GOOD, House, KEEP_ONE, pushText } from './support.ts';

const PERIODIC = '{type: periodic, interval: 1h, prefix: auto_}';
/** Nothing is due while a test runs. */
const RARE = '{type: cron, cron: "0 0 1 1 *", prefix: auto_}';
const NOT_REPLICATED = '{type: not_replicated}';

let house = new House();
afterEach(async () => {
  await house.stop();
  house = new House();
});

describe('one run of a push', () => {
  it('takes snapshots, brings them over, and prunes both sides', async () => {
    house.snapshots('tank/data', 'old1', 'old2');
    house.snapshots('tank/data/sub', 'old1');
    const job = house.start(
      pushText({
        snapshotting: RARE,
        keepSender: KEEP_ONE,
        keepReceiver: KEEP_ONE,
        more: 'conflict_resolution: {initial_replication: all}',
      }),
    );
    const seen: JobReport['stage'][] = [];
    const stop = job.onChange(() => {
      const { stage } = job.status();
      if (seen.at(-1) !== stage) seen.push(stage);
    });
    expect(job.wake('run', { snapshot: true })).toEqual({ runId: 1, queued: false, snapshot: true });
    expect(await house.clock.runUntil(job.waitFor(1, house.signal))).toEqual(GOOD);
    stop();

    const [taken] = house.laptop.snapshotNames('tank/data');
    expect(taken).toMatch(/^auto_/);
    for (const dataset of ['tank/data', 'tank/data/sub']) {
      expect(house.laptop.snapshotNames(dataset)).toEqual([taken]);
      expect(house.copies(dataset)).toEqual([taken]);
      const guid = house.guid(dataset, taken ?? '');
      expect(house.laptop.bookmarkNames(dataset)).toEqual([cursorName(guid, 'laptop')]);
      expect(house.laptop.holdsOn(dataset)).toEqual([]);
      expect(house.nas.holdsOn(`${COPIES}/${dataset}`)).toEqual([`${taken} ${lastReceivedHoldTag('laptop')}`]);
    }
    expect(seen).toEqual(['idle', 'snapshotting', 'replicating', 'pruning-sender', 'pruning-receiver', 'idle']);

    const status = job.status();
    expect(status).toMatchObject({
      name: 'laptop',
      type: 'push',
      stage: 'idle',
      refusal: null,
      destination: 'nas:backup/root/laptop',
      lastWake: { reason: 'run' },
      lastSuccessMs: house.clock.nowMs(),
      lastRunFailed: false,
      replication: { outcome: 'done', attempts: [{ state: 'done' }] },
      pruning: [
        { side: 'sender', state: 'done' },
        { side: 'receiver', state: 'done' },
      ],
    });
    expect(status.pruning.map(({ datasets }) => datasets.map((one) => [one.dataset, one.destroyedCount]))).toEqual([
      [
        ['tank/data', 2],
        ['tank/data/sub', 1],
      ],
      [
        [`${COPIES}/tank/data`, 2],
        [`${COPIES}/tank/data/sub`, 1],
      ],
    ]);
    expect(status.safety).toMatchObject([
      { dataset: 'tank/data', newestCommon: { name: taken }, newestLocal: { name: taken } },
      { dataset: 'tank/data/sub', newestCommon: { name: taken }, newestLocal: { name: taken } },
    ]);
    expect(status.safety[0]).toMatchObject({ destination: status.destination, guarantee: 'guarantee_resumability' });
  });

  it('says that it goes without new snapshots where they are taken by hand', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(pushText());
    expect(job.wake('run', { snapshot: true })).toMatchObject({ snapshot: false });
    expect(await house.clock.runUntil(job.waitFor(1, house.signal))).toEqual(GOOD);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['a']);
    expect(house.copies()).toEqual(['a']);
    expect(job.status().snapshotting).toMatchObject({ type: 'manual', state: 'manual' });
  });

  it('follows each scheduled run of snapshots, and asks for none of its own', async () => {
    house.snapshots('tank/data', 'auto_1');
    const job = house.start(pushText({ snapshotting: PERIODIC }));
    // The first snapshot is a day old: a new one is due at once.
    expect(await house.clock.runUntil(firstRun(job))).toMatchObject({ lastWake: { reason: 'snapshots' } });
    const [, taken] = house.laptop.snapshotNames('tank/data');
    expect(house.laptop.snapshotNames('tank/data')).toHaveLength(2);
    expect(house.copies()).toEqual([taken]);
  });

  it('the next one sends what is new and nothing when there is nothing', async () => {
    house.snapshots('tank/data', 'a');
    const job = house.start(pushText());
    await house.run(job);
    house.snapshots('tank/data', 'b', 'c');
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.copies()).toEqual(['a', 'b', 'c']);
    const effects = house.world.effects.length;
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.world.effects.slice(effects)).toEqual([]);
    expect(job.status().replication?.attempts[0]?.datasets[0]).toMatchObject({ state: 'done', steps: [] });
  });

  it('sends only the snapshots that are asked for', async () => {
    house.snapshots('tank/data', 'mine_1', 'other', 'mine_2', 'mine_tmp');
    const job = house.start(
      pushText({
        more: 'snapshots: {include: ["^mine_"], exclude: ["tmp$"]}\n    conflict_resolution: {initial_replication: all}',
      }),
    );
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.copies()).toEqual(['mine_1', 'mine_2']);
  });

  it('never destroys the newest snapshot or the base, whatever the rules', async () => {
    house.snapshots('tank/data', 'a', 'b');
    const nothing = '{type: regex, regex: "^never$"}';
    const job = house.start(
      pushText({ keepSender: nothing, keepReceiver: nothing, more: 'snapshots: {exclude: ["^z"]}' }),
    );
    await house.run(job);
    house.snapshots('tank/data', 'z');
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['b', 'z']);
    expect(house.copies()).toEqual(['b']);
  });

  it('a copy whose dataset is gone here is left alone', async () => {
    house.snapshots('tank/data', 'a');
    house.snapshots('tank/data/gone', 'a', 'b');
    const job = house.start(
      pushText({ keepReceiver: KEEP_ONE, more: 'conflict_resolution: {initial_replication: all}' }),
    );
    await house.run(job);
    house.laptop.datasets.delete('tank/data/gone');
    house.nas.addSnapshot(`${COPIES}/tank/data/gone`, 'c');
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.copies('tank/data/gone')).toEqual(['b', 'c']);
    const pruned = job.status().pruning.find(({ side }) => side === 'receiver')?.datasets;
    expect(pruned?.find(({ dataset }) => dataset.endsWith('/gone'))).toMatchObject({ state: 'skipped' });
  });

  it('does not take what both prunings destroyed for a listing that lost something', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `s${index}`);
    house.snapshots('tank/data', ...names);
    const job = house.start(
      pushText({
        keepSender: `${NOT_REPLICATED}, ${KEEP_ONE}`,
        keepReceiver: KEEP_ONE,
        more: 'conflict_resolution: {initial_replication: all}',
      }),
    );
    await house.run(job);
    expect(house.copies()).toEqual(['s29']);
    house.snapshots('tank/data', 't');
    expect(await house.run(job)).toEqual(GOOD);
    expect(job.status().pruning.map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('counts as no success when there was nothing to bring over', async () => {
    const job = house.start(pushText({ filesystems: '{"tank/elsewhere<": true}' }));
    expect(await house.run(job)).toEqual(GOOD);
    expect(job.status()).toMatchObject({ lastSuccessMs: null, lastRunFailed: false });
    expect(job.status().replication?.warnings.join()).toContain('no dataset');
  });
});

/** The status once the first run has ended. */
function firstRun(job: { status(): JobReport; onChange(listener: () => void): () => void }): Promise<JobReport> {
  const { promise, resolve } = Promise.withResolvers<JobReport>();
  job.onChange(() => {
    const status = job.status();
    if (status.lastSuccessMs !== null && status.stage === 'idle') resolve(status);
  });
  return promise;
}
