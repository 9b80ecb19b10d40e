/** The file of the configuration: read with all care, and replaced as a whole. The files of before are kept beside it. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, chown, link, open, readdir, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ProblemError } from '../api/problem.ts';
import { readFromDisk } from '../config/load.ts';

/** Files of before that are kept; the oldest go first. */
export const KEPT_MAX = 20;

export interface ConfigText {
  readonly text: string;
  /** SHA-256 of the text, in hexadecimal digits. */
  readonly digest: string;
}

export function textDigest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Null where it cannot be read or must not be believed; `configcheck` says why. */
export function readConfigText(path: string): ConfigText | null {
  const found = readFromDisk(path);
  return found.kind === 'file' ? { text: found.text, digest: textDigest(found.text) } : null;
}

/**
 * Puts `text` in the place of the file, if that is still the one with this digest. Gives where the old one is kept. Throws
 * `config-changed`, or `config-unwritable`, after which the file is as it was.
 */
export async function replaceConfig(path: string, text: string, digest: string, nowMs: number): Promise<string> {
  let fresh: string | null = null;
  try {
    const target = await realpath(path);
    fresh = `${target}.new`;
    await writeFresh(fresh, text, target);
    if (readConfigText(path)?.digest !== digest) throw new ProblemError('config-changed');
    const kept = await keepOld(target, nowMs);
    await rename(fresh, target);
    await syncFolder(dirname(target));
    await forgetOldest(target);
    return kept;
  } catch (thrown) {
    if (fresh !== null) await unlink(fresh).catch(() => {});
    if (thrown instanceof ProblemError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ProblemError('config-unwritable', { reason }, { cause: thrown });
  }
}

async function writeFresh(fresh: string, text: string, target: string): Promise<void> {
  const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;
  const { mode, uid, gid } = await stat(target);
  const handle = await open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chown(fresh, uid, gid);
  await chmod(fresh, mode & 0o7777);
}

/** Under another name the same file: until the new one has taken its place, there is no moment without it. */
async function keepOld(target: string, nowMs: number): Promise<string> {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]/g, '').replace('T', '_').slice(0, 15);
  // No ".yml" at the end: a folder that is included must not bring it in.
  for (let count = 0; ; count += 1) {
    const kept = `${target}.${stamp}${count === 0 ? '' : `-${count}`}.old`;
    try {
      await link(target, kept);
      return kept;
    } catch (thrown) {
      const taken = thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST';
      if (!taken || count > KEPT_MAX) throw thrown;
    }
  }
}

async function forgetOldest(target: string): Promise<void> {
  const prefix = `${basename(target)}.`;
  const names = await readdir(dirname(target));
  const old = names.filter(
    (name) => name.startsWith(prefix) && /^\d{8}_\d{6}(-\d+)?\.old$/.test(name.slice(prefix.length)),
  );
  for (const name of old.toSorted().slice(0, -KEPT_MAX)) await unlink(join(dirname(target), name)).catch(() => {});
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
