/** Pruning thousands of snapshots of one dataset at once, beside single destroys. */
import { freshPools, openEngine, SOURCE, shell, tell, timed } from './scene.ts';

export interface PruneResult {
  readonly batched: { readonly snapshots: number; readonly ms: number; readonly processes: number };
  readonly single: { readonly snapshots: number; readonly ms: number; readonly processes: number };
}

export async function benchPrune(many: number, few: number): Promise<PruneResult> {
  freshPools();
  tell(`making ${many + few} snapshots`);
  shell(`zfs create ${SOURCE}/data
for n in $(seq 1 ${many + few}); do zfs snapshot ${SOURCE}/data@auto_$n; done`);
  let processes = 0;
  const { zfs } = openEngine((event) => {
    if (event.kind === 'started') processes += 1;
  });
  const [listed] = await zfs.listVersions([`${SOURCE}/data`], { recursive: false, details: false });
  const snapshots = (listed?.versions ?? []).map(({ name, guid }) => ({ dataset: `${SOURCE}/data`, name, guid }));
  const singly = snapshots.slice(0, few);
  const together = snapshots.slice(few);
  tell(`destroying ${few}, each by a command of its own`);
  const singleMs = await timed(() => shell(singly.map(({ name }) => `zfs destroy ${SOURCE}/data@${name}`).join('\n')));
  tell(`destroying ${many} together`);
  processes = 0;
  const batchedMs = await timed(async () => {
    const outcomes = await zfs.destroySnapshots(together);
    const left = outcomes.filter(({ kind }) => kind !== 'destroyed').length;
    if (left > 0) throw new Error(`${left} of ${together.length} snapshots were not destroyed`);
  });
  return {
    batched: { snapshots: together.length, ms: batchedMs, processes },
    single: { snapshots: singly.length, ms: singleMs, processes: singly.length },
  };
}
