/**
 * What ZFS has told of the pools of drives, for as long as they are away: a daemon that has not met a drive yet tells what the one
 * before it knew. Nothing is decided by it. A file that cannot be read means that nothing is known.
 */
import { z } from 'zod';
import { driveFactsSchema, driveHealthSchema } from '../api/drive.ts';
import type { DriveReport } from '../api/status.ts';
import type { Log } from '../monitoring/log.ts';
import type { StateFile } from './state-file.ts';

const FILE_BYTES_MAX = 1024 * 1024;
const DRIVES_MAX = 256;
/** That it was looked at again, and was the same, is written down no more often. */
const SAME_FOR_MS = 3_600_000;

const keptSchema = z.strictObject({
  poolGuid: driveFactsSchema.shape.poolGuid,
  sizeBytes: driveFactsSchema.shape.sizeBytes,
  freeBytes: driveFactsSchema.shape.freeBytes,
  health: driveHealthSchema.nullable(),
});
const fileSchema = z.strictObject({ drives: z.array(keptSchema).max(DRIVES_MAX) });

type Kept = z.infer<typeof keptSchema>;

export class DriveMemory {
  readonly #file: StateFile | null;
  readonly #log: Log;
  readonly #drives = new Map<string, Kept>();
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  #dirty = false;

  private constructor(file: StateFile | null, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  /** Never rejects. */
  static async open(file: StateFile | null, log: Log): Promise<DriveMemory> {
    const memory = new DriveMemory(file, log);
    await memory.#read();
    return memory;
  }

  /** Remembers what the drive tells, and gives it with what is known of it from before. */
  tell(drive: DriveReport): DriveReport {
    const known = this.#drives.get(drive.poolGuid) ?? null;
    const { poolGuid } = drive;
    const sizeBytes = drive.sizeBytes ?? known?.sizeBytes ?? null;
    const freeBytes = drive.freeBytes ?? known?.freeBytes ?? null;
    const health = healthOf(drive, known);
    this.#keep({ poolGuid, sizeBytes, freeBytes, health });
    return { ...drive, sizeBytes, freeBytes, ...(health === null ? {} : { health }) };
  }

  /** Resolves when what was told is on disk, or cannot be put there. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  #keep(told: Kept): void {
    // How far a scrub is says nothing once nobody follows it.
    const kept = { ...told, health: told.health === null ? null : { ...told.health, scrub: null } };
    const before = this.#drives.get(kept.poolGuid);
    if (before === undefined && (isNothing(kept) || this.#drives.size >= DRIVES_MAX)) return;
    if (before !== undefined && isSame(before, kept)) return;
    this.#drives.set(kept.poolGuid, kept);
    this.#dirty = true;
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.#writing = this.#write();
  }

  async #write(): Promise<void> {
    while (this.#dirty) {
      this.#dirty = false;
      try {
        await this.#file?.replace(`${JSON.stringify({ drives: [...this.#drives.values()] })}\n`);
      } catch (thrown) {
        this.#log.warn({ err: thrown }, 'what is known of the drives could not be kept on disk');
      }
    }
    this.#isWriting = false;
  }

  async #read(): Promise<void> {
    try {
      const found = (await this.#file?.read(FILE_BYTES_MAX)) ?? null;
      if (found === null) return;
      const { drives } = fileSchema.parse(JSON.parse(found.text));
      for (const drive of drives) this.#drives.set(drive.poolGuid, drive);
    } catch (thrown) {
      this.#log.warn({ err: thrown }, 'what was known of the drives cannot be read, and is not known any more');
    }
  }
}

/** A resilver makes ZFS forget the scrub before it. */
function healthOf({ health }: DriveReport, known: Kept | null): Kept['health'] {
  if (health === undefined) return known?.health ?? null;
  const lastScrub = health.lastScrub ?? known?.health?.lastScrub ?? null;
  return { ...health, lastScrub };
}

function isNothing({ sizeBytes, health }: Kept): boolean {
  return sizeBytes === null && health === null;
}

function isSame(a: Kept, b: Kept): boolean {
  const seenMs = a.health?.seenMs ?? 0;
  if ((b.health?.seenMs ?? 0) >= seenMs + SAME_FOR_MS) return false;
  return JSON.stringify(b.health === null ? b : { ...b, health: { ...b.health, seenMs } }) === JSON.stringify(a);
}
