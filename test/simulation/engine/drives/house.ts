/** The drives of a simulated household: whose they are, what is plugged in, and what each process has been told of it. */

import type { PoolMember } from '../../../../core/drives/members.ts';
import type { DriveFacts } from '../../../../core/drives/record.ts';
import type { Argv } from '../../../../core/host/types.ts';
import { type Disk, type Fate, type Held, NAMED_MS, Plugs } from '../../zfs/plugs.ts';
import { addPool, type Dataset, nextGuid, type Pool } from '../../zfs/world.ts';
import { poolCommandOf } from '../../zfs/zpool.ts';
import type { Actor } from '../actor.ts';
import { laneOf } from '../config-text.ts';
import type { DrivesOfScenario } from '../scenario.ts';
import { Beats } from './beats.ts';
import type { OwnDisk } from './own-disk.ts';
import type { Surroundings } from './surroundings.ts';

/** So long a person looks at a machine on which nothing works any more. */
const PATIENCE_MS = 20 * 60_000;
/** Between a device and what udev tells of it. */
const EVENT_MS = 40;
const BELIEVED_MS = 1_500;

/** What the household sees of the engine's own view of a drive. */
export interface DriveView {
  readonly facts: () => DriveFacts;
}

export class House {
  readonly plugs: Plugs;
  /** Those that jobs back up to. */
  readonly ofJobs: readonly OwnDisk[];
  /** Another drive whose pool has the name of the first one's. */
  readonly stranger: Disk;
  /** A copy of the first one, block by block. */
  readonly clone: Disk;
  readonly beats: Beats;
  /** What the service keeps of open pools, until the machine is started anew. */
  readonly opened = new Map<bigint, readonly PoolMember[]>();
  /** What jobs of snapshots alone have changed. */
  snapEffects = 0;
  /** Until then no event of udev reaches anybody. */
  deafUntilMs = 0;
  /** Who hears of events, and what the engine makes of the drives. */
  readonly listeners = new Map<Actor, (line: string) => void>();
  readonly views = new Map<Actor, ReadonlyMap<Disk, DriveView>>();
  readonly #sim: Surroundings;
  readonly #lanes: ReadonlyMap<string, OwnDisk>;
  readonly #pulledAwakeMs = new Map<Disk, number>();
  /** What some process has told to be connected, by a device that could not be mistaken for another one. */
  readonly #known = new WeakSet<Held>();
  /** Drives that a process knows to be gone, while the kernel holds on. */
  readonly #learnt = new WeakMap<Actor, Set<Disk>>();

