/** What is read from ZFS in the course of one plan: details and holds, by dataset and short name. */
import type { ProblemError } from '../api/problem.ts';
import type { Ctx, HoldRow, Zfs } from '../zfs/types.ts';
import type { CreationCache } from './creation-cache.ts';
import { perPool } from './per-pool.ts';
import type { ListedDataset } from './types.ts';

export interface Detail {
  readonly guid: bigint;
  readonly creationS: number;
  readonly userrefs: number;
}

export interface Wanted {
  readonly dataset: string;
  readonly name: string;
}

/** Snapshots read at once: what they print, and all that becomes of it, is in memory together. */
const READ_MAX = 20_000;

export class Gathered {
  /** By dataset, then by name; null for what was asked and is not there any more. */
  readonly #details = new Map<string, Map<string, Detail | null>>();
  /** By pool: why nothing is known of it. */
  readonly failures = new Map<string, ProblemError>();
  readonly #zfs: Zfs;
  readonly #ctx: Ctx;

  constructor(zfs: Zfs, ctx: Ctx) {
    this.#zfs = zfs;
    this.#ctx = ctx;
  }

  /** What was asked about the dataset; undefined where nothing was. */
  of(dataset: string): ReadonlyMap<string, Detail | null> | undefined {
    return this.#details.get(dataset);
  }

  wasAsked({ dataset, name }: Wanted): boolean {
    return this.#details.get(dataset)?.has(name) === true;
  }

  async read(wanted: readonly Wanted[]): Promise<void> {
    const fresh = wanted.filter((one) => {
      if (this.wasAsked(one)) return false;
      const asked = this.#details.get(one.dataset) ?? new Map<string, Detail | null>();
      this.#details.set(one.dataset, asked.set(one.name, null));
      return true;
    });
    for (let at = 0; at < fresh.length; at += READ_MAX) await this.#readSome(fresh.slice(at, at + READ_MAX));
  }

  async #readSome(wanted: readonly Wanted[]): Promise<void> {
    const { results, failures } = await perPool(wanted, (some) => this.#zfs.snapshotDetails(some, this.#ctx));
    for (const result of results) {
      for (const { dataset, name } of wanted) {
        const detail = result.get(`${dataset}@${name}`);
        if (detail === undefined) continue;
        const { guid, creationS, userrefs } = detail;
        this.#details.get(dataset)?.set(name, { guid, creationS, userrefs });
      }
    }
    this.#fail(failures);
  }

  async holds(wanted: readonly Wanted[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const { results, failures } = await perPool(wanted, (some) => this.#zfs.holds(some, this.#ctx));
    this.#fail(failures);
    const rows: readonly HoldRow[] = results.flat();
    const byName = Map.groupBy(rows, (row) => `${row.dataset}@${row.snapshot}`);
    return new Map([...byName].map(([name, held]) => [name, held.map((row) => row.tag).sort()]));
  }

  /** What was read of creation stays true for ever. */
  remember(cache: CreationCache, listed: readonly ListedDataset[]): void {
    for (const { dataset, guid } of listed) {
      for (const detail of this.#details.get(dataset)?.values() ?? []) {
        if (detail !== null) cache.set(guid, detail.guid, detail.creationS);
      }
    }
  }

  #fail(failures: ReadonlyMap<string, ProblemError>): void {
    for (const [pool, error] of failures) this.failures.set(pool, error);
  }
}
