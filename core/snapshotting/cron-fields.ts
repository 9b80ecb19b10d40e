/**
 * The fields of a cron specification: text to sets of numbers. The dialect is narrower than most (no `@` words, no `L`, no
 * wrapping ranges, 7 is not Sunday), so it is read here and handed on as plain lists.
 */
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
  readonly label: string;
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
  dayOfMonth: { label: 'day of month', min: 1, max: 31, names: [] },
  month: { label: 'month', min: 1, max: 12, names: MONTHS },
  dayOfWeek: { label: 'day of week', min: 0, max: 6, names: WEEKDAYS },
} as const satisfies Record<keyof CronFields, Bounds>;

/** The most days a month can have, January first. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function bad(reason: string): ProblemError {
  return new ProblemError('config-invalid', { reason: `cron: ${reason}` });
}

function parseValue(text: string, bounds: Bounds): number {
  const named = bounds.names.indexOf(text.toLowerCase());
  if (named >= 0) return named + bounds.min;
  if (!/^\d{1,4}$/.test(text)) throw bad(`"${text}" is not a ${bounds.label}`);
  const value = Number(text);
  if (value < bounds.min || value > bounds.max) {
    throw bad(`the ${bounds.label} ${text} is not between ${bounds.min} and ${bounds.max}`);
  }
  return value;
}

function parseItem(text: string, bounds: Bounds): CronField {
  const [range = '', stepText, ...moreSteps] = text.split('/');
  if (moreSteps.length > 0) throw bad(`"${text}" has more than one step`);
  if (stepText !== undefined && !/^\d{1,4}$/.test(stepText)) throw bad(`"${text}" has a step that is not a number`);
  const step = stepText === undefined ? 1 : Number(stepText);
  if (step === 0) throw bad(`the step in "${text}" must be positive`);

  let first = bounds.min;
  let last = bounds.max;
  const star = range === '*' || range === '?';
  if (!star) {
    const [low = '', high, ...moreRanges] = range.split('-');
    if (moreRanges.length > 0) throw bad(`"${text}" is not a range`);
    first = parseValue(low, bounds);
    // A bare number with a step runs to the end of the field.
    if (high !== undefined) last = parseValue(high, bounds);
    else if (stepText === undefined) last = first;
    if (last < first) throw bad(`the range "${range}" runs backwards`);
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
  if (words[0]?.startsWith('@')) throw bad(`the word "${words[0]}" is not supported; write the fields out`);
  if (words.length !== 5 && words.length !== 6) {
    throw bad(`"${text}" has ${words.length} fields; five are needed, or six with a leading second`);
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
  if (!canFire(fields)) throw bad(`"${text}" names a day that no year has`);
  return fields;
}
