/** Names come from outside: what cannot be seen in them, or turns the direction of writing, is shown as its code point. Pure. */

/** As in core/api/visible.ts, and what is not assigned yet. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

export interface Piece {
  /** Where it begins in the text. */
  readonly at: number;
  readonly text: string;
  /** A character that is shown only as its code point. */
  readonly code: boolean;
}

/** A text in pieces, each either plain or the code point of one character: "U+202E". */
export function visiblePieces(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(INVISIBLE)) {
    if (match.index > end) pieces.push({ at: end, text: text.slice(end, match.index), code: false });
    const code = match[0].codePointAt(0) ?? 0;
    pieces.push({ at: match.index, text: `U+${code.toString(16).toUpperCase().padStart(4, '0')}`, code: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ at: end, text: text.slice(end), code: false });
  return pieces;
}
