/** A plan as lines: what would be sent, what would be destroyed, and why. Pure. */
import type { JobPlan } from '../../api/status.ts';
import { type Line, lineWidth, paint, type Span, span } from '../text/spans.ts';
import { visible, wrap } from '../text/width.ts';
import { planTexts, sideText } from '../texts.ts';
import { problemLines } from './problem.ts';

type DatasetPlan = JobPlan['replication'][number];
type SidePlan = JobPlan['pruning'][number];
type PrunePlan = SidePlan['datasets'][number];

const DETAIL_LINES = 20;

export function renderPlan(plan: JobPlan, width: number, colour: boolean): string[] {
  const lines: Line[] = [
    [span(planTexts.title(visible(plan.job)), 'bold')],
    [],
    [span(planTexts.replication, 'bold')],
    ...plan.replication.flatMap((dataset) => replicationLines(dataset, width)),
  ];
  if (plan.replication.length === 0) lines.push([span(`  ${planTexts.nothing}`, 'dim')]);
  for (const side of plan.pruning) lines.push([], ...pruningLines(side, width));
  return lines.map((line) => paint(line, Number.POSITIVE_INFINITY, colour));
}

function replicationLines(dataset: DatasetPlan, width: number): Line[] {
  const lines: Line[] = [headLine(dataset)];
  for (const step of dataset.steps) lines.push([span('      '), ...planTexts.step(step).map(toSpan)]);
  for (const note of dataset.notes) lines.push(...indented(visible(note), 6, width, 'dim'));
  if (dataset.problem !== null) {
    lines.push(...problemLines(dataset.problem, { indent: 6, width, detailLines: DETAIL_LINES }));
  }
  return lines;
}

function headLine({ dataset, verdict, steps }: DatasetPlan): Line {
  const name = visible(dataset);
  switch (verdict) {
    case 'up-to-date':
      return [span('  ✓ ', 'good'), span(name), span(`  ${planTexts.upToDate}`, 'dim')];
    case 'steps':
      return [span('  ▸ ', 'active'), span(name), span(`  ${planTexts.steps(steps.length)}`, 'dim')];
    case 'problem':
      return [span('  ✗ ', 'bad'), span(name), span(`  ${planTexts.problem}`, 'bad')];
    case 'skipped':
      return [span('  · ', 'dim'), span(name), span(`  ${planTexts.skipped}`, 'dim')];
  }
}

function pruningLines(side: SidePlan, width: number): Line[] {
  const lines: Line[] = [[span(planTexts.pruning(sideText[side.side]), 'bold')]];
  if (side.problem !== null) {
    lines.push(...problemLines(side.problem, { indent: 4, width, detailLines: DETAIL_LINES }));
  }
  lines.push(...side.datasets.flatMap((dataset) => pruneLines(dataset, width)));
  if (side.problem === null && side.datasets.length === 0) lines.push([span(`  ${planTexts.nothing}`, 'dim')]);
  return lines;
}

function pruneLines(dataset: PrunePlan, width: number): Line[] {
  const destroyed = dataset.snapshots.filter((snapshot) => snapshot.verdict === 'destroy').length;
  const counts = planTexts.counts(dataset.snapshots.length - destroyed, destroyed);
  const lines: Line[] = [[span('  '), span(visible(dataset.dataset)), span(`  ${counts}`, 'dim')]];
  if (dataset.skipReason !== '')
    lines.push(...indented(planTexts.skippedBecause(visible(dataset.skipReason)), 6, width));
  if (dataset.problem !== null) {
    lines.push(...problemLines(dataset.problem, { indent: 6, width, detailLines: DETAIL_LINES }));
  }
  for (const { name, verdict, because } of dataset.snapshots) {
    const mark = verdict === 'keep' ? span('    keep     ', 'good') : span('    destroy  ', 'warn');
    const head: Line = [mark, span(visible(name))];
    const reason = visible(because.join('; '));
    const fits = lineWidth(head) + 2 + reason.length <= width;
    lines.push(fits ? [...head, span(`  ${reason}`, 'dim')] : head);
    if (!fits) lines.push(...indented(reason, 13, width, 'dim'));
  }
  return lines;
}

function indented(text: string, indent: number, width: number, tone: Span['tone'] = 'plain'): Line[] {
  return wrap(text, Math.max(20, width - indent)).map((piece) => [span(' '.repeat(indent)), span(piece, tone)]);
}

function toSpan(text: string, index: number): Span {
  return span(index === 0 ? text : ` · ${text}`, index === 0 ? 'plain' : 'dim');
}
