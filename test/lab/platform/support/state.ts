/** What really is on disk, read with plain commands and none of the code under test. */
import { type Guest, shellQuote } from '../../guests/index.ts';

export interface SnapshotState {
  readonly guid: bigint;
  /** Tags of its holds, sorted. */
  readonly tags: readonly string[];
}

export interface DatasetState {
  readonly token: string | null;
  /** By short name, in the order of creation. */
  readonly snapshots: ReadonlyMap<string, SnapshotState>;
  /** Guid by short name, in the order of creation. */
  readonly bookmarks: ReadonlyMap<string, bigint>;
}

/** Everything at and below a dataset, by full name. A dataset that does not exist gives an empty map. */
export async function stateOf(guest: Guest, dataset: string): Promise<ReadonlyMap<string, DatasetState>> {
  const root = shellQuote([dataset]);
  const script = `
zfs list -H -o name ${root} >/dev/null 2>&1 || exit 0
zfs list -Hp -r -t all -s createtxg -o name,guid,receive_resume_token ${root} || exit 1
zfs list -Hp -r -t snapshot -o userrefs,name ${root} | grep -v '^0' | cut -f 2 | tr '\\n' '\\0' | xargs -0 -r zfs holds -H | sed 's/^/hold\t/'
`;
  const datasets = new Map<
    string,
    { token: string | null; snapshots: Map<string, { guid: bigint; tags: string[] }>; bookmarks: Map<string, bigint> }
  >();
  const at = (name: string) => {
    const known = datasets.get(name) ?? { token: null, snapshots: new Map(), bookmarks: new Map() };
    datasets.set(name, known);
    return known;
  };
  for (const line of (await guest.runOk(script)).split('\n')) {
    const [first = '', second = '', third = ''] = line.split('\t');
    if (first === '') continue;
    if (first === 'hold') {
      const [name = '', snapshot = ''] = second.split('@');
      at(name).snapshots.get(snapshot)?.tags.push(third);
      continue;
    }
    const [name = '', short = ''] = first.split(/[@#]/);
    if (first.includes('@')) at(name).snapshots.set(short, { guid: BigInt(second), tags: [] });
    else if (first.includes('#')) at(name).bookmarks.set(short, BigInt(second));
    else at(name).token = third === '-' ? null : third;
  }
  for (const { snapshots } of datasets.values()) for (const { tags } of snapshots.values()) tags.sort();
  return datasets;
}

/** State of one dataset that exists. */
export async function onDisk(guest: Guest, dataset: string): Promise<DatasetState> {
  const state = (await stateOf(guest, dataset)).get(dataset);
  if (state === undefined) throw new Error(`there is no dataset ${dataset}`);
  return state;
}

/** Names of the snapshots, in the order of creation. */
export function namesOf(state: DatasetState | undefined): readonly string[] {
  return state === undefined ? [] : [...state.snapshots.keys()];
}

/** Which snapshots have which holds; those without any are left out. */
export function holdsOf(state: DatasetState | undefined): Readonly<Record<string, readonly string[]>> {
  const held = [...(state?.snapshots ?? [])].filter(([, { tags }]) => tags.length > 0);
  return Object.fromEntries(held.map(([name, { tags }]) => [name, tags]));
}

/** The guid of a snapshot that exists. */
export function guidOf(state: DatasetState, snapshot: string): bigint {
  const found = state.snapshots.get(snapshot);
  if (found === undefined) throw new Error(`there is no snapshot ${snapshot}`);
  return found.guid;
}
