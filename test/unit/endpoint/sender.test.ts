import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { OwnTransfers } from '../../../core/endpoint/types.ts';
import { cursorName, stepHoldTag, tentativeCursorName } from '../../../core/zfs/marks.ts';
import type { Version } from '../../../core/zfs/types.ts';
import { encodeResumeToken } from '../doubles/token-encoder.ts';
import { guidOf, JOB, type JobSettings, Pair, PLAIN, RAW } from '../replication/support.ts';
import { resumeOf, step } from './support.ts';

const DATA = 'tank/data';
const INCREMENTAL = 'guarantee_incremental';
const RESUMABILITY = 'guarantee_resumability';

function version(pair: Pair, name: string): Version {
  const found = pair.source.datasets.get(DATA)?.snapshots.find((snapshot) => snapshot.name === name);
  if (found === undefined) throw new Error(name);
  return { type: 'snapshot', name, guid: found.guid, createtxg: found.createtxg };
}

async function surveyed(pair: Pair, settings: JobSettings = {}) {
  const sender = pair.sender(settings);
  const survey = await sender.survey({});
  await sender.refine([...survey.datasets.keys()], {});
  return { sender, survey };
}

describe('the survey of a sender', () => {
  it('tells of the datasets of the job and of nothing else', async () => {
    const pair = new Pair()
      .withSnapshots('tank/data/a', '1')
      .withSnapshots('tank/data/tmp', '1')
      .withSnapshots('tank/other', '1');
    const { survey, sender } = await surveyed(pair, { filter: { 'tank/data<': true, 'tank/data/tmp': false } });
    expect([...survey.datasets.keys()]).toEqual(['tank/data', 'tank/data/a']);
    expect(sender.dataset('tank/other')).toBeUndefined();
    expect(survey.unmatched).toEqual([]);
  });

  it('a pattern that only excludes outside of what is listed is no mistake; one that names nothing is, once', async () => {
    const pair = new Pair().withSnapshots(DATA, '1').withSnapshots('tank/elsewhere', '1');
    const filter = { 'tank/data<': true, 'tank/elsewhere<': false, 'tank/gone<': true, 'tank/data/typo': false };
    const { survey } = await surveyed(pair, { filter });
    expect(survey.unmatched.map(({ pattern }) => pattern)).toEqual(['tank/gone<', 'tank/data/typo']);
    const everything = await surveyed(pair, { filter: { '<': true, 'tank/elsewhere/x': false } });
    expect(everything.survey.unmatched.map(({ pattern }) => pattern)).toEqual(['tank/elsewhere/x']);
  });

  it('leaves out a dataset that vanished between the two listings, or came back as another one', async () => {
    const pair = new Pair()
      .withSnapshots('tank/data/gone', '1')
      .withSnapshots('tank/data/new', '1')
      .withSnapshots('tank/data/stays', '1');
    pair.source.after = ({ method }) => {
      if (method !== 'listDatasets') return;
      pair.source.datasets.delete('tank/data/gone');
      pair.source.datasets.delete('tank/data/new');
      pair.source.addDataset('tank/data/new');
    };
    pair.source.before = ({ method }) =>
      method === 'listVersions' ? new Promise((resolve) => setImmediate(resolve)) : undefined;
    const sender = pair.sender();
    const survey = await sender.survey({});
    expect([...survey.datasets.keys()]).toEqual(['tank/data', 'tank/data/stays']);
  });

  it('refining skips what vanished, and does not mix a new dataset of the name with the old one', async () => {
    const pair = new Pair()
      .withSnapshots('tank/data/gone', '1')
      .withSnapshots('tank/data/new', '1')
      .withSnapshots('tank/data/stays', '1');
    const sender = pair.sender();
    await sender.survey({});
    pair.source.datasets.delete('tank/data/gone');
    pair.source.datasets.delete('tank/data/new');
    pair.withSnapshots('tank/data/new', 'other');
    await sender.refine(['tank/data/gone', 'tank/data/new', 'tank/data/stays'], {});
    const first = (name: string) => sender.dataset(name)?.versions[0];
    expect(first('tank/data/stays')).toMatchObject({ userrefs: 0 });
    expect(first('tank/data/new')).toMatchObject({ name: '1' });
    expect(first('tank/data/gone')?.userrefs).toBeUndefined();
  });

  it('another error than a missing root is an error of the survey', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.source.before = ({ method }) => {
      if (method === 'listVersions') throw new ProblemError('output-unreadable', { host: 'laptop' });
    };
    await expect(pair.sender().survey({})).rejects.toMatchObject({ code: 'output-unreadable' });
    expect(pair.sender().known()).toBeNull();
  });

  it('the fingerprint of a key does not depend on how much was listed', async () => {
    const pair = new Pair();
    pair.source.addDataset('tank/home', { encryption: 'root', salt: '5' });
    pair.source.addDataset('tank/home/bob');
    pair.source.addSnapshot('tank/home/bob', '1');
    const print = async (filter: Record<string, boolean>) =>
      (await surveyed(pair, { filter })).sender.dataset('tank/home/bob')?.keyFingerprint;
    const all = await print({ 'tank/home<': true });
    expect(all).toMatch(/^[0-9a-f]{16}$/);
    expect(await print({ 'tank/home/bob': true })).toBe(all);
  });
});

