import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../../core/api/problem.ts';
import { parseDeviceNames } from '../../../../core/drives/disks/device-names.ts';
import { LSBLK, parseDisks } from '../../../../core/drives/disks/parse-disks.ts';
import { listing, part, udevRecord, written } from './samples.ts';

describe('the disks that lsblk lists', () => {
  it('with all that is built on each', () => {
    const [disk, ...others] = parseDisks(
      listing(
        written({ path: '/dev/zram0', size: 0 }),
        written({ path: '/dev/zd16' }),
        written({ path: '/dev/loop0', type: 'loop' }),
        written({
          path: '/dev/nvme0n1',
          model: 'Samsung SSD  ',
          rota: false,
          'disc-max': 2_147_450_880,
          tran: 'nvme',
          children: [
            part('/dev/nvme0n1p1', { children: [part('/dev/mapper/home', { type: 'crypt', mountpoint: '/home' })] }),
          ],
        }),
      ),
    );
    expect(others).toEqual([]);
    expect(disk).toMatchObject({ device: '/dev/nvme0n1', model: 'Samsung SSD', rotates: false, discards: true });
    expect(disk?.parts.map(({ device, depth, mountpoint }) => [device, depth, mountpoint])).toEqual([
      ['/dev/nvme0n1', 0, null],
      ['/dev/nvme0n1p1', 1, null],
      ['/dev/mapper/home', 2, '/home'],
    ]);
  });

  it('are refused where partitions stand beside their disks: nothing on those would look mounted', () => {
    const flat = listing(written({ path: '/dev/sdb' }), part('/dev/sdb1', { mountpoint: '/home' }));
    expect(() => parseDisks(flat)).toThrow(ProblemError);
    // Without its name column lsblk tells all of them so, as was seen of 2.38.
    expect(LSBLK.at(-1)?.split(',')[0]).toBe('NAME');
  });

  it('older versions write everything as text', () => {
    const old = written({ path: '/dev/sdb', size: '500', rota: '0', hotplug: '1', ro: '0', 'disc-max': '0' });
    expect(parseDisks(listing(old))).toMatchObject([
      { sizeBytes: 500, rotates: false, hotplug: true, readOnly: false },
    ]);
  });

  it('half a listing is none', () => {
    const text = listing(written({ path: '/dev/sdb' }));
    for (const bad of [
      '',
      '{}',
      text.slice(0, -3),
      listing({ path: '/dev/sdb' }),
      listing(written({ path: '--help' })),
    ]) {
      expect(() => parseDisks(bad)).toThrow(ProblemError);
    }
    const [deep] = Array.from({ length: 20 }).reduce<Record<string, unknown>[]>(
      (children) => [part('/dev/sdb1', { children })],
      [],
    );
    expect(() => parseDisks(listing(written({ path: '/dev/sdb', children: [deep] })))).toThrow(ProblemError);
  });

  it('whatever it says, what comes of it is bounded, or an error of ours', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.jsonValue()).map((all) => JSON.stringify({ blockdevices: all })),
        ),
        (text) => {
          try {
            parseDisks(text);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(ProblemError);
          }
        },
      ),
    );
  });
});

describe('the names of devices', () => {
  it('best first; what two claim, and what has to be escaped, means neither', () => {
    const names = parseDeviceNames(
      [
        udevRecord('sdb', ['wwn-0x5', 'usb-WD_My_Passport-0:0', 'usb-twice']),
        udevRecord('sdb1', ['usb-WD_My_Passport-0:0-part1']),
        udevRecord('sdc', ['usb-twice', 'usb-a\\x20b', '-rf']),
      ].join(''),
    );
    expect(names.get('/dev/sdb')).toEqual(['usb-WD_My_Passport-0:0', 'wwn-0x5']);
    expect(names.get('/dev/sdb1')).toEqual(['usb-WD_My_Passport-0:0-part1']);
    expect(names.get('/dev/sdc')).toEqual([]);
  });
});
