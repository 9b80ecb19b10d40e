/** What a person calls something. */
import { TITLE_CHARS_MAX } from '../../api/config.ts';
import { configFault } from '../../api/config-fault.ts';
import { bad, good, type Parsed } from './parsed.ts';

/** A short text, all of it visible. */
export function parseTitle(text: string): Parsed<string> {
  const plain = text.length <= TITLE_CHARS_MAX && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);
  return plain ? good(text) : bad(configFault('title', { count: `${TITLE_CHARS_MAX}` }));
}
