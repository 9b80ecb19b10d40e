/** Simulated pools, and what a person or another program does to them: none of it is an effect of the engine. */
import { ProblemError } from '../../../core/api/problem.ts';
import type { PropertyValue, SnapshotRef } from '../../../core/zfs/types.ts';
import {
  isAtOrBelowName,
  type MemoryDataset,
  type MemorySnapshot,
  newestOf,
  poolName,
  propertyOf,
  setLocal,
} from './memory-model.ts';
import type { MemoryWorld } from './memory-world.ts';

export type SnapshotName = Pick<SnapshotRef, 'dataset' | 'name'>;

export class MemoryPools {
  readonly label: string;
  readonly world: MemoryWorld;
  readonly datasets = new Map<string, MemoryDataset>();
  readonly #txgs = new Map<string, bigint>();
  /** What the snapshots of a dataset looked like when its time of change was last asked for. */
  readonly #changes = new Map<bigint, { readonly seen: string; readonly atS: number }>();

  constructor(label: string, world: MemoryWorld) {
    this.label = label;
    this.world = world;
  }

  nextGuid(): bigint {
    return this.world.nextGuid();
  }

  nextTxg(dataset: string): bigint {
    const pool = poolName(dataset);
    const txg = (this.#txgs.get(pool) ?? 100n) + 7n;
    this.#txgs.set(pool, txg);
    return txg;
  }

  /** A dataset that is there before the test begins. Encrypted like the one above unless told otherwise. */
  addDataset(
    name: string,
    options: { kind?: 'filesystem' | 'volume'; encryption?: 'off' | 'root'; keyLoaded?: boolean; salt?: string } = {},
  ): MemoryDataset {
    const above = this.datasets.get(name.slice(0, Math.max(0, name.lastIndexOf('/'))));
    const inherits = options.encryption === undefined && above?.encrypted === true;
    const dataset: MemoryDataset = {
      name,
      guid: this.world.nextGuid(),
      kind: options.kind ?? 'filesystem',
      encrypted: options.encryption === 'root' || inherits,
      encryptionRoot: options.encryption === 'root' ? name : inherits ? (above?.encryptionRoot ?? null) : null,
      keyLoaded: options.keyLoaded ?? (options.encryption === 'root' || (inherits && above?.keyLoaded === true)),
      properties: new Map(),
      snapshots: [],
      bookmarks: [],
      partial: null,
      inconsistent: false,
      modified: false,
    };
    if (options.encryption === 'root') {
      setLocal(dataset, 'memory:keyformat', 'passphrase');
      setLocal(dataset, 'memory:pbkdf2salt', options.salt ?? '1');
    }
    this.datasets.set(name, dataset);
    return dataset;
  }

  /** A minute later, a snapshot. */
  addSnapshot(
    dataset: string,
    name: string,
    options: { guid?: bigint; createtxg?: bigint; sizeBytes?: number } = {},
  ): MemorySnapshot {
    this.world.nowS += 60;
    const snapshot: MemorySnapshot = {
      name,
      guid: options.guid ?? this.world.nextGuid(),
      createtxg: options.createtxg ?? this.nextTxg(dataset),
      creationS: this.world.nowS,
      sizeBytes: options.sizeBytes ?? 1000,
      tags: new Set(),
    };
    this.existing(dataset).snapshots.push(snapshot);
    return snapshot;
  }

  /** `zfs destroy` by somebody who honours holds: false when one is in the way. */
  removeSnapshot(dataset: string, name: string): boolean {
    const found = this.existing(dataset);
    const snapshot = found.snapshots.find((entry) => entry.name === name);
    if (snapshot === undefined || snapshot.tags.size > 0) return false;
    found.snapshots = found.snapshots.filter((entry) => entry !== snapshot);
    return true;
  }

  /**
   * `snapshots_changed`: whoever created, received, renamed or destroyed one in whatever way, since it was last asked for, did
   * so in a second of its own. Null where there never was one.
   */
  snapshotsChangedS(dataset: MemoryDataset): number | null {
    const seen = dataset.snapshots.map(({ name, guid }) => `${name} ${guid}`).join('\n');
    const before = this.#changes.get(dataset.guid);
    if (before?.seen === seen) return before.atS;
    if (before === undefined && seen === '') return null;
    const atS = Math.max(this.world.nowS, (before?.atS ?? 0) + 1);
    this.#changes.set(dataset.guid, { seen, atS });
    return atS;
  }

  /** Somebody changes the snapshots in the very second in which they were changed last: the property does not move. */
  withinSameSecond(name: string, change: () => void): void {
    const dataset = this.existing(name);
    const atS = this.snapshotsChangedS(dataset) ?? this.world.nowS;
    change();
    this.snapshotsChangedS(dataset);
    const seen = this.#changes.get(dataset.guid)?.seen ?? '';
    this.#changes.set(dataset.guid, { seen, atS });
  }

  snapshotNames(dataset: string): readonly string[] {
    return this.datasets.get(dataset)?.snapshots.map(({ name }) => name) ?? [];
  }

  bookmarkNames(dataset: string): readonly string[] {
    return [...(this.datasets.get(dataset)?.bookmarks ?? [])].map(({ name }) => name).sort();
  }

  /** "snapshot tag" for every hold, sorted. */
  holdsOn(dataset: string): readonly string[] {
    const snapshots = this.datasets.get(dataset)?.snapshots ?? [];
    return snapshots.flatMap(({ name, tags }) => [...tags].map((tag) => `${name} ${tag}`)).sort();
  }

  newestGuid(dataset: string): bigint | undefined {
    const found = this.datasets.get(dataset);
    return found === undefined ? undefined : newestOf(found)?.guid;
  }

  protected missing(name: string): ProblemError {
    return new ProblemError('not-found', { name, host: this.label });
  }

  protected existing(name: string): MemoryDataset {
    const found = this.datasets.get(name);
    if (found === undefined) throw this.missing(name);
    return found;
  }

  protected findSnapshot({ dataset, name }: SnapshotName): MemorySnapshot | undefined {
    return this.datasets.get(dataset)?.snapshots.find((snapshot) => snapshot.name === name);
  }

  protected hasGuid(dataset: string, guid: bigint): boolean {
    return this.datasets.get(dataset)?.snapshots.some((snapshot) => snapshot.guid === guid) === true;
  }

  protected select(roots: readonly string[], recursive: boolean): readonly MemoryDataset[] {
    for (const root of roots) this.existing(root);
    return [...this.datasets.values()]
      .filter(
        ({ name }) =>
          roots.length === 0 || roots.some((root) => (recursive ? isAtOrBelowName(name, root) : name === root)),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  protected propertiesAmong(dataset: MemoryDataset, names: readonly string[]): ReadonlyMap<string, PropertyValue> {
    return new Map(
      names.flatMap((name) => {
        const value = propertyOf(this.datasets, dataset, name);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  }

  /** Of a dataset, a snapshot or a bookmark; null when it is gone. */
  protected propertiesOf(name: string, properties: readonly string[]): ReadonlyMap<string, PropertyValue> | null {
    const at = name.search(/[@#]/);
    const dataset = this.datasets.get(at < 0 ? name : name.slice(0, at));
    if (dataset === undefined) return null;
    if (at < 0) return this.propertiesAmong(dataset, properties);
    const versions = name[at] === '@' ? dataset.snapshots : dataset.bookmarks;
    const version = versions.find((entry) => entry.name === name.slice(at + 1));
    if (version === undefined) return null;
    const known = new Map([
      ['guid', version.guid.toString()],
      ['createtxg', version.createtxg.toString()],
      ['creation', version.creationS.toString()],
    ]);
    return new Map(
      properties.flatMap((property) => {
        const value = known.get(property);
        return value === undefined ? [] : [[property, { value, source: 'none' }] as const];
      }),
    );
  }
}
