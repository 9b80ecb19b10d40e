/** The rows of the datasets of a job. */
import type { DatasetReport, DatasetSafety, JobStatus, StepReport } from '../../api/status.ts';
import { formatBytes } from '../text/format.ts';
import { type Line, type Span, span } from '../text/spans.ts';
import { clipStart, displayWidth, padEnd, padStart, visible } from '../text/width.ts';
import { datasetTexts, guaranteeText } from '../texts.ts';
import { barSpans, formatPercent, stepFraction } from './bar.ts';
import { DETAIL_INDENT, flow, type Layout, problemRoom, ROW_INDENT } from './layout.ts';
import { problemLines } from './problem.ts';
import { type Standing, standing } from './safety.ts';

const BAR_WIDTH_MAX = 30;
const NAME_WIDTH_MIN = 16;
const DETAIL_LINES = 4;

interface Row {
  readonly job: JobStatus;
  readonly name: string;
  readonly report: DatasetReport | null;
  readonly safety: DatasetSafety | null;
  /** A run is at work that will get to it. */
  readonly live: boolean;
}

/** Rows of all datasets that the last attempt or the safety table names. */
export function datasetLines(job: JobStatus, layout: Layout): Line[] {
  const rows = rowsOf(job);
  const [shown, quiet] = layout.folded ? partition(rows, needsEyes) : [rows, []];
  const nameWidth = Math.min(
    Math.max(NAME_WIDTH_MIN, ...shown.map((row) => displayWidth(visible(row.name)))),
    Math.max(NAME_WIDTH_MIN, Math.floor(layout.width * 0.4)),
  );
  return [...shown.flatMap((row) => rowLines(row, nameWidth, layout)), ...foldedLines(quiet, layout)];
}

function rowsOf(job: JobStatus): Row[] {
  const attempt = job.replication?.attempts.at(-1);
  const live = job.replication?.outcome === 'running';
  const reports = new Map((attempt?.datasets ?? []).map((report) => [report.dataset, report]));
  const safety = new Map<string, DatasetSafety>();
  for (const entry of job.safety) {
    const known = safety.get(entry.dataset);
    // With several destinations, the row shows the one that is furthest behind.
    if (known === undefined || ageOf(entry) < ageOf(known)) safety.set(entry.dataset, entry);
  }
  const names = new Set([...reports.keys(), ...safety.keys()]);
  return [...names].map((name) => ({
    job,
    name,
    report: reports.get(name) ?? null,
    safety: safety.get(name) ?? null,
    live,
  }));
}

function ageOf(safety: DatasetSafety): number {
  return safety.newestCommon === null ? Number.NEGATIVE_INFINITY : (safety.newestCommon.creationMs ?? 0);
}

function isWorking({ report, live }: Row): boolean {
  return live && report !== null && report.state === 'stepping' && report.blockedOn === 'nothing';
}

function needsEyes(row: Row): boolean {
  return isWorking(row) || (row.report?.problem ?? null) !== null;
}

function rowLines(row: Row, nameWidth: number, layout: Layout): Line[] {
  const problem = row.report?.problem ?? null;
  const step = row.report?.steps[row.report.currentStep];
  if (problem !== null) {
    const room = problemRoom(layout, DETAIL_INDENT, DETAIL_LINES);
    return [rowLine('✗', 'bad', row, nameWidth, failedState(row, layout)), ...problemLines(problem, room)];
  }
  if (row.report !== null && step !== undefined && isWorking(row)) {
    const room = layout.width - ROW_INDENT - 2 - nameWidth - 2;
    return [
      rowLine('▸', 'active', row, nameWidth, progress(step, room)),
      ...flow(stepFacts(row.report, step, layout.folded), DETAIL_INDENT, layout.width),
    ];
  }
  return [quietLine(row, nameWidth, layout)];
}

/** How the copy of a row stands, by what its run says and else by what is known of it. */
function standingOf({ report, safety, job }: Row, { nowMs }: Layout): Standing {
  const common = report?.newestCommon ?? safety?.newestCommon ?? null;
  return standing(common, safety?.newestLocal ?? null, job, safety?.destination ?? '', nowMs);
}

