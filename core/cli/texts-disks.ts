/** What the terminal says of disks. */
import { contentText } from '../api/describe-making.ts';
import type { Disk, DiskUse } from '../api/disk.ts';
import { soldSize } from '../api/drive-making.ts';

const uses: Record<DiskUse, string> = {
  mounted: 'in use: mounted',
  swap: 'in use: swap space',
  held: 'in use: something is built on it',
  'set-member': 'in use: a part of something with other parts',
  'imported-pool': 'in use: its pool is imported',
  'read-only': 'cannot be written to',
  nameless: 'does not say what it is, or has no name that stays',
  twin: 'another disk says to be the same',
  'too-small': 'too small',
  'built-in': 'built in, and not empty',
  unclear: 'it is not understood what is on it',
};

export const diskTexts = {
  none: 'No disk is to be seen.',
  disk: ({ device, model, serial, sizeBytes, verdict }: Disk): readonly string[] => {
    const name = [model, serial].filter((part) => part !== '').join(' ');
    const head = `${device}: ${name === '' ? 'unnamed' : name}, ${soldSize(sizeBytes)}`;
    switch (verdict.kind) {
      case 'free':
        return [
          `${head}: a pool can be made on it${verdict.content.length === 0 ? '' : ', and this would be erased:'}`,
          ...verdict.content.map((one) => `  ${contentText(one)}`),
        ];
      case 'pool':
        return [`${head}: has the pool ${verdict.pool} (${verdict.poolGuid})`];
      case 'in-use':
        return [`${head}: ${uses[verdict.why]}${verdict.what === '' ? '' : ` (${verdict.what})`}`];
    }
  },
};
