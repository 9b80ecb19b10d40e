/** The closed list of what is wrong with a value in the configuration that a form can change: completes a sentence that names the key. Pure. */
import { type SayingFacts, sayingsOf } from './sayings.ts';

export const FIELD_FAULTS = {
  cron: 'cron: {reason}',
  'cron-step-words': '"{text}" has a step that is not a number',
  'cron-steps': '"{text}" has more than one step',
  'cron-step-zero': 'the step in "{text}" must be positive',
  'cron-not-range': '"{text}" is not a range',
  'cron-backwards': 'the range "{text}" runs backwards',
  'cron-word': 'the word "{text}" is not supported; write the fields out',
  'cron-fields': '"{text}" has {count} fields; five are needed, or six with a leading second',
  'cron-no-day': '"{text}" names a day that no year has',
  'cron-never': '"{text}" never fires',
  'cron-not-second': '"{text}" is not a second',
  'cron-not-minute': '"{text}" is not a minute',
  'cron-not-hour': '"{text}" is not a hour',
  'cron-not-dayOfMonth': '"{text}" is not a day of month',
  'cron-not-month': '"{text}" is not a month',
  'cron-not-dayOfWeek': '"{text}" is not a day of week',
  'cron-beyond-second': 'the second {text} is not between {least} and {most}',
  'cron-beyond-minute': 'the minute {text} is not between {least} and {most}',
  'cron-beyond-hour': 'the hour {text} is not between {least} and {most}',
  'cron-beyond-dayOfMonth': 'the day of month {text} is not between {least} and {most}',
  'cron-beyond-month': 'the month {text} is not between {least} and {most}',
  'cron-beyond-dayOfWeek': 'the day of week {text} is not between {least} and {most}',
  'zone-unknown': 'the time zone "{text}" is not known',
  timestamp: 'timestamp_format: {reason}',
  'timestamp-plus': '"+" cannot be part of a snapshot name',
  'timestamp-location': '"{text}" needs the location UTC, not "{location}"',
  'timestamp-timeless': '"{text}" holds no element of time, so all names would be the same',
  'span-form': '{text} is not a time span: write one whole number with s, m, h, d or w, such as 10m or 1d',
  'span-no-unit': '{text} has no unit: add s, m, h, d or w',
  'span-too-long': '{text} is longer than 292 years',
  'span-zero': '{text} must be longer than 0',
  'grid-shorter': 'interval {index} is shorter than the one before it; intervals must not get shorter with age',
  'grid-interval': 'interval {index}: {reason}',
  'grid-form': '{text} is not of the form 24x1h or 24x1h(keep=all)',
  'grid-repeat': 'the number of repetitions must be positive',
  'grid-parameter': '{text} is not a parameter; only keep=... is',
  'grid-keep-number': 'keep={text} would keep nothing sensible; write a number from 1, or all',
  'grid-keep-word': 'keep={text} is neither a number nor all',
  'grid-too-many': 'the grid has more than {count} intervals',
  'regex-too-long': 'the regular expression is longer than {count} characters',
  'regex-syntax': '{text} is not a regular expression: {message}',
  'number-too-long': 'the number is too long',
  'number-too-large': '{text} is too large',
  'number-form': '{text} is not a whole number',
  'number-beyond': '{text} is not between {least} and {most}',
  'number-quoted': 'this must be a whole number, without quotes',
  'value-empty': 'this must not be empty',
  'key-empty': '"{key}" must not be empty',
  'key-missing': 'the key "{key}" is missing',
  'local-not-replicated': 'a snap job replicates nothing, so not_replicated would keep every snapshot',
  'snapshot-name': 'snapshots would be named {text}, which ZFS refuses: {reason}',
  'name-empty': 'it is empty',
  'name-dots': '"." and ".." are no names',
  'name-ascii': 'only printable ASCII characters may be used',
  'name-character': 'it contains a character other than letters, digits, "-", "_", ".", ":" and space',
  'name-too-long': 'it is longer than {count} bytes',
  'name-percent': 'names with "%" belong to ZFS itself',
  'name-dash': 'it begins with "-"',
  'name-dot': 'it begins with "."',
  'name-control': 'it contains a control character',
  'text-too-long': 'the text is too long',
} as const;

export type FieldFaultCode = keyof typeof FIELD_FAULTS;

const sayings = sayingsOf<FieldFaultCode>(FIELD_FAULTS);

/** The fault as text. */
export function fieldFault(code: FieldFaultCode, facts: SayingFacts = {}): string {
  return sayings.say(code, facts);
}

export const readFieldFault = sayings.read;
