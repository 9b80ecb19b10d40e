/**
 * What a finished run must have left, looked for in what is really on disk. Knows the marks by their names alone and uses
 * nothing of the engine. Pure: what was read goes in, violations in words come out.
 */
import type { DatasetState } from '../platform/support/state.ts';

export interface Pair {
  readonly source: string;
  readonly target: string;
  readonly job: string;
}

/** Either side by full name, as `stateOf` reads it. */
export interface Sides {
  readonly sender: ReadonlyMap<string, DatasetState>;
  readonly receiver: ReadonlyMap<string, DatasetState>;
}

export interface Keep {
  /** The newest so many snapshots that must be there. */
  readonly sender: number;
  readonly receiver: number;
}

/** `taken`: every snapshot ever taken of the source, by guid, oldest first; the rest of them pruning may have removed. */
export function violations(sides: Sides, pair: Pair, taken: readonly bigint[], keep: Keep): readonly string[] {
  const sender = sides.sender.get(pair.source);
  const receiver = sides.receiver.get(pair.target);
  if (sender === undefined) return [`${pair.source} is gone`];
  if (receiver === undefined) return [`${pair.target} is not there`];
  return [
    ...lost(pair.source, sender, taken, keep.sender),
    ...lost(pair.target, receiver, taken, keep.receiver),
    ...foreign(pair, receiver, taken),
    ...common(pair, sender, receiver),
    ...senderMarks(pair, sender),
    ...receiverMarks(pair, receiver),
    ...(sender.token === null ? [] : [`${pair.source} has a partial receive`]),
    ...(receiver.token === null ? [] : [`${pair.target} has a partial receive`]),
  ];
}

function guidsOf({ snapshots }: DatasetState): readonly bigint[] {
  return [...snapshots.values()].map(({ guid }) => guid);
}

function lost(name: string, state: DatasetState, taken: readonly bigint[], keep: number): readonly string[] {
  const there = new Set(guidsOf(state));
  const must = keep === 0 ? [] : taken.slice(-keep);
  return must.filter((guid) => !there.has(guid)).map((guid) => `${name}: the snapshot with guid ${guid} is lost`);
}

function foreign(pair: Pair, state: DatasetState, taken: readonly bigint[]): readonly string[] {
  const known = new Set(taken);
  return guidsOf(state)
    .filter((guid) => !known.has(guid))
    .map((guid) => `${pair.target}: the snapshot with guid ${guid} was never taken`);
}

function common(pair: Pair, sender: DatasetState, receiver: DatasetState): readonly string[] {
  const [newestHere, newestThere] = [[...sender.snapshots].at(-1), [...receiver.snapshots].at(-1)];
  if (newestHere !== undefined && newestHere[1].guid === newestThere?.[1].guid) return [];
  return [`${pair.source}@${newestHere?.[0]} is newest here, ${pair.target}@${newestThere?.[0]} there`];
}

function senderMarks({ source, job }: Pair, { snapshots, bookmarks }: DatasetState): readonly string[] {
  const newest = [...snapshots.values()].at(-1);
  const cursor = `zrepl_CURSOR_G_${newest?.guid.toString(16).padStart(16, '0')}_J_${job}`;
  const found: string[] = [];
  if (!bookmarks.has(cursor)) found.push(`${source}#${cursor} is missing`);
  for (const [name, guid] of bookmarks) {
    if (name !== cursor) found.push(`${source}#${name} is stray`);
    else if (guid !== newest?.guid) found.push(`${source}#${name} has guid ${guid}`);
  }
  for (const [name, { tags }] of snapshots) {
    for (const tag of tags) found.push(`${source}@${name} is held by ${tag}`);
  }
  return found;
}

function receiverMarks({ target, job }: Pair, { snapshots, bookmarks }: DatasetState): readonly string[] {
  const newest = [...snapshots.keys()].at(-1);
  const own = `zrepl_last_received_J_${job}`;
  const found = [...bookmarks.keys()].map((name) => `${target}#${name} is stray`);
  for (const [name, { tags }] of snapshots) {
    if (name === newest && !tags.includes(own)) found.push(`${target}@${name} is not held by ${own}`);
    for (const tag of tags) {
      if (name !== newest || tag !== own) found.push(`${target}@${name} is held by ${tag}`);
    }
  }
  return found;
}

/** Copies and originals by guid, as digests of their files. A copy without an original to compare it with is found, too. */
export function differences(
  originals: ReadonlyMap<bigint, string>,
  copies: ReadonlyMap<bigint, string>,
): { readonly found: readonly string[]; readonly equal: readonly bigint[] } {
  const found: string[] = [];
  const equal: bigint[] = [];
  for (const [guid, copy] of copies) {
    const original = originals.get(guid);
    if (original === undefined) found.push(`the copy with guid ${guid} has no original to compare it with`);
    else if (!/^[0-9a-f]{64}$/.test(copy)) found.push(`the copy with guid ${guid} cannot be compared: ${copy}`);
    else if (copy !== original) found.push(`the copy with guid ${guid} is not the original`);
    else equal.push(guid);
  }
  return { found, equal };
}
