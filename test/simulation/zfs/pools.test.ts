/** Pools that are full, gone, hanging or read-only, and accounts that may not do everything. */
import { describe, expect, it } from 'vitest';
import { at, codeOf, named, prepare, receive, sendOf, snapshotNames, stateOf } from '../../conformance/support.ts';
import { FakeClock } from '../../unit/doubles/fake-clock.ts';
import { type SimFixture, simFixture } from '../fixture.ts';
import { setPoolState } from './effects.ts';
import { createSimZfs } from './sim-zfs.ts';
import type { Pool } from './world.ts';

function fixture(): SimFixture & { readonly pool: Pool } {
  const made = simFixture({ source: '2.3', target: '2.3', listing: 'direct' });
  const pool = made.targetMachine.pools.get('backup');
  if (pool === undefined) throw new Error('no pool');
  return { ...made, pool };
}

const LIST = { recursive: true, details: false };

describe('a pool that hangs', () => {
  it('answers from memory, takes no change, and goes on when it is back', async () => {
    const { target, pool } = fixture();
    await prepare(target, 'a');
    setPoolState(pool, 'stalled');
    let isDone = false;
    const waiting = target.zfs.snapshot(named(target, 'a@1')).then(() => {
      isDone = true;
    });
    expect(await target.zfs.listVersions([target.root], LIST)).toHaveLength(2);
    expect(isDone).toBe(false);
    setPoolState(pool, 'suspended');
    expect(await codeOf(target.zfs.listVersions([target.root], LIST))).toBe('pool-unavailable');
    expect(isDone).toBe(false);
    setPoolState(pool, 'ok');
    await waiting;
    expect(await snapshotNames(target, 'a')).toEqual(['1']);
  });

  it('lets a receive in the middle wait, and finish', async () => {
    const { world, sourceMachine, source, target, targetMachine, pool } = fixture();
    await prepare(source, 'a', '+4', '1');
    const zfs = createSimZfs({
      world,
      machine: targetMachine,
      onEffect: ({ blocks }, phase) => {
        if (phase === 'during' && blocks === 2) setPoolState(pool, 'stalled');
        return undefined;
      },
    });
    const sender = createSimZfs({ world, machine: sourceMachine });
    const running = receive({ ...target, zfs }, 'a', sender, await sendOf(source, 'a@1'));
    while (pool.state !== 'stalled') await Promise.resolve();
    setPoolState(pool, 'ok');
    await running;
    expect(await snapshotNames(target, 'a')).toEqual(['1']);
  });

  it('makes a command stuck after its deadline; what it was doing may happen later', async () => {
    const { world, target, targetMachine, pool } = fixture();
    await prepare(target, 'a');
    const clock = new FakeClock();
    const zfs = createSimZfs({ world, machine: targetMachine, clock });
    setPoolState(pool, 'stalled');
    expect(await clock.runUntil(codeOf(zfs.snapshot(named(target, 'a@1'))))).toBe('command-stuck');
    expect(await snapshotNames(target, 'a')).toEqual([]);
    setPoolState(pool, 'ok');
    // The abandoned command comes back before anybody else's.
    await zfs.snapshot(named(target, 'a@2'));
    expect(await snapshotNames(target, 'a')).toEqual(['1', '2']);
  });

  it('makes a command stuck that is not wanted any more', async () => {
    const { target, pool } = fixture();
    await prepare(target, 'a');
    const abort = new AbortController();
    setPoolState(pool, 'stalled');
    const work = codeOf(target.zfs.snapshot(named(target, 'a@1'), { signal: abort.signal }));
    await Promise.resolve();
    await target.zfs.listVersions([target.root], LIST);
    abort.abort();
    expect(await work).toBe('command-stuck');
  });
});

