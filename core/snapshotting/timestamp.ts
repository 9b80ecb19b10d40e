/**
 * The time in the name of a snapshot. Names are for people: nothing in Snapferry ever reads a time back from a name.
 */
import { type FieldFaultCode, fieldFault } from '../api/field-fault.ts';
import { ProblemError } from '../api/problem.ts';
import { parseLayout, renderLayout } from './layout.ts';
import { abbreviationOf, resolveZone, systemZone, wallClockOf } from './zone.ts';

/** Writes an instant (Unix milliseconds) as the second half of a snapshot name. */
export type TimestampFormat = (unixMs: number) => string;

const NAMED = new Map([
  // The last digits are fixed text: they were never milliseconds.
  ['dense', '20060102_150405_000'],
  ['human', '2006-01-02_15:04:05'],
  ['iso-8601', '2006-01-02T15:04:05.000Z0700'],
]);

/** These carry no zone, so only UTC keeps them free of doubles and gaps when clocks change. */
const UTC_ONLY = new Set(['dense', 'human', 'unix-seconds']);

const MAX_FORMAT = 255;

function bad(code: FieldFaultCode, facts: Readonly<Record<string, string>> = {}): ProblemError {
  return new ProblemError('config-invalid', { reason: fieldFault('timestamp', { reason: fieldFault(code, facts) }) });
}

/**
 * Compiles a format: `dense`, `human`, `iso-8601`, `unix-seconds` (in any letter case), or a layout by example.
 * `location` is an IANA zone, `UTC` or empty for UTC, or `Local`. A `+` in the result, which ZFS does not allow in names, is
 * written as `_`; that is decided for each instant. Throws `config-invalid`.
 */
export function compileTimestampFormat(
  format: string,
  location: string,
  localZone: string = systemZone(),
): TimestampFormat {
  if (format.length > MAX_FORMAT) throw bad('text-too-long');
  if (format.includes('+')) throw bad('timestamp-plus');
  const name = format.toLowerCase();
  const zone = resolveZone(location, localZone);
  if (UTC_ONLY.has(name) && location !== '' && location !== 'UTC') {
    throw bad('timestamp-location', { text: name, location });
  }
  if (name === 'unix-seconds') return (unixMs) => String(Math.floor(unixMs / 1000));

  const parts = parseLayout(NAMED.get(name) ?? format);
  const elements = parts.flatMap((part) => (part.kind === 'element' ? [part.source] : []));
  if (elements.length === 0) throw bad('timestamp-timeless', { text: format });
  const clock = wallClockOf(zone);
  const abbreviation = elements.includes('MST') ? abbreviationOf(zone) : () => '';
  return (unixMs) => {
    const time = clock(unixMs);
    const text = renderLayout(parts, { ...time, abbreviation: abbreviation(unixMs, time.offsetS) });
    return text.replace('+', '_');
  };
}
