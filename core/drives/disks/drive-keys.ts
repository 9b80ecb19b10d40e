/** Keys of encrypted drives that are made here, in a folder that only root can enter. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemError } from '../../api/problem.ts';

/** As ZFS wants it of the format `raw`. */
const KEY_BYTES = 32;
const SUFFIX_BYTES = 4;

export interface DriveKeys {
  /** Makes a key for a drive with that pool, and gives the path of its file. Throws `identity-unreadable`. */
  make(pool: string): Promise<string>;
  /** Of a drive that did not come about. Never rejects. */
  discard(keyFile: string): Promise<void>;
}

export function driveKeysIn(folder: string): DriveKeys {
  return {
    make: async (pool) => {
      // An older drive of that name may still need its own.
      const name = `${pool.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${randomBytes(SUFFIX_BYTES).toString('hex')}`;
      const own = join(folder, name);
      const file = join(own, 'key');
      for (const path of [folder, own]) {
        await mkdir(path, { recursive: true, mode: 0o700 });
        const facts = await lstat(path);
        if (!facts.isDirectory() || facts.uid !== process.geteuid?.()) {
          throw new ProblemError(
            'identity-unreadable',
            { identityFile: file },
            { detail: `${path} is not our folder.` },
          );
        }
        await chmod(path, 0o700);
      }
      const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
      const handle = await open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o400);
      try {
        await handle.writeFile(randomBytes(KEY_BYTES));
        await handle.sync();
      } finally {
        await handle.close();
      }
      // Without its key the drive is lost: the name of the file has to be on the disk as well.
      for (const path of [own, folder]) await syncFolder(path);
      return file;
    },
    discard: (keyFile) => rm(join(keyFile, '..'), { recursive: true, force: true }).catch(() => undefined),
  };
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
