import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { CHAIN_PROPERTY, KEY_PROPERTY } from '../../../core/endpoint/chain.ts';
import type { SenderDataset, TransferStep } from '../../../core/endpoint/types.ts';
import { lastReceivedHoldTag } from '../../../core/zfs/marks.ts';
import type { Version } from '../../../core/zfs/types.ts';
import type { MemoryCall } from '../doubles/memory-zfs.ts';
import { type JobSettings, Pair, PLAIN, RAW, ROOT, receivedTag, senderDataset } from '../replication/support.ts';
import { resumeOf, step } from './support.ts';

const DATA = 'tank/data';
const COPY = `${ROOT}/tank/data`;

function version(pair: Pair, name: string): Version {
  const found = pair.source.datasets.get(DATA)?.snapshots.find((snapshot) => snapshot.name === name);
  if (found === undefined) throw new Error(name);
  return { type: 'snapshot', name, guid: found.guid, createtxg: found.createtxg };
}

function send(pair: Pair, planned: TransferStep, settings: JobSettings = {}) {
  return pair.source.prepareSend({
    dataset: planned.dataset,
    ...(planned.from === null ? {} : { from: planned.from }),
    to: planned.to,
    range: planned.between.length > 0,
    flags: settings.flags ?? PLAIN,
  });
}

async function receive(
  pair: Pair,
  planned: TransferStep,
  settings: JobSettings = {},
  source: Partial<SenderDataset> = {},
) {
  const receiver = pair.receiver(settings);
  await receiver.survey({});
  await receiver.refine([planned.dataset], {});
  const outcome = await receiver.receive(planned, senderDataset([], source), send(pair, planned, settings), {
    guarantee: 'guarantee_resumability',
  });
  return { receiver, outcome };
}

/** The request of the last receive, as it was made. */
function spyReceives(pair: Pair): Parameters<typeof pair.target.receive>[0][] {
  const requests: Parameters<typeof pair.target.receive>[0][] = [];
  const original = pair.target.receive.bind(pair.target);
  pair.target.receive = (request, stream, options) => {
    requests.push(request);
    return original(request, stream, options);
  };
  return requests;
}

const isCall = (method: MemoryCall['method']) => (call: MemoryCall) => call.method === method;

