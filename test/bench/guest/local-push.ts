/**
 * A push of 256 MiB between two pools of one machine, beside `zfs send | zfs recv` in a shell, in alternating runs. Throughput
 * counts from the start of the step to its end; processor time is that of our two processes, by all that the machine spent
 * meanwhile.
 */
import { readFileSync } from 'node:fs';
import { FLAGS, freshPools, openEngine, SOURCE, shell, TARGET, tell, timed } from './scene.ts';

const MIB = 1024 ** 2;
const WARM_UP_ROUNDS = 2;
/** Small pushes before: a daemon has made some hundred by the end of its first day. */
const WARM_UP_STEPS = 150;

export interface LocalPushResult {
  readonly bytes: number;
  readonly oursMs: readonly number[];
  readonly shellMs: readonly number[];
  /** Processor time of our processes by that of the whole machine during the transfer. */
  readonly cpuShare: readonly number[];
}

/** Clock ticks that a process has used, without its children; see proc_pid_stat(5). */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Clock ticks that the machine has used for anything; see proc_stat(5). */
function busyTicks(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (
    readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
  )
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return user + nice + system + irq + softirq;
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
  const cpuShare: number[] = [];
  // Warm: capabilities are read once per daemon, not once per step.
  await zfs.capabilities();
  const pushData = await push(`${SOURCE}/data`, `${TARGET}/in/ours`);
  const ours = async () => {
    const own = () => ticksOf(process.pid) + ticksOf(spawnerPid());
    const [ownBefore, allBefore] = [own(), busyTicks()];
    const wallMs = await timed(pushData);
    const share = (own() - ownBefore) / (busyTicks() - allBefore);
    shell(`zfs destroy -r ${TARGET}/in/ours; zpool sync ${TARGET}`);
    return { wallMs, share };
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
    const { wallMs, share } = await ours();
    oursMs.push(wallMs);
    cpuShare.push(share);
    tell(`round ${run + 1} of ${runs}: share of our processes ${(share * 100).toFixed(1)} %`);
  }
  return { bytes: sizeMib * MIB, oursMs, shellMs, cpuShare };
}
