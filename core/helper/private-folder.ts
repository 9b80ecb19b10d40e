/** Folders into which nobody but root and the daemon itself may put anything. */
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { asProblemError } from '../api/problem.ts';

const WRITABLE_BY_OTHERS = 0o022;
const PRIVATE = 0o700;
const PASSABLE = 0o711;

/**
 * Creates the folder (0700) if it is missing; `passable`: others may walk through it (0711) to what belongs to them. Gives why
 * it cannot be trusted; null when it can. Never rejects.
 */
export async function preparePrivateFolder(folder: string, passable = false): Promise<string | null> {
  try {
    await mkdir(folder, { recursive: true, mode: passable ? PASSABLE : PRIVATE });
    const facts = await lstat(folder);
    if (!facts.isDirectory()) return `${folder} is not a folder`;
    if (facts.uid !== 0 && facts.uid !== process.geteuid?.()) return `${folder} belongs to another user`;
    if ((facts.mode & WRITABLE_BY_OTHERS) !== 0) return `others may write to ${folder}`;
    const isOwn = facts.uid === process.geteuid?.();
    if (passable && isOwn && (facts.mode & PASSABLE) !== PASSABLE) await chmod(folder, facts.mode | PASSABLE);
    return null;
  } catch (thrown) {
    return asProblemError(thrown).facts.reason ?? 'its folder cannot be created';
  }
}
