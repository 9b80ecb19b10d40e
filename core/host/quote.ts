/** An argument vector as one command line for a POSIX shell on the other machine. */
import { inQuotes, quoteArgument } from '../api/shell-quote.ts';
import type { Argv } from './types.ts';

/** The whole vector, words separated by one space. */
export function quoteArgv([program, ...rest]: Argv): string {
  const first = quoteArgument(program);
  return [first === program && program.includes('=') ? inQuotes(program) : first, ...rest.map(quoteArgument)].join(' ');
}
