/** Sizes and rates as the dialect writes them: a number with a unit of bits (`b`, `bit`) or bytes (`B`). */
import { configFault } from '../../api/config-fault.ts';
import { fieldFault } from '../../api/field-fault.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

const FACTORS = new Map([
  ['', 1],
  ['K', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
  ['Ti', 2 ** 40],
]);

/** A size in bits, possibly negative or with a fraction: `23 bit`, `10 MiB`, `10.5 Kib`. Upper and lower case differ. */
export function parseSizeBits(text: string): Parsed<number> {
  const match = text.length > 50 ? null : /^(-?(?:\d+\.?\d*|\.\d+))\s*(bit|([KMGT]i?)?([bB]))$/.exec(text);
  if (match === null) {
    return bad(configFault('size', { text: quote(text) }));
  }
  const [, number, unit, prefix = '', letter] = match;
  const count = Number(number);
  if (unit === 'bit' && !Number.isInteger(count)) return bad(configFault('size-bits', { text: quote(text) }));
  const bits = count * (FACTORS.get(prefix) ?? 1) * (letter === 'B' ? 8 : 1);
  if (!Number.isSafeInteger(Math.trunc(bits))) return bad(fieldFault('number-too-large', { text: quote(text) }));
  return good(bits);
}

/** Whole bytes of a number of bits; what is left over is dropped. */
export function wholeBytes(bits: number): number {
  return Math.trunc(bits / 8);
}
