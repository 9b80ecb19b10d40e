/**
 * By which devices the pools of drives are open, beyond the life of the service: one that begins after another has ended is told
 * nothing of what was pulled and plugged in again between the two, and the kernel still holds the device that is gone.
 */
import { closeSync, constants, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { PoolMember } from './members.ts';

export interface OpenedDrives {
  /** The devices that the pool was last seen imported by since the machine was started; empty where nothing is known. */
  recall(poolGuid: bigint): readonly PoolMember[];
  /** Empty: it is not imported any more. Never throws. */
  remember(poolGuid: bigint, parts: readonly PoolMember[]): void;
}

const FILE_CHARS_MAX = 1024 * 1024;
const DRIVES_MAX = 256;
const PARTS_MAX = 64;
const MODE = 0o600;
const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_TRUNC, O_WRONLY } = constants;
/** A link in its place is never followed. */
const READING = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
const WRITING = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW;

const text = z.string().max(4096);
const guid = z
  .string()
  .regex(/^[0-9]{1,20}$/)
  .transform(BigInt);
const partSchema = z.strictObject({
  device: text,
  byId: text.nullable(),
  poolName: text,
  poolGuid: guid,
  vdevGuid: guid.nullable(),
  model: text,
  serial: text,
});
const fileSchema = z.strictObject({
  /** What was open before the machine was started anew is not open any more. */
  bootId: z.string().max(64),
  drives: z.array(z.strictObject({ poolGuid: guid, parts: z.array(partSchema).max(PARTS_MAX) })).max(DRIVES_MAX),
});

export interface OpenedFileParts {
  readonly file: string;
  /** Of the machine that the drives are plugged into, see random(4); null where it does not say. */
  readonly bootId: string | null;
  readonly warn: (thrown: unknown, message: string) => void;
}

/**
 * Kept in a file, which needs no `fsync`: it has a meaning for as long as the machine runs. A file that cannot be read means that
 * nothing is known.
 */
export function openedInFile({ file, bootId, warn }: OpenedFileParts): OpenedDrives {
  const known = new Map<bigint, readonly PoolMember[]>(bootId === null ? [] : readOpened(file, bootId, warn));
  return {
    recall: (poolGuid) => known.get(poolGuid) ?? [],
    remember(poolGuid, parts) {
      if (JSON.stringify(parts, asText) === JSON.stringify(known.get(poolGuid) ?? [], asText)) return;
      known.delete(poolGuid);
      if (parts.length > 0 && parts.length <= PARTS_MAX && known.size < DRIVES_MAX) known.set(poolGuid, parts);
      if (bootId === null) return;
      const drives = [...known].map(([guidOf, ones]) => ({ poolGuid: guidOf, parts: ones }));
      try {
        replaceFile(file, `${JSON.stringify({ bootId, drives }, asText)}\n`);
      } catch (thrown) {
        warn(thrown, 'by which devices the pools of drives are open could not be kept');
      }
    },
  };
}

function readOpened(
  file: string,
  bootId: string,
  warn: OpenedFileParts['warn'],
): readonly (readonly [bigint, readonly PoolMember[]])[] {
  try {
    const content = readFile(file);
    if (content.length > FILE_CHARS_MAX) throw new Error('it is too large');
    const read = fileSchema.parse(JSON.parse(content));
    return read.bootId === bootId ? read.drives.map(({ poolGuid, parts }) => [poolGuid, parts] as const) : [];
  } catch (thrown) {
    const isMissing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    if (!isMissing) warn(thrown, 'by which devices the pools of drives are open cannot be read');
    return [];
  }
}

function readFile(file: string): string {
  const handle = openSync(file, READING);
  try {
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}

function replaceFile(file: string, content: string): void {
  const fresh = `${file}.new`;
  const handle = openSync(fresh, WRITING, MODE);
  try {
    writeFileSync(handle, content);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, file);
}

/** Guids do not fit into the numbers of JSON. */
function asText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** Another one each time that this machine is started; null where there is none. */
export function thisBoot(): string | null {
  try {
    const id = readFileSync(BOOT_ID, 'utf8').trim();
    return /^[0-9a-f-]{36}$/.test(id) ? id : null;
  } catch {
    return null;
  }
}
