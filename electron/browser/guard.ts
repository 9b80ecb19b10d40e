/**
 * Which requests come from our own page. Every other page that the browser shows can send requests to this server, and so can
 * every other user of the machine; a name of theirs may even resolve to it. Pure.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { pageHeaders } from '../page/headers.ts';

export const COOKIE = 'snapferry';

export interface Place {
  /** Host and port as the browser writes them. */
  readonly authority: string;
  readonly origin: string;
}

export type Wanted =
  /** The page that exchanges the token: the only one that another page may lead to. */
  'entry' | 'session' | 'file' | 'messages';

/** Why a request is not answered; null when it may be looked at. */
export function refusalOf(headers: IncomingHttpHeaders, wanted: Wanted, place: Place): string | null {
  if (headers.host !== place.authority) return 'wrong Host';
  const { origin } = headers;
  if (origin !== undefined && origin !== place.origin) return 'wrong Origin';
  // A browser always says where a message, or a socket, comes from.
  if (origin === undefined && (wanted === 'session' || wanted === 'messages')) return 'no Origin';
  const site = headers['sec-fetch-site'];
  if (wanted !== 'entry' && site !== undefined && site !== 'same-origin' && site !== 'none')
    return 'asked by another site';
  return null;
}

/** The secret in the cookie of a request; null when there is none, or more than one. */
export function secretOf(headers: IncomingHttpHeaders): string | null {
  const found = (headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${COOKIE}=`))
    .map((pair) => pair.slice(COOKIE.length + 1));
  const [secret] = found;
  return found.length === 1 && secret !== undefined && secret !== '' ? secret : null;
}

/** What the browser may do with anything that comes from this server. */
export function securityHeaders(place: Place): Readonly<Record<string, string>> {
  return pageHeaders(["'self'", `ws://${place.authority}`]);
}
