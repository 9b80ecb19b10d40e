/** Where and how a backup to a drive is interrupted. Pure: the same number always gives the same point. */
import { numbersFrom } from '../../torture/numbers.ts';

export const DRIVE_PHASES = [
  'whole',
  'import',
  'planning',
  'full',
  'incremental',
  'completion',
  'pruning',
  'export',
  'idle',
] as const;
export type DrivePhase = (typeof DRIVE_PHASES)[number];

export const DRIVE_DEEDS = ['eject', 'yank', 'power-loss'] as const;
export type DriveDeed = (typeof DRIVE_DEEDS)[number];

/** Two drives of one set; what their pools do with what cannot be written. */
export const DRIVES = [
  { serial: 'Blue01', pool: 'blue', failmode: 'wait' },
  { serial: 'Red01', pool: 'red', failmode: 'continue' },
] as const;
export type DriveMake = (typeof DRIVES)[number];

export interface DrivePoint {
  readonly phase: DrivePhase;
  readonly deed: DriveDeed;
  readonly make: DriveMake;
  /** From the command or the bytes of the phase on. */
  readonly delayMs: number;
  /** How long it stays away. */
  readonly awayMs: number;
}

/** Plugged in, backed up, ejected, unplugged: so many times in a row. */
export const WHOLE_COUNT = 20;
const STRUCK = DRIVE_PHASES.filter((phase) => phase !== 'whole');
const ROUND = STRUCK.length * DRIVES.length;
/** In every fifth round the power goes instead. */
const POWER_ROUND = 2;
const ROUNDS = 5;
const DELAY_MS_MAX = 600;
const AWAY_MS = [0, 4_000, 15_000] as const;

/** All of them: 20 whole ones, 64 yanks and 16 losses of power. */
export const DRIVE_POINTS = WHOLE_COUNT + ROUNDS * ROUND;

function at<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new RangeError('there is nothing to choose from');
  return found;
}

/** The drives take turns. */
export function drivePointOf(index: number, from: number): DrivePoint {
  const make = at(DRIVES, index);
  if (index < WHOLE_COUNT) return { phase: 'whole', deed: 'eject', make, delayMs: 0, awayMs: 0 };
  const number = index - WHOLE_COUNT;
  const next = numbersFrom(from + number);
  const round = Math.floor(number / ROUND);
  return {
    phase: at(STRUCK, Math.floor(number / DRIVES.length)),
    deed: round % ROUNDS === POWER_ROUND ? 'power-loss' : 'yank',
    make,
    delayMs: next(DELAY_MS_MAX),
    awayMs: at(AWAY_MS, next(AWAY_MS.length)),
  };
}

/** By its name or its path. */
const ZFS = '^(/\\S+/)?zfs';

/** The command with which a phase begins; null where bytes or the end of the run tell it. */
export function beginsWith(phase: DrivePhase, pool: string): string | null {
  switch (phase) {
    case 'import':
      return '^(/\\S+/)?zpool import -N ';
    case 'planning':
      return `${ZFS} (list|get) .*${pool}/`;
    case 'completion':
      return `${ZFS} hold zrepl_last_received_.* ${pool}/`;
    case 'pruning':
      return `${ZFS} destroy .*${pool}/.*@`;
    case 'export':
      return `^(/\\S+/)?zpool (sync|export) ${pool}$`;
    case 'whole':
    case 'full':
    case 'incremental':
    case 'idle':
      return null;
  }
}
