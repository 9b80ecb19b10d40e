/**
 * Which block devices carry a part of which pool, read from the database of udev: it has read the labels already when a device
 * came, and asking it wakes no disk. Pure. See udevadm(8), "info".
 */

/** A device with a label of ZFS. */
export interface PoolMember {
  /** Path of the device, `/dev/sdb1`. It changes from plug to plug. */
  readonly device: string;
  /** A name below /dev/disk/by-id, which stays; null where udev has none. */
  readonly byId: string | null;
  readonly poolName: string;
  readonly poolGuid: bigint;
  /** Null where the label does not say. */
  readonly vdevGuid: bigint | null;
  /** What the maker calls the drive, and its number; empty where unknown. */
  readonly model: string;
  readonly serial: string;
}

const BY_ID = 'disk/by-id/';
/** Longest line that is looked at; udev's own limit is below that. */
const LINE_CHARS_MAX = 16_384;
const MEMBERS_MAX = 4_096;
const TEXT_CHARS_MAX = 256;

/** Members of pools in the output of `udevadm info --export-db`. What is not understood is left out: nothing is decided by its absence. */
export function parseMembers(stdout: string): readonly PoolMember[] {
  const members: PoolMember[] = [];
  for (const record of stdout.split(/\n{2,}/)) {
    const member = memberOf(record);
    if (member !== null) members.push(member);
    if (members.length >= MEMBERS_MAX) break;
  }
  return members;
}

function memberOf(record: string): PoolMember | null {
  if (!record.includes('zfs_member')) return null;
  const env = new Map<string, string>();
  const links: string[] = [];
  for (const line of record.split('\n')) {
    if (line.length > LINE_CHARS_MAX) continue;
    const [, kind, text = ''] = /^([A-Z]): (.*)$/.exec(line) ?? [];
    if (kind === 'S' && text.startsWith(BY_ID)) links.push(`/dev/${text}`);
    const split = text.indexOf('=');
    if (kind === 'E' && split > 0) env.set(text.slice(0, split), text.slice(split + 1));
  }
  const device = env.get('DEVNAME') ?? '';
  const poolGuid = guidOf(env.get('ID_FS_UUID'));
  if (env.get('SUBSYSTEM') !== 'block' || env.get('ID_FS_TYPE') !== 'zfs_member' || poolGuid === null) return null;
  if (!/^\/dev\/[\w./:+-]+$/.test(device)) return null;
  return {
    device,
    byId: links.sort(byUsefulness)[0] ?? null,
    poolName: plainText(env.get('ID_FS_LABEL')),
    poolGuid,
    vdevGuid: guidOf(env.get('ID_FS_UUID_SUB')),
    model: plainText(env.get('ID_MODEL')).replaceAll('_', ' ').trim(),
    serial: plainText(env.get('ID_SERIAL_SHORT') ?? env.get('ID_SERIAL')),
  };
}

/** Names that say something come before numbers; the order is the same from plug to plug. With or without their folder. */
export function byUsefulness(a: string, b: string): number {
  const rank = (link: string) => (/(?:^|\/)(?:wwn|nvme-eui|dm-uuid)-/.test(link) ? 1 : 0);
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function guidOf(text: string | undefined): bigint | null {
  if (text === undefined || !/^[0-9]{1,20}$/.test(text)) return null;
  const guid = BigInt(text);
  return guid > 0n && guid < 2n ** 64n ? guid : null;
}

function plainText(text: string | undefined): string {
  return (text ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, TEXT_CHARS_MAX);
}
