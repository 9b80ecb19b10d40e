/** The lines about pruning: counts of each side, and everything that was kept or skipped against expectation. */
import type { PruningReport } from '../../api/status.ts';
import { type Line, type Span, span } from '../text/spans.ts';
import { visible } from '../text/width.ts';
import { pruningTexts, sideText } from '../texts.ts';
import { LABEL_WIDTH, type Layout, labelled, problemRoom, ROW_INDENT } from './layout.ts';
import { problemLines } from './problem.ts';

/** More single snapshots than these are only counted. */
const KEPT_LINES_MAX = 5;

export function pruningLines(reports: readonly PruningReport[], layout: Layout): Line[] {
  const shown = layout.folded ? reports.filter(needsEyes) : reports;
  return shown.flatMap((report, index) => {
    const label = index === 0 ? pruningTexts.label : '';
    return [...labelled(label, reportItems(report), layout.width), ...detailLines(report, layout)];
  });
}

function needsEyes(report: PruningReport): boolean {
  return report.state !== 'done' || report.datasets.some((dataset) => dataset.problem !== null);
}

function reportItems(report: PruningReport): Span[] {
  const prefix = report.side === 'local' ? '' : `${sideText[report.side]}: `;
  const destroyed = sum(report.datasets.map((dataset) => dataset.destroyedCount));
  const planned = sum(report.datasets.map((dataset) => dataset.destroyCount));
  const kept = sum(report.datasets.map((dataset) => dataset.keptAnyway.length));
  const skipped = report.datasets.filter((dataset) => dataset.state === 'skipped').length;
  const items = [span(prefix + stateText(report, destroyed, planned), stateTone(report))];
  if (kept > 0) items.push(span(pruningTexts.keptAnyway(kept)));
  if (skipped > 0) items.push(span(pruningTexts.skipped(skipped)));
  return items;
}

function stateText(report: PruningReport, destroyed: number, planned: number): string {
  switch (report.state) {
    case 'planning':
      return pruningTexts.planning;
    case 'running':
      return pruningTexts.running(destroyed, planned, report.datasets.length);
    case 'done':
      return pruningTexts.done(destroyed);
    case 'paused':
      return pruningTexts.paused;
    case 'error':
      return destroyed === 0 ? pruningTexts.failed : `${pruningTexts.failed}, ${pruningTexts.done(destroyed)}`;
  }
}

function stateTone(report: PruningReport): Span['tone'] {
  if (report.state === 'error') return 'bad';
  if (report.state === 'paused') return 'warn';
  return report.state === 'running' ? 'active' : 'plain';
}

function detailLines(report: PruningReport, layout: Layout): Line[] {
  const room = problemRoom(layout, ROW_INDENT + LABEL_WIDTH + 2, 4);
  const lines: Line[] = report.problem === null ? [] : problemLines(report.problem, room);
  const margin = ' '.repeat(ROW_INDENT + LABEL_WIDTH);
  for (const dataset of report.datasets) {
    if (dataset.problem !== null) {
      lines.push([span(`${margin}✗ ${visible(dataset.dataset)}`, 'bad')], ...problemLines(dataset.problem, room));
    }
    if (layout.folded) continue;
    if (dataset.state === 'skipped') {
      lines.push([span(`${margin}· ${visible(dataset.dataset)}: ${visible(dataset.skipReason)}`, 'dim')]);
    }
    for (const { snapshot, reason } of dataset.keptAnyway.slice(0, KEPT_LINES_MAX)) {
      lines.push([span(`${margin}· ${visible(dataset.dataset)}@${visible(snapshot)}: ${visible(reason)}`, 'dim')]);
    }
  }
  return lines;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
