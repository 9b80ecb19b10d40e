/** How to reach a database. May hold a password, so no message quotes it. */
import { configFault } from '../../api/config-fault.ts';
import { bad, good, type Parsed } from './parsed.ts';

const MAX_LENGTH = 2000;

/** PostgreSQL: a URL, or words of the form `key=value`. */
export function parsePostgresDsn(text: string): Parsed<string> {
  // Values are not empty and words are apart, so there is one way to read a text and nothing to try again.
  const keyword =
    /^\s*[a-z_]+\s*=\s*(?:'(?:[^'\\]|\\.)*'|[^\s']+)(?:\s+[a-z_]+\s*=\s*(?:'(?:[^'\\]|\\.)*'|[^\s']+))*\s*$/;
  const url = /^postgres(?:ql)?:\/\/\S*$/;
  if (text.length <= MAX_LENGTH && (url.test(text) || keyword.test(text))) return good(text);
  return bad(configFault('dsn-postgres'));
}

/** MySQL: `[user[:password]@][protocol[(address)]]/database[?parameters]`. */
export function parseMysqlDsn(text: string): Parsed<string> {
  // The database follows the last "/"; passwords may hold anything before it.
  const form = /^(?:[^@]*(?:@[^@]*)*@)?(?:[a-z0-9]+(?:\([^()]*\))?)?\/[^/]*$/i;
  if (text.length <= MAX_LENGTH && form.test(text)) return good(text);
  return bad(configFault('dsn-mysql'));
}
