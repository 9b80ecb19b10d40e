/** Whole numbers as YAML 1.1 writes them. */
import { fieldFault } from '../../api/field-fault.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

const FORMS: readonly (readonly [form: RegExp, base: number])[] = [
  [/^0x([\da-f][\da-f_]*)$/i, 16],
  [/^0o([0-7][0-7_]*)$/, 8],
  [/^0b([01][01_]*)$/, 2],
  [/^0([0-7_]*[0-7][0-7_]*)$/, 8],
  [/^(0|[1-9][\d_]*)$/, 10],
];

/** Decimal, `0x`, `0o` or a leading 0 (octal), `0b`; with `_` between digits and a sign. No base 60, no fractions. */
export function parseInteger(text: string): Parsed<number> {
  if (text.length > 80) return bad(fieldFault('number-too-long'));
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[+-]/, '');
  for (const [form, base] of FORMS) {
    const match = form.exec(digits);
    if (match === null) continue;
    const value = Number.parseInt((match[1] ?? '').replaceAll('_', ''), base);
    if (!Number.isSafeInteger(value)) return bad(fieldFault('number-too-large', { text: quote(text) }));
    return good(value === 0 ? 0 : sign * value);
  }
  return bad(fieldFault('number-form', { text: quote(text) }));
}
