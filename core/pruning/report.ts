/** What a pruning run tells while it works. */
import type { Problem, ProblemError } from '../api/problem.ts';
import type { PrunedDataset, PruningReport } from '../api/status.ts';
import type { DatasetPlan, PlannedSnapshot, PrunePlan, PruneSide } from './types.ts';

/** A dataset of the report, as it changes. */
export class DatasetProgress {
  readonly dataset: string;
  #report: PrunedDataset;
  /** Snapshots of the plan that have not come to an end yet. */
  #left: number;

  constructor(plan: DatasetPlan) {
    this.dataset = plan.dataset;
    this.#report = begin(plan);
    this.#left = this.#report.destroyCount;
  }

  get report(): PrunedDataset {
    return this.#report;
  }

  running(): void {
    if (this.#report.state === 'pending') this.#report = { ...this.#report, state: 'running' };
  }

  destroyed(): void {
    this.#report = { ...this.#report, destroyedCount: this.#report.destroyedCount + 1 };
    this.#handled();
  }

  kept(snapshot: string, reason: string): void {
    this.#report = { ...this.#report, keptAnyway: [...this.#report.keptAnyway, { snapshot, reason }] };
    this.#handled();
  }

  /** The first problem is the one that is shown. */
  failed(problem: Problem): void {
    this.#report = { ...this.#report, state: 'error', problem: this.#report.problem ?? problem };
  }

  #handled(): void {
    this.#left -= 1;
    if (this.#left <= 0 && this.#report.state === 'running') this.#report = { ...this.#report, state: 'done' };
  }
}

/** Kept although no rule wants it. */
function guarded(snapshot: PlannedSnapshot): boolean {
  return (
    snapshot.verdict === 'keep' &&
    snapshot.reasons.every((reason) => reason.kind === 'guard' && reason.guard !== 'no-rules')
  );
}

function begin(plan: DatasetPlan): PrunedDataset {
  const empty = { dataset: plan.dataset, skipReason: '', problem: null, keptAnyway: [] };
  const counts = { snapshotCount: 0, destroyCount: 0, destroyedCount: 0 };
  if (plan.kind === 'skipped') return { ...empty, ...counts, state: 'skipped', skipReason: plan.reason };
  if (plan.kind === 'problem') return { ...empty, ...counts, state: 'error', problem: plan.problem };
  const destroyCount = plan.snapshots.filter((snapshot) => snapshot.verdict === 'destroy').length;
  return {
    ...empty,
    state: destroyCount === 0 ? 'done' : 'pending',
    snapshotCount: plan.snapshots.length,
    destroyCount,
    destroyedCount: 0,
    keptAnyway: plan.snapshots.filter(guarded).map(({ name, reasons }) => ({
      snapshot: name,
      reason: reasons.map((reason) => reason.text).join('; '),
    })),
  };
}

/** The report of a side from its beginning. */
export class PruneProgress {
  readonly datasets: readonly DatasetProgress[];
  readonly #side: PruneSide;
  readonly #startedAtMs: number;

  constructor(plan: PrunePlan, startedAtMs: number) {
    this.#side = plan.side;
    this.#startedAtMs = startedAtMs;
    this.datasets = plan.datasets.map((entry) => new DatasetProgress(entry));
  }

  running(): PruningReport {
    return this.#report('running', null, null);
  }

  /** `problem` is what ended the run before its end. */
  ended(nowMs: number, problem: ProblemError | null): PruningReport {
    for (const dataset of this.datasets) {
      if (problem !== null && dataset.report.state === 'running') dataset.failed(problem.toProblem());
    }
    const anyError = problem !== null || this.datasets.some(({ report }) => report.state === 'error');
    return this.#report(anyError ? 'error' : 'done', nowMs, problem);
  }

  #report(state: PruningReport['state'], finishedAtMs: number | null, problem: ProblemError | null): PruningReport {
    return {
      side: this.#side,
      state,
      startedAtMs: this.#startedAtMs,
      finishedAtMs,
      problem: problem?.toProblem() ?? null,
      datasets: this.datasets.map(({ report }) => report),
    };
  }
}

/** The report of a run that did not get as far as datasets. */
export function emptyReport(
  side: PruneSide,
  state: PruningReport['state'],
  startedAtMs: number,
  finishedAtMs: number | null,
  problem: Problem | null,
): PruningReport {
  return { side, state, startedAtMs, finishedAtMs, problem, datasets: [] };
}