describe('the survey of a receiver', () => {
  it('tells what lies strictly below the root of this client, by the names of the sender', async () => {
    const pair = new Pair();
    for (const name of ['laptop', 'laptop/tank', 'laptop/tank/a', 'other', 'other/tank'])
      pair.target.addDataset(`${ROOT}/${name}`);
    const receiver = pair.receiver({ receiver: { root: { rootFs: ROOT, clientIdentity: 'laptop' } } });
    expect(receiver.known()).toBeNull();
    const survey = await receiver.survey({});
    expect([...survey.keys()]).toEqual(['tank', 'tank/a']);
    expect(survey.get('tank')).toMatchObject({ localName: `${ROOT}/laptop/tank`, hasChildren: true, ours: false });
    expect(survey.get('tank/a')?.hasChildren).toBe(false);
    expect(receiver.known()?.size).toBe(2);
  });

  it('a root that is missing means that a pool is not there; the dataset of a client may be missing', async () => {
    const pair = new Pair();
    const missing = pair.receiver({ receiver: { root: { rootFs: 'backup/no', clientIdentity: null } } });
    await expect(missing.survey({})).rejects.toMatchObject({
      code: 'root-missing',
      retry: 'later',
      facts: { name: 'backup/no' },
    });
    expect(missing.known()).toBeNull();
    const client = pair.receiver({ receiver: { root: { rootFs: ROOT, clientIdentity: 'laptop' } } });
    expect((await client.survey({})).size).toBe(0);
    const noPool = pair.receiver({ receiver: { root: { rootFs: 'other', clientIdentity: 'laptop' } } });
    await expect(noPool.survey({})).rejects.toMatchObject({ code: 'root-missing' });
  });

  it('reads our marks only where they are set on the dataset itself', async () => {
    const pair = new Pair();
    const above = pair.target.addDataset(`${ROOT}/tank`);
    above.properties.set(CHAIN_PROPERTY, { value: 'raw', source: 'local' });
    above.properties.set(KEY_PROPERTY, { value: 'abc', source: 'local' });
    above.properties.set('zrepl:placeholder', { value: 'on', source: 'local' });
    pair.target.addDataset(COPY);
    const survey = await pair.receiver().survey({});
    expect(survey.get('tank')).toMatchObject({ ours: true, chain: 'raw', key: 'abc', placeholderFlag: true });
    expect(survey.get(DATA)).toMatchObject({ ours: false, chain: null, key: null, placeholderFlag: false });
  });

  it('one dataset can be looked at again; what is gone is forgotten', async () => {
    const pair = new Pair();
    pair.target.addDataset(`${ROOT}/tank`);
    const receiver = pair.receiver();
    await receiver.survey({});
    pair.target.addSnapshot(`${ROOT}/tank`, 'x');
    expect((await receiver.resurvey('tank', {}))?.versions).toMatchObject([{ name: 'x', userrefs: 0 }]);
    pair.target.datasets.delete(`${ROOT}/tank`);
    expect(await receiver.resurvey('tank', {})).toBeUndefined();
    expect(receiver.dataset('tank')).toBeUndefined();
  });

  it('what is gone together with its pool is not forgotten: the copies may come back with it', async () => {
    const pair = new Pair();
    pair.target.addDataset(`${ROOT}/tank`);
    pair.target.addSnapshot(`${ROOT}/tank`, 'x');
    const receiver = pair.receiver();
    await receiver.survey({});
    pair.target.datasets.clear();
    await expect(receiver.resurvey('tank', {})).rejects.toMatchObject({ code: 'root-missing' });
    expect(receiver.known()?.get('tank')?.versions).toMatchObject([{ name: 'x' }]);
  });

  it('a pool that comes back between two looks has not lost its copies', async () => {
    const pair = new Pair();
    for (const name of ['laptop', 'laptop/tank']) pair.target.addDataset(`${ROOT}/${name}`);
    pair.target.addSnapshot(`${ROOT}/laptop/tank`, 'x');
    const there = new Map(pair.target.datasets);
    const away = () => pair.target.datasets.clear();
    pair.target.before = ({ method }) => {
      if (method === 'readBack') for (const [name, dataset] of there) pair.target.datasets.set(name, dataset);
    };
    const receiver = pair.receiver({ receiver: { root: { rootFs: ROOT, clientIdentity: 'laptop' } } });
    away();
    expect((await receiver.survey({})).get('tank')?.versions).toMatchObject([{ name: 'x' }]);
    away();
    expect((await receiver.resurvey('tank', {}))?.versions).toMatchObject([{ name: 'x' }]);
  });

  it('refining does not mix a new dataset of the name with the old one', async () => {
    const pair = new Pair();
    pair.target.addDataset(`${ROOT}/tank`);
    pair.target.addSnapshot(`${ROOT}/tank`, 'old');
    const receiver = pair.receiver();
    await receiver.survey({});
    pair.target.datasets.delete(`${ROOT}/tank`);
    pair.target.addDataset(`${ROOT}/tank`);
    await receiver.refine(['tank', 'unknown'], {});
    expect(receiver.dataset('tank')?.versions).toMatchObject([{ name: 'old' }]);
  });
});

