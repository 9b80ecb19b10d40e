/**
 * The two ways in which the dialect writes a time span. Schedules and retention use one integer with one unit from seconds
 * to weeks; timeouts use a sum of numbers with units from nanoseconds to hours.
 */
import { configFault } from '../../api/config-fault.ts';
import { fieldFault } from '../../api/field-fault.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

const SECONDS = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 604_800],
]);

const MILLISECONDS = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** About 292 years: longer spans do not fit the 64-bit nanoseconds in which the dialect counts. */
const LIMIT_S = 9_223_372_036;

/** Longer texts are refused before a pattern sees them. */
const MAX_TEXT = 100;

/**
 * A span of a schedule or a retention rule, in whole seconds: `10m`, `1d`, `2w`. A missing unit is legal only for 0. May be
 * negative or zero; where it must not be, the caller asks for `positiveSpan`.
 */
export function parseSpan(text: string): Parsed<number> {
  const match = text.length > MAX_TEXT ? null : /^\s*([+-]?)(\d{1,20})\s*([smhdw]?)\s*$/.exec(text);
  if (match === null) {
    return bad(fieldFault('span-form', { text: quote(text) }));
  }
  const [, sign, digits, unit = ''] = match;
  const count = Number(digits);
  if (unit === '' && count !== 0) return bad(fieldFault('span-no-unit', { text: quote(text) }));
  const seconds = count * (SECONDS.get(unit) ?? 0);
  if (seconds > LIMIT_S) return bad(fieldFault('span-too-long', { text: quote(text) }));
  return good(sign === '-' && seconds !== 0 ? -seconds : seconds);
}

/** A span that must be longer than nothing, in whole seconds. */
export function parsePositiveSpan(text: string): Parsed<number> {
  const span = parseSpan(text);
  if (span.ok && span.value <= 0) return bad(fieldFault('span-zero', { text: quote(text) }));
  return span;
}

/**
 * A timeout in milliseconds, possibly with a fraction: `30s`, `1m30s`, `1.5h`, `500ms`. Days and weeks do not exist here. A
 * bare number other than 0 is refused: programs disagree on whether it means seconds or nanoseconds.
 */
export function parseTimeout(text: string): Parsed<number> {
  if (text.length > MAX_TEXT) return bad(configFault('timeout-too-long'));
  if (/^[+-]?0+$/.test(text)) return good(0);
  if (/^[+-]?\d+$/.test(text))
    return bad(configFault('timeout-no-unit', { text: quote(text), seconds: `${text.replace('+', '')}s` }));
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (match === null) {
    return bad(configFault('timeout', { text: quote(text) }));
  }
  let totalMs = 0;
  for (const [, number, unit = ''] of (match[2] ?? '').matchAll(/([\d.]+)(\D+)/g)) {
    totalMs += Number(number) * (MILLISECONDS.get(unit) ?? 0);
  }
  if (totalMs > LIMIT_S * 1000) return bad(fieldFault('span-too-long', { text: quote(text) }));
  return good(match[1] === '-' && totalMs !== 0 ? -totalMs : totalMs);
}

/** A timeout of 0 or more; 0 means none. */
export function parseTimeoutOrNone(text: string): Parsed<number> {
  const timeout = parseTimeout(text);
  if (timeout.ok && timeout.value < 0) return bad(configFault('timeout-negative', { text: quote(text) }));
  return timeout;
}

/** A timeout that must be longer than nothing. */
export function parsePositiveTimeout(text: string): Parsed<number> {
  const timeout = parseTimeout(text);
  if (timeout.ok && timeout.value <= 0) return bad(fieldFault('span-zero', { text: quote(text) }));
  return timeout;
}
