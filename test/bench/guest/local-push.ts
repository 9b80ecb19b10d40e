/**
 * A push of 256 MiB between two pools of one machine, beside `zfs send | zfs recv` in a shell, in alternating runs. Throughput
 * counts from the start of the step to its end; processor time is that of our two processes, by all that the machine spent
 * meanwhile.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { FLAGS, freshPools, openEngine, SOURCE, shell, TARGET, tell, timed } from './scene.ts';

const MIB = 1024 ** 2;
/** A fixed part of the interface between kernel and programs. */
const MS_PER_TICK = 10;
const WARM_UP_ROUNDS = 2;
/** Small pushes before: a daemon has made some hundred by the end of its first day. */
const WARM_UP_STEPS = 150;

export interface LocalPushResult {
  readonly bytes: number;
  readonly oursMs: readonly number[];
  readonly shellMs: readonly number[];
  /** Processor time of the engine's process by that of the whole machine during the transfer. */
  readonly engineShare: readonly number[];
  /** That of the small process which starts programs. */
  readonly spawnerShare: readonly number[];
}

/** Processor time of this process with all its threads, in milliseconds. */
function ownMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Processor time of another process and all its threads, without its children, in milliseconds; see proc_pid_schedstat(5). */
function usedMs(pid: number): number {
  const usedNs = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return usedNs.reduce((sum, ns) => sum + ns, 0) / 1e6;
}

/** What the machine has used for anything, in milliseconds; see proc_stat(5). */
function busyMs(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (
    readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
  )
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq) * MS_PER_TICK;
}

export async function benchLocalPush(sizeMib: number, runs: number): Promise<LocalPushResult> {
  freshPools();
  shell(`zfs create ${SOURCE}/data
zfs create -o mountpoint=none ${TARGET}/in
dd if=/dev/urandom of=/${SOURCE}/data/file bs=1M count=${sizeMib} 2>/dev/null
zfs snapshot ${SOURCE}/data@one
zfs create ${SOURCE}/small
zfs snapshot ${SOURCE}/small@one`);
  const { zfs, spawnerPid } = openEngine();
  const push = async (dataset: string, target: string) => {
    const guid = shell(`zfs get -Hp -o value guid ${dataset}@one`).trim();
    const send = zfs.prepareSend({ dataset, to: { name: 'one', guid: BigInt(guid) }, range: false, flags: FLAGS });
    return () =>
      zfs.receive(
        { dataset: target, snapshot: 'one', force: false, savePartial: true, inherit: [], override: [] },
        send,
      );
  };
  const oursMs: number[] = [];
  const shellMs: number[] = [];
  const engineShare: number[] = [];
  const spawnerShare: number[] = [];
  // Warm: capabilities are read once per daemon, not once per step.
  await zfs.capabilities();
  const pushData = await push(`${SOURCE}/data`, `${TARGET}/in/ours`);
  const ours = async () => {
    // This process is asked last before and first after: reading what the others used is no part of a step.
    const before = { all: busyMs(), spawner: usedMs(spawnerPid()), engine: ownMs() };
    const wallMs = await timed(pushData);
    const after = { engine: ownMs(), spawner: usedMs(spawnerPid()), all: busyMs() };
    const all = after.all - before.all;
    shell(`zfs destroy -r ${TARGET}/in/ours; zpool sync ${TARGET}`);
    return { wallMs, engine: (after.engine - before.engine) / all, spawner: (after.spawner - before.spawner) / all };
  };
  const rival = async () => {
    const wallMs = await timed(() => shell(`zfs send ${SOURCE}/data@one | zfs recv -u -s ${TARGET}/in/shell`));
    shell(`zfs destroy -r ${TARGET}/in/shell; zpool sync ${TARGET}`);
    return wallMs;
  };
  // Code that has hardly run yet is dear, most of all where the processor is emulated, and no part of a step.
  tell(`${WARM_UP_STEPS} small pushes to warm up`);
  const pushSmall = await push(`${SOURCE}/small`, `${TARGET}/in/small`);
  for (let step = 0; step < WARM_UP_STEPS; step++) {
    await pushSmall();
    shell(`zfs destroy -r ${TARGET}/in/small`);
  }
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    await rival();
    await ours();
  }
  for (let run = 0; run < runs; run++) {
    shellMs.push(await rival());
    const { wallMs, engine, spawner } = await ours();
    oursMs.push(wallMs);
    engineShare.push(engine);
    spawnerShare.push(spawner);
    const shares = [engine, spawner].map((share) => `${(share * 100).toFixed(1)} %`);
    tell(
      `round ${run + 1} of ${runs}: ${(wallMs / 1000).toFixed(1)} s; shares of our processes ${shares.join(' and ')}`,
    );
  }
  return { bytes: sizeMib * MIB, oursMs, shellMs, engineShare, spawnerShare };
}
