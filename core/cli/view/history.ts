/** The history as a table: one line for each run, its problems below it. Pure. */
import type { HistoryEntry, HistoryOutcome } from '../../api/history.ts';
import { formatDuration, formatMoment } from '../text/format.ts';
import { type Line, paint, span, type Tone } from '../text/spans.ts';
import { displayWidth, padEnd, visible, wrap } from '../text/width.ts';
import { historyTexts } from '../texts.ts';

const TONES: Readonly<Record<HistoryOutcome, Tone>> = {
  running: 'active',
  ok: 'plain',
  problems: 'warn',
  failed: 'bad',
  cancelled: 'warn',
  interrupted: 'warn',
  skipped: 'dim',
};
const GAP = 2;
const PROBLEM_INDENT = 4;
const FACTS_WIDTH_MIN = 24;
const NAME_WIDTH_MAX = 30;

export interface HistoryView {
  readonly width: number;
  readonly colour: boolean;
}

/** In the order given. What does not fit into the width goes on below, never away. */
export function renderHistory(entries: readonly HistoryEntry[], { width, colour }: HistoryView): string[] {
  const rows = entries.map((entry) => ({ entry, cells: cellsOf(entry) }));
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(0, ...rows.map(({ cells }) => displayWidth(cells[column] ?? ''))),
  );
  const lines = rows.flatMap(({ entry, cells }) => rowLines(entry, cells, widths, width));
  return lines.map((line) => paint(line, Number.POSITIVE_INFINITY, colour));
}

function cellsOf(entry: HistoryEntry): readonly string[] {
  const ran = entry.endMs !== null && entry.skipped === null;
  return [
    formatMoment(entry.startMs),
    wrap(visible(entry.job), NAME_WIDTH_MAX)[0] ?? '',
    historyTexts.cause[entry.cause],
    ran ? formatDuration((entry.endMs ?? 0) - entry.startMs) : '',
    historyTexts.outcome[entry.outcome],
  ];
}

function rowLines(entry: HistoryEntry, cells: readonly string[], widths: readonly number[], width: number): Line[] {
  const head = cells.map((cell, column) => {
    const text = padEnd(cell, (widths[column] ?? 0) + GAP);
    return span(text, column === 4 ? TONES[entry.outcome] : 'plain');
  });
  const headWidth = widths.reduce((sum, one) => sum + one + GAP, 0);
  const facts = factsOf(entry).join(' · ');
  const beside = width - headWidth >= FACTS_WIDTH_MIN;
  const indent = beside ? headWidth : PROBLEM_INDENT;
  const [first = '', ...more] = wrap(facts, Math.max(20, width - indent));
  const below = (beside ? more : [first, ...more]).filter((text) => text !== '');
  return [
    beside ? [...head, span(first)] : head,
    ...below.map((text): Line => [span(' '.repeat(indent)), span(text)]),
    ...problemLines(entry, width),
  ];
}

function factsOf(entry: HistoryEntry): string[] {
  const { skipped, tally, drives = [] } = entry;
  if (skipped !== null) {
    const until =
      skipped.times > 1 ? historyTexts.times(skipped.times, formatMoment(entry.endMs ?? entry.startMs)) : null;
    return [historyTexts.skipped[skipped.reason], ...(until === null ? [] : [until])];
  }
  const on = drives.length === 0 ? [] : [historyTexts.onDrives(drives.map(({ name }) => visible(name)))];
  if (entry.outcome === 'running') return on;
  if (entry.outcome === 'interrupted') return [...on, historyTexts.interrupted];
  const { bytesSent, snapshotsSent, snapshotsTaken, snapshotsDestroyed, resumedFromBytes } = tally;
  return [
    ...on,
    historyTexts.datasets(tally.datasetsDone, tally.datasets),
    ...(bytesSent + snapshotsSent > 0 ? [historyTexts.sent(snapshotsSent, bytesSent)] : []),
    ...(resumedFromBytes > 0 ? [historyTexts.resumed(resumedFromBytes)] : []),
    ...(snapshotsTaken > 0 ? [historyTexts.taken(snapshotsTaken)] : []),
    ...(snapshotsDestroyed > 0 ? [historyTexts.destroyed(snapshotsDestroyed)] : []),
  ];
}

function problemLines({ problems, problemsLeftOut }: HistoryEntry, width: number): Line[] {
  const texts = problems.map(({ dataset, text }) => visible(dataset === null ? text : `${dataset}: ${text}`));
  if (problemsLeftOut > 0) texts.push(historyTexts.moreProblems(problemsLeftOut));
  const margin = span(' '.repeat(PROBLEM_INDENT));
  return texts.flatMap((text) =>
    wrap(text, Math.max(20, width - PROBLEM_INDENT)).map((piece): Line => [margin, span(piece, 'dim')]),
  );
}
