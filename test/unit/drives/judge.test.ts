import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImportablePool } from '../../../core/drives/importable.ts';
import { answers, importedFault, importFault, isTwice, membersOf } from '../../../core/drives/judge.ts';
import type { PoolMember } from '../../../core/drives/members.ts';

const TARGET = { name: 'Blue', pool: 'blue', poolGuid: 7n };

function member(given: Partial<PoolMember> = {}): PoolMember {
  const device = given.device ?? '/dev/sdb1';
  return {
    device,
    byId: `/dev/disk/by-id/${device.slice(5)}`,
    poolName: 'blue',
    poolGuid: 7n,
    vdevGuid: 70n,
    model: '',
    serial: '',
    ...given,
  };
}

function pool(given: Partial<ImportablePool> = {}): ImportablePool {
  return {
    name: 'blue',
    guid: 7n,
    state: 'ONLINE',
    usedElsewhere: false,
    readOnly: false,
    unsupported: false,
    incomplete: false,
    text: 'zpool said this',
    ...given,
  };
}

describe('whether a pool may be imported', () => {
  it.each<[string | null, readonly PoolMember[], readonly ImportablePool[], boolean]>([
    [null, [member()], [pool()], false],
    [null, [member(), member({ device: '/dev/sdc1', vdevGuid: 71n })], [pool(), pool({ guid: 8n })], false],
    ['drive-away', [], [pool()], false],
    ['drive-away', [member({ poolGuid: 8n })], [pool()], false],
    ['drive-twice', [member(), member({ device: '/dev/sdc1' })], [pool()], false],
    ['drive-twice', [member()], [pool(), pool()], false],
    ['drive-incomplete', [member()], [], false],
    ['drive-incomplete', [member()], [pool({ guid: 8n })], false],
    ['drive-incomplete', [member({ byId: null })], [pool()], false],
    ['drive-renamed', [member()], [pool({ name: 'azure' })], false],
    ['drive-name-taken', [member()], [pool()], true],
    ['drive-unsupported', [member()], [pool({ unsupported: true })], false],
    ['drive-read-only', [member()], [pool({ readOnly: true })], false],
    ['drive-read-only', [member()], [pool({ readOnly: true, unsupported: true })], false],
    ['drive-foreign', [member()], [pool({ usedElsewhere: true })], false],
    ['drive-foreign', [member()], [pool({ usedElsewhere: true, incomplete: true })], false],
    ['drive-incomplete', [member()], [pool({ incomplete: true })], false],
    ['drive-incomplete', [member()], [pool({ state: 'DEGRADED' })], false],
    ['drive-incomplete', [member()], [pool({ state: 'DESTROYED' })], false],
  ])('%s', (code, members, candidates, isNameTaken) => {
    expect(importFault(TARGET, members, candidates, isNameTaken)?.code ?? null).toBe(code);
  });

  it('is true only of exactly one whole pool of the right guid and name, whatever else there is', () => {
    const someMember = fc.record({
      poolGuid: fc.constantFrom(7n, 8n),
      vdevGuid: fc.constantFrom(null, 70n, 71n),
      byId: fc.constantFrom(null, '/dev/disk/by-id/x'),
    });
    const somePool = fc.record({
      name: fc.constantFrom('blue', 'blue', 'azure'),
      guid: fc.constantFrom(7n, 7n, 8n),
      state: fc.constantFrom('ONLINE', 'ONLINE', 'DEGRADED', 'UNAVAIL', 'FAULTED', ''),
      usedElsewhere: fc.boolean(),
      readOnly: fc.boolean(),
      unsupported: fc.boolean(),
      incomplete: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(someMember), fc.array(somePool), fc.boolean(), (members, pools, isNameTaken) => {
        const devices = members.map((one, i) => member({ ...one, device: `/dev/sd${i}` }));
        const candidates = pools.map((one) => pool(one));
        if (importFault(TARGET, devices, candidates, isNameTaken) !== null) return;
        expect(isNameTaken).toBe(false);
        expect(candidates.filter(({ guid }) => guid === 7n)).toEqual([pool()]);
        const mine = membersOf(devices, 7n);
        expect(mine.length).toBeGreaterThan(0);
        expect(isTwice(mine)).toBe(false);
        expect(mine.every(({ byId }) => byId !== null)).toBe(true);
      }),
    );
  });

  it('two parts that do not say which they are may be copies of one another', () => {
    expect(isTwice([member({ vdevGuid: null }), member({ device: '/dev/sdc1' })])).toBe(true);
    expect(isTwice([member({ vdevGuid: null })])).toBe(false);
  });

  it('brings along what zpool has said', () => {
    expect(importFault(TARGET, [member()], [pool({ usedElsewhere: true })], false)).toMatchObject({
      detail: 'zpool said this',
      facts: { drive: 'Blue', pool: 'blue' },
    });
  });
});

describe('a pool that is imported', () => {
  it.each([
    ['ONLINE', false, null],
    ['DEGRADED', false, null],
    ['ONLINE', true, 'drive-read-only'],
    ['FAULTED', false, 'drive-incomplete'],
    ['UNAVAIL', false, 'drive-incomplete'],
    ['SUSPENDED', false, 'drive-incomplete'],
  ])('%s, read-only %s: %s', (health, readonly, code) => {
    expect(importedFault(TARGET, { health, readonly })?.code ?? null).toBe(code);
  });

  it('answers while the kernel calls it online, and never otherwise', () => {
    for (const state of ['ONLINE', 'DEGRADED']) expect(answers(state)).toBe(true);
    for (const state of [null, '', 'SUSPENDED', 'FAULTED', 'UNAVAIL', 'REMOVED', 'OFFLINE', 'TRANSITIONING']) {
      expect(answers(state)).toBe(false);
    }
  });
});
