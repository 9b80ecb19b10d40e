/** One small file of the daemon's own, so that tests can be the disk. */
import { constants, type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface StateFile {
  /** The last `bytesMax` bytes as text, and whether there was more before them; null where there is no file. */
  read(bytesMax: number): Promise<{ readonly text: string; readonly cut: boolean } | null>;
  /** Puts the text behind what is there. When this rejects, any part of it may have been written. */
  append(text: string): Promise<void>;
  /** Puts the text in place of what is there. When this rejects, what was there still is. */
  replace(text: string): Promise<void>;
}

const MODE = 0o600;
const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

/**
 * The file at `path`, in a folder that was checked before. What is written is on the disk when the call resolves, see
 * fsync(2). A link in its place is never followed.
 */
export function openStateFile(path: string): StateFile {
  const fresh = `${path}.new`;
  return {
    read: async (bytesMax) => {
      const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: unknown) => {
        if (hasCode(error, 'ENOENT')) return null;
        throw error;
      });
      if (handle === null) return null;
      return using(handle, () => readEnd(handle, bytesMax));
    },
    append: async (text) => {
      const handle = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, MODE);
      await using(handle, () => writeAll(handle, text));
    },
    replace: async (text) => {
      try {
        const handle = await open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, MODE);
        await using(handle, () => writeAll(handle, text));
        await rename(fresh, path);
      } catch (error) {
        // On a full disk, the half that was written is in the way.
        await unlink(fresh).catch(() => {});
        throw error;
      }
      const folder = await open(dirname(path), O_RDONLY);
      await using(folder, () => folder.sync());
    },
  };
}

async function readEnd(handle: FileHandle, bytesMax: number): Promise<{ text: string; cut: boolean }> {
  const facts = await handle.stat();
  if (!facts.isFile()) throw new Error('it is not a file');
  const start = Math.max(0, facts.size - bytesMax);
  const buffer = Buffer.alloc(facts.size - start);
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return { text: buffer.toString('utf8', 0, filled), cut: start > 0 };
}

async function writeAll(handle: FileHandle, text: string): Promise<void> {
  await handle.writeFile(text);
  await handle.sync();
}

async function using<T>(handle: FileHandle, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await handle.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
