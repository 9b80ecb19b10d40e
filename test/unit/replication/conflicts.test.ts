import { describe, expect, it } from 'vitest';
import { cursorName } from '../../../core/zfs/marks.ts';
import { expectSteady, guidOf, JOB, Pair, problemsOf, ROOT } from './support.ts';

const DATA = 'tank/data';
const COPY = `${ROOT}/tank/data`;

describe('conflicts are reported and nothing is overwritten', () => {
  it('a receiver with newer snapshots of its own', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    pair.target.addSnapshot(COPY, 'own');
    pair.withSnapshots(DATA, '2');
    const report = await pair.run();
    expect(problemsOf(report)).toEqual({ [DATA]: 'diverged' });
    expect(report.attempts[0]?.datasets[0]?.problem?.detail).toContain('only on the receiver: @own');
    expect(pair.received(DATA)).toEqual(['1', 'own']);
  });

  it('snapshots on both sides and none in common', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.addDataset(`${ROOT}/tank`);
    pair.target.addDataset(COPY);
    for (const name of ['x', 'y', 'z']) pair.target.addSnapshot(COPY, name);
    expect(problemsOf(await pair.run())).toEqual({ [DATA]: 'no-common-ancestor' });
    expect(pair.received(DATA)).toEqual(['x', 'y', 'z']);
  });

  it('a dataset with three snapshots that claims to be a stand-in is never forced away', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.addDataset(`${ROOT}/tank`);
    const target = pair.target.addDataset(COPY);
    target.properties.set('zrepl:placeholder', { value: 'on', source: 'local' });
    for (const name of ['x', 'y', 'z']) pair.target.addSnapshot(COPY, name);
    const report = await pair.run();
    expect(report.outcome).toBe('failed');
    expect(pair.received(DATA)).toEqual(['x', 'y', 'z']);
  });

  it('an empty dataset that is not ours', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.addDataset(`${ROOT}/tank`);
    pair.target.addDataset(COPY);
    expect(problemsOf(await pair.run())).toEqual({ [DATA]: 'destination-exists' });
    expect(pair.received(DATA)).toEqual([]);
  });

  it('somebody writes to the copy', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    const target = pair.target.datasets.get(COPY);
    if (target !== undefined) target.modified = true;
    pair.withSnapshots(DATA, '2');
    expect(problemsOf(await pair.run())).toEqual({ [DATA]: 'destination-modified' });
    expect(pair.received(DATA)).toEqual(['1']);
  });
});

describe('snapshots that are not what they were', () => {
  it('one that was replaced under its name during the transfer does not become the cursor', async () => {
    const guarantee = 'guarantee_incremental';
    const pair = new Pair().withSnapshots(DATA, 'today');
    const sent = guidOf(pair, 'today');
    pair.target.after = ({ method }) => {
      if (method !== 'receive') return;
      pair.source.removeSnapshot(DATA, 'today');
      pair.source.addSnapshot(DATA, 'today');
    };
    await pair.run({ guarantee });
    pair.target.after = () => {};
    const bookmarks = pair.source.datasets.get(DATA)?.bookmarks;
    expect(bookmarks).toEqual([expect.objectContaining({ name: cursorName(sent, JOB), guid: sent })]);
    pair.withSnapshots(DATA, 'tomorrow');
    expect((await pair.run({ guarantee, policy: { wants: (name) => name === 'tomorrow' } })).outcome).toBe('done');
  });

  it('one that was replaced between plan and step is not sent', async () => {
    const pair = new Pair().withSnapshots(DATA, 'today');
    pair.source.before = ({ method }) => {
      if (method !== 'hold') return;
      pair.source.before = () => {};
      pair.source.removeSnapshot(DATA, 'today');
      pair.source.addSnapshot(DATA, 'today');
    };
    const report = await pair.run();
    expect(report.attempts[0]?.datasets[0]?.problem?.code).toBe('guid-changed');
    // The next attempt plans with what is there.
    expect(report.outcome).toBe('done');
    expectSteady(pair, 'today');
  });

  it('one that was replaced between plan and step leaves no mark that says something else than its name', async () => {
    const guarantee = 'guarantee_incremental';
    const pair = new Pair().withSnapshots(DATA, 'today');
    pair.source.before = ({ method }) => {
      if (method !== 'bookmark') return;
      pair.source.before = () => {};
      pair.source.removeSnapshot(DATA, 'today');
      pair.source.addSnapshot(DATA, 'today');
    };
    const report = await pair.run({ guarantee });
    expect(report.attempts[0]?.datasets[0]?.problem?.code).toBe('guid-changed');
    expect(report.outcome).toBe('done');
    expect(pair.source.bookmarkNames(DATA)).toEqual([cursorName(guidOf(pair, 'today'), JOB)]);
  });

  it('what went away with its pool right after the receive is not taken for something else', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.after = ({ method }) => {
      if (method === 'receive') pair.target.datasets.clear();
    };
    const problems = (await pair.run()).attempts.flatMap(({ problem, datasets }) => [
      problem,
      ...datasets.map((one) => one.problem),
    ]);
    expect(new Set(problems.flatMap((problem) => problem?.code ?? []))).toEqual(new Set(['not-found', 'root-missing']));
  });

  it('a receive that says it went well and left something else is an error, and is kept for inspection', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.after = ({ method }) => {
      const copy = pair.target.datasets.get(COPY);
      const snapshot = copy?.snapshots[0];
      if (method === 'receive' && snapshot !== undefined) snapshot.guid = 99n;
    };
    expect(problemsOf(await pair.run())).toEqual({ [DATA]: 'received-other-snapshot' });
    expect(pair.received(DATA)).toEqual(['1']);
    expect(pair.source.bookmarkNames(DATA)).toEqual([]);
  });

  it('the receiver lost what it had just received: it is sent again', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.before = ({ method }) => {
      if (method !== 'hold') return;
      pair.target.before = () => {};
      pair.target.removeSnapshot(COPY, '1');
    };
    const report = await pair.run();
    expect(report.attempts[0]?.datasets[0]?.problem?.code).toBe('not-found');
    expect(report.outcome).toBe('done');
    expectSteady(pair, '1');
  });

  it('the sender was rolled back and went on: createtxg and guids decide', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2');
    await pair.run({ policy: { initial: 'all' } });
    pair.source.removeSnapshot(DATA, '2');
    const dataset = pair.source.datasets.get(DATA);
    if (dataset !== undefined) dataset.bookmarks = [];
    pair.withSnapshots(DATA, '2');
    expect(problemsOf(await pair.run())).toEqual({ [DATA]: 'diverged' });
  });
});