function quietLine(row: Row, nameWidth: number, layout: Layout): Line {
  const stands = standingOf(row, layout);
  const { report, live } = row;
  if (report !== null && live && report.state !== 'done') {
    const waits = datasetTexts.blockedOn[report.blockedOn];
    const state = report.state === 'planning' && report.blockedOn === 'nothing' ? datasetTexts.planning : waits;
    return rowLine('·', 'dim', row, nameWidth, [span(state, 'dim')]);
  }
  const facts = [stands.text, ...discarded(report)];
  return rowLine(stands.current ? '✓' : '·', stands.current ? 'good' : 'warn', row, nameWidth, join(facts));
}

function failedState(row: Row, layout: Layout): Span[] {
  const stands = standingOf(row, layout);
  return join([span(datasetTexts.failed, 'bad'), span(stands.text.text, 'dim')]);
}

function rowLine(mark: string, tone: Span['tone'], row: Row, nameWidth: number, rest: readonly Span[]): Line {
  const name = padEnd(clipStart(visible(row.name), nameWidth), nameWidth);
  return [span(' '.repeat(ROW_INDENT)), span(`${mark} `, tone), span(`${name}  `), ...rest];
}

function progress(step: StepReport, room: number): Span[] {
  const fraction = stepFraction(step);
  if (fraction === null) return [span(datasetTexts.bytesOnly(step.bytesReplicated), 'active')];
  const left = step.remainingMs === null ? '' : `  ${datasetTexts.remaining(step.remainingMs)}`;
  const percent = padStart(formatPercent(fraction), 6);
  const barWidth = Math.min(BAR_WIDTH_MAX, room - displayWidth(percent) - displayWidth(left) - 2);
  const bar = barWidth < 6 ? [] : [...barSpans(fraction, barWidth), span('  ')];
  return [...bar, span(percent, 'bold'), span(left)];
}

function stepFacts(report: DatasetReport, step: StepReport, brief: boolean): Span[] {
  const facts: Span[] = [span(datasetTexts.step(report.currentStep + 1, report.steps.length))];
  const { bytesReplicated, bytesExpected, bytesPerSecond, resumedFromBytes } = step;
  if (bytesExpected !== null) {
    const beyond = bytesReplicated > bytesExpected;
    facts.push(span((beyond ? datasetTexts.bytesBeyond : datasetTexts.bytesOf)(bytesReplicated, bytesExpected)));
  }
  if (bytesPerSecond !== null) facts.push(span(datasetTexts.rate(bytesPerSecond)));
  if (resumedFromBytes !== null) facts.push(span(datasetTexts.resumed(resumedFromBytes)));
  if (brief) return facts;
  facts.push(span(route(step), 'dim'), span(guaranteeText[report.guarantee], 'dim'), ...discarded(report));
  return facts;
}

function route(step: StepReport): string {
  const to = visible(step.to);
  if (step.from === null) return datasetTexts.full(to);
  const from = visible(step.from);
  return step.kind === 'range' ? datasetTexts.range(from, to, step.snapshotCount) : datasetTexts.fromTo(from, to);
}

function discarded(report: DatasetReport | null): Span[] {
  if (report === null || report.discardedBytes <= 0) return [];
  return [span(datasetTexts.discarded(report.discardedBytes), 'warn')];
}

function foldedLines(quiet: readonly Row[], layout: Layout): Line[] {
  const groups = Map.groupBy(quiet, (row) => {
    if (row.live && row.report !== null && row.report.state !== 'done') return datasetTexts.pending;
    return standingOf(row, layout).text.text;
  });
  return [...groups].map(([state, rows]) => [
    span(`${' '.repeat(ROW_INDENT)}· ${datasetTexts.folded(rows.length, state)}`, 'dim'),
  ]);
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

function join(spans: readonly Span[]): Span[] {
  return spans.flatMap((piece, index) => (index === 0 ? [piece] : [span(' · ', 'dim'), piece]));
}

/** Bytes of a whole attempt in this session, for the one-line summary of a run. */
export function replicatedBytes(job: JobStatus): string {
  const datasets = job.replication?.attempts.flatMap((attempt) => attempt.datasets) ?? [];
  const steps = datasets.flatMap((report) => report.steps);
  return formatBytes(steps.reduce((sum, step) => sum + step.bytesReplicated, 0));
}
