/** Carries a plan out: exactly the snapshots it names, by guid, in batches with pauses between them. */
import type { Clock } from '../api/clock.ts';
import { asProblemError, type Problem, ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import type { PruningReport } from '../api/status.ts';
import { poolOf } from '../zfs/names.ts';
import { failureReach } from '../zfs/reach.ts';
import type { Ctx, DestroyOutcome, Zfs } from '../zfs/types.ts';
import { doomed } from './plan.ts';
import { type DatasetProgress, PruneProgress } from './report.ts';
import type { OtherTransfers, PlannedSnapshot, PrunePlan } from './types.ts';

export interface ExecuteParts {
  readonly zfs: Zfs;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Turns a snapshot into a tentative cursor bookmark of these jobs. Without it such snapshots stay. */
  readonly makeTentative?: (
    dataset: string,
    snapshot: PlannedSnapshot,
    jobIds: readonly string[],
    ctx: Ctx,
  ) => Promise<void>;
  /** What other jobs of this process are sending; without it there are no others. */
  readonly others?: OtherTransfers;
  /** Resolves when nothing more urgent, as a receive or a restore, is at work on the pool. */
  readonly giveWay?: (pool: string, ctx: Ctx) => Promise<void>;
  readonly onProgress?: (report: PruningReport) => void;
  /** Pause between two batches. */
  readonly pauseMs?: number;
}

interface Item {
  readonly progress: DatasetProgress;
  readonly snapshot: PlannedSnapshot;
}

/** Snapshots in one call, which reads their guids anew with one command: more would stall a pool, fewer cost commands. */
export const BATCH_SNAPSHOTS = 500;
const PAUSE_MS = 1000;

/** Runs of one pool, at most so many long; the pools in the order in which they are first met. */
export function batchesOf<T extends { readonly dataset: string }>(items: readonly T[], limit: number): readonly T[][] {
  const pools = Map.groupBy(items, ({ dataset }) => poolOf(dataset));
  return [...pools.values()].flatMap((members) =>
    Array.from({ length: Math.ceil(members.length / limit) }, (_, i) => members.slice(i * limit, (i + 1) * limit)),
  );
}

class Execution {
  readonly #parts: ExecuteParts;
  readonly #progress: PruneProgress;
  readonly #ctx: Ctx;

  constructor(parts: ExecuteParts, progress: PruneProgress) {
    this.#parts = parts;
    this.#progress = progress;
    this.#ctx = parts.signal === undefined ? {} : { signal: parts.signal };
  }

  /** The first failure that reaches the whole host ends the run with it. */
  async run(plan: PrunePlan): Promise<void> {
    const byDataset = new Map(this.#progress.datasets.map((progress) => [progress.dataset, progress]));
    const items = doomed(plan).flatMap(({ dataset, snapshot }) => {
      const progress = byDataset.get(dataset);
      return progress === undefined ? [] : [{ dataset, progress, snapshot }];
    });
    const lost = new Map<string, ProblemError>();
    let first = true;
    for (const batch of batchesOf(items, BATCH_SNAPSHOTS)) {
      const pool = poolOf(batch[0]?.dataset ?? '');
      const failure = lost.get(pool);
      if (failure !== undefined) {
        this.#fail(batch, failure);
        continue;
      }
      if (!first) await this.#parts.clock.sleep(this.#parts.pauseMs ?? PAUSE_MS, this.#parts.signal);
      first = false;
      this.#checkSignal();
      await this.#parts.giveWay?.(pool, this.#ctx);
      const reached = await this.#batch(batch);
      if (reached !== null) lost.set(pool, reached);
    }
  }

  /** Returns a failure that reaches the whole pool. */
  async #batch(batch: readonly Item[]): Promise<ProblemError | null> {
    for (const { progress } of batch) progress.running();
    this.#tell();
    const ready = await this.#secured(batch);
    const failure = await this.#destroy(ready);
    if (failure === null) return null;
    if (failureReach(failure.code) !== 'dataset') return this.#fail(ready, failure);
    const datasets = [...Map.groupBy(ready, ({ progress }) => progress).values()];
    if (datasets.length === 1) {
      this.#fail(ready, failure);
      return null;
    }
    // One of them brought the call down; alone it harms no other.
    for (const [index, members] of datasets.entries()) {
      this.#checkSignal();
      const own = await this.#destroy(members);
      if (own === null) continue;
      if (failureReach(own.code) === 'pool') return this.#fail(datasets.slice(index).flat(), own);
      this.#fail(members, own);
    }
    return null;
  }

  /** Those that may be destroyed, after what must be set first has been set. */
  async #secured(batch: readonly Item[]): Promise<readonly Item[]> {
    const ready: Item[] = [];
    for (const item of batch) {
      const { progress, snapshot } = item;
      if (snapshot.needsTentativeFirst.length === 0) {
        ready.push(item);
        continue;
      }
      const refusal = await this.#tentative(progress.dataset, snapshot);
      if (refusal === null) {
        ready.push(item);
      } else {
        progress.kept(snapshot.name, refusal);
      }
    }
    return ready;
  }

  /** Why the snapshot has to stay; null when its bookmarks are set. */
  async #tentative(dataset: string, snapshot: PlannedSnapshot): Promise<string | null> {
    const jobs = snapshot.needsTentativeFirst;
    const needed = `an unfinished transfer of job ${jobs.join(', ')} needs it`;
    if (this.#parts.makeTentative === undefined) return needed;
    try {
      await this.#parts.makeTentative(dataset, snapshot, jobs, this.#ctx);
      return null;
    } catch (error) {
      return `${needed}, and no bookmark could be set in its place (${asProblemError(error).message})`;
    }
  }

  /** Records the outcomes; returns why there are none. A failure that reaches the whole host is thrown. */
  async #destroy(items: readonly Item[]): Promise<ProblemError | null> {
    const { others } = this.#parts;
    if (others === undefined) return this.#destroyNow(items);
    const datasets = items.map(({ progress }) => progress.dataset);
    // Nothing may come between looking at what has begun and telling that destruction is under way.
    return others.whileDestroying(datasets, () =>
      this.#destroyNow(items.filter((item) => !this.#isNeededMeanwhile(others, item))),
    );
  }

  /** A transfer has begun since the listing: of its marks the plan knows nothing. The next run will. */
  #isNeededMeanwhile(others: OtherTransfers, { progress, snapshot }: Item): boolean {
    const jobs = others
      .neededBy(progress.dataset, snapshot.guid)
      .filter((job) => !snapshot.needsTentativeFirst.includes(job));
    if (jobs.length === 0) return false;
    progress.kept(snapshot.name, `a transfer of job ${jobs.join(', ')} that began meanwhile needs it`);
    return true;
  }

  async #destroyNow(items: readonly Item[]): Promise<ProblemError | null> {
    if (items.length === 0) return null;
    try {
      const outcomes = await this.#parts.zfs.destroySnapshots(
        items.map(({ progress, snapshot: { name, guid } }) => ({ dataset: progress.dataset, name, guid })),
        this.#ctx,
      );
      for (const [index, item] of items.entries()) this.#record(item, outcomes[index]);
      this.#tell();
      return null;
    } catch (error) {
      const failure = asProblemError(error);
      if (failureReach(failure.code) !== 'host') return failure;
      this.#fail(items, failure);
      throw failure;
    }
  }

  #record({ progress, snapshot }: Item, outcome: DestroyOutcome | undefined): void {
    if (outcome !== undefined && outcome.kind !== 'kept') {
      progress.destroyed();
      return;
    }
    const { code, reason } = outcome ?? { code: 'undestroyable', reason: remark('end-unknown') };
    const problem = this.#problem(progress, code, snapshot, reason);
    // What is held, cloned or replaced is kept for good reason; only what nobody can explain is an error.
    if (code === 'undestroyable') progress.failed(problem);
    progress.kept(snapshot.name, `${problem.happened} ${reason}`.trim());
  }

  #problem(
    progress: DatasetProgress,
    code: Extract<DestroyOutcome, { kind: 'kept' }>['code'],
    snapshot: PlannedSnapshot,
    detail: string,
  ): Problem {
    const name = `${progress.dataset}@${snapshot.name}`;
    return new ProblemError(code, { name, host: this.#parts.zfs.label }, { detail })
      .at({ phase: 'prune', dataset: progress.dataset })
      .toProblem();
  }

  #fail(items: readonly Item[], failure: ProblemError): ProblemError {
    for (const { progress } of items) {
      progress.failed(failure.at({ phase: 'prune', dataset: progress.dataset }).toProblem());
    }
    this.#tell();
    return failure;
  }

  #checkSignal(): void {
    if (this.#parts.signal?.aborted === true) throw new ProblemError('command-aborted');
  }

  #tell(): void {
    this.#parts.onProgress?.(this.#progress.running());
  }
}

/** Destroys what the plan names and nothing else. Never rejects: the report says what was done and what was not. */
export async function executePlan(plan: PrunePlan, parts: ExecuteParts): Promise<PruningReport> {
  const progress = new PruneProgress(plan, parts.clock.nowMs());
  try {
    await new Execution(parts, progress).run(plan);
    return progress.ended(parts.clock.nowMs(), null);
  } catch (error) {
    return progress.ended(parts.clock.nowMs(), asProblemError(error, { phase: 'prune', side: plan.side }));
  }
}
