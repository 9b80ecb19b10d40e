/** Where a drive is, and what its coming and going makes of that. Pure. */
import type { DriveState } from '../api/drive.ts';

export interface DriveSight {
  /** Any device of its pool is plugged in; null as long as nobody has looked. */
  readonly present: boolean | null;
  /** Its pool is imported: by its guid while it is plugged in, otherwise by its name, where no other drive bears it. */
  readonly imported: boolean;
}

const ON_THE_WAY: ReadonlySet<DriveState> = new Set<DriveState>([
  'connecting',
  'connected',
  'busy',
  'ejecting',
  'returning',
]);

/** Its pool is imported, or on its way in or out: what the kernel holds of it must not lose its disk. */
export function isOnTheWay(state: DriveState): boolean {
  return ON_THE_WAY.has(state);
}

/** The state after looking; the same one where nothing has changed. */
export function afterLook(state: DriveState, { present, imported }: DriveSight): DriveState {
  if (present === null) return state;
  if (!present) {
    // Known to be away: a pool of its name that is imported is another one.
    if (state === 'away') return 'away';
    // Without a disk and still imported: pulled before we looked, or by somebody who did not wait.
    return ON_THE_WAY.has(state) || imported ? 'pulled' : 'away';
  }
  switch (state) {
    case 'unknown':
    case 'away':
      return imported ? 'connected' : 'plugged';
    case 'pulled':
      return 'returning';
    case 'plugged':
    case 'safe':
    case 'unusable':
      return imported ? 'connected' : state;
    case 'connecting':
    case 'connected':
    case 'busy':
    case 'ejecting':
    case 'returning':
      return state;
  }
}
