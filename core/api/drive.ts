/** What the status tells of an external drive. */
import { z } from 'zod';
import { bytes, count, guid, name, timeMs } from './primitives.ts';

/** Where a drive is in its coming and going. */
export const DRIVE_STATES = [
  /** Not known yet: nobody has looked. */
  'unknown',
  /** Not plugged in. */
  'away',
  /** Plugged in, and its pool is not imported. */
  'plugged',
  /** Its pool is being imported. */
  'connecting',
  /** Its pool is imported, and nothing of ours works on it. */
  'connected',
  /** A backup works on it: it must not be unplugged. */
  'busy',
  /** What was written is brought to the disk, and its pool is exported. */
  'ejecting',
  /** Exported after a backup, and still plugged in. */
  'safe',
  /** Unplugged while its pool was imported. */
  'pulled',
  /** Plugged in again after that; it is being brought back. */
  'returning',
  /** Plugged in, and cannot be used; the problem says why. */
  'unusable',
] as const;

export const driveStateSchema = z.enum(DRIVE_STATES);

/** What ZFS has told of the pool of a drive when it was last asked, at the end of a run and during a scrub. */
export const driveHealthSchema = z.object({
  seenMs: timeMs,
  /** As zpool says it: ONLINE, DEGRADED, ... */
  poolState: name,
  /** Errors of its devices. */
  readCount: count,
  writeCount: count,
  checksumCount: count,
  /** ZFS names files or datasets that it could not read; a scrub tells whether that is so. */
  isDamaged: z.boolean(),
  /** The last one that came to its end; null = none is known. */
  lastScrub: z
    .object({
      endedMs: timeMs,
      repairedBytes: bytes.nullable(),
      /** What could not be repaired. */
      errorCount: count,
    })
    .nullable(),
  /** There was none since the pool was made. */
  neverScrubbed: z.boolean(),
  /** The one that is under way; null = none was. */
  scrub: z
    .object({
      /** When it began, or was paused. */
      sinceMs: timeMs.nullable(),
      isPaused: z.boolean(),
      fraction: z.number().min(0).max(1).nullable(),
      /** Rounded by zpool. */
      doneBytes: bytes.nullable(),
      totalBytes: bytes.nullable(),
    })
    .nullable(),
});

/** All of it but its problem, whose form stands with the status. */
export const driveFactsSchema = z.object({
  /** What a person calls it. */
  name,
  pool: name,
  poolGuid: guid,
  destination: name,
  state: driveStateSchema,
  sinceMs: timeMs,
  /** It is plugged in, and a person is asked whether to back up. */
  asks: z.boolean(),
  /** End of the last run that brought everything to it; null = none is known. */
  lastSuccessMs: timeMs.nullable(),
  staleAfterMs: z.number().int().positive(),
  /** Of its pool, when it was last connected; null = not known. */
  sizeBytes: bytes.nullable(),
  freeBytes: bytes.nullable(),
  /** Absent: not known. */
  health: driveHealthSchema.exactOptional(),
  /** A scrub that was asked for here keeps it connected. */
  scrubbing: z.boolean().exactOptional(),
});

export type DriveHealth = z.infer<typeof driveHealthSchema>;
export type DriveState = z.infer<typeof driveStateSchema>;
