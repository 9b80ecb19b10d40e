/**
 * Takes the snapshots of one run. All datasets of a pool go into one `zfs snapshot`, which is atomic (zfs-snapshot(8)): one
 * process and one transaction group, and all of them show the same instant.
 */
import { asProblemError, ProblemError } from '../api/problem.ts';
import type { SnapshotItem } from '../api/status.ts';
import { poolOf } from '../zfs/names.ts';
import { failureReach } from '../zfs/reach.ts';
import type { Ctx, Zfs } from '../zfs/types.ts';

export interface TakeOptions extends Ctx {
  /** Called after every change with all items, sorted by dataset. */
  readonly onProgress?: (items: readonly SnapshotItem[]) => void;
}

class Progress {
  readonly #items = new Map<string, SnapshotItem>();
  readonly #name: string;
  readonly #tell: (items: readonly SnapshotItem[]) => void;

  constructor(datasets: readonly string[], name: string, tell: (items: readonly SnapshotItem[]) => void) {
    this.#name = name;
    this.#tell = tell;
    for (const dataset of datasets)
      this.#items.set(dataset, { dataset, state: 'pending', snapshot: name, problem: null });
  }

  set(datasets: readonly string[], state: SnapshotItem['state'], error: ProblemError | null = null): void {
    for (const dataset of datasets) {
      const problem = error === null ? null : error.at({ phase: 'snapshot', dataset }).toProblem();
      this.#items.set(dataset, { dataset, state, snapshot: this.#name, problem });
    }
    this.#tell(this.items());
  }

  items(): readonly SnapshotItem[] {
    return [...this.#items.values()];
  }
}

/**
 * Takes `dataset@name` for all datasets. When the command of a pool fails, its datasets are tried one by one, so that a
 * broken one does not keep the others from being snapshotted; unless the failure reaches the whole pool or host. Pools go
 * side by side, so that one that hangs does not delay another. Never rejects: what went wrong stands in the items.
 */
export async function takeSnapshots(
  zfs: Zfs,
  datasets: readonly string[],
  name: string,
  options: TakeOptions = {},
): Promise<readonly SnapshotItem[]> {
  const sorted = [...new Set(datasets)].sort();
  const progress = new Progress(sorted, name, options.onProgress ?? (() => {}));
  const pools = Map.groupBy(sorted, poolOf);
  await Promise.all([...pools.values()].map((members) => takePool(zfs, members, name, progress, options)));
  return progress.items();
}

async function takePool(
  zfs: Zfs,
  datasets: readonly string[],
  name: string,
  progress: Progress,
  ctx: Ctx,
): Promise<void> {
  progress.set(datasets, 'started');
  const failure = await attempt(zfs, datasets, name, ctx);
  if (failure === null) return progress.set(datasets, 'done');
  if (datasets.length === 1 || failureReach(failure.code) !== 'dataset') {
    return progress.set(datasets, 'error', failure);
  }
  // The command was refused as a whole, so nothing of it exists yet.
  progress.set(datasets, 'pending');
  for (const [index, dataset] of datasets.entries()) {
    progress.set([dataset], 'started');
    const single = await attempt(zfs, [dataset], name, ctx);
    progress.set([dataset], single === null ? 'done' : 'error', single);
    if (single !== null && failureReach(single.code) !== 'dataset') {
      return progress.set(datasets.slice(index + 1), 'error', single);
    }
  }
}

async function attempt(zfs: Zfs, datasets: readonly string[], name: string, ctx: Ctx): Promise<ProblemError | null> {
  try {
    if (ctx.signal?.aborted === true) throw new ProblemError('command-aborted');
    await zfs.snapshot(
      datasets.map((dataset) => ({ dataset, name })),
      ctx.signal === undefined ? {} : { signal: ctx.signal },
    );
    return null;
  } catch (error) {
    return asProblemError(error);
  }
}
