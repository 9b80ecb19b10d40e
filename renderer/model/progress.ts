/** How far transfers are, of the whole and not of a part. Pure. */
import type { AttemptReport, DatasetReport, JobStatus, StepReport } from '../../core/api/status.ts';

/** Shown until a step is really finished: estimates are often a little short. */
const ALMOST_ALL = 0.999;

export interface Progress {
  /** Bytes on the other side, counting what earlier sessions left there. */
  readonly doneBytes: number;
  /** Null while not known. */
  readonly totalBytes: number | null;
  /** Part that is over; null while the whole is not known. */
  readonly fraction: number | null;
  /** Part that earlier sessions left there; null where nothing was resumed. */
  readonly resumedFraction: number | null;
  readonly bytesPerSecond: number | null;
  readonly remainingMs: number | null;
}

interface Amount {
  readonly done: number;
  readonly total: number | null;
  readonly resumed: number;
}

function amountOf(step: StepReport): Amount {
  const resumed = step.resumedFromBytes ?? 0;
  const done = resumed + step.bytesReplicated;
  if (step.finishedAtMs !== null) return { done, total: done, resumed };
  return { done, total: step.bytesExpected === null ? null : Math.max(done, resumed + step.bytesExpected), resumed };
}

function partOf(bytes: number, total: number | null): number | null {
  return total === null || total <= 0 ? null : Math.min(1, bytes / total);
}

function progressOf(steps: readonly StepReport[], bytesPerSecond: number | null): Progress {
  const amounts = steps.map(amountOf);
  const doneBytes = amounts.reduce((sum, { done }) => sum + done, 0);
  const resumed = amounts.reduce((sum, amount) => sum + amount.resumed, 0);
  const unknown = amounts.some(({ total }) => total === null);
  const totalBytes = unknown ? null : amounts.reduce((sum, { total }) => sum + (total ?? 0), 0);
  const over = steps.every(({ finishedAtMs }) => finishedAtMs !== null);
  const part = partOf(doneBytes, totalBytes);
  const left = totalBytes === null ? null : totalBytes - doneBytes;
  return {
    doneBytes,
    totalBytes,
    fraction: part === null ? null : over ? part : Math.min(part, ALMOST_ALL),
    resumedFraction: resumed > 0 ? partOf(resumed, totalBytes) : null,
    bytesPerSecond,
    remainingMs:
      left === null || bytesPerSecond === null || bytesPerSecond <= 0 ? null : (left / bytesPerSecond) * 1000,
  };
}

/** One step. Its time left is what the daemon says. */
export function stepProgress(step: StepReport): Progress {
  const running = step.finishedAtMs === null;
  return {
    ...progressOf([step], running ? step.bytesPerSecond : null),
    remainingMs: running ? step.remainingMs : null,
  };
}

/** Whether bytes of it may be on their way now. */
export function isWorking(report: DatasetReport): boolean {
  return report.state === 'stepping' && report.blockedOn === 'nothing';
}

/** The step that runs now. */
export function workingStep(report: DatasetReport): StepReport | null {
  return isWorking(report) ? (report.steps[report.currentStep] ?? null) : null;
}

/** All steps of a dataset. */
export function datasetProgress(report: DatasetReport): Progress {
  return progressOf(report.steps, workingStep(report)?.bytesPerSecond ?? null);
}

/** All steps of all datasets. What is not planned yet has no bytes, so that the whole is not known until all are planned. */
export function attemptProgress(attempt: AttemptReport): Progress {
  const rates = attempt.datasets.map((report) => workingStep(report)?.bytesPerSecond ?? null);
  const known = rates.filter((rate) => rate !== null);
  const rate = known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
  const progress = progressOf(
    attempt.datasets.flatMap(({ steps }) => steps),
    rate,
  );
  const planning = attempt.state === 'planning' || attempt.datasets.some(({ state }) => state === 'planning');
  if (!planning) return progress;
  return { ...progress, totalBytes: null, fraction: null, resumedFraction: null, remainingMs: null };
}

/** The attempt that counts: the last one of the last run. */
export function lastAttempt(job: JobStatus): AttemptReport | null {
  return job.replication?.attempts.at(-1) ?? null;
}

/** Whether anything of the job is at work. */
export function isAtWork(job: JobStatus): boolean {
  return job.stage !== 'idle' && job.stage !== 'refused';
}
