/** Sizes and rates as the dialect writes them: a number with a unit of bits (`b`, `bit`) or bytes (`B`). */
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
    return bad(
      `${quote(text)} is not a size: write a number with a unit, such as 10 MiB or 500 Kb (b = bit, B = byte)`,
    );
  }
  const [, number, unit, prefix = '', letter] = match;
  const count = Number(number);
  if (unit === 'bit' && !Number.isInteger(count)) return bad(`${quote(text)}: bits are counted in whole numbers`);
  const bits = count * (FACTORS.get(prefix) ?? 1) * (letter === 'B' ? 8 : 1);
  if (!Number.isSafeInteger(Math.trunc(bits))) return bad(`${quote(text)} is too large`);
  return good(bits);
}

/** Whole bytes of a number of bits; what is left over is dropped. */
export function wholeBytes(bits: number): number {
  return Math.trunc(bits / 8);
}
