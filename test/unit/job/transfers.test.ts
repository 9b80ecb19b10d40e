import { describe, expect, it } from 'vitest';
import { Transfers } from '../../../core/job/transfers.ts';

const guids = (...all: readonly bigint[]) => new Set(all);
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('what jobs tell each other of their transfers', () => {
  it('is seen by the others from the first moment to the end', async () => {
    const transfers = new Transfers();
    const own = transfers.of('here', 'a');
    const others = transfers.besides('here', 'b');
    const begun = own.begin('tank/x', guids(1n, 2n), undefined);
    expect(others.neededBy('tank/x', 2n)).toEqual(['a']);
    await begun;
    expect(others.neededBy('tank/x', 3n)).toEqual([]);
    expect(others.neededBy('tank/y', 2n)).toEqual([]);
    expect(transfers.besides('there', 'b').neededBy('tank/x', 2n)).toEqual([]);
    expect(transfers.besides('here', 'a').neededBy('tank/x', 2n)).toEqual([]);
    await own.begin('tank/x', guids(3n), undefined);
    expect(others.neededBy('tank/x', 2n)).toEqual([]);
    own.end('tank/x');
    expect(others.neededBy('tank/x', 3n)).toEqual([]);
  });

  it('of several jobs is told of each, and ends for each', async () => {
    const transfers = new Transfers();
    for (const job of ['b', 'a']) await transfers.of('here', job).begin('tank/x', guids(1n), undefined);
    expect(transfers.besides('here', 'c').neededBy('tank/x', 1n)).toEqual(['a', 'b']);
    transfers.of('here', 'a').end('tank/x');
    expect(transfers.besides('here', 'c').neededBy('tank/x', 1n)).toEqual(['b']);
  });

  it('goes back to what was before, where nothing was sent', async () => {
    const transfers = new Transfers();
    const own = transfers.of('here', 'a');
    await own.begin('tank/x', guids(1n), undefined);
    const second = await own.begin('tank/x', guids(2n), undefined);
    second.undo();
    const others = transfers.besides('here', 'b');
    expect([1n, 2n].map((guid) => others.neededBy('tank/x', guid))).toEqual([['a'], []]);
  });

  it('makes a transfer wait for a destruction that knew nothing of it, also for one that fails', async () => {
    const transfers = new Transfers();
    const others = transfers.besides('here', 'b');
    const { promise: destroyed, reject } = Promise.withResolvers<void>();
    const destroying = others.whileDestroying(['tank/x', 'tank/y'], () => destroyed);
    const order: string[] = [];
    const begun = transfers
      .of('here', 'a')
      .begin('tank/x', guids(1n), undefined)
      .then(() => order.push('begun'));
    await transfers.of('here', 'a').begin('tank/z', guids(1n), undefined);
    await turn();
    expect(order).toEqual([]);
    order.push('destroyed');
    reject(new Error('no'));
    await expect(destroying).rejects.toThrow('no');
    await begun;
    expect(order).toEqual(['destroyed', 'begun']);
    // What has ended makes nobody wait.
    await transfers.of('here', 'a').begin('tank/y', guids(1n), undefined);
  });

  it('is nothing where the job was told to stop meanwhile', async () => {
    const transfers = new Transfers();
    const stop = new AbortController();
    stop.abort();
    await expect(transfers.of('here', 'a').begin('tank/x', guids(1n), stop.signal)).rejects.toMatchObject({
      code: 'command-aborted',
    });
    expect(transfers.besides('here', 'b').neededBy('tank/x', 1n)).toEqual([]);
  });
});
