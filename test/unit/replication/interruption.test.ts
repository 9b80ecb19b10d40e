import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { expectSteady, GUARANTEES, Pair, problemsOf, ROOT, receivedTag, stepTag } from './support.ts';

const DATA = 'tank/data';
const COPY = `${ROOT}/tank/data`;
const ONE_ATTEMPT = { run: { retry: { fruitlessAttempts: 1, hardFailMs: 0 } } };

describe('an interrupted transfer', () => {
  it.each(GUARANTEES)('%s: a full send goes on where it stopped', async (guarantee) => {
    const pair = new Pair();
    pair.source.addDataset(DATA);
    pair.source.addSnapshot(DATA, '1', { sizeBytes: 4000 });
    pair.target.cutAfter = {};
    expect(problemsOf(await pair.run({ guarantee, ...ONE_ATTEMPT }))).toEqual({ [DATA]: 'receive-interrupted' });
    expect(pair.target.datasets.get(COPY)?.inconsistent).toBe(true);
    const report = await pair.run({ guarantee });
    expect(report.attempts[0]?.datasets[0]?.steps[0]).toMatchObject({
      kind: 'full',
      resumedFromBytes: 2000,
      bytesReplicated: 2000,
    });
    expect(pair.received(DATA)).toEqual(['1']);
    if (guarantee !== 'guarantee_nothing') expectSteady(pair, '1');
  });

  it('under resumability its snapshot cannot be destroyed meanwhile, and newer ones follow it', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.cutAfter = {};
    await pair.run(ONE_ATTEMPT);
    expect(pair.source.removeSnapshot(DATA, '1')).toBe(false);
    pair.withSnapshots(DATA, '2', '3');
    await pair.run();
    expect(pair.received(DATA)).toEqual(['1', '2', '3']);
    expectSteady(pair, '3');
  });

  it('under guarantee_incremental its snapshot can go; then the dead token is thrown away and the newest arrives', async () => {
    const guarantee = 'guarantee_incremental';
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.cutAfter = {};
    await pair.run({ guarantee, ...ONE_ATTEMPT });
    expect(pair.source.removeSnapshot(DATA, '1')).toBe(true);
    pair.withSnapshots(DATA, '2', '3');
    const report = await pair.run({ guarantee });
    expect(report.warnings).toEqual([expect.stringMatching(/discarding 500 bytes of partial state: .* gone/)]);
    expect(report.attempts[0]?.datasets[0]?.discardedBytes).toBe(500);
    expect(pair.received(DATA)).toEqual(['3']);
    expectSteady(pair, '3');
  });

  it('a discarded increment does not leave an old last-received hold behind', async () => {
    const guarantee = 'guarantee_incremental';
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run({ guarantee });
    pair.withSnapshots(DATA, '2');
    pair.target.cutAfter = {};
    await pair.run({ guarantee, ...ONE_ATTEMPT });
    pair.source.removeSnapshot(DATA, '2');
    pair.withSnapshots(DATA, '3');
    await pair.run({ guarantee });
    expect(pair.received(DATA)).toEqual(['1', '3']);
    expectSteady(pair, '3');
  });

  it('somebody bypassed a hold: the warning says so', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.cutAfter = {};
    await pair.run(ONE_ATTEMPT);
    await pair.source.release(stepTag, [{ dataset: DATA, name: '1' }]);
    pair.source.removeSnapshot(DATA, '1');
    pair.withSnapshots(DATA, '2');
    const report = await pair.run();
    expect(report.warnings.join()).toContain('although it was held');
    expectSteady(pair, '2');
  });

  it('holds of resumability are gone once the job goes on under guarantee_incremental', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    pair.withSnapshots(DATA, '2');
    pair.target.cutAfter = {};
    await pair.run(ONE_ATTEMPT);
    expect(pair.source.holdsOn(DATA)).toEqual([`1 ${stepTag}`, `2 ${stepTag}`]);
    await pair.run({ guarantee: 'guarantee_incremental' });
    expectSteady(pair, '2');
  });

  it('a range that breaks keeps what landed, resumes the one in flight and goes on with the rest', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    pair.withSnapshots(DATA, '2', '3', '4', '5');
    pair.target.cutAfter = { snapshots: 1 };
    await pair.run(ONE_ATTEMPT);
    expect(pair.received(DATA)).toEqual(['1', '2']);
    const report = await pair.run();
    expect(
      report.attempts[0]?.datasets[0]?.steps.map(({ kind, to, resumedFromBytes }) => [kind, to, resumedFromBytes]),
    ).toEqual([
      ['incremental', '@3', 500],
      ['range', '@5', null],
    ]);
    expect(pair.received(DATA)).toEqual(['1', '2', '3', '4', '5']);
    expectSteady(pair, '5');
  });

  it('a full send onto a former stand-in resumes with force', async () => {
    const pair = new Pair().withSnapshots('tank/data/child', 'c');
    await pair.run({ filter: { 'tank/data/child': true } });
    pair.withSnapshots(DATA, '1');
    pair.target.cutAfter = {};
    await pair.run(ONE_ATTEMPT);
    expect(pair.target.datasets.get(COPY)?.partial).not.toBeNull();
    expect((await pair.run()).outcome).toBe('done');
    expectSteady(pair, '1');
    expect(pair.target.datasets.get(COPY)?.properties.get('zrepl:placeholder')?.value).toBe('off');
  });

  it('resumes with force also into a dataset of ours that lost all its snapshots', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    await pair.target.release(receivedTag, [{ dataset: COPY, name: '1' }]);
    pair.target.removeSnapshot(COPY, '1');
    pair.target.cutAfter = {};
    await pair.run(ONE_ATTEMPT);
    expect(pair.target.datasets.get(COPY)?.partial).not.toBeNull();
    expect((await pair.run()).outcome).toBe('done');
    expectSteady(pair, '1');
  });

  it('a pool that cannot keep partial state starts the step again', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.resumable = false;
    pair.target.cutAfter = {};
    const report = await pair.run();
    expect(report.attempts).toHaveLength(2);
    expectSteady(pair, '1');
  });

  it('a corrupt token is reported with its remedy and never thrown away', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.cutAfter = {};
    await pair.run(ONE_ATTEMPT);
    const target = pair.target.datasets.get(COPY);
    if (target?.partial != null) target.partial = { ...target.partial, text: `${target.partial.text}00` };
    expect(problemsOf(await pair.run())).toEqual({ [DATA]: 'token-corrupt' });
    expect(target?.partial).not.toBeNull();
  });
});

