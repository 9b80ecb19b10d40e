/** `zfs snapshot`, `zfs create` and `zfs set`. */
import { datasetOf, parentOf, poolOf } from '../../../core/zfs/names.ts';
import { type Call, enact } from './effects.ts';
import { encryptionRootOf, findDataset, findPool, isReadable, namesChanged } from './lookup.ts';
import { fail, type Options, type Output, openDatasetComplaint, succeed } from './output.ts';
import { applies, isSettable, setOwn } from './properties.ts';
import { freeBlocks } from './space.ts';
import { type Dataset, newDataset, nextGuid, type Pool, type Snapshot, type World } from './world.ts';

/** The live content of a dataset as a snapshot, in the transaction group at hand. */
export function takeSnapshot(world: World, pool: Pool, dataset: Dataset, name: string): Snapshot {
  const snapshot: Snapshot = {
    name,
    guid: nextGuid(world),
    createtxg: pool.txg,
    creationS: world.nowS,
    content: dataset.content,
    ivset: dataset.encryption === null ? null : nextGuid(world),
    tags: new Set(),
    clones: new Set(),
    deferred: false,
    readers: 0,
  };
  addSnapshot(world, dataset, snapshot);
  return snapshot;
}

export function addSnapshot(world: World, dataset: Dataset, snapshot: Snapshot): void {
  dataset.snapshots.push(snapshot);
  dataset.snapshotsChangedS = world.nowS;
  dataset.revision += 1;
}

/** One transaction group for all of them, and all or nothing. */
export async function snapshotCommand(call: Call, names: readonly string[]): Promise<Output> {
  const { machine, world } = call;
  for (const name of names) {
    const closed = openDatasetComplaint(machine, datasetOf(name));
    if (closed !== null)
      return fail(`${closed}\nusage:\n\tsnapshot [-r] [-o property=value] ... <filesystem|volume>@<snap> ...`, 2);
  }
  const refusal = await enact(call, 'snapshot', names[0] ?? '', () => {
    const pool = findPool(machine, poolOf(names[0] ?? ''));
    const found = names.map((name) => ({
      short: name.slice(name.indexOf('@') + 1),
      dataset: findDataset(machine, datasetOf(name)),
    }));
    if (machine.denied.has('snapshot')) return `cannot create snapshots : permission denied`;
    const taken = found.flatMap(({ short, dataset }, index) =>
      dataset?.snapshots.some((snapshot) => snapshot.name === short) === true
        ? [`cannot create snapshot '${names[index]}': dataset already exists`]
        : [],
    );
    if (taken.length > 0) return `${taken.join('\n')}\nno snapshots were created`;
    if (pool === undefined || found.some(({ dataset }) => dataset === undefined)) {
      return 'cannot create snapshots : dataset does not exist';
    }
    if (freeBlocks(pool) <= 0) return 'cannot create snapshots : out of space';
    return () => {
      for (const { short, dataset } of found) if (dataset !== undefined) takeSnapshot(world, pool, dataset, short);
    };
  });
  if (refusal === null) return succeed();
  return fail(refusal.startsWith('cannot ') ? refusal : `cannot create snapshots : ${refusal}`);
}

/** Encryption as `zfs create` without its options gives it: that of the parent. */
export function inheritEncryption(world: World, pool: Pool, parent: Dataset): Dataset['encryption'] {
  const root = encryptionRootOf(pool, parent)?.encryption;
  if (parent.encryption === null || root === undefined || root === null) return null;
  return {
    rootGuid: parent.encryption.rootGuid,
    masterKey: nextGuid(world),
    wrapping: root.wrapping,
    keyLoaded: false,
  };
}

export async function createCommand(call: Call, options: Options): Promise<Output> {
  const { machine, world } = call;
  const name = options.operands[0] ?? '';
  const properties = options.values.map(([, text]): readonly [string, string] => {
    const sign = text.indexOf('=');
    return [text.slice(0, sign), text.slice(sign + 1)];
  });
  const off = properties.some(([property, value]) => property === 'encryption' && value === 'off');
  const refusal = await enact(call, 'create', name, () => {
    const pool = findPool(machine, poolOf(name));
    const parent = findDataset(machine, parentOf(name) ?? '');
    if (pool?.datasets.has(name) === true) return 'dataset already exists';
    if (pool === undefined || parent === undefined) return 'parent does not exist';
    if (machine.denied.has('create')) return 'permission denied';
    if (!off && !isReadable(pool, parent)) return "encryption root's key is not loaded or provided";
    if (freeBlocks(pool) <= 0) return 'out of space';
    return () => {
      const dataset = newDataset(world, pool, name, 'filesystem');
      if (!off) dataset.encryption = inheritEncryption(world, pool, parent);
      for (const [property, value] of properties) {
        if (isSettable(property)) setOwn(dataset, property, { local: value });
      }
      dataset.mounted = !options.flags.has('u') && !properties.some(([, value]) => value === 'none');
      pool.datasets.set(name, dataset);
      namesChanged(pool);
    };
  });
  return refusal === null ? succeed() : fail(`cannot create '${name}': ${refusal}`);
}

export async function setCommand(call: Call, operands: readonly string[]): Promise<Output> {
  const { machine } = call;
  const name = operands.at(-1) ?? '';
  const closed = openDatasetComplaint(machine, name);
  if (closed !== null) return fail(closed);
  const refusal = await enact(call, 'set', name, () => {
    const dataset = findDataset(machine, name);
    if (dataset === undefined) return 'dataset does not exist';
    if (machine.denied.has('set')) return 'permission denied';
    const assignments = operands.slice(0, -1).map((text): readonly [string, string] => {
      const sign = text.indexOf('=');
      return [text.slice(0, sign), text.slice(sign + 1)];
    });
    const misfit = assignments.find(([property]) => !isSettable(property) || !applies(property, dataset.kind));
    if (misfit !== undefined) return `'${misfit[0]}' does not apply to datasets of this type`;
    return () => {
      for (const [property, value] of assignments) setOwn(dataset, property, { local: value });
    };
  });
  return refusal === null ? succeed() : fail(`cannot set property for '${name}': ${refusal}`);
}
