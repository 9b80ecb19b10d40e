/** `zfs destroy` of snapshots: a comma list is one transaction group, all or nothing. */
import { type Call, enact } from './effects.ts';
import { findDataset } from './lookup.ts';
import { fail, type Output, openDatasetComplaint, succeed } from './output.ts';
import { type Dataset, isSince, type Machine, type Snapshot, type World } from './world.ts';

export function removeSnapshot(world: World, dataset: Dataset, snapshot: Snapshot): void {
  dataset.snapshots = dataset.snapshots.filter((other) => other !== snapshot);
  dataset.snapshotsChangedS = world.nowS;
  dataset.revision += 1;
}

/** A snapshot that was to go with its last hold or clone goes now. */
export function destroyDeferred(world: World, dataset: Dataset, snapshot: Snapshot): void {
  if (snapshot.deferred && snapshot.tags.size === 0 && snapshot.clones.size === 0) {
    removeSnapshot(world, dataset, snapshot);
  }
}

/** Whether `%recv` hangs on this snapshot. */
function hasPartial(dataset: Dataset, snapshot: Snapshot): boolean {
  return dataset.partial?.baseGuid === snapshot.guid;
}

/** What depends on a snapshot, which the command sees before it asks for anything to be destroyed. */
function dependentsOf(dataset: Dataset, snapshot: Snapshot, nameOfClone: (guid: bigint) => string): readonly string[] {
  return [
    ...[...snapshot.clones].map(nameOfClone),
    ...(hasPartial(dataset, snapshot) ? [`${dataset.name}/%recv`] : []),
  ];
}

function busyReason(machine: Machine, fullName: string, snapshot: Snapshot): string | null {
  if (snapshot.readers > 0) return 'dataset is busy';
  if (snapshot.tags.size === 0) return null;
  return isSince(machine, 2, 3, 3)
    ? `it's being held. Run 'zfs holds -r ${fullName}' to see holders.`
    : 'dataset is busy';
}

export async function destroySnapshotsCommand(call: Call, argument: string): Promise<Output> {
  const { machine, world } = call;
  const at = argument.indexOf('@');
  const datasetName = argument.slice(0, at);
  const closed = openDatasetComplaint(machine, datasetName);
  if (closed !== null) return fail(closed);
  const wanted = new Set(argument.slice(at + 1).split(','));
  const listed = (): readonly Snapshot[] =>
    findDataset(machine, datasetName)?.snapshots.filter(({ name }) => wanted.has(name)) ?? [];
  const full = ({ name }: Snapshot) => `${datasetName}@${name}`;

  const dataset = findDataset(machine, datasetName);
  const nameOfClone = (guid: bigint): string => {
    const pool = machine.pools.get(datasetName.split('/')[0] ?? '');
    return [...(pool?.datasets.values() ?? [])].find((other) => other.guid === guid)?.name ?? datasetName;
  };
  const complaints = listed().flatMap((snapshot) => {
    const dependents = dataset === undefined ? [] : dependentsOf(dataset, snapshot, nameOfClone);
    if (dependents.length === 0) return [];
    const words = `cannot destroy '${full(snapshot)}': snapshot has dependent clones`;
    return [words, "use '-R' to destroy the following datasets:", ...dependents];
  });
  if (complaints.length > 0) return fail(complaints.join('\n'));
  if (listed().length === 0) return fail('could not find any snapshots to destroy; check snapshot names.');

  const refusal = await enact(call, 'destroy', argument, () => {
    const owner = findDataset(machine, datasetName);
    const snapshots = listed();
    const every = (reason: string) =>
      snapshots.map((snapshot) => `cannot destroy snapshot ${full(snapshot)}: ${reason}`).join('\n');
    if (owner === undefined) return `cannot open '${datasetName}': dataset does not exist`;
    if (machine.denied.has('destroy')) return every('permission denied');
    const busy = snapshots.flatMap((snapshot) => {
      const cloned = dependentsOf(owner, snapshot, nameOfClone).length > 0 ? 'snapshot is cloned' : null;
      const reason = busyReason(machine, full(snapshot), snapshot) ?? cloned;
      return reason === null ? [] : [`cannot destroy snapshot ${full(snapshot)}: ${reason}`];
    });
    if (busy.length > 0) return busy.join('\n');
    return () => {
      for (const snapshot of snapshots) removeSnapshot(world, owner, snapshot);
    };
  });
  if (refusal === null) return succeed();
  // What keeps the pool from any change comes without the words of this command.
  return fail(refusal.startsWith('cannot ') ? refusal : `cannot destroy snapshots: ${refusal}`);
}
