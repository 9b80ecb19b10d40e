/** A problem as lines: what happened, what it means, what to do, and the raw text last. */
import type { Problem } from '../../api/problem.ts';
import { type Line, span, type Tone } from '../text/spans.ts';
import { visible, wrap } from '../text/width.ts';
import { problemTexts } from '../texts.ts';

export interface ProblemRoom {
  readonly indent: number;
  readonly width: number;
  /** Lines of raw text at most; the end of it, where programs say what matters, is kept. */
  readonly detailLines: number;
  /** Only what happened and what to do. */
  readonly brief?: boolean;
  /** Raw text keeps its lines, however long: carets point at columns in it. */
  readonly unbroken?: boolean;
}

export function problemLines(problem: Problem, options: ProblemRoom): Line[] {
  const { indent, width, detailLines, brief = false, unbroken = false } = options;
  const room = Math.max(20, width - indent);
  const margin = span(' '.repeat(indent));
  const lines: Line[] = [];
  const say = (text: string, tone: Tone): void => {
    for (const piece of wrap(visible(text), room)) lines.push([margin, span(piece, tone)]);
  };
  say(problem.happened, 'bad');
  if (!brief) say(problem.meaning, 'plain');
  say(problemTexts.remedy(problem.remedy), 'plain');
  const raw = problem.detail.split('\n').filter((text) => text.trim() !== '');
  const left = raw.length - detailLines;
  if (left > 0 && detailLines > 0) say(problemTexts.more(left), 'dim');
  for (const text of detailLines > 0 ? raw.slice(-detailLines) : []) {
    if (unbroken) lines.push([margin, span(visible(text), 'dim')]);
    else say(text, 'dim');
  }
  return lines;
}
