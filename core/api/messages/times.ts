/** Times and counts in words, by the rules of a language. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface Times {
  /** "12 minutes ago"; the word for less than a minute is the language's own. */
  readonly ago: (ageMs: number) => string;
  /** "3 days"; at least a minute. */
  readonly span: (durationMs: number) => string;
  /** "5 weeks": to the nearest unit that is coarse enough to be honest of what lies ahead; at least a day. */
  readonly about: (durationMs: number) => string;
  /** "30 days", to the nearest; at least one. */
  readonly days: (durationMs: number) => string;
  /** "45 %", never rounded up. */
  readonly percent: (fraction: number) => string;
  readonly number: (value: number) => string;
  /** "a, b and c" */
  readonly list: (items: readonly string[]) => string;
  /** "9:00 PM" today, with the day of the week otherwise; in the time zone of this machine. */
  readonly clock: (atMs: number, nowMs: number) => string;
  /** One of two forms, with the number in front. */
  readonly counted: (count: number, one: string, other: string) => string;
}

/** The largest unit that says something; rounded down, so that nothing seems older or longer than it is. */
function inUnit(durationMs: number): readonly [count: number, unit: 'minute' | 'hour' | 'day'] {
  if (durationMs < 2 * HOUR_MS) return [Math.max(0, Math.floor(durationMs / MINUTE_MS)), 'minute'];
  return durationMs < 2 * DAY_MS
    ? [Math.floor(durationMs / HOUR_MS), 'hour']
    : [Math.floor(durationMs / DAY_MS), 'day'];
}

const ABOUT: readonly (readonly [unit: 'day' | 'week' | 'month', ms: number, below: number])[] = [
  ['day', DAY_MS, 14 * DAY_MS],
  ['week', 7 * DAY_MS, 63 * DAY_MS],
  ['month', (365.25 / 12) * DAY_MS, Number.POSITIVE_INFINITY],
];

/** @param language a BCP 47 tag @param justNow what is said of less than a minute ago */
export function timesIn(language: string, justNow: string): Times {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'always' });
  const lists = new Intl.ListFormat(language, { type: 'conjunction' });
  const numbers = new Intl.NumberFormat(language);
  const percents = new Intl.NumberFormat(language, { style: 'percent' });
  const plural = new Intl.PluralRules(language);
  const time = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
  const dayAndTime = new Intl.DateTimeFormat(language, { weekday: 'long', hour: 'numeric', minute: '2-digit' });
  const inUnits = (unit: 'day' | 'week' | 'month') =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' });
  const counts = { day: inUnits('day'), week: inUnits('week'), month: inUnits('month') };
  return {
    ago: (ageMs) => {
      const [count, unit] = inUnit(ageMs);
      return count === 0 ? justNow : relative.format(-count, unit);
    },
    span: (durationMs) => {
      const [count, unit] = inUnit(durationMs);
      const format = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' });
      return format.format(Math.max(1, count));
    },
    about: (durationMs) => {
      const [unit, ms] = ABOUT.find(([, , below]) => durationMs < below) ?? ABOUT[0] ?? ['day', DAY_MS];
      return counts[unit].format(Math.max(1, Math.round(durationMs / ms)));
    },
    days: (durationMs) => counts.day.format(Math.max(1, Math.round(durationMs / DAY_MS))),
    percent: (fraction) => percents.format(Math.floor(fraction * 100) / 100),
    number: (value) => numbers.format(value),
    list: (items) => lists.format(items),
    clock: (atMs, nowMs) =>
      new Date(atMs).toDateString() === new Date(nowMs).toDateString() ? time.format(atMs) : dayAndTime.format(atMs),
    counted: (count, one, other) => `${numbers.format(count)} ${plural.select(count) === 'one' ? one : other}`,
  };
}