  constructor(sim: Surroundings, { drives, failmode }: DrivesOfScenario) {
    this.#sim = sim;
    this.plugs = new Plugs({
      machine: sim.laptop,
      failmode,
      nowMs: () => sim.time.elapsedMs(),
      later: (ms, fire) => sim.time.at(ms, fire),
      onLocked: () => sim.time.at(PATIENCE_MS, () => this.reboot()),
      onEvent: (action, device, disk) => this.#event(action, device, disk),
      onBack: (disk) => {
        for (const actor of this.listeners.keys()) this.#learnt.get(actor)?.delete(disk);
      },
    });
    this.ofJobs = drives.map((of) => ({ ...this.#disk(of.name, of.pool, BigInt(of.guid)), of }));
    this.#lanes = new Map(this.ofJobs.map((disk) => [laneOf(disk.of), disk]));
    const [first] = this.ofJobs;
    if (first === undefined) throw new Error('a household without drives');
    this.stranger = this.#disk('Stranger', first.pool.name, nextGuid(sim.world));
    this.clone = { ...this.#disk('Clone', first.pool.name, first.pool.guid), vdevGuid: first.vdevGuid };
    this.plugs.disks.push(...this.ofJobs, this.stranger, this.clone);
    this.beats = new Beats(sim, this);
    sim.time.beforePass = (byMs) => this.beats.pass(byMs);
  }

  /** The name of the pool that a command is about; null where it is about none. */
  poolAtHand(argv: Argv): string | null {
    const named = this.ofJobs.find(({ pool }) => String(pool.guid) === argv.at(-1));
    return named?.pool.name ?? poolCommandOf(argv)?.pool ?? null;
  }

  /** The drive behind an id of marks; undefined for what is no drive's. */
  diskOf(lane: string): OwnDisk | undefined {
    return this.#lanes.get(lane);
  }

  /** The copies of that job are on a drive whose pool is not imported. */
  isAway(lane: string): boolean {
    const disk = this.diskOf(lane);
    return disk !== undefined && this.plugs.heldBy(disk) === undefined;
  }

  laneOf({ of }: OwnDisk): string {
    return laneOf(of);
  }

  /** Whose marks are at stake while that job is at work: of its drive at hand. */
  laneNow(process: Actor, job: string): string {
    const lanes = this.ofJobs.filter(({ of }) => of.job === job);
    const [first] = lanes;
    if (first === undefined) return job;
    const destination = process.jobs.get(job)?.status().destination ?? '';
    return laneOf((lanes.find(({ of }) => destination.includes(`:${of.pool}/`)) ?? first).of);
  }

  /** The process has been told that it is gone, and the kernel holds on to its pool. */
  hasLearnt(process: Actor, disk: Disk): boolean {
    return this.#learnt.get(process)?.has(disk) === true;
  }

  /** A process tells that it is connected. */
  connected(disk: Disk): void {
    const held = this.plugs.heldBy(disk);
    if (held?.state === 'ok' && this.clone.device === null) this.#known.add(held);
  }

  /** A process begins: what one before it has connected, and has another device since, that one has left word of. */
  began(process: Actor): void {
    for (const held of this.plugs.held.values()) {
      const { disk } = held;
      if (!this.#known.has(held) || disk.device === null || this.plugs.isThere(held)) continue;
      if (this.#isNameShared(disk)) continue;
      this.#learn(process, disk);
    }
  }

  /** The process sees what is plugged in, and what is not. */
  looked(process: Actor): void {
    const listed = new Set(this.plugs.listed().map(([disk]) => disk));
    for (const { disk } of this.plugs.held.values()) {
      // Where another drive has the name of its pool, nothing tells whose pool it is that the kernel holds.
      if (listed.has(disk) || this.#isNameShared(disk)) continue;
      // What a look has found that something overtook is not believed.
      this.#sim.time.at(BELIEVED_MS, () => {
        if (disk.device === null && !process.dead) this.#learn(process, disk);
      });
    }
  }

  pull(disk: Disk, fate: Fate): void {
    this.#sim.tell(
      () => `DRIVE ${disk.name} is pulled out: ${JSON.stringify(this.describe(disk))} ${JSON.stringify(fate)}`,
    );
    this.#pulledAwakeMs.set(disk, this.#sim.time.awakeMs());
    this.plugs.pull(disk, fate);
    // Both are on one hub: alone, nobody could tell it from the original.
    if (disk === this.ofJobs[0]) this.plugs.pull(this.clone, fate);
    this.#sim.tell(() => `DRIVE ${disk.name} is out: ${this.describe(disk)}`);
  }

  /** When it was pulled out, on the clock that stands still while the machine is asleep. */
  pulledAwakeMs(disk: Disk): number {
    return this.#pulledAwakeMs.get(disk) ?? 0;
  }

  plug(disk: Disk): void {
    if (disk.device !== null) return;
    this.plugs.plug(disk);
    this.#sim.tell(() => `DRIVE ${disk.name} is plugged in: ${this.describe(disk)}`);
  }

  /** Power is gone: every process of ours is, too. */
  reboot(): void {
    for (const process of this.views.keys()) process.die(false);
    this.plugs.reboot();
    this.opened.clear();
    this.#sim.tell(() => 'REBOOT of the laptop');
  }

  describe(disk: Disk): string {
    return `${disk.device ?? 'not plugged in'}, ${this.plugs.heldBy(disk)?.state ?? 'not imported'}`;
  }

  /** Another drive bears the name of its pool. */
  #isNameShared({ pool }: Disk): boolean {
    return this.stranger.device !== null && pool.name === this.stranger.pool.name;
  }

  #learn(process: Actor, disk: Disk): void {
    if (this.plugs.heldBy(disk) === undefined) return;
    const known = this.#learnt.get(process) ?? new Set();
    this.#learnt.set(process, known.add(disk));
  }

  #event(action: 'add' | 'remove', device: string, disk: Disk): void {
    const { time } = this.#sim;
    if (time.elapsedMs() < this.deafUntilMs) return;
    const path = `/devices/pci0000:00/usb2/block/${device.slice('/dev/'.length)}`;
    for (const [delayMs, source] of [
      [EVENT_MS, 'KERNEL'],
      [action === 'add' ? NAMED_MS + EVENT_MS : 2 * EVENT_MS, 'UDEV'],
    ] as const) {
      time.at(delayMs, () => {
        for (const [process, say] of this.listeners) {
          if (process.dead) continue;
          say(`${source.padEnd(6)}[12.345678] ${action.padEnd(8)} ${path} (block)\n`);
          if (action === 'remove' && disk.device === null) this.#learn(process, disk);
        }
      });
    }
  }

  /** A drive with an empty pool that nobody has imported. */
  #disk(name: string, poolName: string, guid: bigint): Disk {
    const { world, laptop } = this.#sim;
    const made = addPool(world, laptop, poolName);
    laptop.pools.delete(poolName);
    const datasets = new Map<string, Dataset>(made.datasets);
    const pool: Pool = { ...made, guid, state: 'vanished', datasets };
    const root = datasets.get(poolName);
    if (root !== undefined)
      datasets.set(`${poolName}/copies`, {
        ...root,
        name: `${poolName}/copies`,
        guid: nextGuid(world),
        properties: new Map(),
        snapshots: [],
        bookmarks: [],
      });
    return {
      name,
      pool,
      vdevGuid: nextGuid(world),
      serial: `${name}_1-part1`,
      device: null,
      lastDevice: null,
      pulledAtMs: 0,
      pluggedAtMs: 0,
      errors: { reads: 0, writes: 0, checksums: 0 },
    };
  }
}
