/**
 * When snapshots were created. A snapshot never changes, so what was read once stays true; the guid of its dataset is part of
 * the key because a received copy bears the guid of its origin. Bounded: of the dataset that was not asked about for the
 * longest, what was not asked for the longest goes first.
 */

/** Fewer than a job has snapshots on one side would mean that each pass forgets what the next one asks for. */
const LIMIT = 400_000;

export class CreationCache {
  /** By dataset, then by snapshot: numbers as keys cost a third of what texts do. */
  readonly #datasets = new Map<bigint, Map<bigint, number>>();
  readonly #limit: number;
  #size = 0;

  constructor(limit = LIMIT) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** Unix seconds; undefined when not known. */
  get(datasetGuid: bigint, snapshotGuid: bigint): number | undefined {
    const known = this.#datasets.get(datasetGuid);
    const creationS = known?.get(snapshotGuid);
    if (known === undefined || creationS === undefined) return undefined;
    known.delete(snapshotGuid);
    known.set(snapshotGuid, creationS);
    this.#datasets.delete(datasetGuid);
    this.#datasets.set(datasetGuid, known);
    return creationS;
  }

  /** What was remembered, which is forgotten with that: somebody else remembers it from now on. */
  take(datasetGuid: bigint, snapshotGuid: bigint): number | undefined {
    const creationS = this.#datasets.get(datasetGuid)?.get(snapshotGuid);
    this.delete(datasetGuid, snapshotGuid);
    return creationS;
  }

  set(datasetGuid: bigint, snapshotGuid: bigint, creationS: number): void {
    this.delete(datasetGuid, snapshotGuid);
    const known = this.#datasets.get(datasetGuid) ?? new Map<bigint, number>();
    known.set(snapshotGuid, creationS);
    this.#size += 1;
    this.#datasets.delete(datasetGuid);
    this.#datasets.set(datasetGuid, known);
    while (this.#size > this.#limit) this.#dropOldest();
  }

  delete(datasetGuid: bigint, snapshotGuid: bigint): void {
    const known = this.#datasets.get(datasetGuid);
    if (known?.delete(snapshotGuid) !== true) return;
    this.#size -= 1;
    if (known.size === 0) this.#datasets.delete(datasetGuid);
  }

  #dropOldest(): void {
    for (const [datasetGuid, known] of this.#datasets) {
      for (const snapshotGuid of known.keys()) {
        this.delete(datasetGuid, snapshotGuid);
        return;
      }
    }
  }
}