it('an attempt that dies right after its marks leaves no more of them however often it dies', async () => {
  const guarantee = 'guarantee_incremental';
  const pair = new Pair().withSnapshots(DATA, '1');
  await pair.run({ guarantee });
  pair.source.after = ({ method }) => {
    if (method === 'bookmark') throw new Error('the laptop is gone');
  };
  for (const name of ['2', '3', '4', '5', '6', '7', '8']) {
    pair.withSnapshots(DATA, name);
    await pair.run({ guarantee, ...ONE_ATTEMPT });
    expect(pair.source.bookmarkNames(DATA).length).toBeLessThanOrEqual(5);
  }
  pair.source.after = () => {};
  await pair.run({ guarantee });
  expectSteady(pair, '8');
});

describe('a lost completion', () => {
  it('is repeated at the receiver as well where its holds could not be listed: the drive was away for a moment', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.before = ({ method }) => {
      if (method === 'hold') throw new Error('the drive is gone');
    };
    expect((await pair.run(ONE_ATTEMPT)).outcome).toBe('failed');
    expect(pair.received(DATA)).toEqual(['1']);
    let isAway = true;
    pair.target.before = ({ method, names }) => {
      if (method !== 'listVersions' || !names.includes(COPY) || !isAway) return;
      isAway = false;
      throw new ProblemError('not-found', { name: COPY, host: 'nas' });
    };
    expect((await pair.run()).outcome).toBe('done');
    expect(isAway).toBe(false);
    expectSteady(pair, '1');
  });

  it('is sent again when the receiver is up to date but the cursor is behind', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    pair.withSnapshots(DATA, '2');
    pair.source.before = ({ method, names }) => {
      if (method === 'bookmark' && names.join().includes('CURSOR_G')) throw new Error('the laptop is gone');
    };
    expect((await pair.run(ONE_ATTEMPT)).outcome).toBe('failed');
    expect(pair.received(DATA)).toEqual(['1', '2']);
    pair.source.before = () => {};
    expect((await pair.run()).outcome).toBe('done');
    expectSteady(pair, '2');
  });

  it('guarantee_incremental: every snapshot may go on both sides and the next one still is an increment', async () => {
    const guarantee = 'guarantee_incremental';
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run({ guarantee });
    pair.withSnapshots(DATA, '2');
    pair.source.before = ({ method, names }) => {
      if (method === 'bookmark' && names.join().includes('CURSOR_G')) throw new Error('the laptop is gone');
    };
    await pair.run({ guarantee, ...ONE_ATTEMPT });
    pair.source.before = () => {};
    expect(pair.source.removeSnapshot(DATA, '1')).toBe(true);
    expect(pair.source.removeSnapshot(DATA, '2')).toBe(true);
    expect(pair.target.removeSnapshot(COPY, '1')).toBe(true);
    pair.withSnapshots(DATA, '3');
    await pair.run({ guarantee });
    expect(pair.received(DATA)).toEqual(['2', '3']);
    expectSteady(pair, '3');
  });

  it('guarantee_resumability: both snapshots are held on the sender, and the newest on the receiver', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    pair.withSnapshots(DATA, '2');
    pair.source.before = ({ method, names }) => {
      if (method === 'bookmark' && names.join().includes('CURSOR_G')) throw new Error('the laptop is gone');
    };
    await pair.run(ONE_ATTEMPT);
    pair.source.before = () => {};
    expect(pair.source.removeSnapshot(DATA, '1')).toBe(false);
    expect(pair.source.removeSnapshot(DATA, '2')).toBe(false);
    expect(pair.target.holdsOn(COPY)).toEqual([`2 ${receivedTag}`]);
    pair.withSnapshots(DATA, '3');
    await pair.run();
    expectSteady(pair, '3');
  });

  it('a lost reply of any command that succeeded is made good by the next run', async () => {
    for (let lost = 0; ; lost++) {
      const pair = new Pair().withSnapshots(DATA, '1');
      await pair.run();
      pair.withSnapshots(DATA, '2', '3');
      let count = 0;
      let dropped = false;
      const drop = () => {
        if (count++ !== lost) return;
        dropped = true;
        throw new Error('the reply is lost');
      };
      pair.source.after = drop;
      pair.target.after = drop;
      await pair.run(ONE_ATTEMPT);
      pair.source.after = () => {};
      pair.target.after = () => {};
      if (!dropped) break;
      await pair.run();
      pair.withSnapshots(DATA, '4');
      expect((await pair.run()).outcome).toBe('done');
      expect(pair.received(DATA)).toEqual(['1', '2', '3', '4']);
      expectSteady(pair, '4');
    }
  });
});
