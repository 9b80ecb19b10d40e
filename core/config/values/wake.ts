/** What it takes to wake up another machine. */
import { isIPv4 } from 'node:net';
import { configFault } from '../../api/config-fault.ts';
import { parseTimeout } from './duration.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

const SHORTEST_MS = 10_000;
const LONGEST_MS = 30 * 60_000;

/** The hardware address of one network card, with colons or hyphens; comes out in lower case with colons. */
export function parseMac(text: string): Parsed<string> {
  if (!/^[\da-fA-F]{2}([:-])(?:[\da-fA-F]{2}\1){4}[\da-fA-F]{2}$/.test(text)) {
    return bad(configFault('mac', { text: quote(text) }));
  }
  const mac = text.toLowerCase().replaceAll('-', ':');
  const first = Number.parseInt(mac.slice(0, 2), 16);
  // The lowest bit marks groups of cards, of which none listens to its own name.
  if (first % 2 === 1 || mac === '00:00:00:00:00:00') return bad(configFault('mac-group', { text: quote(text) }));
  return good(mac);
}

/** An IPv4 address as four decimal numbers. */
export function parseIpv4(text: string): Parsed<string> {
  return isIPv4(text) ? good(text) : bad(configFault('ipv4', { text: quote(text) }));
}

/** How long a machine may take to come up, in milliseconds. */
export function parseWakeWait(text: string): Parsed<number> {
  const wait = parseTimeout(text);
  if (wait.ok && (wait.value < SHORTEST_MS || wait.value > LONGEST_MS)) {
    return bad(configFault('wake-wait', { text: quote(text) }));
  }
  return wait;
}
