/** What the programs really print, shortened where it repeats itself. */

/** `udevadm info --export-db` of a machine with a drive of its own, a USB drive with a pool, and a stick without one. */
export const DATABASE = `P: /devices/LNXSYSTM:00
M: LNXSYSTM:00
J: +acpi:LNXSYSTM:00
U: acpi
E: DEVPATH=/devices/LNXSYSTM:00
E: SUBSYSTEM=acpi
E: MODALIAS=acpi:LNXSYSTM:

P: /devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda/sda3
M: sda3
R: 3
U: block
T: partition
D: b 8:3
N: sda3
L: 0
S: disk/by-id/wwn-0x5002538e40b1c2d3-part3
S: disk/by-id/ata-Samsung_SSD_870_EVO_1TB_S6PUNX0R123456A-part3
E: DEVPATH=/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda/sda3
E: DEVNAME=/dev/sda3
E: DEVTYPE=partition
E: SUBSYSTEM=block
E: ID_MODEL=Samsung_SSD_870_EVO_1TB
E: ID_SERIAL=Samsung_SSD_870_EVO_1TB_S6PUNX0R123456A
E: ID_SERIAL_SHORT=S6PUNX0R123456A
E: ID_FS_LABEL=tank
E: ID_FS_LABEL_ENC=tank
E: ID_FS_UUID=4417253106548731923
E: ID_FS_UUID_ENC=4417253106548731923
E: ID_FS_UUID_SUB=912374650192837465
E: ID_FS_UUID_SUB_ENC=912374650192837465
E: ID_FS_VERSION=5000
E: ID_FS_BLOCKSIZE=4096
E: ID_FS_TYPE=zfs_member
E: ID_FS_USAGE=filesystem

P: /devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdb
M: sdb
U: block
T: disk
D: b 8:16
N: sdb
S: disk/by-id/usb-WD_My_Passport_25E2_575834314438-0:0
E: DEVPATH=/devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdb
E: DEVNAME=/dev/sdb
E: DEVTYPE=disk
E: SUBSYSTEM=block
E: ID_PART_TABLE_TYPE=gpt

P: /devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdb/sdb1
M: sdb1
U: block
T: partition
D: b 8:17
N: sdb1
S: disk/by-partlabel/zfs-5f3c1a2b3c4d5e6f
S: disk/by-id/wwn-0x50014ee2bf7c1d2e-part1
S: disk/by-id/usb-WD_My_Passport_25E2_575834314438-0:0-part1
S: disk/by-label/blue
E: DEVPATH=/devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdb/sdb1
E: DEVNAME=/dev/sdb1
E: DEVTYPE=partition
E: SUBSYSTEM=block
E: ID_MODEL=My_Passport_25E2
E: ID_SERIAL=WD_My_Passport_25E2_575834314438-0:0
E: ID_FS_LABEL=blue
E: ID_FS_UUID=12345678901234567890
E: ID_FS_UUID_SUB=1111111111111111111
E: ID_FS_TYPE=zfs_member
E: DEVLINKS=/dev/disk/by-label/blue /dev/disk/by-id/wwn-0x50014ee2bf7c1d2e-part1

P: /devices/pci0000:00/0000:00:14.0/usb2/2-2/2-2:1.0/host7/target7:0:0/7:0:0:0/block/sdc/sdc1
N: sdc1
E: DEVNAME=/dev/sdc1
E: SUBSYSTEM=block
E: ID_FS_LABEL=zfs_member
E: ID_FS_UUID=A1B2-C3D4
E: ID_FS_TYPE=vfat

`;

/** A device of a pool as the database tells of it. */
export function record(device: string, pool: string, poolGuid: bigint, vdevGuid: bigint, id: string): string {
  return [
    `P: /devices/pci0000:00/block/${device}`,
    `N: ${device}`,
    `S: disk/by-id/${id}`,
    `E: DEVNAME=/dev/${device}`,
    'E: SUBSYSTEM=block',
    `E: ID_FS_LABEL=${pool}`,
    `E: ID_FS_UUID=${poolGuid}`,
    `E: ID_FS_UUID_SUB=${vdevGuid}`,
    'E: ID_FS_TYPE=zfs_member',
    '',
    '',
  ].join('\n');
}

/** `zpool import` of a pool that is all there. */
export function listing(pool: string, guid: bigint, said = '', state = 'ONLINE'): string {
  return [
    `   pool: ${pool}`,
    `     id: ${guid}`,
    `  state: ${state}`,
    ...(said === '' ? [' action: The pool can be imported using its name or numeric identifier.'] : [said]),
    ' config:',
    '',
    `\t${pool}                                        ${state}`,
    `\t  usb-WD_My_Passport_25E2_575834314438-0:0  ${state}`,
    '',
  ].join('\n');
}

