import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeResumeToken } from '../../../core/zfs/token.ts';
import type { ReceiveRequest, SendRequest } from '../../../core/zfs/types.ts';
import { FakeClock } from './fake-clock.ts';
import { MemoryZfs } from './memory-zfs.ts';
import { encodeResumeToken } from './token-encoder.ts';

const guid = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });

describe('made tokens', () => {
  it('are read as what they were made of', () => {
    const flags = fc.subarray(['rawok', 'compressok', 'embedok', 'largeblockok', 'savedok']);
    fc.assert(
      fc.property(guid, fc.option(guid), guid, flags, (toGuid, fromGuid, bytes, present) => {
        const text = encodeResumeToken({
          toGuid,
          toName: 'tank/a b@snap 1',
          bytes,
          flags: present,
          ...(fromGuid === null ? {} : { fromGuid }),
        });
        expect(decodeResumeToken(text)).toMatchObject({
          toGuid,
          fromGuid,
          bytes,
          toName: 'tank/a b@snap 1',
          rawOk: present.includes('rawok'),
          compressOk: present.includes('compressok'),
          embedOk: present.includes('embedok'),
          largeBlockOk: present.includes('largeblockok'),
          savedOk: present.includes('savedok'),
          redacted: false,
        });
      }),
    );
  });
});

describe('virtual time', () => {
  it('passes timer by timer, and only while somebody waits for it', async () => {
    const clock = new FakeClock(1000);
    const woken: string[] = [];
    const sleeper = (ms: number) => clock.sleep(ms).then(() => woken.push(`${ms} at ${clock.nowMs()}`));
    const all = Promise.all([sleeper(500), sleeper(20), sleeper(20)]);
    expect(clock.nowMs()).toBe(1000);
    await clock.runUntil(all);
    expect(woken).toEqual(['20 at 1020', '20 at 1020', '500 at 1500']);
  });

  it('says so when nothing will ever happen', async () => {
    await expect(new FakeClock().runUntil(new Promise(() => undefined))).rejects.toThrow('neither ends nor sleeps');
  });
});

describe('simulated pools refuse what zfs refuses', () => {
  const flags = {
    raw: false,
    properties: false,
    backupProperties: false,
    largeBlocks: false,
    compressed: false,
    embeddedData: false,
  };
  const request = (extra: Partial<ReceiveRequest> = {}): ReceiveRequest => ({
    dataset: 'pool/copy',
    force: false,
    savePartial: true,
    inherit: [],
    override: [],
    ...extra,
  });

  function pools() {
    const zfs = new MemoryZfs();
    zfs.addDataset('pool');
    zfs.addDataset('pool/src');
    const [a, b] = ['a', 'b'].map((name) => ({ name, guid: zfs.addSnapshot('pool/src', name).guid }));
    if (a === undefined || b === undefined) throw new Error('no snapshots');
    const send = (extra: Partial<SendRequest> = {}) =>
      zfs.prepareSend({ dataset: 'pool/src', to: a, range: false, flags, ...extra });
    return { zfs, a, b, send };
  }

  it('a full stream onto what exists, with and without force', async () => {
    const { zfs, send } = pools();
    await zfs.receive(request(), send());
    await expect(zfs.receive(request({ dataset: 'pool/no/parent' }), send())).rejects.toMatchObject({
      code: 'not-found',
    });
    zfs.addDataset('pool/empty');
    const onto = (dataset: string, force: boolean) => zfs.receive(request({ dataset, force }), send());
    await expect(onto('pool/empty', false)).rejects.toMatchObject({ code: 'destination-exists' });
    await onto('pool/empty', true);
    zfs.addDataset('pool/full');
    zfs.addSnapshot('pool/full', 'own');
    await expect(onto('pool/full', true)).rejects.toMatchObject({ code: 'destination-has-snapshots' });
    zfs.addDataset('pool/secret', { encryption: 'root' });
    await expect(onto('pool/secret', true)).rejects.toMatchObject({ code: 'placeholder-cannot-be-replaced' });
  });

  it('an increment on another base, from a bookmark as a range, or onto an unfinished one', async () => {
    const { zfs, a, b, send } = pools();
    const base = { type: 'snapshot' as const, ...a };
    const increment = () => zfs.receive(request(), send({ from: base, to: b }));
    await expect(increment()).rejects.toMatchObject({ code: 'not-found' });
    zfs.addDataset('pool/copy');
    zfs.addSnapshot('pool/copy', 'other');
    await expect(increment()).rejects.toMatchObject({ code: 'source-mismatch' });
    await zfs.bookmark('pool/src', base, 'mark');
    const range = send({ from: { type: 'bookmark', name: 'mark', guid: a.guid }, to: b, range: true });
    await expect(zfs.receive(request(), range)).rejects.toMatchObject({ code: 'command-failed' });
    zfs.datasets.delete('pool/copy');
    await zfs.receive(request(), send());
    zfs.cutAfter = {};
    await expect(increment()).rejects.toMatchObject({ code: 'receive-interrupted' });
    await expect(increment()).rejects.toMatchObject({ code: 'partial-state-present' });
    await zfs.abortReceive('pool/copy');
    await increment();
    expect(zfs.snapshotNames('pool/copy')).toEqual(['a', 'b']);
    // A snapshot that is there already is consumed and ignored.
    await increment();
    expect(zfs.snapshotNames('pool/copy')).toEqual(['a', 'b']);
  });

  it('a hold of a missing snapshot holds the others; a held one is not destroyed', async () => {
    const { zfs, a } = pools();
    const refs = ['a', 'missing'].map((name) => ({ dataset: 'pool/src', name }));
    await expect(zfs.hold('tag', refs)).rejects.toMatchObject({
      code: 'not-found',
      facts: { name: 'pool/src@missing' },
    });
    expect(zfs.holdsOn('pool/src')).toEqual(['a tag']);
    const destroy = () => zfs.destroySnapshots([{ dataset: 'pool/src', ...a }]);
    expect(await destroy()).toMatchObject([{ kind: 'kept', code: 'snapshot-held' }]);
    await zfs.release('tag', refs);
    expect(await destroy()).toEqual([{ kind: 'destroyed' }]);
    expect(await destroy()).toEqual([{ kind: 'gone' }]);
  });
});
