/**
 * The fields of a cron specification: text to sets of numbers. The dialect is narrower than most (no `@` words, no `L`, no
 * wrapping ranges, 7 is not Sunday), so it is read here and handed on as plain lists.
 */
import { type FieldFaultCode, fieldFault } from '../api/field-fault.ts';
import { ProblemError } from '../api/problem.ts';

/** One field: which values it admits, and whether it was written as a star. */
export interface CronField {
  /** Ascending, without repetition. */
  readonly values: readonly number[];
  /** Written with `*`, `?` or a step of one over them; `*` with a wider step does not count. */
  readonly star: boolean;
}

export interface CronFields {
  readonly second: CronField;
  readonly minute: CronField;
  readonly hour: CronField;
  readonly dayOfMonth: CronField;
  readonly month: CronField;
  readonly dayOfWeek: CronField;
}

interface Bounds {
  readonly label: keyof CronFields;
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const BOUNDS = {
  second: { label: 'second', min: 0, max: 59, names: [] },
  minute: { label: 'minute', min: 0, max: 59, names: [] },
  hour: { label: 'hour', min: 0, max: 23, names: [] },
  dayOfMonth: { label: 'dayOfMonth', min: 1, max: 31, names: [] },
  month: { label: 'month', min: 1, max: 12, names: MONTHS },
  dayOfWeek: { label: 'dayOfWeek', min: 0, max: 6, names: WEEKDAYS },
} as const satisfies Record<keyof CronFields, Bounds>;

/** The most days a month can have, January first. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function bad(code: FieldFaultCode, facts: Readonly<Record<string, string>>): ProblemError {
  return new ProblemError('config-invalid', { reason: fieldFault('cron', { reason: fieldFault(code, facts) }) });
}

function parseValue(text: string, bounds: Bounds): number {
  const named = bounds.names.indexOf(text.toLowerCase());
  if (named >= 0) return named + bounds.min;
  if (!/^\d{1,4}$/.test(text)) throw bad(`cron-not-${bounds.label}`, { text });
  const value = Number(text);
  if (value < bounds.min || value > bounds.max) {
    throw bad(`cron-beyond-${bounds.label}`, { text, least: `${bounds.min}`, most: `${bounds.max}` });
  }
  return value;
}

function parseItem(text: string, bounds: Bounds): CronField {
  const [range = '', stepText, ...moreSteps] = text.split('/');
  if (moreSteps.length > 0) throw bad('cron-steps', { text });
  if (stepText !== undefined && !/^\d{1,4}$/.test(stepText)) throw bad('cron-step-words', { text });
  const step = stepText === undefined ? 1 : Number(stepText);
  if (step === 0) throw bad('cron-step-zero', { text });

  let first = bounds.min;
  let last = bounds.max;
  const star = range === '*' || range === '?';
  if (!star) {
    const [low = '', high, ...moreRanges] = range.split('-');
    if (moreRanges.length > 0) throw bad('cron-not-range', { text });
    first = parseValue(low, bounds);
    // A bare number with a step runs to the end of the field.
    if (high !== undefined) last = parseValue(high, bounds);
    else if (stepText === undefined) last = first;
    if (last < first) throw bad('cron-backwards', { text: range });
  }
  const values: number[] = [];
  for (let value = first; value <= last; value += step) values.push(value);
  return { values, star: star && step === 1 };
}

function parseField(text: string, bounds: Bounds): CronField {
  const items = text.split(',').map((item) => parseItem(item, bounds));
  const values = [...new Set(items.flatMap((item) => item.values))].sort((a, b) => a - b);
  return { values, star: items.some((item) => item.star) };
}

/** Whether some day can ever match: 30 February cannot. */
function canFire(fields: CronFields): boolean {
  if (fields.dayOfMonth.star || !fields.dayOfWeek.star) return true;
  const earliest = fields.dayOfMonth.values[0] ?? 1;
  return fields.month.values.some((month) => earliest <= (LONGEST[month - 1] ?? 0));
}

/** Reads five fields, or six with a leading second. Throws `config-invalid`. */
export function parseCronFields(text: string): CronFields {
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words[0]?.startsWith('@')) throw bad('cron-word', { text: words[0] });
  if (words.length !== 5 && words.length !== 6) {
    throw bad('cron-fields', { text, count: `${words.length}` });
  }
  const withSecond = words.length === 6 ? words : ['0', ...words];
  const field = (index: number, bounds: Bounds): CronField => parseField(withSecond[index] ?? '', bounds);
  const fields: CronFields = {
    second: field(0, BOUNDS.second),
    minute: field(1, BOUNDS.minute),
    hour: field(2, BOUNDS.hour),
    dayOfMonth: field(3, BOUNDS.dayOfMonth),
    month: field(4, BOUNDS.month),
    dayOfWeek: field(5, BOUNDS.dayOfWeek),
  };
  if (!canFire(fields)) throw bad('cron-no-day', { text });
  return fields;
}