describe('a pool that is suspended', () => {
  it('refuses everything at once', async () => {
    const { source, target, pool } = fixture();
    await prepare(target, 'a', '1');
    await prepare(source, 'b', '+1', '1');
    setPoolState(pool, 'suspended');
    const { zfs } = target;
    const ref = { dataset: at(target, 'a'), name: '1', guid: 1n };
    const works = [
      zfs.listVersions([target.root], LIST),
      zfs.listDatasets([target.root], { recursive: true, properties: [] }),
      zfs.getProperties(target.root, ['guid']),
      zfs.readBack([target.root], ['guid']),
      zfs.snapshotDetails([ref]),
      zfs.holds([ref]),
      zfs.hold('t', [ref]),
      zfs.release('t', [ref]),
      zfs.snapshot([{ ...ref, name: '2' }]),
      zfs.createPlaceholder(at(target, 'p'), { encryption: 'inherit' }),
      zfs.setProperties(ref.dataset, [['user:word', 'x']]),
      zfs.bookmark(ref.dataset, { type: 'snapshot', ...ref }, 'mark'),
      zfs.destroyBookmark(ref.dataset, 'mark'),
      zfs.destroySnapshots([ref]),
      zfs.abortReceive(ref.dataset),
      receive(target, 'b', source.zfs, await sendOf(source, 'b@1')),
    ];
    expect(await Promise.all(works.map(codeOf))).toEqual(works.map(() => 'pool-unavailable'));
  });
});

describe('a pool that is not imported', () => {
  it('is not found, and what was to be destroyed there is gone', async () => {
    const { source, target, pool } = fixture();
    await prepare(target, 'a', '1');
    await prepare(source, 'b', '1');
    setPoolState(pool, 'vanished');
    expect(await codeOf(target.zfs.listVersions([target.root], LIST))).toBe('not-found');
    expect(await codeOf(target.zfs.poolResumable('backup'))).toBe('not-found');
    expect(await target.zfs.destroySnapshots([{ dataset: at(target, 'a'), name: '1', guid: 1n }])).toEqual([
      { kind: 'gone' },
    ]);
    expect(await codeOf(receive(target, 'b', source.zfs, await sendOf(source, 'b@1')))).toBe('not-found');
    setPoolState(pool, 'ok');
    expect(await snapshotNames(target, 'a')).toEqual(['1']);
  });
});

describe('a pool that is read-only', () => {
  it('is listed and sent from, and refuses every change', async () => {
    const { source, target, pool } = fixture();
    await prepare(target, 'a', '+1', '1');
    setPoolState(pool, 'read-only');
    const ref = {
      dataset: at(target, 'a'),
      name: '1',
      guid: BigInt((await stateOf(target, 'a')).snapshots[0]?.guid ?? 0),
    };
    const works = [
      target.zfs.snapshot([{ ...ref, name: '2' }]),
      target.zfs.hold('t', [ref]),
      target.zfs.createPlaceholder(at(target, 'p'), { encryption: 'inherit' }),
      target.zfs.setProperties(ref.dataset, [['user:word', 'x']]),
      target.zfs.bookmark(ref.dataset, { type: 'snapshot', ...ref }, 'mark'),
      target.zfs.destroySnapshots([ref]),
    ];
    expect(await Promise.all(works.map(codeOf))).toEqual(works.map(() => 'pool-read-only'));
    await receive(source, 'back', target.zfs, await sendOf(target, 'a@1'));
    expect(await snapshotNames(source, 'back')).toEqual(['1']);
  });
});

