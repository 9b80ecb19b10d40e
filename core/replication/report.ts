/** The report of a run, kept up to date while it runs. The only mutable state of the driver; everybody else gets copies. */
import type { ProblemError } from '../api/problem.ts';
import type { AttemptReport, DatasetReport, Guarantee, ReplicationReport, StepReport } from '../api/status.ts';
import type { TransferStep } from '../endpoint/types.ts';
import type { Version } from '../zfs/types.ts';
import { relname } from './plan.ts';
import { RateEstimator } from './rate.ts';

/** One step as reported. */
export class StepProgress {
  #report: StepReport;
  readonly #rate = new RateEstimator();
  readonly #changed: () => void;

  constructor(step: TransferStep, changed: () => void) {
    this.#changed = changed;
    this.#report = describeStep(step);
  }

  start(nowMs: number): void {
    this.#report = { ...this.#report, startedAtMs: nowMs };
    this.#rate.add(nowMs, 0);
    this.#changed();
  }

  progress(nowMs: number, bytes: number, expectedBytes: number | undefined): void {
    this.#rate.add(nowMs, bytes);
    this.#report = {
      ...this.#report,
      bytesReplicated: Math.max(bytes, this.#report.bytesReplicated),
      bytesExpected: expectedBytes ?? this.#report.bytesExpected,
    };
    this.#changed();
  }

  finish(nowMs: number, bytes: number | null): void {
    this.#report = {
      ...this.#report,
      finishedAtMs: nowMs,
      bytesReplicated: bytes ?? this.#report.bytesReplicated,
    };
    this.#changed();
  }

  get bytes(): number {
    return this.#report.bytesReplicated;
  }

  snapshot(nowMs: number): StepReport {
    const report = this.#report;
    if (report.startedAtMs === null || report.finishedAtMs !== null) return report;
    return {
      ...report,
      bytesPerSecond: this.#rate.bytesPerSecond(nowMs),
      remainingMs: this.#rate.remainingMs(nowMs, report.bytesExpected),
    };
  }
}

/** The form in which status and dry run show a step. */
export function describeStep(step: TransferStep): StepReport {
  return {
    kind: step.from === null ? 'full' : step.between.length > 0 ? 'range' : 'incremental',
    from: step.from === null ? null : relname(step.from),
    to: relname(step.to),
    snapshotCount: step.between.length + 1,
    resumedFromBytes: step.resume === null ? null : Number(step.resume.token.bytes ?? 0n),
    bytesExpected: null,
    bytesReplicated: 0,
    bytesPerSecond: null,
    remainingMs: null,
    startedAtMs: null,
    finishedAtMs: null,
  };
}

/** One dataset of an attempt as reported. */
export class DatasetProgress {
  state: DatasetReport['state'] = 'planning';
  blockedOn: DatasetReport['blockedOn'] = 'plan-queue';
  problem: ProblemError | null = null;
  guarantee: Guarantee;
  discardedBytes = 0;
  newestCommon: Version | null = null;
  currentStep = 0;
  steps: StepProgress[] = [];
  readonly dataset: string;

  constructor(dataset: string, guarantee: Guarantee) {
    this.dataset = dataset;
    this.guarantee = guarantee;
  }

  snapshot(nowMs: number): DatasetReport {
    return {
      dataset: this.dataset,
      state: this.state,
      blockedOn: this.blockedOn,
      problem: this.problem?.at({ dataset: this.dataset }).toProblem() ?? null,
      guarantee: this.guarantee,
      discardedBytes: this.discardedBytes,
      newestCommon: this.newestCommon === null ? null : describeVersion(this.newestCommon),
      currentStep: this.currentStep,
      steps: this.steps.map((step) => step.snapshot(nowMs)),
    };
  }
}

/** A version as status shows it. */
export function describeVersion(version: Version): NonNullable<DatasetReport['newestCommon']> {
  return {
    name: version.name,
    guid: version.guid.toString(),
    creationMs: version.creationS === undefined ? null : version.creationS * 1000,
  };
}

/** One attempt as reported. */
export class AttemptProgress {
  state: AttemptReport['state'] = 'planning';
  finishedAtMs: number | null = null;
  problem: ProblemError | null = null;
  datasets: DatasetProgress[] = [];
  readonly startedAtMs: number;

  constructor(startedAtMs: number) {
    this.startedAtMs = startedAtMs;
  }

  snapshot(nowMs: number): AttemptReport {
    return {
      state: this.state,
      startedAtMs: this.startedAtMs,
      finishedAtMs: this.finishedAtMs,
      problem: this.problem?.toProblem() ?? null,
      datasets: this.datasets.map((dataset) => dataset.snapshot(nowMs)),
    };
  }
}

/** A whole run as reported. */
export class RunProgress {
  finishedAtMs: number | null = null;
  outcome: ReplicationReport['outcome'] = 'running';
  warnings: string[] = [];
  waiting: {
    sinceMs: number;
    untilMs: number;
    nextTryMs: number;
    problem: ProblemError;
    wakingUntilMs?: number;
  } | null = null;
  attempts: AttemptProgress[] = [];
  readonly startedAtMs: number;

  constructor(startedAtMs: number) {
    this.startedAtMs = startedAtMs;
  }

  snapshot(nowMs: number): ReplicationReport {
    return {
      startedAtMs: this.startedAtMs,
      finishedAtMs: this.finishedAtMs,
      outcome: this.outcome,
      warnings: [...this.warnings],
      waiting: this.waiting === null ? null : { ...this.waiting, problem: this.waiting.problem.toProblem() },
      attempts: this.attempts.map((attempt) => attempt.snapshot(nowMs)),
    };
  }
}
