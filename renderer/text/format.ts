/** Numbers and times as a person reads them, by the rules of a language. */
import type { TextKey } from '../i18n/texts.ts';
import { coarse, twoDigits } from './steady.ts';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface Format {
  /** "512 B", "1.2 GiB" */
  readonly bytes: (bytes: number) => string;
  /** Two digits only, so that it stands still. */
  readonly rateBytes: (bytes: number) => string;
  /** One unit: "12 min", "3 d". */
  readonly span: (durationMs: number) => string;
  /** Two units: "3 min 20 s". */
  readonly duration: (durationMs: number) => string;
  /** Time left, in steps that suit its length. */
  readonly left: (durationMs: number) => string;
  /** "12 min ago", "just now"; "in the future" for a moment that lies ahead. */
  readonly ago: (atMs: number, nowMs: number) => string;
  /** "in 8 min", "now" */
  readonly until: (atMs: number, nowMs: number) => string;
  /** Date and time to the second. */
  readonly exact: (atMs: number) => string;
  /** Time of today; date and time of this year; date alone otherwise. */
  readonly moment: (atMs: number, nowMs: number) => string;
  /** "51 %", never rounded up to 100. */
  readonly percent: (fraction: number) => string;
  readonly number: (value: number) => string;
}

type Translate = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;
type TimeUnit = 'day' | 'hour' | 'minute' | 'second';

const PARTS: readonly (readonly [ms: number, unit: TimeUnit])[] = [
  [DAY_MS, 'day'],
  [HOUR_MS, 'hour'],
  [MINUTE_MS, 'minute'],
  [SECOND_MS, 'second'],
];

function inUnit(bytes: number): readonly [value: number, unit: string] {
  let value = Math.max(0, bytes);
  let unit = 0;
  // 1023.95 would be rounded to 1024.0: that is the next unit already.
  while (unit < UNITS.length - 1 && value >= (unit === 0 ? 1024 : 1023.95)) {
    value /= 1024;
    unit += 1;
  }
  return [value, UNITS[unit] ?? 'B'];
}

export function formatOf(locale: string, t: Translate): Format {
  const units = Object.fromEntries(
    PARTS.map(([, unit]) => [unit, new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' })]),
  );
  const integers = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const seconds = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const minutes = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
  const days = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });
  const years = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const inParts = (durationMs: number, most: number): string => {
    let rest = Math.max(0, Math.round(durationMs / SECOND_MS) * SECOND_MS);
    const parts: string[] = [];
    for (const [ms, unit] of PARTS) {
      const count = Math.floor(rest / ms);
      rest -= count * ms;
      if (count > 0) parts.push(units[unit]?.format(count) ?? '');
      // What follows the first part is at most its neighbour: "1 d 3 s" says nothing.
      else if (parts.length > 0) break;
      if (parts.length === most) break;
    }
    return parts.length === 0 ? (units.second?.format(0) ?? '') : parts.join(' ');
  };
  const span = (durationMs: number): string => {
    const ms = Math.max(0, durationMs);
    if (ms < MINUTE_MS) return units.second?.format(Math.floor(ms / SECOND_MS)) ?? '';
    if (ms < 2 * HOUR_MS) return units.minute?.format(Math.floor(ms / MINUTE_MS)) ?? '';
    if (ms < 2 * DAY_MS) return units.hour?.format(Math.floor(ms / HOUR_MS)) ?? '';
    return units.day?.format(Math.floor(ms / DAY_MS)) ?? '';
  };
  return {
    bytes: (bytes) => {
      const [value, unit] = inUnit(bytes);
      return `${unit === 'B' ? integers.format(value) : tenths.format(value)} ${unit}`;
    },
    rateBytes: (bytes) => {
      const [value, unit] = inUnit(twoDigits(bytes));
      return `${(value < 10 && unit !== 'B' ? tenths : integers).format(value)} ${unit}`;
    },
    span,
    duration: (durationMs) => inParts(durationMs, 2),
    left: (durationMs) => inParts(coarse(durationMs), 2),
    ago: (atMs, nowMs) => {
      const agoMs = nowMs - atMs;
      // A moment that lies ahead is a clock that was set; "just now" would hide it.
      if (agoMs < -MINUTE_MS) return t('time.future', { time: span(-agoMs) });
      if (agoMs < MINUTE_MS) return t('time.justNow');
      return t('time.ago', { time: span(agoMs) });
    },
    until: (atMs, nowMs) => (atMs - nowMs < SECOND_MS ? t('time.now') : t('time.in', { time: span(atMs - nowMs) })),
    exact: (atMs) => seconds.format(atMs),
    moment: (atMs, nowMs) => {
      const [at, now] = [new Date(atMs), new Date(nowMs)];
      if (at.toDateString() === now.toDateString()) return minutes.format(at);
      return (at.getFullYear() === now.getFullYear() ? days : years).format(at);
    },
    percent: (fraction) => percents.format(Math.floor(fraction * 100) / 100),
    number: (value) => integers.format(value),
  };
}