describe('what a receive asks of zfs', () => {
  it('names the snapshot of a single step, leaves a range to the stream, and never forces', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2', '3');
    const requests = spyReceives(pair);
    await receive(pair, step(null, version(pair, '1')));
    await receive(pair, step(version(pair, '1'), version(pair, '3'), { between: [version(pair, '2')] }));
    expect(
      requests.map(({ dataset, snapshot, force, savePartial }) => ({ dataset, snapshot, force, savePartial })),
    ).toEqual([
      { dataset: COPY, snapshot: '1', force: false, savePartial: true },
      { dataset: COPY, snapshot: undefined, force: false, savePartial: true },
    ]);
  });

  it('-o and -x come from the own configuration; -x only where the stream carries properties', async () => {
    const properties = { inherit: ['mountpoint'], override: new Map([['user:x', 'y']]), protective: false };
    for (const flags of [PLAIN, { ...PLAIN, properties: true }, { ...PLAIN, backupProperties: true }]) {
      const pair = new Pair().withSnapshots(DATA, '1');
      const requests = spyReceives(pair);
      await receive(pair, step(null, version(pair, '1')), { flags, receiver: { properties } });
      expect(requests[0]?.inherit).toEqual(flags === PLAIN ? [] : ['mountpoint']);
      expect(requests[0]?.override).toEqual([
        ['user:x', 'y'],
        [CHAIN_PROPERTY, 'plain'],
      ]);
    }
  });

  it('remembers flags and key of a raw chain on the copy', async () => {
    const pair = new Pair();
    pair.source.addDataset(DATA, { encryption: 'root' });
    pair.withSnapshots(DATA, '1');
    await receive(pair, step(null, version(pair, '1')), { flags: RAW }, { encrypted: true, keyFingerprint: 'fp' });
    const survey = await pair.receiver().survey({});
    expect(survey.get(DATA)).toMatchObject({ chain: 'raw', key: 'fp', ours: true, encrypted: true });
  });

  it('passes on progress, limit and signal', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    const receiver = pair.receiver({ receiver: { currentLimit: () => 5 } });
    await receiver.survey({});
    const planned = step(null, version(pair, '1'));
    const seen: number[] = [];
    let limit: number | undefined;
    const original = pair.target.receive.bind(pair.target);
    pair.target.receive = (request, stream, options) => {
      limit = options?.limitBytesPerSecond;
      return original(request, stream, options);
    };
    const outcome = await receiver.receive(planned, senderDataset([]), send(pair, planned), {
      guarantee: 'guarantee_nothing',
      signal: new AbortController().signal,
      onProgress: ({ bytes }) => seen.push(bytes),
    });
    expect(outcome).toEqual({ bytes: 1000, problems: [] });
    expect(seen).toEqual([500, 1000]);
    expect(limit).toBe(5);
  });

  it.each(['a@b', 'a,b', 'a%b', '../x', ''])(
    'a snapshot called %j by the other side reaches no command',
    async (name) => {
      const pair = new Pair().withSnapshots(DATA, '1');
      const planned = step(null, { ...version(pair, '1'), name });
      const calls = () => pair.target.calls.filter(isCall('receive')).length;
      await expect(receive(pair, planned)).rejects.toMatchObject({ code: 'name-invalid' });
      const between = step(version(pair, '1'), version(pair, '1'), { between: [{ ...version(pair, '1'), name }] });
      await expect(receive(pair, between)).rejects.toMatchObject({ code: 'name-invalid' });
      expect(calls()).toBe(0);
    },
  );
});

describe('force is decided again from facts read that moment', () => {
  it('a stand-in that got a snapshot since it was planned is not forced', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.addDataset(`${ROOT}/tank`);
    const target = pair.target.addDataset(COPY);
    target.properties.set('zrepl:placeholder', { value: 'on', source: 'local' });
    const receiver = pair.receiver();
    await receiver.survey({});
    pair.target.addSnapshot(COPY, 'precious');
    const planned = step(null, version(pair, '1'));
    const received = receiver.receive(planned, senderDataset([]), send(pair, planned), {
      guarantee: 'guarantee_nothing',
    });
    await expect(received).rejects.toMatchObject({ code: 'destination-has-snapshots' });
    expect(pair.target.calls.some(isCall('receive'))).toBe(false);
  });

  it('a stand-in that became a real dataset since is not forced either', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.addDataset(`${ROOT}/tank`);
    const target = pair.target.addDataset(COPY);
    target.properties.set('zrepl:placeholder', { value: 'on', source: 'local' });
    const receiver = pair.receiver();
    await receiver.survey({});
    target.properties.clear();
    const planned = step(null, version(pair, '1'));
    const received = receiver.receive(planned, senderDataset([]), send(pair, planned), {
      guarantee: 'guarantee_nothing',
    });
    await expect(received).rejects.toMatchObject({ code: 'destination-exists' });
  });

  it('a resume is not forced onto a snapshot that somebody took meanwhile', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.cutAfter = {};
    await expect(receive(pair, step(null, version(pair, '1')))).rejects.toMatchObject({ code: 'receive-interrupted' });
    const receiver = pair.receiver();
    const survey = await receiver.survey({});
    const text = survey.get(DATA)?.resumeToken ?? '';
    const planned = step(null, version(pair, '1'), { resume: resumeOf(text) });
    const requests = spyReceives(pair);
    pair.target.addSnapshot(COPY, 'foreign');
    const received = receiver.receive(planned, senderDataset([]), send(pair, planned), {
      guarantee: 'guarantee_nothing',
    });
    await expect(received).rejects.toMatchObject({ code: 'destination-has-snapshots' });
    expect(requests).toEqual([]);
  });
});

