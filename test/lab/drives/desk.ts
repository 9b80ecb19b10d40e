/** A desk with a workstation and drives: a job that backs up to them runs in this process, its commands in the guest. */
import { parseConfig } from '../../../core/config/parse-config.ts';
import { DriveDesk } from '../../../core/drives/desk.ts';
import { isAtRest } from '../../../core/drives/kernel-state.ts';
import { systemClock } from '../../../core/host/system-clock.ts';
import type { Host } from '../../../core/host/types.ts';
import { createJob } from '../../../core/job/factory.ts';
import { Transfers } from '../../../core/job/transfers.ts';
import type { Job } from '../../../core/job/types.ts';
import { SILENT_LOG } from '../../../core/monitoring/log.ts';
import { DEFAULT_RETRY_POLICY } from '../../../core/replication/retry.ts';
import { createCliZfs } from '../../../core/zfs/cli-zfs.ts';
import type { Zfs } from '../../../core/zfs/types.ts';
import { openedInMemory } from '../../unit/drives/opened-in-memory.ts';
import { createPool, exportPool, type Guest, type LabPool, poolName, shellQuote, until } from '../guests/index.ts';
import { hostOf } from '../platform/support/hosts.ts';

export const JOB = 'desk';
/** Everything in an emulated guest takes its time. */
const STATE_TIMEOUT_MS = 180_000;
const DRIVE_BYTES = 256 * 1024 ** 2;

export interface LabDrive {
  readonly serial: string;
  readonly pool: string;
  readonly poolGuid: string;
  /** Where its key lies, in the guest. */
  readonly keyFile?: string;
}

export class Desk {
  readonly guest: Guest;
  readonly #host: Host;
  readonly source: LabPool;
  /** What one service leaves for the next one. */
  #opened = openedInMemory();
  #abort = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** That of the job that was started last. */
  drives: DriveDesk | null = null;

  private constructor(guest: Guest, host: Host, source: LabPool) {
    this.guest = guest;
    this.#host = host;
    this.source = source;
  }

  /** A pool with a dataset whose files come from `fill`. */
  static async set(guest: Guest): Promise<Desk> {
    const source = await createPool(guest, { name: poolName('desk'), sizeMiB: 384 });
    await guest.runOk(['zfs', 'create', source.child('data')]);
    return new Desk(guest, hostOf(guest), source);
  }

  get dataset(): string {
    return this.source.child('data');
  }

  /** A new drive with a pool of its own, exported and unplugged. */
  async drive(serial: string): Promise<LabDrive> {
    const device = await this.guest.plugScsi({ serial, sizeBytes: DRIVE_BYTES });
    const pool = poolName(serial.toLowerCase());
    await createPool(this.guest, { name: pool, device });
    const poolGuid = (await this.guest.runOk(['zpool', 'get', '-H', '-o', 'value', 'guid', pool])).trim();
    await this.guest.runOk(['zfs', 'create', '-o', 'mountpoint=none', `${pool}/copies`]);
    await exportPool(this.guest, pool);
    await this.unplug({ serial, pool, poolGuid });
    return { serial, pool, poolGuid };
  }

  async plug({ serial }: LabDrive): Promise<void> {
    await this.guest.plugScsi({ serial });
  }

  /** Tears it off, whatever is at work. */
  async unplug({ serial }: LabDrive): Promise<void> {
    await this.guest.yankScsi(serial);
  }

  /** So many MiB of data that cannot be made smaller, and a snapshot of it. */
  async change(snapshot: string, mebibytes: number): Promise<void> {
    const file = `${this.source.mountpoint}/data/${snapshot}`;
    const fill = `head -c ${mebibytes}M /dev/urandom > ${shellQuote([file])}`;
    await this.guest.runOk(`${fill} && zfs snapshot ${shellQuote([`${this.dataset}@${snapshot}`])}`);
  }

