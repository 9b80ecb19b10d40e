/** A pool that is to be made on disks, as far as it is filled in. Lives as long as the form: it may hold a passphrase. Pure. */
import type { Params } from '../../../core/api/contract.ts';
import type { Disk } from '../../../core/api/disk.ts';
import {
  type ConfirmedDisk,
  isConfirmed,
  makePoolParams,
  newPoolName,
  PASSPHRASE_CHARS_MIN,
} from '../../../core/api/drive-making.ts';
import { rootFsFor } from './drive.ts';

export interface Making {
  readonly pool: string;
  readonly encryption: 'none' | 'passphrase' | 'key-file';
  readonly passphrase: string;
  readonly again: string;
  /** Names of the disks below /dev/disk/by-id; more than one make a mirror. */
  readonly ids: readonly string[];
  /** What was typed for each, by its name. */
  readonly typed: Readonly<Record<string, string>>;
}

export const NOTHING_MADE: Making = { pool: '', encryption: 'none', passphrase: '', again: '', ids: [], typed: {} };

export type MakingFault = 'name' | 'passphrase-short' | 'passphrase-differs' | 'not-typed';

/** Disks of the form that are still plugged in and free. */
export function chosenFor({ ids }: Making, disks: readonly Disk[]): readonly Disk[] {
  return ids.flatMap((id) => disks.find((disk) => disk.id === id && disk.verdict.kind === 'free') ?? []);
}

/** Everything that keeps it from being asked for. */
export function makingFaults(making: Making, disks: readonly Disk[]): readonly MakingFault[] {
  const { pool, encryption, passphrase, again } = making;
  const isSecret = encryption === 'passphrase';
  const faults: readonly (readonly [MakingFault, boolean])[] = [
    ['name', !newPoolName.safeParse(pool).success],
    ['passphrase-short', isSecret && passphrase.length < PASSPHRASE_CHARS_MIN],
    ['passphrase-differs', isSecret && passphrase !== again],
    ['not-typed', !chosenFor(making, disks).every((disk) => isConfirmed(disk, making.typed[disk.id] ?? ''))],
  ];
  return faults.flatMap(([fault, is]) => (is ? [fault] : []));
}

/** Null while something is missing. */
export function makeParams(making: Making, disks: readonly Disk[]): Params<'drive/make'> | null {
  const chosen = chosenFor(making, disks);
  if (chosen.length !== making.ids.length || makingFaults(making, disks).length > 0) return null;
  const { pool, encryption, passphrase, typed } = making;
  const parsed = makePoolParams.safeParse({
    pool,
    rootFs: rootFsFor(pool),
    layout: chosen.length > 1 ? 'mirror' : 'single',
    disks: chosen.map((disk) => confirmed(disk, typed[disk.id] ?? '')),
    encryption: encryption === 'passphrase' ? { kind: encryption, passphrase } : { kind: encryption },
  });
  return parsed.data ?? null;
}

function confirmed({ id, model, serial, sizeBytes, verdict }: Disk, typed: string): ConfirmedDisk {
  const content = verdict.kind === 'free' ? verdict.content : [];
  return { id, model, serial, sizeBytes, content, typed };
}
