/** What an ssh connection of ours needs to be told. */
import { configFault } from '../../api/config-fault.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

/** The fingerprint of a host key as `ssh-keygen -l` prints it: `SHA256:` and 43 characters of base64 without padding. */
export function parseFingerprint(text: string): Parsed<string> {
  if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(text)) return good(text);
  return bad(configFault('fingerprint', { text: quote(text) }));
}

/** An account on the other machine. */
export function parseUser(text: string): Parsed<string> {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,254}$/.test(text)) return good(text);
  return bad(configFault('account', { text: quote(text) }));
}