  /** What sees the drives of the guest come and go. */
  driveDesk(): DriveDesk {
    return new DriveDesk({
      host: this.#host,
      clock: systemClock,
      poolState: async (pool) => (await this.#kernelSays(pool, 'state'))?.trim() ?? null,
      isAtRest: async (pool) => isAtRest((await this.#kernelSays(pool, 'txgs')) ?? ''),
      opened: this.#opened,
      warn: () => {},
    });
  }

  async #kernelSays(pool: string, what: 'state' | 'txgs'): Promise<string | null> {
    const { code, stdout } = await this.guest.run(['cat', `/proc/spl/kstat/zfs/${pool}/${what}`], {
      timeoutMs: 60_000,
    });
    return code === 0 ? stdout : null;
  }

  /** OpenZFS in the guest. */
  get zfs(): Zfs {
    return createCliZfs({ host: this.#host, clock: systemClock });
  }

  /** The job at work. `more` are keys of its connection. */
  start(drives: readonly LabDrive[], more: string, limit = 'null'): Job {
    const list = drives.map(
      ({ serial, pool, poolGuid, keyFile }) =>
        `{name: ${serial}, pool: "${pool}", pool_guid: "${poolGuid}", root_fs: "${pool}/copies"${
          keyFile === undefined ? '' : `, key_file: ${keyFile}`
        }}`,
    );
    const text = `
jobs:
  - type: push
    name: ${JOB}
    connect: {type: drive, drives: [${list.join(', ')}], client_identity: ws${more}}
    filesystems: {"${this.dataset}": true}
    snapshotting: {type: manual}
    ${limit === 'null' ? '' : `send: {bandwidth_limit: {max: ${limit}}}`}
    conflict_resolution: {initial_replication: all}
    pruning:
      keep_sender: [{type: regex, regex: ".*"}]
      keep_receiver: [{type: regex, regex: ".*"}]
`;
    const { config, problems } = parseConfig(text, { fileName: 'desk.yml' });
    const [push] = config?.jobs ?? [];
    if (config === null || push === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
    const desk = this.driveDesk();
    this.drives = desk;
    const job = createJob(push, {
      config,
      local: { zfs: this.zfs, ping: async () => undefined },
      remote: () => {
        throw new Error('nothing is remote here');
      },
      drives: desk,
      transfers: new Transfers(),
      clock: systemClock,
      random: Math.random,
      retry: DEFAULT_RETRY_POLICY,
      log: SILENT_LOG,
    });
    this.#abort = new AbortController();
    this.#running = job.run(this.#abort.signal);
    return job;
  }

  /** Waits until the job says so of a drive. */
  async until(job: Job, drive: LabDrive, state: string): Promise<void> {
    await until(() => stateOf(job, drive) === state, {
      what: `${drive.serial} to be ${state}`,
      timeoutMs: STATE_TIMEOUT_MS,
    }).catch((error: unknown) => {
      throw new Error(`${drive.serial} is ${JSON.stringify(job.status().drives)}`, { cause: error });
    });
  }

  /** Ends the job. Bounded: what hangs in the guest is not waited for. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  /** The power goes, and comes again: what hung in the kernel is gone. The job has to be started anew. */
  async powerLoss(): Promise<void> {
    await this.stop();
    await this.guest.rebootHard();
    this.#opened = openedInMemory();
    await this.guest.runOk(['zpool', 'import', '-o', 'cachefile=none', '-d', '/var/tmp', this.source.name]);
  }

  /** Digests of all snapshots on a drive that is plugged in and exported, and those of the originals, by name. */
  async compare({ pool }: LabDrive): Promise<{ readonly copies: string; readonly originals: string }> {
    const copy = `${pool}/copies/ws/${this.dataset}`;
    await this.guest.runOk([
      'zpool',
      'import',
      '-N',
      '-o',
      'readonly=on',
      '-o',
      'cachefile=none',
      '-d',
      '/dev/disk/by-id',
      pool,
    ]);
    try {
      return { copies: await this.#digests(copy), originals: await this.#digests(this.dataset) };
    } finally {
      await exportPool(this.guest, pool);
    }
  }

  async #digests(dataset: string): Promise<string> {
    const script = `
mkdir -p /mnt/look
zfs list -H -o name -t snapshot -s createtxg -d 1 "$D" | while read -r snap; do
  mount -t zfs -o ro "$snap" /mnt/look || exit 1
  sum=$(cd /mnt/look && find . -type f -exec sha256sum {} + | sort -k 2 | sha256sum)
  umount /mnt/look || exit 1
  echo "\${snap#*@} $sum"
done`;
    return this.guest.runOk(`D=${shellQuote([dataset])}\n${script}`, { timeoutMs: 120_000 });
  }
}

export function stateOf(job: Job, { poolGuid }: LabDrive): string | undefined {
  return job.status().drives?.find((drive) => drive.poolGuid === poolGuid)?.state;
}
