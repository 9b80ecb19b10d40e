/** The command that makes a pool. Pure. See zpool-create(8), zpoolprops(7), zfsprops(7). */
import type { MakePoolParams } from '../../api/drive-making.ts';
import type { Argv } from '../../host/types.ts';
import type { ChosenDisk } from './confirmed.ts';

/** Features that OpenZFS 2.1 has, on every system: so many machines can read it. */
export const COMPATIBILITY = 'openzfs-2.1-linux';

/** Sectors of 4 KiB, whatever the disk says: it cannot be changed later, and one that says 512 may lie. */
const ASHIFT = 12;

export interface CreateOptions {
  /** The machine has a list of features by the name `COMPATIBILITY`. */
  readonly isCompatibilityKnown: boolean;
  /** Where the key lies; a passphrase is read from standard input instead. */
  readonly keyFile: string | null;
}

/** Without force: what is in use, or not empty after all, is refused by zpool, too. */
export function createArgs(
  { pool, layout, encryption }: Pick<MakePoolParams, 'pool' | 'layout' | 'encryption'>,
  disks: readonly ChosenDisk[],
  { isCompatibilityKnown, keyFile }: CreateOptions,
): Argv {
  const ofPool = [
    `ashift=${ASHIFT}`,
    'cachefile=none',
    `autotrim=${disks.every(({ isSsd }) => isSsd) ? 'on' : 'off'}`,
    ...(isCompatibilityKnown ? [`compatibility=${COMPATIBILITY}`] : []),
  ];
  // The plainer of the two compressions: every version reads it, and it costs next to nothing.
  const ofRoot = ['mountpoint=none', 'canmount=off', 'atime=off', 'compression=lz4', ...encrypted(encryption, keyFile)];
  return [
    'zpool',
    'create',
    ...ofPool.flatMap((option) => ['-o', option]),
    ...ofRoot.flatMap((option) => ['-O', option]),
    pool,
    ...(layout === 'mirror' ? ['mirror'] : []),
    ...disks.map(({ path }) => path),
  ];
}

function encrypted({ kind }: MakePoolParams['encryption'], keyFile: string | null): readonly string[] {
  if (kind === 'none') return [];
  if (kind === 'passphrase') return ['encryption=aes-256-gcm', 'keyformat=passphrase', 'keylocation=prompt'];
  return ['encryption=aes-256-gcm', 'keyformat=raw', `keylocation=file://${keyFile}`];
}