describe('after a receive', () => {
  it('the new hold is set before the old one is released', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2');
    await receive(pair, step(null, version(pair, '1')));
    const from = pair.world.effects.length;
    await receive(pair, step(version(pair, '1'), version(pair, '2')));
    const holds = pair.world.effects.slice(from).filter((effect) => /hold|release/.test(effect));
    expect(holds).toEqual([`nas: hold ${receivedTag} ${COPY}@2`, `nas: release ${receivedTag} ${COPY}@1`]);
  });

  it('without guarantees nothing is held, and what was held is released', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    const { receiver } = await receive(pair, step(null, version(pair, '1')));
    await receiver.confirmed(DATA, version(pair, '1'), 'guarantee_nothing', {});
    expect(pair.target.holdsOn(COPY)).toEqual([]);
  });

  it('holds left by interrupted runs never pile up beyond two, and those of others stay', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2', '3', '4');
    const other = lastReceivedHoldTag('other');
    await receive(pair, step(null, version(pair, '1')));
    await receive(pair, step(version(pair, '1'), version(pair, '2')));
    await receive(pair, step(version(pair, '2'), version(pair, '3')));
    await pair.target.hold(receivedTag, [
      { dataset: COPY, name: '1' },
      { dataset: COPY, name: '2' },
    ]);
    await pair.target.hold(other, [{ dataset: COPY, name: '2' }]);
    let most = 0;
    pair.world.onEffect = (effect) => {
      if (!effect.includes('hold')) return;
      most = Math.max(most, pair.target.holdsOn(COPY).filter((hold) => hold.endsWith(receivedTag)).length);
    };
    await receive(pair, step(version(pair, '3'), version(pair, '4')));
    expect(most).toBe(2);
    expect(pair.target.holdsOn(COPY)).toEqual([`2 ${other}`, `4 ${receivedTag}`]);
  });

  it('what could not be released is known to be held still, and is released with the next step', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2', '3');
    const { receiver } = await receive(pair, step(null, version(pair, '1')));
    const next = (from: string, to: string) => {
      const planned = step(version(pair, from), version(pair, to));
      return receiver.receive(planned, senderDataset([]), send(pair, planned), { guarantee: 'guarantee_incremental' });
    };
    pair.target.before = ({ method }) => {
      if (method === 'release') throw new ProblemError('busy', { name: COPY, host: 'nas' });
    };
    await next('1', '2');
    pair.target.before = () => {};
    await next('2', '3');
    expect(pair.target.holdsOn(COPY)).toEqual([`3 ${receivedTag}`]);
  });

  it('a hold that fails fails the step; a release that fails is only told', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2');
    await receive(pair, step(null, version(pair, '1')));
    pair.target.before = ({ method }) => {
      if (method === 'release') throw new ProblemError('busy', { name: COPY, host: 'nas' });
    };
    await receive(pair, step(version(pair, '1'), version(pair, '2')));
    expect(pair.cleanupProblems).toMatchObject([
      { code: 'busy', place: { side: 'receiver', phase: 'cleanup', dataset: DATA } },
    ]);
    pair.withSnapshots(DATA, '3');
    pair.target.before = ({ method }) => {
      if (method === 'hold') throw new ProblemError('permission-denied', { host: 'nas' });
    };
    const third = receive(pair, step(version(pair, '2'), version(pair, '3')));
    await expect(third).rejects.toMatchObject({ code: 'permission-denied' });
  });

  it('a cancellation while cleaning is a cancellation', async () => {
    const pair = new Pair().withSnapshots(DATA, '1', '2');
    await receive(pair, step(null, version(pair, '1')));
    pair.target.before = ({ method }) => {
      if (method === 'release') throw new ProblemError('command-aborted');
    };
    const second = receive(pair, step(version(pair, '1'), version(pair, '2')));
    await expect(second).rejects.toMatchObject({ code: 'command-aborted' });
  });

  it('only what is known and there can be confirmed', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    const { receiver } = await receive(pair, step(null, version(pair, '1')));
    const unknown = { ...version(pair, '1'), guid: 4711n };
    await expect(receiver.confirmed(DATA, unknown, 'guarantee_nothing', {})).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(receiver.confirmed('tank/no', unknown, 'guarantee_nothing', {})).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('what was received first is known as if it had been listed', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    const { receiver } = await receive(pair, step(null, version(pair, '1')));
    const fresh = (await pair.receiver().survey({})).get(DATA);
    const known = receiver.dataset(DATA);
    const bare = (entry: typeof known) => ({
      ...entry,
      versions: entry?.versions.map(({ type, name, guid }) => ({ type, name, guid })),
    });
    expect(bare(known)).toEqual(bare(fresh));
  });

  it('what was read back incompletely is listed', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    const original = pair.target.readBack.bind(pair.target);
    pair.target.readBack = async (names, properties) => {
      const seen = new Map(await original(names, properties));
      seen.delete(COPY);
      return seen;
    };
    const { receiver } = await receive(pair, step(null, version(pair, '1')));
    expect(receiver.dataset(DATA)?.guid).toBe(pair.target.datasets.get(COPY)?.guid);
  });

  it.each([false, true])(
    'a copy in clear text is an alarm where encryption is promised (it was there before: %s)',
    async (before) => {
      const pair = new Pair().withSnapshots(DATA, '1', '2');
      const settings = { receiver: { mustBeEncrypted: true } };
      if (before) await receive(pair, step(null, version(pair, '1')));
      const received = pair.received(DATA);
      const planned = before ? step(version(pair, '1'), version(pair, '2')) : step(null, version(pair, '1'));
      await expect(receive(pair, planned, settings)).rejects.toMatchObject({ code: 'received-unencrypted' });
      if (before) expect(pair.received(DATA)).toEqual(received);
      const receiver = pair.receiver(settings);
      await receiver.survey({});
      const confirmed = receiver.confirmed(DATA, version(pair, '1'), 'guarantee_incremental', {});
      await expect(confirmed).rejects.toMatchObject({ code: 'received-unencrypted' });
    },
  );
});

