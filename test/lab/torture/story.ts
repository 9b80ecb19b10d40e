/** What happens on the workstation besides: data come and change, snapshots are taken, whole trees are begun anew. */
import { type Guest, shellQuote } from '../guests/index.ts';
import { differences, violations } from './check.ts';
import { type Household, JOB, KEEP, SOURCE_ROOT, TARGET_ROOT } from './household.ts';
import { readSide } from './read-side.ts';

/** The first and the later snapshots of a dataset carry so many bytes. */
const FIRST_BYTES = 400_000;
const MORE_BYTES = 200_000;
/** Below the root of a tree. */
const PATHS = ['', '/sub'] as const;
/** So many new ones each time, so that there is something to prune on both sides once there are as many before. */
const SNAPSHOTS_A_ROUND = 2;

export class Story {
  readonly #household: Household;
  /** Guids of snapshots whose copy was found equal: neither ever changes. */
  readonly #compared = new Set<bigint>();
  #generation = 0;
  #round = 0;
  /** Guids of all snapshots ever taken of this generation, oldest first, by the path of the dataset below the tree. */
  #taken = new Map<string, bigint[]>();

  constructor(household: Household) {
    this.#household = household;
  }

  get #tree(): string {
    return `${SOURCE_ROOT}/g${this.#generation}`;
  }

  get #copy(): string {
    return `${TARGET_ROOT}/${this.#tree}`;
  }

  get #workstation(): Guest {
    return this.#household.guests.workstation;
  }

  get #nas(): Guest {
    return this.#household.guests.nas;
  }

  /** A tree that was never replicated, in the place of the one before. */
  async begin(): Promise<void> {
    if (this.#generation > 0) await Promise.all([this.#remove(this.#workstation, this.#tree), this.#removeCopy()]);
    this.#generation += 1;
    this.#taken = new Map();
    await this.#workstation.runOk(`zfs create ${this.#tree} && zfs create ${this.#tree}/sub`);
    for (const path of PATHS) this.#taken.set(path, []);
    await this.#work(PATHS, FIRST_BYTES, 1);
    await this.#work([''], MORE_BYTES, 1);
  }

  /** Changes and snapshots of one dataset after the last replicated one; with `prune`, of one that has enough of them. */
  async goOn({ prune }: { readonly prune: boolean }): Promise<void> {
    const wanted = this.#round % 4 < 2 ? '' : '/sub';
    const enough = (this.#taken.get(wanted)?.length ?? 0) >= SNAPSHOTS_A_ROUND;
    await this.#work([prune && !enough ? '' : wanted], MORE_BYTES, SNAPSHOTS_A_ROUND);
  }

  /** Whether the NAS has unfinished transfers. */
  async hasPartial(): Promise<boolean> {
    const { datasets } = await readSide(this.#nas, this.#copy, 'all');
    return [...datasets.values()].some(({ token }) => token !== null);
  }

  /** What is wrong after a run that ended well; empty when all holds. */
  async violations(): Promise<readonly string[]> {
    const [here, there] = await Promise.all([
      readSide(this.#workstation, this.#tree, this.#compared),
      readSide(this.#nas, this.#copy, this.#compared),
    ]);
    const sides = { sender: here.datasets, receiver: there.datasets };
    const marks = [...this.#taken].flatMap(([path, taken]) =>
      violations(sides, { source: this.#tree + path, target: this.#copy + path, job: JOB }, taken, KEEP),
    );
    const differing = differences(here.digests, there.digests);
    for (const guid of differing.equal) this.#compared.add(guid);
    return [...marks, ...differing.found];
  }

  async #work(paths: readonly string[], sizeBytes: number, snapshots: number): Promise<void> {
    const lines = ['set -e'];
    for (let index = 0; index < snapshots; index++) {
      this.#round += 1;
      for (const path of paths) {
        const folder = `/${this.#tree}${path}`;
        lines.push(`head -c ${sizeBytes} /dev/urandom > ${folder}/f${this.#round % 3}`);
        lines.push(`echo ${this.#round} >> ${folder}/journal`);
      }
      const names = paths.map((path) => `${this.#tree}${path}@s${String(this.#round).padStart(4, '0')}`);
      lines.push(`zfs snapshot ${names.join(' ')}`);
    }
    lines.push(`zfs list -Hp -r -t snapshot -s createtxg -o name,guid ${this.#tree}`);
    for (const line of (await this.#workstation.runOk(lines.join('\n'))).split('\n')) {
      const [name = '', guid = ''] = line.split('\t');
      if (name === '') continue;
      const path = name.slice(this.#tree.length, name.indexOf('@'));
      const taken = this.#taken.get(path) ?? [];
      if (!taken.includes(BigInt(guid))) taken.push(BigInt(guid));
      this.#taken.set(path, taken);
    }
  }

  async #removeCopy(): Promise<void> {
    await this.#remove(this.#nas, this.#copy);
  }

  async #remove(guest: Guest, tree: string): Promise<void> {
    const name = shellQuote([tree]);
    await guest.runOk(`
zfs list -Hp -r -t snapshot -o userrefs,name ${name} | grep -v '^0' | cut -f 2 | while read -r held; do
  zfs holds -H "$held" | cut -f 2 | while read -r tag; do zfs release "$tag" "$held"; done
done
zfs destroy -r ${name}`);
  }
}