describe('preparing a send', () => {
  it('a filtered and a missing dataset look the same', async () => {
    const pair = new Pair().withSnapshots(DATA, '1').withSnapshots('tank/other', '1');
    const { sender } = await surveyed(pair);
    for (const dataset of ['tank/other', 'tank/none']) {
      const other = step(null, version(pair, '1'), { dataset });
      await expect(sender.prepare(other, [], RESUMABILITY, {})).rejects.toMatchObject({
        code: 'no-access',
        facts: { name: dataset },
      });
      await expect(sender.completed(dataset, other.to, [], RESUMABILITY, {})).rejects.toMatchObject({
        code: 'no-access',
      });
    }
  });

  it.each<[string, boolean, JobSettings, string]>([
    [
      'clear text where encryption is promised',
      false,
      { encrypted: true, flags: RAW },
      'encrypted-requested-but-unencrypted',
    ],
    ['raw without the promise', true, { flags: RAW }, 'raw-policy-violated'],
    ['a promise without raw', true, { encrypted: true, flags: PLAIN }, 'internal'],
  ])('refuses %s by itself, whatever the planner said', async (_, encrypted, settings, code) => {
    const pair = new Pair();
    pair.source.addDataset(DATA, encrypted ? { encryption: 'root' } : {});
    pair.withSnapshots(DATA, '1');
    const { sender } = await surveyed(pair, settings);
    const prepared = sender.prepare(step(null, version(pair, '1')), [], RESUMABILITY, {});
    await expect(prepared).rejects.toMatchObject({ code });
    expect(pair.world.effects).toEqual([]);
  });

  it.each<[string, Parameters<typeof encodeResumeToken>[0]]>([
    ['another dataset', { toGuid: 0n, toName: 'tank/other@1' }],
    ['another snapshot', { toGuid: 77n, toName: 'tank/data@1' }],
    ['another kind of stream', { toGuid: 0n, fromGuid: 5n, toName: 'tank/data@1' }],
    ['a saved stream', { toGuid: 0n, toName: 'tank/data@1', flags: ['savedok'] }],
  ])('refuses a token that asks for %s before anything is held', async (_, fields) => {
    const pair = new Pair().withSnapshots(DATA, '1');
    const { sender } = await surveyed(pair);
    const to = version(pair, '1');
    const text = encodeResumeToken({ ...fields, toGuid: fields.toGuid === 0n ? to.guid : fields.toGuid });
    const prepared = sender.prepare(step(null, to, { resume: resumeOf(text) }), [], RESUMABILITY, {});
    await expect(prepared).rejects.toMatchObject({ code: 'token-mismatch' });
    expect(pair.world.effects).toEqual([]);
  });

  it('a token of clear text for an encrypted dataset under a promise is refused', async () => {
    const pair = new Pair();
    pair.source.addDataset(DATA, { encryption: 'root' });
    pair.withSnapshots(DATA, '1');
    const { sender } = await surveyed(pair, { encrypted: true, flags: RAW });
    const to = version(pair, '1');
    const clear = encodeResumeToken({ toGuid: to.guid, toName: 'tank/data@1' });
    const raw = encodeResumeToken({ toGuid: to.guid, toName: 'tank/data@1', flags: ['rawok'] });
    const prepare = (text: string) => sender.prepare(step(null, to, { resume: resumeOf(text) }), [], RESUMABILITY, {});
    await expect(prepare(clear)).rejects.toMatchObject({ code: 'token-mismatch' });
    expect((await prepare(raw)).request.resumeToken).toBe(raw);
  });

  it('says what was asked for: flags, range, base', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2', '3');
    const { sender } = await surveyed(pair);
    const [a, b, c] = [version(pair, '1'), version(pair, '2'), version(pair, '3')];
    const range = await sender.prepare(step(a, c, { between: [b] }), [], RESUMABILITY, {});
    expect(range.request).toMatchObject({
      dataset: DATA,
      from: { name: '1' },
      to: { name: '3' },
      range: true,
      flags: PLAIN,
    });
    const full = await sender.prepare(step(null, a), [], RESUMABILITY, {});
    expect(full.request).not.toHaveProperty('from');
    expect(full.request.range).toBe(false);
  });

  it('protects first, then looks again, and only then removes what is stale', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2');
    const old = guidOf(pair, '1');
    await pair.source.hold(stepHoldTag(JOB), [{ dataset: DATA, name: '1' }]);
    await pair.source.bookmark(DATA, version(pair, '1'), tentativeCursorName(old, JOB));
    const { sender } = await surveyed(pair);
    const from = pair.source.calls.length;
    await sender.prepare(step(null, version(pair, '2')), [], RESUMABILITY, {});
    const methods = pair.source.calls.slice(from).map(({ method }) => method);
    expect(methods.filter((method) => method !== 'capabilities')).toEqual([
      'hold',
      'readBack',
      'release',
      'destroyBookmark',
    ]);
  });

  it('the marks of the steps after this one stay', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2', '3');
    await pair.source.hold(stepHoldTag(JOB), [{ dataset: DATA, name: '3' }]);
    const { sender } = await surveyed(pair);
    const [a, b, c] = [version(pair, '1'), version(pair, '2'), version(pair, '3')];
    const later = [step(b, c)];
    await sender.prepare(step(a, b), later, RESUMABILITY, {});
    await sender.completed(DATA, b, later, RESUMABILITY, {});
    expect(pair.source.holdsOn(DATA)).toEqual([`2 ${stepHoldTag(JOB)}`, `3 ${stepHoldTag(JOB)}`]);
    await sender.completed(DATA, c, [], RESUMABILITY, {});
    expect(pair.source.holdsOn(DATA)).toEqual([]);
  });

  it.each([
    ['the target', ({ source }: Pair) => source.removeSnapshot(DATA, '2'), 'guarantee_nothing', 'send-source-gone'],
    ['the base', ({ source }: Pair) => source.removeSnapshot(DATA, '1'), 'guarantee_nothing', 'send-source-gone'],
    [
      'the target, seen when it is held',
      ({ source }: Pair) => source.removeSnapshot(DATA, '2'),
      RESUMABILITY,
      'send-source-gone',
    ],
    [
      'the target, seen when it is marked',
      ({ source }: Pair) => source.removeSnapshot(DATA, '2'),
      INCREMENTAL,
      'send-source-gone',
    ],
    ['the dataset', ({ source }: Pair) => source.datasets.delete(DATA), 'guarantee_nothing', 'send-source-gone'],
    [
      'the dataset, and there is another one of the name with the same snapshots',
      ({ source }: Pair) => {
        const old = source.datasets.get(DATA);
        source.addDataset(DATA).snapshots = old?.snapshots ?? [];
      },
      'guarantee_nothing',
      'guid-changed',
    ],
  ] as const)('gone since it was planned: %s', async (_, change, guarantee, code) => {
    const pair = new Pair().withSnapshots(DATA, '1', '2');
    const { sender } = await surveyed(pair);
    const planned = step(version(pair, '1'), version(pair, '2'));
    change(pair);
    const prepared = sender.prepare(planned, [], guarantee, {});
    await expect(prepared).rejects.toMatchObject({ code, retry: 'replan' });
  });

  it('a cancellation while cleaning is a cancellation', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2');
    await pair.source.hold(stepHoldTag(JOB), [{ dataset: DATA, name: '1' }]);
    const { sender } = await surveyed(pair);
    pair.source.before = ({ method }) => {
      if (method === 'release') throw new ProblemError('command-aborted');
    };
    const prepared = sender.prepare(step(null, version(pair, '2')), [], RESUMABILITY, {});
    await expect(prepared).rejects.toMatchObject({ code: 'command-aborted' });
    expect(pair.cleanupProblems).toEqual([]);
  });
});

