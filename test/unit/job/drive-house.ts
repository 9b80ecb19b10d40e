/** A laptop in memory that drives are plugged into. Their pools are in memory, too, and answer only while they are imported. */

import type { DriveReport } from '../../../core/api/status.ts';
import { jobReportSchema } from '../../../core/api/status.ts';
import type { Config } from '../../../core/config/types.ts';
import { DriveDesk } from '../../../core/drives/desk.ts';
import type { Fence } from '../../../core/drives/fence.ts';
import type { JobDeps } from '../../../core/job/deps.ts';
import type { RunEvent } from '../../../core/job/run-record.ts';
import type { Job } from '../../../core/job/types.ts';
import { driveJobId } from '../../../core/zfs/marks.ts';
import { MemoryZfs } from '../doubles/memory-zfs.ts';
import { type FakeDrive, FakeMachine } from '../drives/machine.ts';
import { House } from './support.ts';

export const BLUE: FakeDrive = { pool: 'blue', guid: 0xb1n, vdevs: [1n] };
export const RED: FakeDrive = { pool: 'red', guid: 0xedn, vdevs: [2n] };

export const BLUE_ID = driveJobId('laptop', BLUE.guid);
export const RED_ID = driveJobId('laptop', RED.guid);

/** `connect` of a push to these drives. */
export function drivesText(drives: readonly FakeDrive[], more = ''): string {
  const one = ({ pool, guid }: FakeDrive) => `{pool: ${pool}, pool_guid: "${guid}", root_fs: ${pool}/copies}`;
  return `{type: drive, drives: [${drives.map(one).join(', ')}]${more === '' ? '' : `, ${more}`}}`;
}

export class HouseWithDrives extends House {
  readonly machine = new FakeMachine(this.clock);
  readonly events: RunEvent[] = [];
  /** Calls on a pool that was not imported or not there: there must be none. */
  readonly astray: string[] = [];
  readonly #pools = new Map<bigint, MemoryZfs>();
  readonly #desk = new DriveDesk(
    this.machine.ports({ openZfs: (fence, { poolGuid }) => this.#open(this.#driveOf(poolGuid), fence) }),
  );

  /** What is on the drive. */
  pool(drive: FakeDrive): MemoryZfs {
    const known = this.#pools.get(drive.guid);
    if (known !== undefined) return known;
    const zfs = new MemoryZfs({ label: 'this machine', world: this.world });
    for (const name of [drive.pool, `${drive.pool}/copies`]) zfs.addDataset(name);
    this.#pools.set(drive.guid, zfs);
    return zfs;
  }

  override deps(config: Config): JobDeps {
    return { ...super.deps(config), drives: this.#desk };
  }

  override start(text: string, name = 'laptop'): Job {
    const job = super.start(text, name);
    job.onRun((event) => this.events.push(event));
    return job;
  }

  /** Plugs it in, or takes it out, and lets everything follow from that. */
  async plug(drive: FakeDrive): Promise<void> {
    this.machine.plug(drive);
    await this.machine.settle();
  }

  async unplug(drive: FakeDrive): Promise<void> {
    this.machine.pull(drive);
    await this.machine.settle();
  }

  drive(job: Job, { guid }: FakeDrive): DriveReport {
    const found = jobReportSchema.parse(job.status()).drives?.find(({ poolGuid }) => poolGuid === String(guid));
    if (found === undefined) throw new Error('no such drive');
    return found;
  }

  onDrive(drive: FakeDrive, dataset = 'tank/data'): readonly string[] {
    const name = `${drive.pool}/copies/${dataset}`;
    return this.pool(drive).datasets.has(name) ? this.pool(drive).snapshotNames(name) : [];
  }

  /** Reasons of the runs that have ended, in their order. */
  get ended(): readonly string[] {
    return this.events.flatMap((event) => (event.kind === 'ended' ? [event.cause] : []));
  }

  #driveOf(guid: bigint): FakeDrive {
    const found = [BLUE, RED].find((one) => one.guid === guid);
    if (found === undefined) throw new Error('no such drive');
    return found;
  }

  #open(drive: FakeDrive, fence: Fence): MemoryZfs {
    const zfs = this.pool(drive);
    zfs.before = async ({ method, names }) => {
      fence.check();
      const isImported = this.machine.imported.get(drive.pool)?.drive === drive;
      if (!isImported || !this.machine.isThere(drive)) this.astray.push(`${method} ${names.join(' ')}`);
      await this.onCall(method, drive);
      if (!this.machine.isThere(drive)) await fence.within(new Promise<never>(() => undefined));
    };
    return zfs;
  }

  /** Asked before every call on a drive. */
  onCall: (method: string, drive: FakeDrive) => void | Promise<void> = () => undefined;
}
