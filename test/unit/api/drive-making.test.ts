import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeMaking } from '../../../core/api/describe-making.ts';
import { describeRequest } from '../../../core/api/describe-request.ts';
import { confirmationText, isConfirmed, makePoolParams, soldSize } from '../../../core/api/drive-making.ts';
import { componentFault } from '../../../core/zfs/names.ts';

const DISK = { model: 'Samsung T7', serial: 'S6XN', sizeBytes: 1_000_204_886_016 };
const PARAMS = {
  pool: 'blue',
  rootFs: 'blue/backups',
  layout: 'single',
  disks: [{ id: 'usb-Samsung', ...DISK, content: [{ form: 'ntfs', label: 'Photos', sizeBytes: 5e8 }], typed: '' }],
  encryption: { kind: 'none' },
} as const;

describe('what a person types to confirm a disk', () => {
  it('is its model, its serial number and the size it was sold with', () => {
    expect(confirmationText(DISK)).toBe('Samsung T7 S6XN 1 TB');
    expect([256 * 1024 ** 2, 31_914_983_424, 500_107_862_016, 1_500_301_910_016].map(soldSize)).toEqual([
      '268 MB',
      '32 GB',
      '500 GB',
      '1.5 TB',
    ]);
    expect(isConfirmed(DISK, ' samsung  t7 s6xn 1 tb ')).toBe(true);
    for (const text of ['', 'Samsung T7', 'Samsung T7 S6XM 1 TB', 'SamsungT7 S6XN 1 TB']) {
      expect(isConfirmed(DISK, text)).toBe(false);
    }
  });

  it('of another disk confirms this one only where all three are the same', () => {
    const disk = fc.record({
      model: fc.constantFrom('A', 'A B', 'B'),
      serial: fc.constantFrom('1', '2', 'B 1'),
      sizeBytes: fc.constantFrom(5e11, 1e12),
    });
    fc.assert(
      fc.property(disk, disk, (one, other) => {
        expect(isConfirmed(one, confirmationText(other))).toBe(confirmationText(one) === confirmationText(other));
      }),
    );
  });
});

describe('the request to make a pool', () => {
  it('takes one disk for a single one, and several for a mirror; the backups lie in it', () => {
    const [disk] = PARAMS.disks;
    const fits = (more: object) => makePoolParams.safeParse({ ...PARAMS, ...more }).success;
    expect(fits({})).toBe(true);
    expect(fits({ layout: 'mirror' })).toBe(false);
    expect(fits({ layout: 'mirror', disks: [disk, disk] })).toBe(true);
    expect(fits({ disks: [disk, disk] })).toBe(false);
    for (const rootFs of ['blue', 'blues/backups', 'red/backups', 'blue/../x']) expect(fits({ rootFs })).toBe(false);
    for (const passphrase of ['short', 'two\nlines of it', '\0'.repeat(9)]) {
      expect(fits({ encryption: { kind: 'passphrase', passphrase } })).toBe(false);
    }
    for (const id of ['', '../sda', '-f', 'a b', 'a/b']) expect(fits({ disks: [{ ...disk, id }] })).toBe(false);
  });

  it('the name of a pool is one for ZFS, too, and none of its words', () => {
    const fits = (pool: string) => makePoolParams.safeParse({ ...PARAMS, pool, rootFs: `${pool}/x` }).success;
    for (const pool of ['mirror1', 'raidz', 'draid2', 'spare', 'log', 'c0t0d0', '1a', '-f', 'a b', 'a/b', '']) {
      expect(fits(pool)).toBe(false);
    }
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z][\w.-]{0,20}$/), (pool) => {
        if (fits(pool)) expect(componentFault(pool)).toBeNull();
      }),
    );
  });

  it('says what would be destroyed, and never a passphrase', () => {
    const params = { ...PARAMS, encryption: { kind: 'passphrase' as const, passphrase: 'correct horse' } };
    expect(describeRequest('drive/make', params)).toBe('Make the pool blue and destroy everything on Samsung T7 S6XN.');
    const lines = describeMaking(makePoolParams.parse(params));
    expect(lines).toEqual([
      'one disk, encrypted with a passphrase; backups go below blue/backups',
      'Samsung T7 S6XN 1 TB (usb-Samsung): to be erased',
      '  ntfs "Photos", 500 MB',
    ]);
  });
});
