/** Names of users and groups of this machine. */
import { configFault } from '../../api/config-fault.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/;
const NUMBER = /^\d{1,10}$/;

/** A login name, or the number of a user. */
export function parseLoginName(text: string): Parsed<string> {
  if (NAME.test(text) || NUMBER.test(text)) return good(text);
  return bad(configFault('login', { text: quote(text) }));
}

/** The name of a group; "" for none. */
export function parseGroupName(text: string): Parsed<string> {
  return text === '' || NAME.test(text) ? good(text) : bad(configFault('group', { text: quote(text) }));
}
