/**
 * A push of 256 MiB between two pools of one machine, beside `zfs send | zfs recv` in a shell, in alternating runs. Throughput
 * counts from the start of the step to its end; processor time is that of our two processes, by all that the machine spent
 * meanwhile.
 */
import { readFileSync } from 'node:fs';
import { freshPools, openEngine, SOURCE, shell, TARGET, timed } from './scene.ts';

const MIB = 1024 ** 2;
const WARM_UP_ROUNDS = 4;

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
zfs snapshot ${SOURCE}/data@one`);
  const { zfs, spawnerPid } = openEngine();
  const guid = shell(`zfs get -Hp -o value guid ${SOURCE}/data@one`).trim();
  const request = {
    dataset: `${SOURCE}/data`,
    to: { name: 'one', guid: BigInt(guid) },
    range: false,
    flags: {
      raw: false,
      properties: false,
      backupProperties: false,
      largeBlocks: false,
      compressed: false,
      embeddedData: false,
    },
  };
  const oursMs: number[] = [];
  const shellMs: number[] = [];
  const cpuShare: number[] = [];
  // Warm: capabilities are read once per daemon, not once per step.
  await zfs.capabilities();
  const ours = async () => {
    const own = () => ticksOf(process.pid) + ticksOf(spawnerPid());
    const [ownBefore, allBefore] = [own(), busyTicks()];
    const wallMs = await timed(() =>
      zfs.receive(
        { dataset: `${TARGET}/in/ours`, snapshot: 'one', force: false, savePartial: true, inherit: [], override: [] },
        zfs.prepareSend(request),
      ),
    );
    const share = (own() - ownBefore) / (busyTicks() - allBefore);
    shell(`zfs destroy -r ${TARGET}/in/ours; zpool sync ${TARGET}`);
    return { wallMs, share };
  };
  const rival = async () => {
    const wallMs = await timed(() => shell(`zfs send ${SOURCE}/data@one | zfs recv -u -s ${TARGET}/in/shell`));
    shell(`zfs destroy -r ${TARGET}/in/shell; zpool sync ${TARGET}`);
    return wallMs;
  };
  // Code that has not run yet is dear where the processor is emulated, and no part of a step.
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    await rival();
    await ours();
  }
  for (let run = 0; run < runs; run++) {
    shellMs.push(await rival());
    const { wallMs, share } = await ours();
    oursMs.push(wallMs);
    cpuShare.push(share);
  }
  return { bytes: sizeMib * MIB, oursMs, shellMs, cpuShare };
}
