/** One job of the status view. */
import { type DriveOfJobs, isOnlyScrubbing } from '../../api/drive-status.ts';
import { en } from '../../api/messages/en.ts';
import type { JobStatus } from '../../api/status.ts';
import { type Line, type Span, span, spread, type Tone } from '../text/spans.ts';
import { visible, wrap } from '../text/width.ts';
import { jobTexts, stageText } from '../texts.ts';
import { driveTexts, pauseTexts } from '../texts-control.ts';
import { datasetLines } from './dataset.ts';
import { DETAIL_INDENT, flow, type Layout, problemRoom, ROW_INDENT } from './layout.ts';
import { problemLines } from './problem.ts';
import { pruningLines } from './pruning.ts';
import { safetySummaries } from './safety.ts';
import { snapshottingLines } from './snapshotting.ts';
import { spaceLines } from './space.ts';

export function jobLines(job: JobStatus, layout: Layout): Line[] {
  const { width, nowMs, folded } = layout;
  const room = problemRoom(layout, DETAIL_INDENT - 2, 6);
  const margin = span(' '.repeat(ROW_INDENT));
  const lines: Line[] = [headLine(job, width)];
  if (job.refusal !== null) lines.push(...problemLines(job.refusal, room));
  for (const summary of safetySummaries(job, nowMs)) {
    for (const text of wrap(summary.text, width - ROW_INDENT)) lines.push([margin, span(text, summary.tone)]);
  }
  for (const drive of job.drives ?? []) {
    lines.push(
      ...flow(
        [span(driveTexts.line(visible(drive.name), stateOf({ drive, jobs: [job] }), visible(drive.pool)))],
        ROW_INDENT,
        width,
      ),
    );
    if (drive.problem !== null) lines.push(...problemLines(drive.problem, room));
  }
  if (job.type !== 'sink' && job.refusal === null) lines.push(...flow(facts(job, nowMs), ROW_INDENT, width));
  for (const warning of job.replication?.warnings ?? []) {
    for (const text of wrap(visible(warning), width - ROW_INDENT)) lines.push([margin, span(text, 'warn')]);
  }
  if (job.metAt !== undefined) {
    const { address, first } = job.metAt;
    lines.push(...flow([span(jobTexts.metAt(visible(address), visible(first)), 'warn')], ROW_INDENT, width));
  }
  lines.push(...runLines(job, layout));
  const rows = datasetLines(job, layout);
  if (rows.length > 0) lines.push(...(folded ? [] : [[]]), ...rows, ...(folded ? [] : [[]]));
  if (job.snapshotting !== null) lines.push(...snapshottingLines(job.snapshotting, layout));
  lines.push(...pruningLines(job.pruning, layout), ...spaceLines(job, layout));
  while (lines.at(-1)?.length === 0) lines.pop();
  return lines;
}

function headLine(job: JobStatus, width: number): Line {
  const target = job.destination === null ? '' : ` → ${visible(job.destination)}`;
  const [mark, tone] = markOf(job);
  const left = [span(`${mark} `, tone), span(visible(job.name), 'bold'), span(`  ${job.type}${target}`, 'dim')];
  return spread(left, [span(stageText[job.stage], tone)], width);
}

function markOf(job: JobStatus): [string, Tone] {
  if (job.stage === 'refused') return ['✗', 'bad'];
  if (job.stage !== 'idle') return ['▸', 'active'];
  return job.lastRunFailed ? ['✗', 'bad'] : ['●', 'plain'];
}

function facts(job: JobStatus, nowMs: number): Span[] {
  const found: Span[] = [];
  if (job.lastRunFailed) found.push(span(jobTexts.lastRunFailed, 'bad'));
  if (job.replication?.outcome === 'cancelled') found.push(span(jobTexts.cancelled, 'warn'));
  const success = job.lastSuccessMs;
  found.push(success === null ? span(jobTexts.neverSucceeded, 'warn') : span(jobTexts.lastSuccess(success, nowMs)));
  if (job.stopping) found.push(span(jobTexts.stopping, 'warn'));
  for (const { reason, untilMs } of job.held) found.push(span(pauseTexts.held(reason, untilMs), 'warn'));
  const nextMs = job.nextRun.state === 'held' ? null : (job.snapshotting?.nextAtMs ?? null);
  if (nextMs !== null) found.push(span(jobTexts.nextRun(nextMs, nowMs)));
  if (job.lastWake !== null && job.stage !== 'idle') {
    found.push(span(jobTexts.started(job.lastWake.reason, job.lastWake.atMs, nowMs)));
  }
  if (job.queued) found.push(span(job.stage === 'idle' ? jobTexts.due : jobTexts.queued));
  return found;
}

/** What concerns the run as a whole: which attempt it is, a peer it waits for, why it could not plan. */
function runLines(job: JobStatus, layout: Layout): Line[] {
  const { width, nowMs } = layout;
  const { replication } = job;
  if (replication === null) return [];
  const room = problemRoom(layout, DETAIL_INDENT - 2, 6);
  const lines: Line[] = [];
  const attempt = replication.attempts.at(-1);
  const running = replication.outcome === 'running';
  if (running && replication.attempts.length > 1) {
    lines.push(...flow([span(jobTexts.attempt(replication.attempts.length), 'warn')], ROW_INDENT, width));
  }
  if (running && attempt?.state === 'planning' && attempt.datasets.length === 0) {
    lines.push(...flow([span(jobTexts.planning, 'active')], ROW_INDENT, width));
  }
  const { waiting } = replication;
  if (waiting !== null) {
    if (waiting.wakingUntilMs !== undefined) {
      lines.push(...flow([span(jobTexts.waking(waiting.wakingUntilMs, nowMs), 'warn')], ROW_INDENT, width));
    }
    lines.push(...flow([span(jobTexts.waiting(waiting.nextTryMs, waiting.untilMs, nowMs), 'warn')], ROW_INDENT, width));
    lines.push(...problemLines(waiting.problem, room));
  } else if (attempt !== undefined && attempt.problem !== null) {
    lines.push(...problemLines(attempt.problem, room));
  }
  return lines;
}

function stateOf(one: DriveOfJobs): string {
  return isOnlyScrubbing(one) ? en.driveScrubState : en.driveStates[one.drive.state];
}