/** By the sources of OpenZFS 2.1 and 2.3. */
export const SAID = {
  elsewhere: [
    'status: The pool was last accessed by another system.',
    " action: The pool can be imported using its name or numeric identifier and\n\tthe '-f' flag.",
    '   see: https://openzfs.github.io/openzfs-docs/msg/ZFS-8000-EY',
  ].join('\n'),
  imported: [
    'status: The pool is currently imported by another system.',
    ' action: The pool must be exported from nas (hostid=1a2b3c4d)\n\tbefore it can be safely imported.',
  ].join('\n'),
  multihost: [
    'status: The pool has the multihost property on.  It cannot\n\tbe safely imported when the system hostid is not set.',
    ' action: Set a unique system hostid with the zgenhostid(8) command.',
  ].join('\n'),
  degraded: [
    'status: One or more devices are missing from the system.',
    ' action: The pool can be imported despite missing or damaged devices.  The\n\tfault tolerance of the pool may be compromised if imported.',
  ].join('\n'),
  missing: [
    'status: One or more devices are missing from the system.',
    ' action: The pool cannot be imported. Attach the missing\n\tdevices and try again.',
  ].join('\n'),
  corrupt: [
    'status: One or more devices contains corrupted data.',
    ' action: The pool can be imported using its name or numeric identifier.',
  ].join('\n'),
  readOnly: [
    'status: The pool can only be accessed in read-only mode on this system. It\n\tcannot be accessed in read-write mode because it uses the following\n\tfeature(s) not supported on this system:\n\tcom.klarasystems:vdev_zaps_v2',
    ' action: The pool cannot be imported in read-write mode. Import the pool with\n\t"-o readonly=on", access the pool on a system that supports the\n\trequired feature(s), or recreate the pool from backup.',
  ].join('\n'),
  unsupported: [
    'status: The pool uses the following feature(s) not supported on this system:\n\torg.openzfs:raidz_expansion',
    ' action: The pool cannot be imported. Access the pool on a system that supports\n\tthe required feature(s), or recreate the pool from backup.',
  ].join('\n'),
  newer: [
    'status: The pool is formatted using an incompatible version.',
    ' action: The pool cannot be imported.  Access the pool on a system running newer\n\tsoftware, or recreate the pool from backup.',
  ].join('\n'),
  destroyed: [
    "status: The pool was destroyed, but can be imported using the '-Df' flags.",
    " action: The pool can be imported using its name or numeric identifier and\n\tthe '-f' flag.",
  ].join('\n'),
  /** Nothing that keeps anybody from importing. */
  upgradable: [
    "status: Some supported features are not enabled on the pool.\n\t(Note that they may be intentionally disabled if the\n\t'compatibility' property is set.)",
    " action: The pool can be imported using its name or numeric identifier, though\n\tsome features will not be available without an explicit 'zpool upgrade'.",
  ].join('\n'),
  legacy: [
    'status: The pool is formatted using a legacy on-disk version.',
    " action: The pool can be imported using its name or numeric identifier, though\n\tsome features will not be available without an explicit 'zpool upgrade'.",
  ].join('\n'),
} as const;

/** `zpool status -p` of a pool on one device. */
export function statusText(pool: string, state = 'ONLINE', scan = '', errors = 'No known data errors'): string {
  return [
    `  pool: ${pool}`,
    ` state: ${state}`,
    ...(scan === '' ? [] : [`  scan: ${scan}`]),
    'config:',
    '',
    '\tNAME                                         STATE     READ WRITE CKSUM',
    `\t${pool}                                         ${state}       0     0     0`,
    `\t  usb-WD_My_Passport_25E2_575834314438-0:0  ${state}       0     0     0`,
    '',
    `errors: ${errors}`,
    '',
  ].join('\n');
}

/** As OpenZFS 2.1 says it, and newer ones. */
export const SCRUBBING = [
  'scrub in progress since Fri Nov 27 04:20:37 2026',
  '\t1.20G scanned at 123M/s, 820M issued at 80.5M/s, 10.3G total',
  '\t0B repaired, 7.77% done, 00:02:00 to go',
].join('\n');
export const SCRUBBING_NEWER = [
  'scrub in progress since Fri Nov 27 04:20:37 2026',
  '\t1.20G / 10.3G scanned at 123M/s, 820M / 10.3G issued at 80.5M/s',
  '\t0B repaired, 7.77% done, no estimated completion time',
].join('\n');
export const SCRUB_PAUSED = [
  'scrub paused since Fri Nov 27 04:30:00 2026',
  '\tscrub started on Fri Nov 27 04:20:37 2026',
  '\t1.20G scanned, 820M issued, 10.3G total',
  '\t0B repaired, 7.77% done',
].join('\n');
export const SCRUBBED = 'scrub repaired 128K in 00:00:03 with 2 errors on Sun Nov  8 00:24:04 2026';
export const SCRUBBED_LONG = 'scrub repaired 0B in 1 days 02:17:45 with 0 errors on Sun Nov  8 00:24:04 2026';
export const SCRUB_CANCELLED = 'scrub canceled on Fri Nov 27 04:25:00 2026';
export const RESILVERED = 'resilvered 1.2M in 00:00:03 with 0 errors on Fri Nov 27 01:00:00 2026';
