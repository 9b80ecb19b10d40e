import { describe, expect, it } from 'vitest';
import { expectSteady, Pair, PLAIN, problemsOf, ROOT } from './support.ts';

const DATA = 'tank/data';
const COPY = `${ROOT}/tank/data`;
const ONE_ATTEMPT = { run: { retry: { fruitlessAttempts: 1, hardFailMs: 0 } } };

describe('properties and encryption', () => {
  it('a property that the account may not set is told, and does not fail the dataset', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    pair.target.deniedProperties.add('readonly');
    const report = await pair.run({
      receiver: { properties: { inherit: [], override: new Map(), protective: true } },
    });
    expect(report.outcome).toBe('done');
    expect(problemsOf(report)).toEqual({ [DATA]: 'received-unprotected' });
    expect(report.attempts[0]?.datasets[0]?.problem?.facts.property).toBe('readonly');
    expectSteady(pair, '1');
  });

  it('sent properties are received; what is left out stays unset; what is overridden is local', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    const source = pair.source.datasets.get(DATA);
    for (const name of ['user:kept', 'user:left', 'user:changed']) {
      source?.properties.set(name, { value: 'source', source: 'local' });
    }
    await pair.run({
      flags: { ...PLAIN, properties: true },
      receiver: {
        properties: { inherit: ['user:left'], override: new Map([['user:changed', 'target']]), protective: false },
      },
    });
    const seen = await pair.target.getProperties(COPY, ['user:kept', 'user:left', 'user:changed']);
    expect(Object.fromEntries(seen)).toEqual({
      'user:kept': { value: 'source', source: 'received' },
      'user:changed': { value: 'target', source: 'local' },
    });
  });

  it('a copy that turns out not to be encrypted although it should be stays an alarm in every run', async () => {
    const pair = new Pair();
    pair.source.addDataset(DATA, { encryption: 'root' });
    pair.withSnapshots(DATA, '1');
    const raw = { ...PLAIN, raw: true };
    const settings = { encrypted: true, flags: raw, receiver: { mustBeEncrypted: true } };
    pair.target.after = ({ method }) => {
      const copy = pair.target.datasets.get(COPY);
      if (method === 'receive' && copy !== undefined) copy.encrypted = false;
    };
    expect(problemsOf(await pair.run(settings))).toEqual({ [DATA]: 'received-unencrypted' });
    pair.target.after = () => {};
    pair.withSnapshots(DATA, '2');
    expect(problemsOf(await pair.run(settings))).toEqual({ [DATA]: 'received-unencrypted' });
    expect(pair.received(DATA)).toEqual(['1']);
  });

  it.each([
    // sender encrypted, job promises encryption, raw, verdict
    [false, false, false, 'accept'],
    [false, false, true, 'accept'],
    [false, true, true, 'encrypted-requested-but-unencrypted'],
    [true, false, false, 'accept'],
    [true, false, true, 'raw-policy-violated'],
    [true, true, true, 'accept'],
  ])('encrypted %s, promised %s, raw %s: %s', async (encryptedSource, encrypted, isRaw, verdict) => {
    const pair = new Pair();
    pair.source.addDataset(DATA, encryptedSource ? { encryption: 'root' } : {});
    pair.withSnapshots(DATA, '1');
    const settings = { encrypted, flags: { ...PLAIN, raw: isRaw } };
    const report = await pair.run(settings);
    if (verdict !== 'accept') {
      expect(problemsOf(report)).toEqual({ [DATA]: verdict });
      expect(report.attempts[0]?.datasets[0]?.state).toBe('planning-error');
      expect(pair.target.datasets.has(COPY)).toBe(false);
      return;
    }
    pair.withSnapshots(DATA, '2');
    pair.target.cutAfter = {};
    const second = await pair.run(settings);
    expect(second.outcome).toBe('done');
    expect(pair.target.datasets.get(COPY)?.encrypted).toBe(encryptedSource && isRaw);
    expectSteady(pair, '2');
  });

  it('a rejected policy leaves a token that is there alone', async () => {
    const pair = new Pair();
    pair.source.addDataset(DATA, { encryption: 'root' });
    pair.withSnapshots(DATA, '1');
    pair.target.cutAfter = {};
    await pair.run(ONE_ATTEMPT);
    const token = pair.target.datasets.get(COPY)?.partial?.text;
    const settings = { encrypted: false, flags: { ...PLAIN, raw: true } };
    expect(problemsOf(await pair.run(settings))).toEqual({ [DATA]: 'raw-policy-violated' });
    expect(pair.target.datasets.get(COPY)?.partial?.text).toBe(token);
  });

  it('a key that is not loaded stops a send in clear text when it is planned, and does not concern a raw one', async () => {
    const pair = new Pair();
    pair.source.addDataset(DATA, { encryption: 'root', keyLoaded: false });
    pair.withSnapshots(DATA, '1');
    expect(problemsOf(await pair.run())).toEqual({ [DATA]: 'key-not-loaded' });
    const raw = { encrypted: true, flags: { ...PLAIN, raw: true } };
    expect((await pair.run(raw)).outcome).toBe('done');
  });

  it('other flags or another key within a chain are refused before anything is sent', async () => {
    const pair = new Pair().withSnapshots(DATA, '1');
    await pair.run();
    pair.withSnapshots(DATA, '2');
    const large = { flags: { ...PLAIN, largeBlocks: true } };
    expect(problemsOf(await pair.run(large))).toEqual({ [DATA]: 'chain-flags-changed' });

    const secret = new Pair();
    const dataset = secret.source.addDataset(DATA, { encryption: 'root', salt: '1' });
    secret.withSnapshots(DATA, '1');
    const raw = { encrypted: true, flags: { ...PLAIN, raw: true } };
    await secret.run(raw);
    dataset.properties.set('memory:pbkdf2salt', { value: '2', source: 'local' });
    secret.withSnapshots(DATA, '2');
    expect(problemsOf(await secret.run(raw))).toEqual({ [DATA]: 'encryption-root-changed' });
    expect(secret.received(DATA)).toEqual(['1']);
  });
});
