/** A line made of coloured pieces, laid out first and coloured last, so that colour never counts as width. */
import { clip, displayWidth } from './width.ts';

export type Tone = 'plain' | 'bold' | 'dim' | 'good' | 'warn' | 'bad' | 'active';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Span[];

/** Select Graphic Rendition, ECMA-48 8.3.117. Only the sixteen colours that every terminal theme defines. */
const CODES: Readonly<Record<Tone, string>> = {
  plain: '',
  bold: '1',
  dim: '2',
  good: '32',
  warn: '33',
  bad: '31',
  active: '36',
};

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

export function lineWidth(line: Line): number {
  return line.reduce((width, piece) => width + displayWidth(piece.text), 0);
}

/** A line with one part at the left edge and one at the right; the left part gives way. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = width - lineWidth(right) - 1;
  if (room < 8) return left;
  const kept = clipLine(left, room);
  return [...kept, span(' '.repeat(room + 1 - lineWidth(kept))), ...right];
}

/** The beginning of a line that fits. */
export function clipLine(line: Line, width: number): Line {
  const kept: Span[] = [];
  let room = width;
  for (const piece of line) {
    const pieceWidth = displayWidth(piece.text);
    if (pieceWidth <= room) {
      kept.push(piece);
      room -= pieceWidth;
    } else {
      kept.push(span(clip(piece.text, room), piece.tone));
      break;
    }
  }
  return kept;
}

/** The text of a line, in colour or not, at most that wide and without spaces at its end. */
export function paint(line: Line, width: number, colour: boolean): string {
  const kept = clipLine(line, width);
  if (!colour) {
    return kept
      .map((piece) => piece.text)
      .join('')
      .trimEnd();
  }
  return kept.map(({ text, tone }) => (tone === 'plain' ? text : `\u001b[${CODES[tone]}m${text}\u001b[0m`)).join('');
}
