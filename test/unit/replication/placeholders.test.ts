import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../core/endpoint/filter.ts';
import { ZfsReceiver } from '../../../core/endpoint/receiver.ts';
import { listingRoots } from '../../../core/endpoint/roots.ts';
import { ZfsSender } from '../../../core/endpoint/sender.ts';
import { MemoryZfs } from '../doubles/memory-zfs.ts';
import { expectSteady, Pair, PLAIN, problemsOf, RAW, ROOT } from './support.ts';

const DEEP = { filter: { 'tank/a/b/c': true } };

describe('parents that are not replicated', () => {
  it('are created as stand-ins, once, and replaced when they take part after all', async () => {
    const pair = new Pair().withSnapshots('tank/a/b/c', '1');
    await pair.run(DEEP);
    for (const dataset of ['tank', 'tank/a', 'tank/a/b']) {
      expect(pair.target.datasets.get(`${ROOT}/${dataset}`)?.properties.get('zrepl:placeholder')?.value).toBe('on');
    }
    pair.withSnapshots('tank/a', 'p').withSnapshots('tank/a/b/c', '2');
    await pair.run({ filter: { 'tank/a': true, 'tank/a/b/c': true } });
    expect(pair.received('tank/a')).toEqual(['p']);
    expect(pair.received('tank/a/b/c')).toEqual(['1', '2']);
    expect(pair.target.datasets.get(`${ROOT}/tank/a`)?.properties.get('zrepl:placeholder')?.value).toBe('off');
    expectSteady(pair, 'p', 'tank/a');
  });

  it('are created by one of several that need the same ones', async () => {
    const pair = new Pair();
    for (const name of ['1', '2', '3']) pair.withSnapshots(`tank/a/b/${name}`, 's');
    const filter = { 'tank/a/b<': true, 'tank/a/b': false };
    const report = await pair.run({ filter, run: { concurrency: 3 } });
    expect(report.outcome).toBe('done');
    expect(pair.target.calls.filter(({ method }) => method === 'createPlaceholder')).toHaveLength(3);
  });

  it('are left as they are when somebody else was quicker', async () => {
    const pair = new Pair().withSnapshots('tank/a/b/c', '1');
    pair.target.before = ({ method, names }) => {
      if (method === 'createPlaceholder' && names[0] === `${ROOT}/tank`) pair.target.addDataset(`${ROOT}/tank`);
    };
    expect((await pair.run(DEEP)).outcome).toBe('done');
    expect(pair.target.datasets.get(`${ROOT}/tank`)?.properties.size).toBe(0);
  });

  it('unspecified encryption: a step error that names the stand-in, and nothing is created', async () => {
    const pair = new Pair().withSnapshots('tank/a/b/c', '1');
    const report = await pair.run({ ...DEEP, receiver: { placeholderEncryption: 'unspecified' } });
    expect(report.attempts[0]?.datasets[0]).toMatchObject({
      state: 'step-error',
      currentStep: 0,
      problem: { code: 'placeholder-encryption-unspecified', facts: { name: `${ROOT}/tank` } },
    });
    expect(report.attempts[0]?.datasets[0]?.steps).toHaveLength(1);
    expect(pair.target.datasets.has(`${ROOT}/tank`)).toBe(false);
  });

  it('inherit: below an encrypted root everything is encrypted with its key', async () => {
    const pair = new Pair().withSnapshots('tank/a/b/c', '1');
    pair.target.addDataset(ROOT, { encryption: 'root' });
    expect((await pair.run(DEEP)).outcome).toBe('done');
    expect(pair.target.datasets.get(`${ROOT}/tank/a/b/c`)?.encryptionRoot).toBe(ROOT);
  });

  it('off: below an encrypted root whose key is not loaded raw copies arrive, the client root included', async () => {
    const pair = new Pair();
    pair.target.addDataset(ROOT, { encryption: 'root', keyLoaded: false });
    pair.source.addDataset('tank/a', {});
    pair.source.addDataset('tank/a/b', {});
    pair.source.addDataset('tank/a/b/c', { encryption: 'root' });
    pair.withSnapshots('tank/a/b/c', '1');
    const settings = { ...DEEP, encrypted: true, flags: RAW };
    const root = { rootFs: ROOT, clientIdentity: 'laptop' };
    const inherit = await pair.run({ ...settings, receiver: { root } });
    expect(problemsOf(inherit)).toEqual({ 'tank/a/b/c': 'key-not-loaded' });
    const off = await pair.run({ ...settings, receiver: { root, placeholderEncryption: 'off' } });
    expect(off.outcome).toBe('done');
    expect(pair.target.datasets.get(`${ROOT}/laptop`)?.encrypted).toBe(false);
    expect(pair.target.datasets.get(`${ROOT}/laptop/tank/a/b/c`)?.encryptionRoot).toBe(`${ROOT}/laptop/tank/a/b/c`);
  });

  it('unspecified is enough for the dataset of the client itself', async () => {
    const pair = new Pair().withSnapshots('tank', '1').withSnapshots('tank/child', '1');
    const report = await pair.run({
      filter: { 'tank<': true },
      receiver: { root: { rootFs: ROOT, clientIdentity: 'laptop' }, placeholderEncryption: 'unspecified' },
    });
    expect(report.outcome).toBe('done');
    expect(pair.target.snapshotNames(`${ROOT}/laptop/tank/child`)).toEqual(['1']);
  });

  it('nothing at or above the root is ever created', async () => {
    const pair = new Pair().withSnapshots('tank/data', '1');
    const receiver = { root: { rootFs: 'backup/missing', clientIdentity: null } };
    expect(problemsOf(await pair.run({ receiver }))).toEqual({ '*': 'root-missing' });
    const client = { root: { rootFs: 'nopool/x', clientIdentity: 'laptop' } };
    expect(problemsOf(await pair.run({ receiver: client }))).toEqual({ '*': 'root-missing' });
    expect(pair.world.effects).toEqual([]);
  });

  it('a value of older installations counts as a stand-in too, an inherited or received one does not', async () => {
    for (const [value, source, outcome] of [
      ['on', 'local', 'done'],
      ['off', 'local', 'failed'],
      ['on', 'received', 'failed'],
    ] as const) {
      const pair = new Pair().withSnapshots('tank', '1');
      const target = pair.target.addDataset(`${ROOT}/tank`);
      target.properties.set('zrepl:placeholder', { value, source });
      expect((await pair.run({ filter: { tank: true } })).outcome).toBe(outcome);
    }
  });
});

