/** What making a pool would do, for whoever has to agree to it. Pure. */
import type { DiskContent } from './disk.ts';
import { type MakePoolParams, soldSize } from './drive-making.ts';

/** A line for the pool, and one for every disk and all that is on it. */
export function describeMaking({ layout, rootFs, encryption, disks }: MakePoolParams): readonly string[] {
  const how = {
    none: 'not encrypted',
    passphrase: 'encrypted with a passphrase',
    'key-file': 'encrypted with a key file',
  };
  return [
    `${layout === 'mirror' ? 'a mirror' : 'one disk'}, ${how[encryption.kind]}; backups go below ${rootFs}`,
    ...disks.flatMap(({ id, model, serial, sizeBytes, content }) => [
      `${model} ${serial} ${soldSize(sizeBytes)} (${id}): ${content.length === 0 ? 'empty' : 'to be erased'}`,
      ...content.map((one) => `  ${contentText(one)}`),
    ]),
  ];
}

/** Something on a disk that would be lost. */
export function contentText({ form, label, sizeBytes }: DiskContent): string {
  const named = label === '' ? '' : ` "${label}"`;
  return `${form === '' ? 'a partition in which nothing is recognised' : form}${named}, ${soldSize(sizeBytes)}`;
}
