/** How far the run of a job is, as far as it is known. Pure. */
import type { DatasetReport, JobStatus, StepReport } from './status.ts';

export interface RunProgress {
  /** Part of the run that is over, below 1; null while its size is not known. */
  readonly fraction: number | null;
  /** Null while unknown. */
  readonly remainingMs: number | null;
}

/** Estimates are often a little short: nothing looks finished that is not. */
const ALMOST_ALL = 0.999;
const UNKNOWN: RunProgress = { fraction: null, remainingMs: null };

/** Progress of the replication at work in a job: bytes where all are estimated, datasets where not. */
export function runProgress(job: JobStatus): RunProgress {
  const attempt = job.stage === 'replicating' ? job.replication?.attempts.at(-1) : undefined;
  if (attempt === undefined || attempt.state !== 'fan-out-filesystems' || attempt.datasets.length === 0) return UNKNOWN;
  const { datasets } = attempt;
  const steps = datasets.flatMap((dataset) => dataset.steps);
  const wholes = steps.map(wholeBytes);
  if (wholes.every((bytes) => bytes !== null)) {
    const all = wholes.reduce((sum, bytes) => sum + bytes, 0);
    const over = steps.reduce((sum, step) => sum + doneBytes(step), 0);
    if (all > 0) return { fraction: Math.min(over / all, ALMOST_ALL), remainingMs: remainingMs(datasets) };
  }
  const settled = datasets.filter(isSettled).length;
  return { fraction: Math.min(settled / datasets.length, ALMOST_ALL), remainingMs: null };
}

function isSettled({ state }: DatasetReport): boolean {
  return state === 'done' || state === 'planning-error' || state === 'step-error';
}

function wholeBytes(step: StepReport): number | null {
  if (step.finishedAtMs !== null) return doneBytes(step);
  return step.bytesExpected === null ? null : (step.resumedFromBytes ?? 0) + step.bytesExpected;
}

function doneBytes(step: StepReport): number {
  const bytes = (step.resumedFromBytes ?? 0) + step.bytesReplicated;
  const expected = step.bytesExpected === null ? bytes : (step.resumedFromBytes ?? 0) + step.bytesExpected;
  return step.finishedAtMs === null ? Math.min(bytes, expected) : bytes;
}

/** What the steps at work say, and what the others take at their rate; null while none of them knows. */
function remainingMs(datasets: readonly DatasetReport[]): number | null {
  const open = datasets.filter((dataset) => !isSettled(dataset)).flatMap(({ steps }) => steps);
  const unfinished = open.filter(({ finishedAtMs }) => finishedAtMs === null);
  const rate = unfinished.reduce((sum, { bytesPerSecond }) => sum + (bytesPerSecond ?? 0), 0);
  if (rate <= 0) return null;
  const left = unfinished.reduce((sum, step) => sum + (wholeBytes(step) ?? 0) - doneBytes(step), 0);
  return (left / rate) * 1000;
}