describe('a chain of three machines', () => {
  it('brings a dataset to the third; its parent is a stand-in on the second and on the third', async () => {
    const pair = new Pair().withSnapshots('tank/a/b', '1');
    await pair.run({ filter: { 'tank/a/b': true }, receiver: { placeholderEncryption: 'off' } });
    const third = new MemoryZfs({ label: 'vault', world: pair.world });
    third.addDataset('vault');
    const patterns = new Map([[`${ROOT}<`, true]]);
    patterns.set(ROOT, false);
    const common = { jobId: 'second', flags: PLAIN, ping: async () => undefined, onCleanupProblem: () => undefined };
    const sender = new ZfsSender({
      ...common,
      zfs: pair.target,
      filter: compileFilter(patterns),
      roots: listingRoots(patterns),
      encryptedOnly: false,
    });
    const receiver = new ZfsReceiver({
      ...common,
      zfs: third,
      root: { rootFs: 'vault', clientIdentity: null },
      placeholderEncryption: 'off',
      properties: { inherit: [], override: new Map(), protective: false },
      mustBeEncrypted: false,
    });
    const report = await pair.run({ jobId: 'second', run: { endpoints: () => ({ sender, receiver }) } });
    expect(report.outcome).toBe('done');
    expect(third.snapshotNames(`vault/${ROOT}/tank/a/b`)).toEqual(['1']);
    for (const dataset of ['tank', 'tank/a']) {
      expect(third.datasets.get(`vault/${ROOT}/${dataset}`)?.properties.get('zrepl:placeholder')?.value).toBe('on');
      expect(third.snapshotNames(`vault/${ROOT}/${dataset}`)).toEqual([]);
    }
  });
});
