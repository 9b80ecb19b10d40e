/**
 * Languages that nobody speaks, for tests: longer words with accents show what is cut off and what never came from a message
 * file; the mirrored one is written from right to left. Pure.
 */
import type { Texts } from './texts.ts';

const ACCENTS: Readonly<Record<string, string>> = {
  a: 'á',
  e: 'é',
  i: 'í',
  o: 'ö',
  u: 'ü',
  c: 'ç',
  n: 'ñ',
  s: 'š',
  y: 'ý',
  z: 'ž',
  A: 'Å',
  E: 'É',
  I: 'Î',
  O: 'Ø',
  U: 'Û',
  S: 'Š',
};

/** What marks a text as coming from a message file. */
export const PSEUDO_MARKS = ['⟦', '⟧'] as const;

/** A third longer, with accents; what is filled in stays as it is. */
export function pseudoText(text: string): string {
  const accented = text
    .split(/(\{\{\w+\}\})/)
    .map((part) => (part.startsWith('{{') ? part : [...part].map((letter) => ACCENTS[letter] ?? letter).join('')))
    .join('');
  const padding = '~'.repeat(Math.ceil(text.replaceAll(/\{\{\w+\}\}/g, '').length / 3));
  return `${PSEUDO_MARKS[0]}${accented}${padding}${PSEUDO_MARKS[1]}`;
}

export function pseudoTexts(texts: Texts): Texts;
export function pseudoTexts(texts: object): object {
  return Object.fromEntries(
    Object.entries(texts).map(([key, value]: [string, string | Texts]) => [
      key,
      typeof value === 'string' ? pseudoText(value) : pseudoTexts(value),
    ]),
  );
}