describe('a pool that is full', () => {
  it('keeps what arrived, says so, and goes on when there is room', async () => {
    const { source, target, pool } = fixture();
    await prepare(source, 'a', '+2', '1', '+6', '2');
    await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
    pool.capacityBlocks = 5;
    expect(await codeOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1')))).toBe('no-space');
    expect(await snapshotNames(target, 'a')).toEqual(['1']);
    const { token } = await stateOf(target, 'a');
    expect(token).not.toBeNull();
    const works = [
      target.zfs.snapshot(named(target, 'a@own')),
      target.zfs.createPlaceholder(at(target, 'p'), { encryption: 'inherit' }),
    ];
    expect(await Promise.all(works.map(codeOf))).toEqual(['no-space', 'no-space']);
    await target.zfs.abortReceive(at(target, 'a'));
    pool.capacityBlocks = 9;
    await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
    expect(await snapshotNames(target, 'a')).toEqual(['1', '2']);
  });

  it('has room again when a snapshot with data of its own is gone', async () => {
    const { target, pool } = fixture();
    await prepare(target, 'a', '+4', '1');
    await target.operator.clear(at(target, 'a'));
    pool.capacityBlocks = 4;
    expect(await codeOf(target.zfs.snapshot(named(target, 'a@2')))).toBe('no-space');
    const guid = BigInt((await stateOf(target, 'a')).snapshots[0]?.guid ?? 0);
    await target.zfs.destroySnapshots([{ dataset: at(target, 'a'), name: '1', guid }]);
    expect(await codeOf(target.zfs.snapshot(named(target, 'a@2')))).toBe('ok');
  });
});

describe('a pool without support for partial state', () => {
  it('refuses to keep any, and receives without', async () => {
    const { source, target, pool } = fixture();
    await prepare(source, 'a', '+2', '1');
    pool.extensibleDataset = false;
    expect(await target.zfs.poolResumable('backup')).toBe(false);
    const request = await sendOf(source, 'a@1');
    expect(await codeOf(receive(target, 'a', source.zfs, request))).toBe('feature-mismatch');
    await receive(target, 'a', source.zfs, request, { savePartial: false });
    expect(await snapshotNames(target, 'a')).toEqual(['1']);
  });

  it('or for bookmarks says so', async () => {
    const { target, pool } = fixture();
    await prepare(target, 'a', '1');
    pool.bookmarks = false;
    const work = target.zfs.bookmark(at(target, 'a'), { type: 'snapshot', name: '1', guid: 1n }, 'mark');
    expect(await codeOf(work)).toBe('bookmark-unsupported');
  });
});

describe('an account that may not', () => {
  it.each(['snapshot', 'create', 'set', 'hold', 'release', 'bookmark', 'destroy', 'receive', 'send'])(
    '%s is told so, and nothing happens',
    async (denied) => {
      const { sourceMachine, targetMachine, source, target } = fixture();
      await prepare(source, 'a', '+4', '1', '+2', '2');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      await codeOf(receive(target, 'part', source.cutting(1), await sendOf(source, 'a@1')));
      await target.operator.hold('held', at(target, 'a@1'));
      await target.operator.bookmark(at(target, 'a@1'), 'mark');
      const { zfs } = target;
      const ref = {
        dataset: at(target, 'a'),
        name: '1',
        guid: BigInt((await stateOf(target, 'a')).snapshots[0]?.guid ?? 0),
      };
      const attempts: Readonly<Record<string, () => Promise<unknown>>> = {
        snapshot: () => zfs.snapshot([{ ...ref, name: '2' }]),
        create: () => zfs.createPlaceholder(at(target, 'p'), { encryption: 'inherit' }),
        set: () => zfs.setProperties(ref.dataset, [['user:word', 'x']]),
        hold: () => zfs.hold('t', [ref]),
        release: () => zfs.release('held', [ref]),
        bookmark: () => zfs.bookmark(ref.dataset, { type: 'snapshot', ...ref }, 'new'),
        destroy: () => zfs.destroyBookmark(ref.dataset, 'mark'),
        receive: async () => receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1')),
        send: async () => receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1')),
      };
      const before = await target.observe();
      (denied === 'send' ? sourceMachine : targetMachine).denied.add(denied);
      expect(await codeOf(attempts[denied]?.() ?? Promise.resolve())).toBe('permission-denied');
      if (denied === 'destroy') {
        expect(await codeOf(zfs.abortReceive(at(target, 'part')))).toBe('permission-denied');
        const [outcome] = await zfs.destroySnapshots([ref]);
        expect(outcome).toMatchObject({ kind: 'kept', code: 'undestroyable' });
      }
      expect(await target.observe()).toEqual(before);
      targetMachine.denied.clear();
      sourceMachine.denied.clear();
      expect(await codeOf(attempts[denied]?.() ?? Promise.reject(new Error('no attempt')))).toBe('ok');
    },
  );

  it('hold cannot send ranges, but steps', async () => {
    const { sourceMachine, source, target } = fixture();
    await prepare(source, 'a', '+1', '1', '+1', '2');
    await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
    sourceMachine.denied.add('hold');
    const range = await sendOf(source, 'a@2', 'a@1', { range: true });
    expect(await codeOf(receive(target, 'a', source.zfs, range))).toBe('permission-denied');
    await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
    expect(await snapshotNames(target, 'a')).toEqual(['1', '2']);
  });

  it('set a property by a receive gets the data without it, and exit status 0', async () => {
    const { targetMachine, source, target } = fixture();
    await prepare(source, 'a', '1');
    targetMachine.deniedProperties.add('readonly');
    const override = [
      ['readonly', 'on'],
      ['exec', 'off'],
    ] as const;
    await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'), { override });
    expect((await stateOf(target, 'a')).properties).toEqual({ exec: ['off', 'local'] });
  });
});
