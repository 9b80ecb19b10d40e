/** What happens on the workstation besides, and what must be on a drive after a run to it. */
import { exportPool } from '../../guests/index.ts';
import { differences } from '../../torture/check.ts';
import { readSide } from '../../torture/read-side.ts';
import { driveViolations, jobOfDrive } from './check.ts';
import { type DriveHousehold, type HouseDrive, JOB, KEEP, SOURCE_ROOT } from './household.ts';

/** A first copy of a dataset takes three seconds, an increment half of one, by the limit of the job. */
const FIRST_BYTES = 6_000_000;
const MORE_BYTES = 1_000_000;
/** Whole trees are begun anew; the one before stays a while, for the other drive. */
const TREES_KEPT = 2;

export class DriveStory {
  readonly #household: DriveHousehold;
  #trees: string[] = [];
  #tree = 0;
  #round = 0;
  /** Guids of all snapshots ever taken, oldest first, by dataset. */
  readonly #taken = new Map<string, bigint[]>();
  /** Where the cursors stand, by dataset and job. */
  readonly #cursors = new Map<string, Map<string, bigint>>();
  /** By guid: taken before pruning can remove the original. */
  readonly #originals = new Map<bigint, string>();
  readonly #compared = new Set<bigint>();

  constructor(household: DriveHousehold) {
    this.#household = household;
  }

  /** New data and two snapshots of what is there; `full`: and a dataset that was on no drive yet. */
  async goOn(full: boolean): Promise<void> {
    const lines = ['set -e'];
    if (full || this.#trees.length === 0) {
      this.#tree += 1;
      const dataset = `${SOURCE_ROOT}/g${this.#tree}`;
      lines.push(`zfs create ${dataset}`, `head -c ${FIRST_BYTES} /dev/urandom > /${dataset}/first`);
      this.#trees.push(dataset);
      const old = this.#trees.slice(0, -TREES_KEPT);
      this.#trees = this.#trees.slice(-TREES_KEPT);
      for (const each of old) {
        lines.push(`zfs destroy -r ${each}`);
        this.#taken.delete(each);
        this.#cursors.delete(each);
      }
    }
    for (let count = 0; count < 2; count++) {
      this.#round += 1;
      lines.push(`head -c ${MORE_BYTES} /dev/urandom > /${SOURCE_ROOT}/f${this.#round % 3}`);
      for (const each of this.#datasets) lines.push(`echo ${this.#round} >> /${each}/journal`);
      lines.push(`zfs snapshot -r ${SOURCE_ROOT}@s${String(this.#round).padStart(4, '0')}`);
    }
    await this.#household.guests.workstation.runOk(lines.join('\n'), { timeoutMs: 240_000 });
    const { datasets, digests } = await readSide(this.#guest, SOURCE_ROOT, this.#originals.keys());
    for (const [guid, digest] of digests) this.#originals.set(guid, digest);
    for (const [name, { snapshots }] of datasets) {
      const taken = this.#taken.get(name) ?? [];
      for (const { guid } of snapshots.values()) if (!taken.includes(guid)) taken.push(guid);
      this.#taken.set(name, taken);
    }
  }

  /** What is wrong after a run to the drive that ended well; it is plugged in and exported. Empty when all holds. */
  async violations(drive: HouseDrive): Promise<readonly string[]> {
    const job = jobOfDrive(JOB, drive.poolGuid);
    for (const [name, taken] of this.#taken) {
      const cursors = this.#cursors.get(name) ?? new Map<string, bigint>();
      const last = taken.at(-1);
      if (last !== undefined) cursors.set(job, last);
      this.#cursors.set(name, cursors);
    }
    const sender = await readSide(this.#guest, SOURCE_ROOT, 'all');
    const root = `${drive.pool}/copies/ws`;
    const flags = '-N -o readonly=on -o cachefile=none -d /dev/disk/by-id';
    await this.#guest.runOk(`zpool import ${flags} ${drive.poolGuid}`);
    const receiver = await readSide(this.#guest, root, this.#compared).finally(() =>
      exportPool(this.#guest, drive.pool),
    );
    const sides = { sender: sender.datasets, receiver: receiver.datasets };
    const found = this.#datasets.flatMap((source) =>
      driveViolations(
        sides,
        { source, target: `${root}/${source}`, job },
        { taken: this.#taken.get(source) ?? [], keep: KEEP, cursors: this.#cursors.get(source) ?? new Map() },
      ),
    );
    const { equal, found: differing } = differences(this.#originals, receiver.digests);
    for (const guid of equal) this.#compared.add(guid);
    return [...found, ...differing];
  }

  get #guest() {
    return this.#household.guests.workstation;
  }

  get #datasets(): readonly string[] {
    return [SOURCE_ROOT, ...this.#trees];
  }
}
