import { describe, expect, it } from 'vitest';
import { tentativeCursorName } from '../../../core/zfs/marks.ts';
import { expectSteady, GUARANTEES, guidOf, JOB, Pair, problemsOf, ROOT } from './support.ts';

const DATA = 'tank/data';
const COPY = `${ROOT}/tank/data`;

describe('a first replication', () => {
  it('most_recent: only the newest by createtxg arrives, whatever the names say', async () => {
    const pair = new Pair().withSnapshots(DATA, '3', '2', '1');
    const report = await pair.run();
    expect(report.outcome).toBe('done');
    expect(pair.received(DATA)).toEqual(['1']);
    expectSteady(pair, '1');
  });

  it('all: every snapshot arrives in its order, as one full stream and one range', async () => {
    const pair = new Pair().withSnapshots(DATA, '3', '2', '1');
    const report = await pair.run({ policy: { initial: 'all' } });
    expect(pair.received(DATA)).toEqual(['3', '2', '1']);
    expect(report.attempts[0]?.datasets[0]?.steps.map((step) => [step.kind, step.snapshotCount])).toEqual([
      ['full', 1],
      ['range', 2],
    ]);
    expectSteady(pair, '1');
  });

  it('fail: nothing arrives, and it is a problem of the dataset and not of the attempt', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    const report = await pair.run({ policy: { initial: 'fail' } });
    expect(report.outcome).toBe('failed');
    expect(report.attempts).toHaveLength(1);
    expect(report.attempts[0]).toMatchObject({ state: 'filesystem-error', problem: null });
    expect(problemsOf(report)).toEqual({ [DATA]: 'initial-refused' });
    expect(pair.target.datasets.has(COPY)).toBe(false);
  });

  it('a sender that has bookmarks only gives a clear error instead of a crash', async () => {
    for (const initial of ['most_recent', 'all'] as const) {
      const pair = new Pair().withSnapshots(DATA, '1');
      await pair.source.bookmark(DATA, { type: 'snapshot', name: '1', guid: guidOf(pair, '1') }, 'cur');
      pair.source.removeSnapshot(DATA, '1');
      expect(problemsOf(await pair.run({ policy: { initial } }))).toEqual({ [DATA]: 'no-sender-versions' });
    }
  });

  it('volumes arrive like filesystems and take only what volumes can have', async () => {
    const pair = new Pair();
    pair.source.addDataset(DATA, { kind: 'volume' });
    pair.withSnapshots(DATA, '1');
    const report = await pair.run({
      receiver: { properties: { inherit: [], override: new Map(), protective: true } },
    });
    expect(report.outcome).toBe('done');
    const properties = pair.target.datasets.get(COPY)?.properties;
    expect(properties?.get('readonly')?.value).toBe('on');
    expect(properties?.has('canmount')).toBe(false);
  });
});

describe('the next replication', () => {
  it.each(GUARANTEES)('%s: increments arrive as one stream, and only the steady marks are left', async (guarantee) => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run({ guarantee });
    pair.withSnapshots(DATA, '2', '3', '4');
    const before = pair.target.calls.length;
    const report = await pair.run({ guarantee });
    expect(report.outcome).toBe('done');
    expect(pair.received(DATA)).toEqual(['1', '2', '3', '4']);
    expect(pair.target.calls.slice(before).filter(({ method }) => method === 'receive')).toHaveLength(1);
    if (guarantee === 'guarantee_nothing') {
      expect([...pair.source.bookmarkNames(DATA), ...pair.source.holdsOn(DATA), ...pair.target.holdsOn(COPY)]).toEqual(
        [],
      );
    } else expectSteady(pair, '4');
  });

  it.each([
    [true, 3],
    [false, 1],
  ])('stepwise %s: %i streams bring the same snapshots', async (stepwise, streams) => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    pair.withSnapshots(DATA, '2', '3', '4');
    const before = pair.target.calls.length;
    await pair.run({ policy: { stepwise } });
    expect(pair.received(DATA)).toEqual(['1', '2', '3', '4']);
    expect(pair.target.calls.slice(before).filter(({ method }) => method === 'receive')).toHaveLength(streams);
    expectSteady(pair, '4');
  });

  it('is possible although the common snapshot was destroyed on the sender: from the cursor', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    expect(pair.source.removeSnapshot(DATA, '1')).toBe(true);
    pair.withSnapshots(DATA, '2', '3');
    const report = await pair.run();
    expect(pair.received(DATA)).toEqual(['1', '2', '3']);
    // A bookmark cannot be the base of a range.
    expect(report.attempts[0]?.datasets[0]?.steps.map(({ kind, from }) => [kind, from?.[0]])).toEqual([
      ['incremental', '#'],
      ['incremental', '@'],
    ]);
    expectSteady(pair, '3');
  });

  it('a tentative cursor is a base under guarantee_nothing too, is not removed before use, and is gone afterwards', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run({ guarantee: 'guarantee_nothing' });
    const guid = guidOf(pair, '1');
    await pair.source.bookmark(DATA, { type: 'snapshot', name: '1', guid }, tentativeCursorName(guid, JOB));
    pair.source.removeSnapshot(DATA, '1');
    pair.withSnapshots(DATA, '2');
    const report = await pair.run({ guarantee: 'guarantee_nothing' });
    expect(report.attempts[0]?.datasets[0]?.steps[0]?.from).toBe(`#${tentativeCursorName(guid, JOB)}`);
    expect(pair.received(DATA)).toEqual(['1', '2']);
    expect(pair.source.bookmarkNames(DATA)).toEqual([]);
  });

  it('a run without changes does nothing', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    const effects = pair.world.effects.length;
    const report = await pair.run();
    expect(report.outcome).toBe('done');
    expect(report.attempts[0]?.datasets[0]).toMatchObject({ state: 'done', steps: [], newestCommon: { name: '1' } });
    expect(pair.world.effects).toHaveLength(effects);
  });

  it('a filter limits what is sent, and any common snapshot may be the base', async () => {
    const pair = new Pair().withSnapshots(DATA, 'manual');
    await pair.run();
    pair.withSnapshots(DATA, 'auto_1', 'foreign', 'auto_2', 'auto_3');
    const report = await pair.run({ policy: { wants: (name) => name.startsWith('auto_') } });
    expect(pair.received(DATA)).toEqual(['manual', 'auto_1', 'auto_2', 'auto_3']);
    expect(report.attempts[0]?.datasets[0]?.steps.map(({ from, to }) => `${from} ${to}`)).toEqual([
      '@manual @auto_1',
      '@auto_1 @auto_2',
      '@auto_2 @auto_3',
    ]);
  });
});
