import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMembers } from '../../../core/drives/members.ts';
import { DATABASE, record } from './samples.ts';

describe('devices with a part of a pool, in the database of udev', () => {
  it('are told with the names that stay, and nothing else is', () => {
    expect(parseMembers(DATABASE)).toEqual([
      {
        device: '/dev/sda3',
        byId: '/dev/disk/by-id/ata-Samsung_SSD_870_EVO_1TB_S6PUNX0R123456A-part3',
        poolName: 'tank',
        poolGuid: 4_417_253_106_548_731_923n,
        vdevGuid: 912_374_650_192_837_465n,
        model: 'Samsung SSD 870 EVO 1TB',
        serial: 'S6PUNX0R123456A',
      },
      {
        device: '/dev/sdb1',
        byId: '/dev/disk/by-id/usb-WD_My_Passport_25E2_575834314438-0:0-part1',
        poolName: 'blue',
        poolGuid: 12_345_678_901_234_567_890n,
        vdevGuid: 1_111_111_111_111_111_111n,
        model: 'My Passport 25E2',
        serial: 'WD_My_Passport_25E2_575834314438-0:0',
      },
    ]);
  });

  it('are left out where the label does not say of which pool', () => {
    const good = record('sdb1', 'blue', 7n, 8n, 'usb-x');
    expect(parseMembers(good)).toHaveLength(1);
    for (const uuid of ['', '0', '-7', '7x', '18446744073709551616', '123456789012345678901']) {
      expect(parseMembers(good.replace('ID_FS_UUID=7', `ID_FS_UUID=${uuid}`))).toEqual([]);
    }
    expect(parseMembers(good.replace('SUBSYSTEM=block', 'SUBSYSTEM=net'))).toEqual([]);
    expect(parseMembers(good.replace('/dev/sdb1', '/dev/sd b1'))).toEqual([]);
    expect(parseMembers(good.replace('E: DEVNAME', 'E: NAME'))).toEqual([]);
  });

  it('have no name that stays where udev has none, and may not say which part they are', () => {
    const bare = record('vdb1', 'blue', 7n, 8n, 'x').replace(/^S: .*\n/m, '');
    expect(parseMembers(bare)).toMatchObject([{ byId: null, vdevGuid: 8n }]);
    expect(parseMembers(bare.replace(/^E: ID_FS_UUID_SUB.*\n/m, ''))).toMatchObject([{ vdevGuid: null }]);
  });

  it('bring no text to a person that is not plain', () => {
    const [member] = parseMembers(`${record('sdb1', 'bl\u202Eue', 7n, 8n, 'x').trimEnd()}\nE: ID_MODEL=a\u0007b\n`);
    expect(member).toMatchObject({ poolName: 'bl?ue', model: 'a?b' });
  });

  it('are read from whatever comes, within bounds', () => {
    const line = fc.oneof(
      fc.constantFrom('', 'E: SUBSYSTEM=block', 'E: ID_FS_TYPE=zfs_member', 'E: DEVNAME=/dev/sdb1', 'S: disk/by-id/x'),
      fc.bigInt({ min: -1n, max: 2n ** 65n }).map((guid) => `E: ID_FS_UUID=${guid}`),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        for (const { poolGuid, device, model } of parseMembers(lines.join('\n'))) {
          expect(poolGuid > 0n && poolGuid < 2n ** 64n).toBe(true);
          expect(device).toMatch(/^\/dev\/\S+$/);
          expect(model.length).toBeLessThanOrEqual(256);
        }
      }),
    );
    const many = Array.from({ length: 5_000 }, (_, i) => record(`sd${i}`, 'p', BigInt(i + 1), 1n, `x${i}`)).join('');
    expect(parseMembers(many)).toHaveLength(4_096);
  });
});
