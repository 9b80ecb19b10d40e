/**
 * A push of 256 MiB between two pools of one machine, beside `zfs send | zfs recv` in a shell, in alternating runs. Throughput
 * counts from the start of the step to its end; processor time is that of our process over the transfer alone.
 */
import { freshPools, openEngine, SOURCE, shell, TARGET, timed } from './scene.ts';

const MIB = 1024 ** 2;

export interface LocalPushResult {
  readonly bytes: number;
  readonly oursMs: readonly number[];
  readonly shellMs: readonly number[];
  /** Processor time of our process by the wall time of the transfer. */
  readonly cpuShare: readonly number[];
}

export async function benchLocalPush(sizeMib: number, runs: number): Promise<LocalPushResult> {
  freshPools();
  shell(`zfs create ${SOURCE}/data
zfs create -o mountpoint=none ${TARGET}/in
dd if=/dev/urandom of=/${SOURCE}/data/file bs=1M count=${sizeMib} 2>/dev/null
zfs snapshot ${SOURCE}/data@one`);
  const { zfs } = openEngine();
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
    const before = process.cpuUsage();
    const wallMs = await timed(() =>
      zfs.receive(
        { dataset: `${TARGET}/in/ours`, snapshot: 'one', force: false, savePartial: true, inherit: [], override: [] },
        zfs.prepareSend(request),
      ),
    );
    const used = process.cpuUsage(before);
    shell(`zfs destroy -r ${TARGET}/in/ours; zpool sync ${TARGET}`);
    return { wallMs, share: (used.user + used.system) / 1000 / wallMs };
  };
  const rival = async () => {
    const wallMs = await timed(() => shell(`zfs send ${SOURCE}/data@one | zfs recv -u -s ${TARGET}/in/shell`));
    shell(`zfs destroy -r ${TARGET}/in/shell; zpool sync ${TARGET}`);
    return wallMs;
  };
  await rival();
  await ours();
  for (let run = 0; run < runs; run++) {
    shellMs.push(await rival());
    const { wallMs, share } = await ours();
    oursMs.push(wallMs);
    cpuShare.push(share);
  }
  return { bytes: sizeMib * MIB, oursMs, shellMs, cpuShare };
}
