import { describe, expect, it } from 'vitest';
import type { Guarantee } from '../../../core/api/status.ts';
import { expectSteady, GUARANTEES, type JobSettings, Pair, ROOT } from './support.ts';

const DATA = 'tank/data';

interface Cost {
  readonly processes: number;
  readonly txgWaits: number;
  /** `zfs send | zfs receive`. */
  readonly pipes: number;
}

/** What a run costs, without what is probed once per host and pool. */
async function costOf(pair: Pair, settings: JobSettings): Promise<Cost> {
  await pair.target.poolResumable('backup');
  const from = [pair.source.calls.length, pair.target.calls.length];
  const report = await pair.run(settings);
  expect(report.outcome).toBe('done');
  const calls = [...pair.source.calls.slice(from[0]), ...pair.target.calls.slice(from[1])];
  return {
    processes: calls.reduce((sum, call) => sum + call.processes, 0),
    txgWaits: calls.reduce((sum, call) => sum + call.txgWaits, 0),
    pipes: calls.filter(({ method }) => method === 'receive').length,
  };
}

function snapshots(pair: Pair, count: number, prefix: string): void {
  for (let index = 0; index < count; index++) pair.source.addSnapshot(DATA, `${prefix}${index}`);
}

describe('an idle cycle', () => {
  it('of 1,000 datasets costs four processes for both sides together, whatever the guarantee', async () => {
    const pair = new Pair();
    pair.source.addDataset(DATA);
    pair.source.addSnapshot(DATA, 's');
    for (let index = 0; index < 999; index++) {
      const dataset = `${DATA}/d${index}`;
      pair.source.addDataset(dataset);
      pair.source.addSnapshot(dataset, 's');
    }
    for (const guarantee of GUARANTEES) {
      await pair.run({ guarantee });
      expect(await costOf(pair, { guarantee })).toEqual({ processes: 4, txgWaits: 0, pipes: 0 });
    }
  });

  it('costs no more where snapshots of others wait that this job does not send', async () => {
    const pair = new Pair().withSnapshots(DATA, 'auto_1');
    const settings = { policy: { wants: (name: string) => name.startsWith('auto_') } };
    await pair.run(settings);
    pair.withSnapshots(DATA, 'foreign_1', 'foreign_2');
    expect((await costOf(pair, settings)).processes).toBe(4);
  });

  it('costs no more where a dataset is in conflict', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    pair.target.addSnapshot(`${ROOT}/${DATA}`, 'own');
    const before = pair.source.processes + pair.target.processes;
    await pair.run();
    expect(pair.source.processes + pair.target.processes - before).toBe(4);
  });
});

describe('24 new snapshots of one dataset', () => {
  it.each<[Guarantee, Cost]>([
    // Listings 4, refining 2, re-reading 2, pipe 2; marks: 1 hold, 1 release a side, 1 cursor, 1 old cursor.
    ['guarantee_resumability', { processes: 16, txgWaits: 102, pipes: 1 }],
    // The same with bookmarks: 1 tentative cursor before, 1 cursor, and 2 to destroy.
    ['guarantee_incremental', { processes: 16, txgWaits: 54, pipes: 1 }],
    ['guarantee_nothing', { processes: 8, txgWaits: 48, pipes: 1 }],
  ])('%s: %j', async (guarantee, cost) => {
    const pair = new Pair();
    pair.source.addDataset(DATA);
    snapshots(pair, 2, 'a');
    await pair.run({ guarantee });
    snapshots(pair, 24, 'b');
    expect(await costOf(pair, { guarantee })).toEqual(cost);
    expect(pair.received(DATA)).toHaveLength(25);
  });

  it('guarantee_nothing looks for holds of other times once in a process: two processes more', async () => {
    const pair = new Pair();
    pair.source.addDataset(DATA);
    snapshots(pair, 1, 'a');
    await pair.run();
    snapshots(pair, 24, 'b');
    const guarantee = 'guarantee_nothing';
    // The release of the last-received hold that the other guarantee left is the eleventh.
    expect((await costOf(pair, { guarantee })).processes).toBe(11);
    expect(pair.target.holdsOn(`${ROOT}/${DATA}`)).toEqual([]);
    snapshots(pair, 24, 'c');
    expect((await costOf(pair, { guarantee })).processes).toBe(8);
  });

  it('stepwise they are 24 pipes, and that is what stepwise costs', async () => {
    const pair = new Pair();
    pair.source.addDataset(DATA);
    snapshots(pair, 1, 'a');
    await pair.run({ guarantee: 'guarantee_nothing' });
    snapshots(pair, 24, 'b');
    const cost = await costOf(pair, { guarantee: 'guarantee_nothing', policy: { stepwise: true } });
    expect(cost).toMatchObject({ pipes: 24, processes: 4 + 24 * 4 });
  });
});

describe('a first copy', () => {
  it.each<[Guarantee, number]>([
    // Listings 4, refining 1, parent 1, re-reading 2, pipe 2; hold, cursor, release; hold on the receiver.
    ['guarantee_resumability', 14],
    ['guarantee_incremental', 14],
    ['guarantee_nothing', 10],
  ])('%s: %i processes, and the received dataset is not listed again', async (guarantee, processes) => {
    const pair = new Pair().withSnapshots(DATA, '1');
    expect((await costOf(pair, { guarantee })).processes).toBe(processes);
    const listings = pair.target.calls.filter(({ method }) => method.startsWith('list'));
    expect(listings).toHaveLength(2);
    if (guarantee !== 'guarantee_nothing') {
      pair.withSnapshots(DATA, '2');
      await pair.run({ guarantee });
      expectSteady(pair, '2');
    }
  });
});

describe('one snapshot more of each of 50 datasets', () => {
  it.each<[Guarantee, number]>([
    ['guarantee_resumability', 6 + 50 * 10],
    ['guarantee_incremental', 6 + 50 * 10],
    // Creation is asked for once, because here it decides whose turn it is.
    ['guarantee_nothing', 5 + 50 * 4],
  ])('%s: %i processes: planning stays the same, each step has its own', async (guarantee, processes) => {
    const pair = new Pair();
    const names = Array.from({ length: 50 }, (_, index) => `tank/d${index}`);
    for (const name of names) pair.withSnapshots(name, '1');
    const filter = { filter: Object.fromEntries(names.map((name) => [name, true])) };
    await pair.run({ guarantee, ...filter });
    for (const name of names) pair.withSnapshots(name, '2');
    expect((await costOf(pair, { guarantee, ...filter })).processes).toBe(processes);
  });
});
