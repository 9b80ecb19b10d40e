/** Finding things in simulated pools by their names, and how they relate. */
import { datasetOf, isAtOrBelow, parentOf, poolOf } from '../../../core/zfs/names.ts';
import type { Bookmark, Dataset, Machine, Pool, Snapshot } from './world.ts';

/** The pool that a name lies in; undefined where it is not imported. */
export function findPool(machine: Machine, name: string): Pool | undefined {
  const pool = machine.pools.get(poolOf(name));
  return pool?.state === 'vanished' ? undefined : pool;
}

export function findDataset(machine: Machine, name: string): Dataset | undefined {
  return findPool(machine, name)?.datasets.get(name);
}

/** By its full name. */
export function findSnapshot(machine: Machine, fullName: string): Snapshot | undefined {
  const dataset = datasetOf(fullName);
  const name = fullName.slice(dataset.length + 1);
  return findDataset(machine, dataset)?.snapshots.find((snapshot) => snapshot.name === name);
}

/** By its full name. */
export function findBookmark(machine: Machine, fullName: string): Bookmark | undefined {
  const dataset = datasetOf(fullName);
  const name = fullName.slice(dataset.length + 1);
  return findDataset(machine, dataset)?.bookmarks.find((bookmark) => bookmark.name === name);
}

export function newestOf(dataset: Dataset): Snapshot | undefined {
  return dataset.snapshots.at(-1);
}

export function parentIn(pool: Pool, name: string): Dataset | undefined {
  const parent = parentOf(name);
  return parent === null ? undefined : pool.datasets.get(parent);
}

const sortedNames = new WeakMap<Pool['datasets'], { readonly count: number; readonly names: readonly string[] }>();

/** A dataset came, went or was renamed. */
export function namesChanged(pool: Pool): void {
  sortedNames.delete(pool.datasets);
}

/** By component, so that what lies below a dataset follows it at once. */
function compareNames(a: string, b: string): number {
  const [left, right] = [a.replaceAll('/', '\0'), b.replaceAll('/', '\0')];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** All datasets of a pool, each followed by those below it. */
export function namesOf(pool: Pool): readonly string[] {
  const known = sortedNames.get(pool.datasets);
  if (known !== undefined && known.count === pool.datasets.size) return known.names;
  const names = [...pool.datasets.keys()].sort(compareNames);
  sortedNames.set(pool.datasets, { count: names.length, names });
  return names;
}

/** The dataset and all below it. */
export function subtreeOf(pool: Pool, root: string): readonly Dataset[] {
  const names = namesOf(pool);
  const found: Dataset[] = [];
  for (let at = root === pool.name ? 0 : names.indexOf(root); at >= 0 && at < names.length; at++) {
    const name = names[at] ?? '';
    if (!isAtOrBelow(name, root)) break;
    const dataset = pool.datasets.get(name);
    if (dataset !== undefined) found.push(dataset);
  }
  return found;
}

/** The dataset whose key this one uses; undefined where it is not encrypted. */
export function encryptionRootOf(pool: Pool, dataset: Dataset): Dataset | undefined {
  const rootGuid = dataset.encryption?.rootGuid;
  if (rootGuid === undefined) return undefined;
  let at: Dataset | undefined = dataset;
  while (at !== undefined && at.guid !== rootGuid) at = parentIn(pool, at.name);
  return at;
}

/** Whether the content can be read: not encrypted, or with its key there and fitting. */
export function isReadable(pool: Pool, dataset: Dataset): boolean {
  if (dataset.encryption === null) return true;
  const root = encryptionRootOf(pool, dataset)?.encryption;
  return root?.keyLoaded === true && root.wrapping.id === dataset.encryption.wrapping.id;
}

/** The snapshot that a dataset of the pool has under this guid. */
export function originOf(pool: Pool, guid: bigint): { readonly dataset: Dataset; readonly snapshot: Snapshot } | null {
  for (const dataset of pool.datasets.values()) {
    const snapshot = dataset.snapshots.find((candidate) => candidate.guid === guid);
    if (snapshot !== undefined) return { dataset, snapshot };
  }
  return null;
}
