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

const DECIMAL = /^(?:0|[1-9][0-9]{0,19})$/;
const U64_MAX = 2n ** 64n - 1n;

/** An unsigned 64-bit decimal number; null when the text is none. */
export function parseU64(text: string): bigint | null {
  if (!DECIMAL.test(text)) return null;
  const value = BigInt(text);
  return value <= U64_MAX ? value : null;
}

/** A count or size that a JavaScript number holds exactly; null when the text is none, or larger. */
export function parseCount(text: string): number | null {
  if (!DECIMAL.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

/** Signed Unix seconds; null when the text is none. */
export function parseSeconds(text: string): number | null {
  const match = /^(-?)([0-9]{1,15})$/.exec(text);
  if (match?.[2] === undefined) return null;
  const value = Number(match[2]);
  return match[1] === '-' && value !== 0 ? -value : value;
}
