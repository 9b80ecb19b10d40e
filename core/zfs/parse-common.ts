/** What all parsers of zfs output share. Pure. */
import { ProblemError } from '../api/problem.ts';

/** Reading goes on with this only if the condition holds. @throws ProblemError `output-unreadable` */
export function readable(condition: boolean, what: string, sample: string): asserts condition {
  if (!condition) {
    const shown = sample.length > 500 ? `${sample.slice(0, 500)}...` : sample;
    throw new ProblemError('output-unreadable', {}, { detail: `${what}: ${JSON.stringify(shown)}` });
  }
}

/** Lines of an output whose every line, the last one too, ends in a newline. */
export function wholeLines(stdout: string): string[] {
  if (stdout === '') return [];
  readable(stdout.endsWith('\n'), 'the last line is cut off', stdout.slice(-200));
  return stdout.slice(0, -1).split('\n');
}

const ZERO = 0x30;
const NINE = 0x39;
const U64_MAX = 2n ** 64n - 1n;
const U64_DIGITS = 20;
/** So many digits always make a number that JavaScript holds exactly. */
const SAFE_DIGITS = 15;

/** Whether there are only digits from `start` on, at least one and at most so many. */
function isDigits(text: string, start: number, digitsMax: number): boolean {
  const digits = text.length - start;
  if (digits < 1 || digits > digitsMax) return false;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) return false;
  }
  return true;
}

/** The number that at most `SAFE_DIGITS` digits from `start` on make. */
function smallNumber(text: string, start: number): number {
  let value = 0;
  for (let at = start; at < text.length; at++) value = value * 10 + (text.charCodeAt(at) - ZERO);
  return value;
}

/** Digits without a leading zero. */
function isDecimal(text: string): boolean {
  return isDigits(text, 0, U64_DIGITS) && (text.length === 1 || text.charCodeAt(0) !== ZERO);
}

/** An unsigned 64-bit decimal number; null when the text is none. */
export function parseU64(text: string): bigint | null {
  if (!isDecimal(text)) return null;
  const value = BigInt(text);
  return text.length < U64_DIGITS || value <= U64_MAX ? value : null;
}

/** A count or size that a JavaScript number holds exactly; null when the text is none, or larger. */
export function parseCount(text: string): number | null {
  if (!isDecimal(text)) return null;
  const value = text.length <= SAFE_DIGITS ? smallNumber(text, 0) : Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

/** Signed Unix seconds; null when the text is none. */
export function parseSeconds(text: string): number | null {
  const isNegative = text.startsWith('-');
  const start = isNegative ? 1 : 0;
  if (!isDigits(text, start, SAFE_DIGITS)) return null;
  const value = smallNumber(text, start);
  return isNegative && value !== 0 ? -value : value;
}
