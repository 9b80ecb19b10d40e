/** Paths of files. */
import { isAbsolute } from 'node:path';
import { configFault } from '../../api/config-fault.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

const MAX_LENGTH = 4095;

/** Any path that the system could open, relative ones included. */
export function parsePath(text: string): Parsed<string> {
  if (text === '') return bad(configFault('path-empty'));
  if (text.length > MAX_LENGTH || text.includes('\0')) return bad(configFault('path', { text: quote(text) }));
  return good(text);
}

/** A path that means the same whoever starts the daemon, and from wherever. */
export function parseAbsolutePath(text: string): Parsed<string> {
  const path = parsePath(text);
  if (!path.ok || isAbsolute(text)) return path;
  return bad(configFault(text.startsWith('~') ? 'path-home' : 'path-absolute', { text: quote(text) }));
}