describe('completing a step', () => {
  it('is the same done once or twice', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    const { sender } = await surveyed(pair);
    await sender.completed(DATA, version(pair, '1'), [], RESUMABILITY, {});
    const effects = [...pair.world.effects];
    await sender.completed(DATA, version(pair, '1'), [], RESUMABILITY, {});
    expect(pair.world.effects).toEqual(effects);
    expect(pair.source.bookmarkNames(DATA)).toEqual([cursorName(guidOf(pair, '1'), JOB)]);
  });

  it('sets the new cursor before the old one goes', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2');
    const { sender } = await surveyed(pair);
    await sender.completed(DATA, version(pair, '1'), [], RESUMABILITY, {});
    await sender.completed(DATA, version(pair, '2'), [], RESUMABILITY, {});
    expect(pair.world.effects.map((effect) => effect.split(' ')[1])).toEqual(['bookmark', 'bookmark', 'destroy']);
  });

  it('never leaves more than two cursors, however often it was interrupted before the old one went', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2', '3', '4');
    const most: number[] = [];
    for (const name of ['1', '2', '3', '4']) {
      const { sender } = await surveyed(pair);
      const cursor = cursorName(guidOf(pair, name), JOB);
      // The process dies as soon as the new cursor stands.
      pair.source.before = ({ method }) => {
        const names = pair.source.bookmarkNames(DATA);
        if (method === 'destroyBookmark' && names.includes(cursor)) throw new ProblemError('command-aborted');
      };
      await sender.completed(DATA, version(pair, name), [], RESUMABILITY, {}).catch(() => undefined);
      most.push(pair.source.bookmarkNames(DATA).length);
    }
    expect(most).toEqual([1, 2, 2, 2]);
  });

  it('without guarantees an existing cursor stays: pruning would know nothing otherwise', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2');
    const { sender } = await surveyed(pair);
    await sender.completed(DATA, version(pair, '1'), [], RESUMABILITY, {});
    await sender.completed(DATA, version(pair, '2'), [], 'guarantee_nothing', {});
    expect(pair.source.bookmarkNames(DATA)).toEqual([cursorName(guidOf(pair, '1'), JOB)]);
  });

  it('of a snapshot that is gone and left no mark fails, and gives up nothing', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2');
    const { sender } = await surveyed(pair);
    await sender.completed(DATA, version(pair, '1'), [], RESUMABILITY, {});
    const gone = version(pair, '2');
    pair.source.removeSnapshot(DATA, '2');
    await expect(sender.completed(DATA, gone, [], RESUMABILITY, {})).rejects.toMatchObject({
      code: 'send-source-gone',
    });
    expect(pair.source.bookmarkNames(DATA)).toEqual([cursorName(guidOf(pair, '1'), JOB)]);
  });

  it('of a snapshot that left a tentative cursor copies that; where it cannot be copied, it stays', async () => {
    for (const bookmarkCopy of [true, false]) {
      const pair = new Pair({ bookmarkCopy }).withSnapshots(DATA, '1');
      const gone = version(pair, '1');
      await pair.source.bookmark(DATA, gone, tentativeCursorName(gone.guid, JOB));
      const { sender } = await surveyed(pair);
      pair.source.removeSnapshot(DATA, '1');
      await sender.completed(DATA, gone, [], INCREMENTAL, {});
      const name = bookmarkCopy ? cursorName(gone.guid, JOB) : tentativeCursorName(gone.guid, JOB);
      expect(pair.source.bookmarkNames(DATA)).toEqual([name]);
    }
  });

  it('a copy that fails although it should work falls back to the snapshot', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    const to = version(pair, '1');
    await pair.source.bookmark(DATA, to, tentativeCursorName(to.guid, JOB));
    const { sender } = await surveyed(pair);
    let tries = 0;
    pair.source.before = ({ method }) => {
      if (method === 'bookmark' && tries++ === 0) throw new ProblemError('bookmark-copy-unsupported');
    };
    await sender.completed(DATA, to, [], INCREMENTAL, {});
    expect(pair.source.bookmarkNames(DATA)).toEqual([cursorName(to.guid, JOB)]);
  });

  it('a snapshot that was replaced under its name gets no cursor, and the one before stays', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2');
    const before = cursorName(guidOf(pair, '1'), JOB);
    await pair.source.bookmark(DATA, version(pair, '1'), before);
    const to = version(pair, '2');
    const { sender } = await surveyed(pair);
    pair.source.removeSnapshot(DATA, '2');
    pair.withSnapshots(DATA, '2');
    const completed = sender.completed(DATA, to, [], INCREMENTAL, {});
    await expect(completed).rejects.toMatchObject({ code: 'send-source-gone' });
    expect(pair.source.bookmarkNames(DATA)).toEqual([before]);
  });

  it('a bookmark of the name that marks another snapshot is an error and stays', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2');
    const name = cursorName(guidOf(pair, '2'), JOB);
    await pair.source.bookmark(DATA, version(pair, '1'), name);
    const { sender } = await surveyed(pair);
    const completed = sender.completed(DATA, version(pair, '2'), [], RESUMABILITY, {});
    await expect(completed).rejects.toMatchObject({ code: 'bookmark-exists' });
    expect(pair.source.bookmarkNames(DATA)).toEqual([name]);
  });
});

