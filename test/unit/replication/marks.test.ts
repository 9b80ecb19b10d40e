import { describe, expect, it } from 'vitest';
import { cursorName, lastReceivedHoldTag, stepHoldTag, tentativeCursorName } from '../../../core/zfs/marks.ts';
import { expectSteady, guidOf, JOB, Pair, ROOT, receivedTag } from './support.ts';

const DATA = 'tank/data';
const COPY = `${ROOT}/tank/data`;
const ONE_ATTEMPT = { run: { retry: { fruitlessAttempts: 1, hardFailMs: 0 } } };

describe('the marks of others', () => {
  it('stale marks of this job go with the next step; those of another job and of a person stay on both sides', async () => {
    const other = 'other';
    const pair = new Pair().withSnapshots(DATA, '1', '2', '3');
    await pair.run({ policy: { initial: 'all' } });
    const source = (name: string) => ({ type: 'snapshot' as const, name, guid: guidOf(pair, name) });
    await pair.source.bookmark(DATA, source('2'), 'mine');
    for (const job of [JOB, other]) {
      await pair.source.bookmark(DATA, source('2'), cursorName(guidOf(pair, '2'), job));
      await pair.source.bookmark(DATA, source('3'), tentativeCursorName(guidOf(pair, '3'), job));
      const refs = ['1', '2'].map((name) => ({ dataset: DATA, name }));
      await pair.source.hold(stepHoldTag(job), refs);
    }
    await pair.target.hold(lastReceivedHoldTag(other), [{ dataset: COPY, name: '3' }]);
    pair.withSnapshots(DATA, '4', '5');
    await pair.run();
    expect(pair.source.bookmarkNames(DATA)).toEqual(
      [
        cursorName(guidOf(pair, '5'), JOB),
        cursorName(guidOf(pair, '2'), other),
        tentativeCursorName(guidOf(pair, '3'), other),
        'mine',
      ].sort(),
    );
    expect(pair.source.holdsOn(DATA)).toEqual([`1 ${stepHoldTag(other)}`, `2 ${stepHoldTag(other)}`]);
    expect(pair.target.holdsOn(COPY)).toEqual([`3 ${lastReceivedHoldTag(other)}`, `5 ${receivedTag}`]);
    expect(pair.received(DATA)).toEqual(['1', '2', '3', '4', '5']);
  });

  it('two jobs on one dataset replicate side by side without touching what the other one set', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.addDataset('backup/second');
    const second = {
      jobId: 'second',
      receiver: { root: { rootFs: 'backup/second', clientIdentity: null } },
      guarantee: 'guarantee_incremental',
    } as const;
    await pair.run();
    await pair.run(second);
    pair.withSnapshots(DATA, '2');
    await pair.run();
    pair.withSnapshots(DATA, '3');
    await pair.run(second);
    const cursors = [cursorName(guidOf(pair, '2'), JOB), cursorName(guidOf(pair, '3'), 'second')];
    expect(pair.source.bookmarkNames(DATA)).toEqual(cursors.sort());
    expect(pair.source.holdsOn(DATA)).toEqual([]);
    expect(pair.received(DATA)).toEqual(['1', '2']);
    expect(pair.target.snapshotNames('backup/second/tank/data')).toEqual(['1', '2', '3']);
  });

  it('a bookmark whose name claims another guid than it has is not ours', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2');
    await pair.run();
    const forged = cursorName(12345n, JOB);
    await pair.source.bookmark(DATA, { type: 'snapshot', name: '1', guid: guidOf(pair, '1') }, forged);
    pair.withSnapshots(DATA, '3');
    await pair.run();
    expect(pair.source.bookmarkNames(DATA)).toEqual([forged, cursorName(guidOf(pair, '3'), JOB)].sort());
  });

  it('a user keeps holding an old snapshot of the copy: it is tried once and then left alone', async () => {
    const pair = new Pair({ fastListing: false }).withSnapshots(DATA, '1');
    await pair.run();
    await pair.target.hold('keep', [{ dataset: COPY, name: '1' }]);
    await pair.source.hold('keep', [{ dataset: DATA, name: '1' }]);
    pair.withSnapshots(DATA, '2');
    await pair.run();
    await pair.run();
    const processes = pair.source.processes + pair.target.processes;
    await pair.run();
    expect(pair.source.processes + pair.target.processes - processes).toBe(4);
    expect(pair.target.holdsOn(COPY)).toEqual(['1 keep', `2 ${receivedTag}`]);
  });
});

describe('versions of ZFS that cannot copy bookmarks', () => {
  it('keep the only mark of what the receiver has, when a cursor cannot be made of it', async () => {
    const guarantee = 'guarantee_incremental';
    const pair = new Pair({ bookmarkCopy: false }).withSnapshots(DATA, '1', '2');
    pair.source.before = ({ method, names }) => {
      if (method === 'bookmark' && names.join().includes('CURSOR_G')) throw new Error('the laptop is gone');
    };
    await pair.run({ guarantee, ...ONE_ATTEMPT });
    pair.source.before = () => {};
    pair.source.removeSnapshot(DATA, '2');
    expect((await pair.run({ guarantee })).outcome).toBe('done');
    expect(pair.source.bookmarkNames(DATA)).toEqual([tentativeCursorName(pair.target.newestGuid(COPY) ?? 0n, JOB)]);
    pair.withSnapshots(DATA, '3');
    await pair.run({ guarantee });
    expect(pair.received(DATA)).toEqual(['2', '3']);
    expectSteady(pair, '3');
  });
});
