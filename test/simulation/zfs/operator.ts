/**
 * What a person or another program does to simulated pools, past the engine and its effects. Throws where zfs would refuse.
 */
import { datasetOf, parentOf } from '../../../core/zfs/names.ts';
import { destroyDeferred, removeSnapshot } from './destroying.ts';
import { encryptionRootOf, findDataset, findPool, findSnapshot, namesChanged, originOf, subtreeOf } from './lookup.ts';
import { inheritEncryption, takeSnapshot } from './making.ts';
import { setOwn } from './properties.ts';
import {
  type Dataset,
  type Machine,
  newDataset,
  nextBlock,
  nextGuid,
  type Pool,
  type Snapshot,
  type World,
  type WrappingKey,
} from './world.ts';

export interface CreateOptions {
  readonly kind?: 'filesystem' | 'volume';
  /** An encryption root with this passphrase. */
  readonly passphrase?: string;
  readonly properties?: Readonly<Record<string, string>>;
}

function demand<T>(found: T | undefined | null, what: string): T {
  if (found === undefined || found === null) throw new Error(`there is no ${what}`);
  return found;
}

function refuseIf(condition: boolean, reason: string): void {
  if (condition) throw new Error(reason);
}

/** A person at the console of a simulated machine. */
export class Operator {
  readonly #world: World;
  readonly #machine: Machine;

  constructor(world: World, machine: Machine) {
    this.#world = world;
    this.#machine = machine;
  }