describe('a receive that fails', () => {
  it.each([
    ['the stream broke: what landed of a range is known', undefined, ['1', '2']],
    ['the machine is away: nothing is asked of it', new ProblemError('connection-lost', { host: 'nas' }), ['1']],
  ] as const)('%s', async (_, error, known) => {
    const pair = new Pair().withSnapshots(DATA, '1', '2', '3');
    await receive(pair, step(null, version(pair, '1')));
    pair.target.cutAfter = { snapshots: 1, ...(error === undefined ? {} : { error }) };
    const receiver = pair.receiver();
    await receiver.survey({});
    const planned = step(version(pair, '1'), version(pair, '3'), { between: [version(pair, '2')] });
    const received = receiver.receive(planned, senderDataset([]), send(pair, planned), {
      guarantee: 'guarantee_nothing',
    });
    await expect(received).rejects.toMatchObject({ code: error?.code ?? 'receive-interrupted' });
    expect(receiver.dataset(DATA)?.versions.map(({ name }) => name)).toEqual(known);
    expect(receiver.dataset(DATA)?.resumeToken === null).toBe(error !== undefined);
  });
});

describe('throwing partial state away', () => {
  async function partial() {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.cutAfter = {};
    await receive(pair, step(null, version(pair, '1'))).catch(() => undefined);
    const receiver = pair.receiver();
    const survey = await receiver.survey({});
    return { pair, receiver, token: survey.get(DATA)?.resumeToken ?? '' };
  }

  it('only if it is still what the plan saw', async () => {
    const { pair, receiver, token } = await partial();
    await expect(receiver.abandonPartial(DATA, `${token}0`, {})).rejects.toMatchObject({
      code: 'partial-state-present',
    });
    expect(pair.target.datasets.get(COPY)?.partial).not.toBeNull();
    await receiver.abandonPartial(DATA, token, {});
    // An unfinished first receive goes whole.
    expect(pair.target.datasets.has(COPY)).toBe(false);
    await receiver.abandonPartial(DATA, token, {});
  });

  it('never one that cannot be read', async () => {
    const { pair, receiver } = await partial();
    const target = pair.target.datasets.get(COPY);
    if (target?.partial != null) target.partial = { ...target.partial, text: 'rubbish' };
    await expect(receiver.abandonPartial(DATA, 'rubbish', {})).rejects.toMatchObject({ code: 'token-corrupt' });
    expect(target?.partial).not.toBeNull();
  });
});

describe('the ends of the machine', () => {
  it('a ping asks whoever knows', async () => {
    const pair = new Pair();
    const ping = () => Promise.reject(new ProblemError('host-unreachable', { host: 'nas' }));
    await expect(pair.receiver({ receiver: { ping } }).ping({})).rejects.toMatchObject({ code: 'host-unreachable' });
    await expect(pair.sender({ sender: { ping } }).ping({})).rejects.toMatchObject({ code: 'host-unreachable' });
    expect([pair.sender().label, pair.receiver().label]).toEqual(['laptop', 'nas']);
  });
});
