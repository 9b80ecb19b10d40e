/** Arguments of the commands that make something. Pure; names have been checked. See zfs-snapshot(8), zfs-create(8). */
import { checkDataset, propertyAssignment } from './names.ts';
import type { Capabilities } from './types.ts';

const PLACEHOLDER_PROPERTIES: readonly (readonly [string, string])[] = [
  ['zrepl:placeholder', 'on'],
  ['mountpoint', 'none'],
];

/** Everything after `zfs`. @param names full names of the snapshots, of one pool */
export function snapshotArgs(names: readonly string[]): readonly string[] {
  return ['snapshot', ...names];
}

/** Everything after `zfs`, for a stand-in. @throws ProblemError `name-invalid` */
export function placeholderArgs(
  dataset: string,
  encryption: 'inherit' | 'off',
  { createUnmounted, nativeEncryption }: Pick<Capabilities, 'createUnmounted' | 'nativeEncryption'>,
): readonly string[] {
  // Where zfs knows no encryption, off is what it is, and the property would be refused.
  const off: readonly (readonly [string, string])[] =
    encryption === 'off' && nativeEncryption ? [['encryption', 'off']] : [];
  const options = [...PLACEHOLDER_PROPERTIES, ...off].flatMap(([name, value]) => [
    '-o',
    propertyAssignment(name, value),
  ]);
  return ['create', ...(createUnmounted ? ['-u'] : []), ...options, checkDataset(dataset)];
}
