/**
 * A cycle with nothing to do over many datasets, beside one recursive listing per side run side by side, and beside
 * `syncoid -r`, all in the same guest and on the same pools.
 */
import { spawn } from 'node:child_process';
import { freshPools, openEngine, SOURCE, shell, TARGET, tell, timed } from './scene.ts';

/** What a run costs where nothing has to be listed again: one look at each side. */
const LEAST_PROCESSES = 2;
const WARM_UP_RUNS_MAX = 6;

export interface IdleCycleResult {
  readonly datasets: number;
  readonly snapshots: number;
  readonly zfsVersion: string;
  readonly oursMs: readonly number[];
  readonly listingMs: readonly number[];
  readonly syncoidMs: readonly number[];
  /** zfs and zpool processes of one of our idle cycles. */
  readonly processes: number;
}

const COLUMNS = 'name,guid,createtxg,creation,userrefs';

function listing(dataset: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      'zfs',
      ['list', '-Hp', '-r', '-t', 'filesystem,volume,snapshot,bookmark', '-o', COLUMNS, dataset],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`zfs list ended with ${code}`))));
  });
}

export async function benchIdleCycle(datasets: number, snapshots: number, runs: number): Promise<IdleCycleResult> {
  freshPools();
  tell(`making ${datasets} datasets x ${snapshots} snapshots`);
  shell(`zfs create -o canmount=off ${SOURCE}/data
zfs create -o mountpoint=none ${TARGET}/in
for d in $(seq -w 1 ${datasets}); do zfs create ${SOURCE}/data/set$d; done
for s in $(seq -w 1 ${snapshots}); do zfs snapshot -r ${SOURCE}/data@snap$s; done`);
  let processes = 0;
  const engine = openEngine((event) => {
    if (event.kind === 'started') processes += 1;
  });
  const run = async (): Promise<number> => {
    processes = 0;
    await engine.run();
    return processes;
  };
  tell('sending everything once');
  await run();
  // What was just seen is not believed at once. Where versions tell nothing of changes, they are listed for ever.
  let idleProcesses = await run();
  for (let runs = 1; runs < WARM_UP_RUNS_MAX && idleProcesses > LEAST_PROCESSES; runs++) idleProcesses = await run();
  tell(`a run with nothing to do: ${idleProcesses} processes`);
  // syncoid's own receiving tree, from the same snapshots, so that it has nothing to do either.
  shell(`zfs create -o mountpoint=none ${TARGET}/syncoid
zfs send -R ${SOURCE}/data@snap${String(snapshots).padStart(String(snapshots).length, '0')} | zfs recv -u ${TARGET}/syncoid/data`);
  const syncoid = () =>
    shell(`syncoid -r --no-sync-snap --no-privilege-elevation ${SOURCE}/data ${TARGET}/syncoid/data >/dev/null 2>&1`);
  const oursMs: number[] = [];
  const listingMs: number[] = [];
  const syncoidMs: number[] = [];
  syncoid();
  for (let round = 1; round <= runs; round++) {
    listingMs.push(await timed(() => Promise.all([listing(`${SOURCE}/data`), listing(`${TARGET}/in`)])));
    oursMs.push(await timed(run));
    syncoidMs.push(await timed(syncoid));
    const last = [listingMs, oursMs, syncoidMs].map((ms) => `${((ms.at(-1) ?? 0) / 1000).toFixed(1)} s`);
    tell(`round ${round} of ${runs}: listings ${last[0]}, ours ${last[1]}, syncoid ${last[2]}`);
  }
  const zfsVersion = shell('zfs version').split('\n')[0]?.trim() ?? 'unknown';
  return { datasets, snapshots, zfsVersion, oursMs, listingMs, syncoidMs, processes: idleProcesses };
}
