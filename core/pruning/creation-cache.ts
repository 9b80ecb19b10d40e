/**
 * When snapshots were created. A snapshot never changes, so what was read once stays true; the guid of its dataset is part of
 * the key because a received copy bears the guid of its origin. Bounded: what was not asked for the longest goes first.
 */
export class CreationCache {
  readonly #creations = new Map<string, number>();
  readonly #limit: number;

  constructor(limit = 50_000) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#creations.size;
  }

  /** Unix seconds; undefined when not known. */
  get(datasetGuid: bigint, snapshotGuid: bigint): number | undefined {
    const key = keyOf(datasetGuid, snapshotGuid);
    const creationS = this.#creations.get(key);
    if (creationS === undefined) return undefined;
    this.#creations.delete(key);
    this.#creations.set(key, creationS);
    return creationS;
  }

  set(datasetGuid: bigint, snapshotGuid: bigint, creationS: number): void {
    const key = keyOf(datasetGuid, snapshotGuid);
    this.#creations.delete(key);
    this.#creations.set(key, creationS);
    while (this.#creations.size > this.#limit) {
      const oldest = this.#creations.keys().next();
      if (oldest.done === true) return;
      this.#creations.delete(oldest.value);
    }
  }

  delete(datasetGuid: bigint, snapshotGuid: bigint): void {
    this.#creations.delete(keyOf(datasetGuid, snapshotGuid));
  }
}

function keyOf(datasetGuid: bigint, snapshotGuid: bigint): string {
  return `${datasetGuid.toString(36)}/${snapshotGuid.toString(36)}`;
}