  #dataset(name: string): { readonly pool: Pool; readonly dataset: Dataset } {
    const pool = demand(findPool(this.#machine, name), `pool of ${name}`);
    pool.txg += 1n;
    return { pool, dataset: demand(pool.datasets.get(datasetOf(name)), name) };
  }

  #snapshot(name: string): { readonly pool: Pool; readonly dataset: Dataset; readonly snapshot: Snapshot } {
    return { ...this.#dataset(name), snapshot: demand(findSnapshot(this.#machine, name), name) };
  }

  #key(passphrase: string): WrappingKey {
    const id = nextGuid(this.#world);
    return { id, passphrase, format: 'passphrase', salt: nextGuid(this.#world) };
  }

  create(name: string, options: CreateOptions = {}): void {
    const { pool, dataset: parent } = this.#dataset(parentOf(name) ?? name);
    refuseIf(pool.datasets.has(name), `${name} exists`);
    const dataset = newDataset(this.#world, pool, name, options.kind ?? 'filesystem');
    if (options.passphrase === undefined) dataset.encryption = inheritEncryption(this.#world, pool, parent);
    else {
      const wrapping = this.#key(options.passphrase);
      dataset.encryption = { rootGuid: dataset.guid, masterKey: nextGuid(this.#world), wrapping, keyLoaded: true };
    }
    for (const [property, value] of Object.entries(options.properties ?? {}))
      setOwn(dataset, property, { local: value });
    dataset.mounted = dataset.kind === 'filesystem' && options.properties?.canmount !== 'off';
    pool.datasets.set(name, dataset);
    namesChanged(pool);
  }

  /** Adds so many blocks that were never there before. */
  append(name: string, blocks: number): void {
    const { dataset } = this.#dataset(name);
    const added = Array.from({ length: blocks }, () => nextBlock(this.#world));
    dataset.content = [...dataset.content, ...added];
  }

  /** Changes the first block. */
  overwrite(name: string): void {
    const { dataset } = this.#dataset(name);
    dataset.content = [nextBlock(this.#world), ...dataset.content.slice(1)];
  }

  /** Removes everything. */
  clear(name: string): void {
    this.#dataset(name).dataset.content = [];
  }

  /** One transaction group. */
  snapshot(...names: readonly string[]): void {
    const found = names.map((name) => ({ ...this.#dataset(name), short: name.slice(name.indexOf('@') + 1) }));
    refuseIf(
      names.some((name) => findSnapshot(this.#machine, name) !== undefined),
      'a snapshot of that name exists',
    );
    for (const { pool, dataset, short } of found) takeSnapshot(this.#world, pool, dataset, short);
  }

  /** `defer`: as soon as its last hold is released (`zfs destroy -d`). */
  destroySnapshot(name: string, options: { readonly defer?: boolean } = {}): void {
    const { dataset, snapshot } = this.#snapshot(name);
    if (options.defer === true) {
      snapshot.deferred = true;
      destroyDeferred(this.#world, dataset, snapshot);
      return;
    }
    refuseIf(snapshot.tags.size > 0 || snapshot.readers > 0, `${name} is busy`);
    refuseIf(snapshot.clones.size > 0, `${name} has clones`);
    refuseIf(dataset.partial?.baseGuid === snapshot.guid, `${name} has dependent clones`);
    removeSnapshot(this.#world, dataset, snapshot);
  }

  /** With all that lies below (`zfs destroy -r`). */
  destroyDataset(name: string): void {
    const { pool } = this.#dataset(name);
    const doomed = subtreeOf(pool, name);
    const isHeld = doomed.some(({ snapshots }) => snapshots.some(({ tags, clones }) => tags.size + clones.size > 0));
    const isAtWork = doomed.some(
      ({ partial, snapshots }) => partial?.active === true || snapshots.some(({ readers }) => readers > 0),
    );
    refuseIf(isHeld || isAtWork, `${name} is busy`);
    for (const dataset of doomed) {
      const origin = dataset.originGuid === null ? null : originOf(pool, dataset.originGuid);
      origin?.snapshot.clones.delete(dataset.guid);
      if (origin !== null) destroyDeferred(this.#world, origin.dataset, origin.snapshot);
      pool.datasets.delete(dataset.name);
    }
    namesChanged(pool);
  }

  renameSnapshot(name: string, to: string): void {
    const { dataset, snapshot } = this.#snapshot(name);
    refuseIf(findSnapshot(this.#machine, `${dataset.name}@${to}`) !== undefined, `${to} exists`);
    snapshot.name = to;
    dataset.snapshotsChangedS = this.#world.nowS;
    dataset.revision += 1;
  }

  /** With all that lies below. */
  renameDataset(name: string, to: string): void {
    const { pool } = this.#dataset(name);
    refuseIf(findDataset(this.#machine, to) !== undefined, `${to} exists`);
    demand(pool.datasets.get(parentOf(to) ?? ''), `parent of ${to}`);
    for (const dataset of subtreeOf(pool, name)) {
      pool.datasets.delete(dataset.name);
      dataset.name = `${to}${dataset.name.slice(name.length)}`;
      pool.datasets.set(dataset.name, dataset);
    }
    namesChanged(pool);
  }

  /** `zfs rollback -r`: what is newer goes, bookmarks included. */
  rollback(name: string): void {
    const { dataset, snapshot } = this.#snapshot(name);
    const newer = dataset.snapshots.filter(({ createtxg }) => createtxg > snapshot.createtxg);
    refuseIf(
      newer.some(({ tags, clones, readers }) => tags.size + clones.size + readers > 0),
      'a newer snapshot is busy',
    );
    refuseIf(dataset.partial !== null, `${dataset.name} is busy`);
    for (const each of newer) removeSnapshot(this.#world, dataset, each);
    dataset.bookmarks = dataset.bookmarks.filter(({ createtxg }) => createtxg <= snapshot.createtxg);
    dataset.content = snapshot.content;
    dataset.revision += 1;
  }

  hold(tag: string, name: string): void {
    const { dataset, snapshot } = this.#snapshot(name);
    snapshot.tags.add(tag);
    dataset.revision += 1;
  }

  release(tag: string, name: string): void {
    const { dataset, snapshot } = this.#snapshot(name);
    snapshot.tags.delete(tag);
    dataset.revision += 1;
    destroyDeferred(this.#world, dataset, snapshot);
  }

  bookmark(snapshotName: string, name: string): void {
    const { dataset, snapshot } = this.#snapshot(snapshotName);
    refuseIf(
      dataset.bookmarks.some((bookmark) => bookmark.name === name),
      `${name} exists`,
    );
    const { guid, createtxg, creationS, content, ivset } = snapshot;
    dataset.bookmarks.push({ name, guid, createtxg, creationS, content, ivset });
    dataset.revision += 1;
  }

  destroyBookmark(name: string): void {
    const { dataset } = this.#dataset(name);
    const short = name.slice(name.indexOf('#') + 1);
    dataset.bookmarks = dataset.bookmarks.filter((bookmark) => bookmark.name !== short);
    dataset.revision += 1;
  }

  clone(snapshotName: string, name: string): void {
    const { pool, dataset, snapshot } = this.#snapshot(snapshotName);
    const clone = newDataset(this.#world, pool, name, dataset.kind);
    clone.originGuid = snapshot.guid;
    clone.content = snapshot.content;
    clone.encryption = dataset.encryption === null ? null : { ...dataset.encryption };
    snapshot.clones.add(clone.guid);
    dataset.revision += 1;
    pool.datasets.set(name, clone);
    namesChanged(pool);
  }

  set(name: string, property: string, value: string): void {
    setOwn(this.#dataset(name).dataset, property, { local: value });
  }

  /** Back to what was received, or is inherited. */
  inherit(name: string, property: string): void {
    this.#dataset(name).dataset.properties.delete(property);
  }

  loadKey(name: string, passphrase: string): void {
    const { pool, dataset } = this.#dataset(name);
    const key = demand(encryptionRootOf(pool, dataset)?.encryption, `key of ${name}`);
    refuseIf(key.wrapping.passphrase !== passphrase, 'incorrect key provided');
    key.keyLoaded = true;
  }

  unloadKey(name: string): void {
    const { pool, dataset } = this.#dataset(name);
    demand(encryptionRootOf(pool, dataset)?.encryption, `key of ${name}`).keyLoaded = false;
    for (const each of subtreeOf(pool, name)) each.mounted = false;
  }

  /** The dataset becomes a root of its own if it is none. */
  changeKey(name: string, passphrase: string): void {
    const { pool, dataset } = this.#dataset(name);
    const own = demand(dataset.encryption, `key of ${name}`);
    refuseIf(encryptionRootOf(pool, dataset)?.encryption?.keyLoaded !== true, 'key must be loaded');
    this.#rewrap(pool, dataset, own.rootGuid, dataset.guid, this.#key(passphrase));
    own.keyLoaded = true;
  }

  /** The dataset uses the key of the one above from now on (`zfs change-key -i`). */
  inheritKey(name: string): void {
    const { pool, dataset } = this.#dataset(name);
    const own = demand(dataset.encryption, `key of ${name}`);
    const parent = demand(pool.datasets.get(parentOf(name) ?? ''), `parent of ${name}`);
    const root = demand(encryptionRootOf(pool, parent), `key above ${name}`);
    const wrapping = demand(root.encryption, `key above ${name}`).wrapping;
    this.#rewrap(pool, dataset, own.rootGuid, root.guid, wrapping);
  }

  /** Everything at and below that used the old root uses the new one. */
  #rewrap(pool: Pool, top: Dataset, oldRoot: bigint, newRoot: bigint, wrapping: WrappingKey): void {
    for (const { encryption } of subtreeOf(pool, top.name)) {
      if (encryption?.rootGuid !== oldRoot) continue;
      encryption.rootGuid = newRoot;
      encryption.wrapping = wrapping;
    }
  }
}
