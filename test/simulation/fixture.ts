/** Conformance cases on simulated machines. */
import { decodeResumeToken } from '../../core/zfs/token.ts';
import type { Zfs } from '../../core/zfs/types.ts';
import {
  type DatasetState,
  type Fixture,
  OBSERVED_PROPERTIES,
  OBSERVED_USER_PROPERTIES,
  type Operator,
  type Place,
  type PlaceState,
  type Release,
} from '../conformance/fixture.ts';
import { encryptionRootOf, isReadable, subtreeOf } from './zfs/lookup.ts';
import { Operator as SimOperator } from './zfs/operator.ts';
import { tokenTextOf } from './zfs/partial-token.ts';
import { createSimZfs, type SimZfsOptions } from './zfs/sim-zfs.ts';
import {
  addMachine,
  addPool,
  type Content,
  createWorld,
  type Dataset,
  type Machine,
  type Pool,
  RELEASE_2_1,
  RELEASE_2_3,
  type World,
} from './zfs/world.ts';

export interface SimFixtureOptions {
  readonly source: Release;
  readonly target: Release;
  readonly listing: 'direct' | 'text';
}

export interface SimFixture extends Fixture {
  readonly world: World;
  readonly sourceMachine: Machine;
  readonly targetMachine: Machine;
}

const RELEASES = { '2.1': RELEASE_2_1, '2.3': RELEASE_2_3 } as const;

function digestOf(content: Content, isReadableContent: boolean): string | null {
  return isReadableContent ? content.join(' ') : null;
}

function stateOf(pool: Pool, root: string, dataset: Dataset): DatasetState {
  const path = (name: string): string => name.slice(root.length + 1);
  const readable = isReadable(pool, dataset);
  const token = tokenTextOf(dataset);
  const decoded = token === null ? null : decodeResumeToken(token);
  const encryptionRoot = encryptionRootOf(pool, dataset);
  const properties = [...dataset.properties].flatMap(([name, { local, received }]) => {
    const value = local ?? received;
    if (value === null || !(OBSERVED_USER_PROPERTIES.includes(name) || OBSERVED_PROPERTIES.includes(name))) return [];
    return [[name, [value, local === null ? 'received' : 'local']] as const];
  });
  return {
    path: path(dataset.name),
    guid: dataset.guid.toString(),
    kind: dataset.kind,
    digest: digestOf(dataset.content, readable && !dataset.inconsistent),
    snapshots: dataset.snapshots.map(({ name, guid, tags, content }) => ({
      name,
      guid: guid.toString(),
      tags: [...tags].sort(),
      digest: digestOf(content, readable),
    })),
    bookmarks: dataset.bookmarks
      .toSorted((a, b) => Number(a.createtxg - b.createtxg) || (a.name < b.name ? -1 : 1))
      .map(({ name, guid }) => ({ name, guid: guid.toString() })),
    token:
      decoded === null
        ? null
        : { fromGuid: decoded.fromGuid?.toString() ?? null, toGuid: `${decoded.toGuid}`, raw: decoded.rawOk },
    encryptionRoot: encryptionRoot === undefined ? null : path(encryptionRoot.name),
    keyLoaded: encryptionRoot?.encryption?.keyLoaded === true,
    properties: Object.fromEntries(properties.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Everything at and below the root, straight from the world. */
export function observe(pool: Pool, root: string): PlaceState {
  return subtreeOf(pool, root).map((dataset) => stateOf(pool, root, dataset));
}

/** The operator's methods as promises, as on a machine that is reached by commands. */
function asyncOperator(operator: SimOperator): Operator {
  return {
    create: async (...args) => operator.create(...args),
    append: async (...args) => operator.append(...args),
    overwrite: async (...args) => operator.overwrite(...args),
    clear: async (...args) => operator.clear(...args),
    snapshot: async (...args) => operator.snapshot(...args),
    destroySnapshot: async (...args) => operator.destroySnapshot(...args),
    destroyDataset: async (...args) => operator.destroyDataset(...args),
    renameSnapshot: async (...args) => operator.renameSnapshot(...args),
    renameDataset: async (...args) => operator.renameDataset(...args),
    rollback: async (...args) => operator.rollback(...args),
    hold: async (...args) => operator.hold(...args),
    release: async (...args) => operator.release(...args),
    bookmark: async (...args) => operator.bookmark(...args),
    destroyBookmark: async (...args) => operator.destroyBookmark(...args),
    clone: async (...args) => operator.clone(...args),
    set: async (...args) => operator.set(...args),
    inherit: async (...args) => operator.inherit(...args),
    loadKey: async (...args) => operator.loadKey(...args),
    unloadKey: async (...args) => operator.unloadKey(...args),
    changeKey: async (...args) => operator.changeKey(...args),
    inheritKey: async (...args) => operator.inheritKey(...args),
  };
}

function placeOf(world: World, machine: Machine, poolName: string, root: string, options: SimFixtureOptions): Place {
  const pool = machine.pools.get(poolName) ?? addPool(world, machine, poolName);
  const operator = new SimOperator(world, machine);
  if (!pool.datasets.has(root)) operator.create(root);
  const zfs = (more: Partial<SimZfsOptions> = {}): Zfs =>
    createSimZfs({ world, machine, listing: options.listing, ...more });
  return {
    release: machine.zfsRelease[1] === 1 ? '2.1' : '2.3',
    root,
    zfs: zfs(),
    operator: asyncOperator(operator),
    cutting: (blocks) => zfs({ cutSendsAfterBlocks: blocks }),
    observe: async () => observe(pool, root),
    glance: async () => observe(pool, root),
    paths: async () => subtreeOf(pool, root).map(({ name }) => name.slice(root.length + 1)),
  };
}

/** Two machines; in a world that has them already, these. */
export function simFixture(options: SimFixtureOptions, world = createWorld()): SimFixture {
  const sourceMachine = world.machines.get('laptop') ?? addMachine(world, 'laptop', RELEASES[options.source]);
  const targetMachine = world.machines.get('nas') ?? addMachine(world, 'nas', RELEASES[options.target]);
  return {
    world,
    sourceMachine,
    targetMachine,
    source: placeOf(world, sourceMachine, 'tank', 'tank/a case', options),
    target: placeOf(world, targetMachine, 'backup', 'backup/a case', options),
  };
}
