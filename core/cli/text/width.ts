/**
 * How wide a text is on a terminal, and how to make it fit. Names come from outside, so what could move the cursor or turn
 * the direction of writing is made visible first.
 */
export { visible } from '../../api/visible.ts';

/** Graphemes, so that a letter and its accents stay together. */
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ASCII = /^[\x20-\x7e]*$/;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}]+$/u;
/** East Asian wide and full-width blocks, and emoji, as terminals draw them. See Unicode Standard Annex 11. */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})/u;

function graphemeWidth(grapheme: string): number {
  if (ZERO_WIDTH.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/** Columns that a text takes. It holds no control characters: see `visible`. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The beginning of a text that fits, with "…" where something is missing. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return width <= 0 ? '' : `${takeWidth(text, width - 1)}…`;
}

/** The end of a text that fits: what tells two datasets apart usually stands last. */
export function clipStart(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 0) return '';
  const graphemes = [...segmenter.segment(text)].map(({ segment }) => segment).reverse();
  const kept: string[] = [];
  let used = 1;
  for (const grapheme of graphemes) {
    used += graphemeWidth(grapheme);
    if (used > width) break;
    kept.unshift(grapheme);
  }
  return `…${kept.join('')}`;
}

/** The text with spaces up to that width. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Breaks a text into lines of at most that width, at spaces where there are any. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = /^ */.exec(text)?.[0] ?? '';
  for (const word of text.slice(line.length).split(' ')) {
    let rest = word;
    // A line of spaces only is the indentation of the first word.
    const glue = line.trim() === '' ? '' : ' ';
    if (line !== '' && displayWidth(line) + glue.length + displayWidth(rest) <= width) {
      line += glue + rest;
      continue;
    }
    if (line.trim() !== '') lines.push(line);
    while (displayWidth(rest) > width) {
      const head = takeWidth(rest, Math.max(2, width));
      lines.push(head);
      rest = rest.slice(head.length);
    }
    line = rest;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

function takeWidth(text: string, width: number): string {
  let used = 0;
  let end = 0;
  for (const { segment } of segmenter.segment(text)) {
    used += graphemeWidth(segment);
    if (used > width) break;
    end += segment.length;
  }
  return text.slice(0, end);
}
