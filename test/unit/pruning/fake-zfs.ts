import { ProblemError } from '../../../core/api/problem.ts';
import type {
  Capabilities,
  Ctx,
  DatasetFacts,
  DatasetVersions,
  DestroyOutcome,
  HoldRow,
  OutgoingStream,
  PropertyValue,
  SnapshotRef,
  StepEstimate,
  TransferResult,
  Version,
  Zfs,
} from '../../../core/zfs/types.ts';

export interface FakeSnapshot {
  readonly name: string;
  readonly guid: bigint;
  readonly createtxg: bigint;
  readonly creationS: number;
  readonly tags: Set<string>;
  hasClones: boolean;
}

type Failure = (dataset: string) => ProblemError | null;

/** Datasets with snapshots in memory. Counts the processes that the real thing would need. */
export class FakeZfs implements Zfs {
  readonly label = 'this machine';
  readonly datasets = new Map<string, FakeSnapshot[]>();
  readonly calls: string[] = [];
  processes = 0;
  nowS = 1_000_000;
  /** Asked for every dataset that a changing or reading command names; an error refuses the whole command. */
  fail: Record<'snapshot' | 'destroy' | 'details' | 'holds', Failure> = {
    snapshot: () => null,
    destroy: () => null,
    details: () => null,
    holds: () => null,
  };
  #nextGuid = 1n;

  add(dataset: string, name: string, creationS: number, extra: { guid?: bigint; tags?: string[] } = {}): FakeSnapshot {
    const guid = extra.guid ?? this.#nextGuid;
    this.#nextGuid += 1n;
    const snapshot: FakeSnapshot = {
      name,
      guid,
      createtxg: this.#nextGuid * 10n,
      creationS,
      tags: new Set(extra.tags ?? []),
      hasClones: false,
    };
    this.datasets.set(dataset, [...(this.datasets.get(dataset) ?? []), snapshot]);
    return snapshot;
  }

  names(dataset: string): string[] {
    return (this.datasets.get(dataset) ?? []).map((snapshot) => snapshot.name);
  }

  /** What a listing shows; `details` with creation and holds. */
  listing(details: boolean): DatasetVersions[] {
    return [...this.datasets].map(([dataset, snapshots], index) => ({
      dataset,
      guid: BigInt(index + 1) << 32n,
      versions: snapshots.map(
        ({ name, guid, createtxg, creationS, tags }): Version => ({
          type: 'snapshot',
          name,
          guid,
          createtxg,
          ...(details ? { creationS, userrefs: tags.size } : {}),
        }),
      ),
    }));
  }

  #find(dataset: string, name: string): FakeSnapshot | undefined {
    return this.datasets.get(dataset)?.find((snapshot) => snapshot.name === name);
  }

  #check(kind: 'snapshot' | 'destroy' | 'details' | 'holds', datasets: Iterable<string>): void {
    for (const dataset of datasets) {
      const error = this.fail[kind](dataset);
      if (error !== null) throw error;
    }
  }

  async snapshot(
    targets: readonly { readonly dataset: string; readonly name: string }[],
    ctx: Ctx = {},
  ): Promise<void> {
    this.processes += 1;
    this.calls.push(`snapshot ${targets.map(({ dataset, name }) => `${dataset}@${name}`).join(' ')}`);
    if (ctx.signal?.aborted === true) throw new ProblemError('command-aborted');
    for (const { dataset, name } of targets) {
      if (this.#find(dataset, name) !== undefined)
        throw new ProblemError('snapshot-exists', { name: `${dataset}@${name}` });
    }
    this.#check(
      'snapshot',
      targets.map(({ dataset }) => dataset),
    );
    for (const { dataset, name } of targets) this.add(dataset, name, this.nowS);
  }

  async snapshotDetails(
    snapshots: readonly Pick<SnapshotRef, 'dataset' | 'name'>[],
  ): Promise<
    ReadonlyMap<
      string,
      { readonly guid: bigint; readonly createtxg: bigint; readonly creationS: number; readonly userrefs: number }
    >
  > {
    this.processes += 1;
    this.calls.push(`details ${snapshots.length}`);
    this.#check(
      'details',
      snapshots.map(({ dataset }) => dataset),
    );
    return new Map(
      snapshots.flatMap(({ dataset, name }) => {
        const found = this.#find(dataset, name);
        if (found === undefined) return [];
        const { guid, createtxg, creationS, tags } = found;
        return [[`${dataset}@${name}`, { guid, createtxg, creationS, userrefs: tags.size }]];
      }),
    );
  }

  async holds(snapshots: readonly Pick<SnapshotRef, 'dataset' | 'name'>[]): Promise<readonly HoldRow[]> {
    this.processes += 1;
    this.calls.push(`holds ${snapshots.map(({ dataset, name }) => `${dataset}@${name}`).join(' ')}`);
    this.#check(
      'holds',
      snapshots.map(({ dataset }) => dataset),
    );
    return snapshots.flatMap(({ dataset, name }) =>
      [...(this.#find(dataset, name)?.tags ?? [])].map((tag) => ({ dataset, snapshot: name, tag })),
    );
  }

  async destroySnapshots(snapshots: readonly SnapshotRef[]): Promise<readonly DestroyOutcome[]> {
    const datasets = new Set(snapshots.map(({ dataset }) => dataset));
    // One listing for the guids, then one command a dataset.
    this.processes += 1 + datasets.size;
    this.calls.push(`destroy ${snapshots.map(({ dataset, name }) => `${dataset}@${name}`).join(' ')}`);
    this.#check('destroy', datasets);
    return snapshots.map(({ dataset, name, guid }): DestroyOutcome => {
      const found = this.#find(dataset, name);
      if (found === undefined) return { kind: 'gone' };
      if (found.guid !== guid) return { kind: 'kept', code: 'guid-changed', reason: 'another snapshot' };
      if (found.tags.size > 0) return { kind: 'kept', code: 'snapshot-held', reason: 'dataset is busy' };
      if (found.hasClones) return { kind: 'kept', code: 'has-clones', reason: 'it has dependent clones' };
      this.datasets.set(
        dataset,
        (this.datasets.get(dataset) ?? []).filter((other) => other !== found),
      );
      return { kind: 'destroyed' };
    });
  }

  async listVersions(): Promise<readonly DatasetVersions[]> {
    this.processes += 1;
    return this.listing(false);
  }

  capabilities(): Promise<Capabilities> {
    return unused();
  }
  poolResumable(): Promise<boolean> {
    return unused();
  }
  listDatasets(): Promise<readonly DatasetFacts[]> {
    return unused();
  }
  getProperties(): Promise<ReadonlyMap<string, PropertyValue>> {
    return unused();
  }
  setProperties(): Promise<void> {
    return unused();
  }
  createPlaceholder(): Promise<void> {
    return unused();
  }
  hold(): Promise<void> {
    return unused();
  }
  release(): Promise<void> {
    return unused();
  }
  bookmark(): Promise<void> {
    return unused();
  }
  destroyBookmark(): Promise<void> {
    return unused();
  }
  estimate(): Promise<readonly StepEstimate[]> {
    return unused();
  }
  prepareSend(): OutgoingStream {
    throw new Error('not used here');
  }
  readBack(): Promise<ReadonlyMap<string, ReadonlyMap<string, PropertyValue>>> {
    return unused();
  }
  receive(): Promise<TransferResult> {
    return unused();
  }
  abortReceive(): Promise<void> {
    return unused();
  }
}

function unused(): Promise<never> {
  return Promise.reject(new Error('not used here'));
}
