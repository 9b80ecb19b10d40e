/** What changed between two statuses, as plain lines for a pipe or a log: turns of events, not progress. Pure. */
import type { DaemonStatus, DatasetReport, JobStatus } from '../../api/status.ts';
import { visible } from '../text/width.ts';
import { changeTexts, stageText } from '../texts.ts';

/** One line for each turn. Without a previous status: how everything stands. */
export function changeLines(previous: DaemonStatus | null, next: DaemonStatus): string[] {
  const time = new Date(next.nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const before = new Map((previous?.jobs ?? []).map((job) => [job.name, job]));
  return next.jobs.flatMap((job) =>
    jobChanges(before.get(job.name) ?? null, job).map((text) => `${time} ${visible(job.name)}: ${visible(text)}`),
  );
}

function jobChanges(before: JobStatus | null, job: JobStatus): string[] {
  const lines: string[] = [];
  // A run may be over before the next status is sent: its start shows in the wake alone.
  const woken = before !== null && job.lastWake !== null && before.lastWake?.atMs !== job.lastWake.atMs;
  if (woken && job.lastWake !== null) lines.push(changeTexts.runStarted(job.lastWake.reason));
  if (before?.stage !== job.stage && !(before !== null && job.stage === 'idle')) lines.push(stageText[job.stage]);
  if (job.refusal !== null && before?.refusal?.code !== job.refusal.code) lines.push(job.refusal.happened);
  if (job.queued && before?.queued !== true) lines.push(changeTexts.queued);
  const waiting = job.replication?.waiting ?? null;
  if (waiting !== null && (before?.replication?.waiting ?? null) === null) {
    lines.push(changeTexts.waiting(waiting.problem.happened));
  }
  lines.push(...datasetChanges(before, job), ...pruningChanges(before, job));
  if (before !== null && (before.stage !== 'idle' || woken) && job.stage === 'idle') {
    lines.push(job.lastRunFailed ? changeTexts.runFailed : changeTexts.runEnded);
  }
  return lines;
}

function reportsOf(job: JobStatus | null): ReadonlyMap<string, DatasetReport> {
  // Reports of another run say nothing about this one.
  const attempt = job?.replication?.attempts.at(-1);
  return new Map((attempt?.datasets ?? []).map((report) => [report.dataset, report]));
}

function datasetChanges(before: JobStatus | null, job: JobStatus): string[] {
  const sameRun = before?.replication?.startedAtMs === job.replication?.startedAtMs;
  const known = sameRun ? reportsOf(before) : new Map<string, DatasetReport>();
  return [...reportsOf(job).values()].flatMap((report) => {
    const was = known.get(report.dataset);
    if (report.problem !== null) {
      const isNew = was?.problem?.happened !== report.problem.happened;
      return isNew ? [changeTexts.datasetFailed(report.dataset, report.problem.happened)] : [];
    }
    if (report.state === 'done') {
      return was?.state === 'done' ? [] : [changeTexts.datasetDone(report.dataset)];
    }
    const working = report.state === 'stepping' && report.blockedOn === 'nothing';
    const wasWorking =
      was?.state === 'stepping' && was.blockedOn === 'nothing' && was.currentStep === report.currentStep;
    const step = report.steps[report.currentStep];
    if (!working || wasWorking || step === undefined) return [];
    return [changeTexts.stepStarted(report.dataset, report.currentStep + 1, report.steps.length, step.from, step.to)];
  });
}

function pruningChanges(before: JobStatus | null, job: JobStatus): string[] {
  return job.pruning.flatMap((report) => {
    const was = before?.pruning.find((one) => one.side === report.side && one.startedAtMs === report.startedAtMs);
    if (was?.state === report.state) return [];
    const destroyed = report.datasets.reduce((sum, dataset) => sum + dataset.destroyedCount, 0);
    if (report.state === 'done') return [changeTexts.pruned(report.side, destroyed)];
    if (report.state !== 'error' && report.state !== 'paused') return [];
    return [changeTexts.pruningStopped(report.side, report.state, report.problem?.happened ?? '')];
  });
}
