/** What really is on one side, read by a helper in the guest that knows nothing of the engine. */
import { type Guest, shellQuote } from '../guests/index.ts';
import type { DatasetState } from '../platform/support/state.ts';
import { READER } from './household.ts';

export interface SideState {
  /** By full name. */
  readonly datasets: ReadonlyMap<string, DatasetState>;
  /** Digests of all files of a snapshot by its guid, where they were asked for. */
  readonly digests: ReadonlyMap<bigint, string>;
}

/** Reads the lines of read-side.pl. Throws where they are not whole. Pure. */
export function parseSide(text: string): SideState {
  const lines = text.trimEnd().split('\n');
  if (lines.at(-1) !== 'end') throw new Error(`a side could not be read: ${text.slice(-500)}`);
  const datasets = new Map<
    string,
    { token: string | null; snapshots: Map<string, { guid: bigint; tags: string[] }>; bookmarks: Map<string, bigint> }
  >();
  const digests = new Map<bigint, string>();
  const at = (name: string) => {
    const known = datasets.get(name) ?? { token: null, snapshots: new Map(), bookmarks: new Map() };
    datasets.set(name, known);
    return known;
  };
  for (const line of lines.slice(0, -1)) {
    const [kind, name = '', value = ''] = line.split('\t');
    const [dataset = '', short = ''] = name.split(/[@#]/);
    if (kind === 'dataset') at(name).token = value === '-' ? null : value;
    else if (kind === 'snapshot') at(dataset).snapshots.set(short, { guid: BigInt(value), tags: [] });
    else if (kind === 'bookmark') at(dataset).bookmarks.set(short, BigInt(value));
    else if (kind === 'hold') at(dataset).snapshots.get(short)?.tags.push(value);
    else if (kind === 'digest') digests.set(BigInt(name), value);
    else throw new Error(`not a line of a side: ${line}`);
  }
  return { datasets, digests };
}

/** Everything at and below a dataset; nothing where it does not exist. `known` are guids that need no digest. */
export async function readSide(guest: Guest, root: string, known: Iterable<bigint> | 'all'): Promise<SideState> {
  const words = known === 'all' ? ['all'] : [...known].map(String);
  return parseSide(await guest.runOk(`perl ${READER} ${shellQuote([root, ...words])} 2>/run/torture-reader`));
}
