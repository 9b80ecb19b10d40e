import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiskSurroundings, judgeDisk } from '../../../../core/drives/disks/judge-disk.ts';
import { parseDisks, type SeenDisk } from '../../../../core/drives/disks/parse-disks.ts';
import { parseMembers } from '../../../../core/drives/members.ts';
import { listing, part, poolRecord, written } from './samples.ts';

const GUID = 12345678901234567890n;

function around(disks: readonly SeenDisk[], more: Partial<DiskSurroundings> = {}): DiskSurroundings {
  return { disks, members: [], imported: new Set(), idOf: (device) => `usb-${device.slice(5)}`, ...more };
}

function judged(device: Record<string, unknown>, more: Partial<DiskSurroundings> = {}) {
  const disks = parseDisks(listing(device));
  const [disk] = disks;
  if (disk === undefined) throw new Error('no disk');
  return judgeDisk(disk, around(disks, more));
}

describe('what may be made of a disk', () => {
  it('an empty one is free, wherever it is plugged in', () => {
    expect(judged(written({ path: '/dev/sdb' }))).toEqual({ kind: 'free', content: [] });
    const inside = written({ path: '/dev/sda', tran: 'sata', hotplug: false });
    expect(judged(inside)).toEqual({ kind: 'free', content: [] });
  });

  it('one that can be unplugged is free with what is on it; one that is built in is not', () => {
    const content = {
      pttype: 'dos',
      children: [part('/dev/sdb1', { fstype: 'ntfs', label: 'Photos', size: 5_000 }), part('/dev/sdb2', { size: 7 })],
    };
    expect(judged(written({ path: '/dev/sdb', ...content }))).toEqual({
      kind: 'free',
      content: [
        { form: 'dos', label: '', sizeBytes: 1_000_204_886_016 },
        { form: 'ntfs', label: 'Photos', sizeBytes: 5_000 },
        { form: '', label: '', sizeBytes: 7 },
      ],
    });
    const inside = written({ path: '/dev/sdb', tran: 'sata', hotplug: false, ...content });
    expect(judged(inside)).toEqual({ kind: 'in-use', why: 'built-in', what: '' });
  });

  it.each([
    ['mounted', { children: [part('/dev/sdb1', { fstype: 'ext4', mountpoint: '/media/x' })] }],
    ['mounted', { fstype: 'ext4', mountpoint: '/' }],
    ['swap', { children: [part('/dev/sdb1', { fstype: 'swap', mountpoint: '[SWAP]' })] }],
    ['swap', { children: [part('/dev/sdb1', { fstype: 'swap' })] }],
    ['held', { children: [part('/dev/sdb1', { children: [part('/dev/mapper/luks', { type: 'crypt' })] })] }],
    ['held', { children: [written({ path: '/dev/md0', type: 'raid1' })] }],
    ['held', { children: [part('/dev/sdb1', { children: [part('/dev/sdb1x')] })] }],
    ['set-member', { children: [part('/dev/sdb1', { fstype: 'LVM2_member' })] }],
    ['set-member', { fstype: 'linux_raid_member' }],
    ['unclear', { children: [part('/dev/sdb1', { fstype: 'zfs_member' })] }],
    ['read-only', { ro: true }],
    ['nameless', { serial: null }],
    ['nameless', { model: '  ' }],
    ['too-small', { size: 1_000_000 }],
  ])('in use: %s', (why, more) => {
    expect(judged(written({ path: '/dev/sdb', ...more }))).toMatchObject({ kind: 'in-use', why });
  });

  it('one without a name that stays is not touched', () => {
    expect(judged(written({ path: '/dev/sdb' }), { idOf: () => '' })).toMatchObject({ why: 'nameless' });
  });

  it('of two that say to be the same, neither is', () => {
    const disks = parseDisks(
      listing(written({ path: '/dev/sdb', serial: 'A' }), written({ path: '/dev/sdc', serial: 'A' })),
    );
    for (const disk of disks) expect(judgeDisk(disk, around(disks))).toMatchObject({ why: 'twin' });
  });

  it('a filesystem over two disks makes both in use, although one alone is told to be mounted', () => {
    const btrfs = { fstype: 'btrfs', uuid: 'f00d' };
    const disks = parseDisks(
      listing(written({ path: '/dev/sdb', mountpoint: '/data', ...btrfs }), written({ path: '/dev/sdc', ...btrfs })),
    );
    expect(disks.map((disk) => judgeDisk(disk, around(disks)))).toMatchObject([
      { why: 'mounted' },
      { why: 'set-member' },
    ]);
  });

  it('a pool is known by udev, whatever lsblk has noticed of it', () => {
    const members = parseMembers(poolRecord('sdb1', 'usb-x-part1', 'blue', GUID));
    const disk = written({ path: '/dev/sdb', children: [part('/dev/sdb1')] });
    expect(judged(disk, { members })).toEqual({ kind: 'pool', pool: 'blue', poolGuid: String(GUID) });
    expect(judged(disk, { members, imported: new Set(['blue']) })).toEqual({
      kind: 'in-use',
      why: 'imported-pool',
      what: 'blue',
    });
  });

  it('parts of two pools are not understood', () => {
    const members = parseMembers(`${poolRecord('sdb1', 'a', 'blue', GUID)}${poolRecord('sdb2', 'b', 'red', 7n)}`);
    const disk = written({ path: '/dev/sdb', children: [part('/dev/sdb1'), part('/dev/sdb2')] });
    expect(judged(disk, { members })).toMatchObject({ why: 'unclear' });
  });

  it('nothing that is mounted, held, swapped to, of a pool, or without a name is ever free', () => {
    const sign = fc.record({
      mountpoint: fc.constantFrom(null, null, null, '/', '/media/a b', '[SWAP]'),
      fstype: fc.constantFrom(
        null,
        'ext4',
        'vfat',
        'swap',
        'zfs_member',
        'LVM2_member',
        'linux_raid_member',
        'crypto_LUKS',
      ),
      label: fc.constantFrom(null, 'blue', 'tank'),
    });
    const above = fc.option(fc.constantFrom('crypt', 'lvm', 'raid1', 'mpath', 'part'), { nil: null });
    const partition = fc.tuple(sign, above).map(([signs, type]) => ({ signs, type }));
    const disk = fc.record({
      signs: sign,
      partitions: fc.array(partition, { maxLength: 3 }),
      serial: fc.constantFrom(null, '', 'A', 'B'),
      model: fc.constantFrom(null, 'Drive'),
      hotplug: fc.boolean(),
      ro: fc.boolean(),
      hasId: fc.boolean(),
      isMember: fc.boolean(),
    });
    const kinds = new Set<string>();
    fc.assert(
      fc.property(fc.array(disk, { minLength: 1, maxLength: 4 }), fc.boolean(), (machine, isImported) => {
        const text = listing(
          ...machine.map(({ signs, partitions, serial, model, hotplug, ro }, at) =>
            written({
              path: `/dev/sd${at}`,
              serial,
              model,
              hotplug,
              ro,
              tran: hotplug ? 'usb' : 'sata',
              ...signs,
              children: partitions.map((one, number) =>
                part(`/dev/sd${at}${number}`, {
                  ...one.signs,
                  children: one.type === null ? [] : [part(`/dev/mapper/x${at}${number}`, { type: one.type })],
                }),
              ),
            }),
          ),
        );
        const disks = parseDisks(text);
        const members = parseMembers(
          machine.map(({ isMember }, at) => (isMember ? poolRecord(`sd${at}`, `id${at}`, 'blue', GUID) : '')).join(''),
        );
        const idOf = (device: string) =>
          machine[Number(device.slice(7))]?.hasId === true ? `usb-${device.slice(7)}` : '';
        const imported = new Set(isImported ? ['blue'] : []);
        machine.forEach((one, at) => {
          const seen = disks[at];
          if (seen === undefined) throw new Error('a disk is missing');
          const { kind } = judgeDisk(seen, { disks, members, imported, idOf });
          kinds.add(kind);
          const signs = [one.signs, ...one.partitions.map((partition) => partition.signs)];
          const isTaken =
            signs.some(({ mountpoint }) => mountpoint !== null) ||
            signs.some(({ fstype }) => /swap|_member/.test(fstype ?? '')) ||
            one.partitions.some(({ type }) => type !== null) ||
            one.isMember ||
            !one.hasId ||
            one.ro ||
            (one.serial ?? '') === '' ||
            one.model === null ||
            machine.filter(({ serial, model }) => serial === one.serial && model === one.model).length > 1 ||
            (!one.hotplug && (signs[0]?.fstype !== null || one.partitions.length > 0));
          expect(kind === 'free').toBe(!isTaken);
          if (kind === 'pool') expect(one.isMember && !isImported).toBe(true);
        });
      }),
      { numRuns: 2000 },
    );
    expect([...kinds].sort()).toEqual(['free', 'in-use', 'pool']);
  });
});
