/** What the status tells of an external drive. */
import { z } from 'zod';
import { bytes, guid, name, timeMs } from './primitives.ts';

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
});

export type DriveState = z.infer<typeof driveStateSchema>;
