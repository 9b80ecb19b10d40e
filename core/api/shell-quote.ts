/** One argument in a command line for a POSIX shell. */
import { invariant } from './problem.ts';

/** What no shell gives a meaning to, but for "=" in the first word, which would make it an assignment. */
const PLAIN = /^[A-Za-z0-9_/.:@%+=,-]+$/;

/** In single quotes whatever it is, see `quoteArgument`. */
export function inQuotes(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * One argument, so that a POSIX shell reads back exactly these characters (XCU 2.2.2, single quotes). Line ends are legal
 * inside single quotes. A NUL cannot be part of any argument and is refused, as is a lone surrogate, which has no bytes.
 */
export function quoteArgument(argument: string): string {
  invariant(!argument.includes('\0'), 'an argument contains a NUL character');
  invariant(argument.isWellFormed(), 'an argument is not well-formed Unicode');
  return PLAIN.test(argument) ? argument : inQuotes(argument);
}
