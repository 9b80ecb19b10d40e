/**
 * What a finished run to one drive of a set must have left, by what is really on disk: its own marks at the newest snapshot, and
 * those of the other drives where they were. Uses nothing of the engine. Pure.
 */
import type { DatasetState } from '../../platform/support/state.ts';

export interface DrivePair {
  readonly source: string;
  readonly target: string;
  /** The one that has just been backed up to. */
  readonly job: string;
}

export interface DriveSides {
  readonly sender: ReadonlyMap<string, DatasetState>;
  readonly receiver: ReadonlyMap<string, DatasetState>;
}

export interface Expected {
  /** Guids of every snapshot ever taken of the source, oldest first. */
  readonly taken: readonly bigint[];
  /** The newest so many of them that must be there. */
  readonly keep: { readonly sender: number; readonly receiver: number };
  /** For each job that has ever brought this dataset to its drive: the guid that its cursor stands at. */
  readonly cursors: ReadonlyMap<string, bigint>;
}

/** The name of a job for one drive of it. */
export function jobOfDrive(job: string, poolGuid: bigint): string {
  return `${job}:${hex(poolGuid)}`;
}

function hex(guid: bigint): string {
  return guid.toString(16).padStart(16, '0');
}

/** In words; empty when all holds. */
export function driveViolations(sides: DriveSides, pair: DrivePair, expected: Expected): readonly string[] {
  const sender = sides.sender.get(pair.source);
  const receiver = sides.receiver.get(pair.target);
  if (sender === undefined) return [`${pair.source} is gone`];
  if (receiver === undefined) return [`${pair.target} is not there`];
  const { taken, keep, cursors } = expected;
  return [
    ...lost(pair.source, sender, taken.slice(-keep.sender)),
    ...lost(pair.target, receiver, taken.slice(-keep.receiver)),
    ...newest(pair.source, sender, taken),
    ...newest(pair.target, receiver, taken),
    ...senderMarks(pair.source, sender, cursors),
    ...receiverMarks(pair, receiver),
    ...(sender.token === null ? [] : [`${pair.source} has a partial receive`]),
    ...(receiver.token === null ? [] : [`${pair.target} has a partial receive`]),
  ];
}

function lost(name: string, { snapshots }: DatasetState, must: readonly bigint[]): readonly string[] {
  const there = new Set([...snapshots.values()].map(({ guid }) => guid));
  return must.filter((guid) => !there.has(guid)).map((guid) => `${name}: the snapshot with guid ${guid} is lost`);
}

function newest(name: string, { snapshots }: DatasetState, taken: readonly bigint[]): readonly string[] {
  const last = [...snapshots.values()].at(-1)?.guid;
  return last === taken.at(-1) ? [] : [`${name}: the newest snapshot has guid ${last} instead of ${taken.at(-1)}`];
}

function senderMarks(
  source: string,
  { snapshots, bookmarks }: DatasetState,
  cursors: ReadonlyMap<string, bigint>,
): readonly string[] {
  const found: string[] = [];
  const must = new Map([...cursors].map(([job, guid]) => [`zrepl_CURSOR_G_${hex(guid)}_J_${job}`, guid]));
  for (const [name, guid] of must) {
    if (bookmarks.get(name) !== guid) found.push(`${source}#${name} is missing, or at ${bookmarks.get(name)}`);
  }
  for (const name of bookmarks.keys()) if (!must.has(name)) found.push(`${source}#${name} is stray`);
  for (const [name, { tags }] of snapshots) {
    for (const tag of tags) found.push(`${source}@${name} is held by ${tag}`);
  }
  return found;
}

function receiverMarks({ target, job }: DrivePair, { snapshots, bookmarks }: DatasetState): readonly string[] {
  const last = [...snapshots.keys()].at(-1);
  const own = `zrepl_last_received_J_${job}`;
  const found = [...bookmarks.keys()].map((name) => `${target}#${name} is stray`);
  for (const [name, { tags }] of snapshots) {
    if (name === last && !tags.includes(own)) found.push(`${target}@${name} is not held by ${own}`);
    for (const tag of tags) if (name !== last || tag !== own) found.push(`${target}@${name} is held by ${tag}`);
  }
  return found;
}
