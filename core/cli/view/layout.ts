/** What all parts of the status view share. */

import { type Line, lineWidth, type Span, span } from '../text/spans.ts';
import type { ProblemRoom } from './problem.ts';

export interface Layout {
  /** Columns. */
  readonly width: number;
  readonly nowMs: number;
  /** Too little room for everything: what needs nobody's attention is only counted. */
  readonly folded: boolean;
}

/** Where the rows of a job begin, and where what belongs to a row begins. */
export const ROW_INDENT = 2;
export const DETAIL_INDENT = 6;
/** Width of the labels "snapshots" and "pruning" with their gap. */
export const LABEL_WIDTH = 12;

/** Room for a problem below a row: raw text and meaning give way first. */
export function problemRoom({ width, folded }: Layout, indent: number, detailLines: number): ProblemRoom {
  return { indent, width, detailLines: folded ? 0 : detailLines, brief: folded };
}

const GAP = span(' · ', 'dim');

/** Items joined by dots, broken between items where the width ends. */
export function flow(items: readonly Span[], indent: number, width: number): Line[] {
  const lines: Line[] = [];
  let line: Span[] = [];
  for (const item of items) {
    const joined = line.length === 0 ? [span(' '.repeat(indent)), item] : [...line, GAP, item];
    if (line.length > 0 && lineWidth(joined) > width) {
      lines.push(line);
      line = [span(' '.repeat(indent)), item];
    } else {
      line = joined;
    }
  }
  if (line.length > 0) lines.push(line);
  return lines;
}

/** Lines behind a label that stands only before the first. */
export function labelled(label: string, items: readonly Span[], width: number): Line[] {
  const indent = ROW_INDENT + LABEL_WIDTH;
  return flow(items, indent, width).map((line, index) => {
    if (index > 0) return line;
    return [span(`${' '.repeat(ROW_INDENT)}${label.padEnd(LABEL_WIDTH)}`, 'dim'), ...line.slice(1)];
  });
}