describe('what a sender tells the other jobs', () => {
  const told = (pair: Pair) => {
    const order: string[] = [];
    pair.source.before = ({ method }) => {
      if (['hold', 'bookmark', 'prepareSend'].includes(method)) order.push(method);
    };
    const transfers: OwnTransfers = {
      begin: async (dataset, guids) => {
        order.push(`begin ${dataset} ${guids.size}`);
        return { undo: () => order.push('undo') };
      },
      end: (dataset) => order.push(`end ${dataset}`),
    };
    return { order, transfers };
  };

  it.each([RESUMABILITY, INCREMENTAL] as const)(
    'comes before the first mark, and ends with the last: %s',
    async (guarantee) => {
      const pair = new Pair().withSnapshots(DATA, 'a', 'b', 'c');
      const { order, transfers } = told(pair);
      const { sender } = await surveyed(pair, { sender: { transfers } });
      const [a, b, c] = ['a', 'b', 'c'].map((name) => version(pair, name));
      if (a === undefined || b === undefined || c === undefined) throw new Error('no snapshots');
      await sender.prepare(step(a, c, { between: [b] }), [], guarantee, {});
      expect(order[0]).toBe(`begin ${DATA} 3`);
      expect(order.length).toBeGreaterThan(1);
      await sender.completed(DATA, c, [], guarantee, {});
      expect(order.at(-1)).toBe(`end ${DATA}`);
      expect(order).not.toContain('undo');
    },
  );

  it('is taken back where nothing can be sent, and is nothing where nothing is promised', async () => {
    const pair = new Pair().withSnapshots(DATA, 'a', 'b');
    const { order, transfers } = told(pair);
    const { sender } = await surveyed(pair, { sender: { transfers } });
    const whole = step(null, version(pair, 'b'));
    await sender.prepare(whole, [], 'guarantee_nothing', {});
    expect(order.filter((one) => one.startsWith('begin'))).toEqual([]);
    const b = pair.source.datasets.get(DATA);
    if (b === undefined) throw new Error('no dataset');
    b.snapshots.splice(1, 1);
    await expect(sender.prepare(whole, [], RESUMABILITY, {})).rejects.toMatchObject({ code: 'send-source-gone' });
    expect(order.at(-1)).toBe('undo');
  });
});
