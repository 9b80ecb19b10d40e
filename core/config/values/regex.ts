/** Regular expressions of the configuration: RE2 syntax, unanchored, linear in the length of the name. */

import { RE2JS } from 're2js';
import { fieldFault } from '../../api/field-fault.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

const MAX_LENGTH = 1000;

/** Checks the syntax and gives back the text; whoever matches compiles it again. Look-around and back-references do not exist. */
export function parseRegex(text: string): Parsed<string> {
  if (text.length > MAX_LENGTH) return bad(fieldFault('regex-too-long', { count: `${MAX_LENGTH}` }));
  try {
    RE2JS.compile(text);
    return good(text);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return bad(
      fieldFault('regex-syntax', { text: quote(text), message: message.replace(/^error parsing regexp: /, '') }),
    );
  }
}

/** Whether the name has it somewhere. The text has been checked. */
export function regexFinds(regex: string, name: string): boolean {
  return RE2JS.compile(regex).test(name);
}
