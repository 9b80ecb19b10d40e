/**
 * Layouts by example: the text `2006-01-02` stands for year, month and day because the reference instant is Monday,
 * 2 January 2006, 15:04:05 in a zone seven hours west. See https://pkg.go.dev/time#pkg-constants for the elements.
 */
import type { WallTime } from './zone.ts';

/** What an element needs to know of the instant. */
export interface LayoutTime extends WallTime {
  readonly abbreviation: string;
}

type Render = (time: LayoutTime) => string;

export type LayoutPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'element'; readonly source: string; readonly render: Render };

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const pad = (value: number, width: number, fill = '0'): string => String(value).padStart(width, fill);
const hour12 = (time: LayoutTime): number => (time.hour % 12 === 0 ? 12 : time.hour % 12);
const month = (time: LayoutTime): string => MONTHS[time.month - 1] ?? '';
const weekday = (time: LayoutTime): string => WEEKDAYS[time.weekday] ?? '';

function offset(time: LayoutTime, separator: string, units: 1 | 2 | 3): string {
  const size = Math.abs(time.offsetS);
  const numbers = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].slice(0, units);
  return (time.offsetS < 0 ? '-' : '+') + numbers.map((value) => pad(value, 2)).join(separator);
}

function offsets(): [string, Render][] {
  const forms = [
    ['070000', '', 3],
    ['07:00:00', ':', 3],
    ['0700', '', 2],
    ['07:00', ':', 2],
    ['07', '', 1],
  ] as const;
  return forms.flatMap(([digits, separator, units]): [string, Render][] => [
    [`-${digits}`, (time) => offset(time, separator, units)],
    [`Z${digits}`, (time) => (time.offsetS === 0 ? 'Z' : offset(time, separator, units))],
  ]);
}

const ELEMENTS: readonly [string, Render][] = [
  ['2006', (time) => pad(time.year, 4)],
  ['06', (time) => pad(time.year % 100, 2)],
  ['01', (time) => pad(time.month, 2)],
  ['1', (time) => String(time.month)],
  ['January', month],
  ['Jan', (time) => month(time).slice(0, 3)],
  ['02', (time) => pad(time.day, 2)],
  ['2', (time) => String(time.day)],
  ['_2', (time) => pad(time.day, 2, ' ')],
  ['002', (time) => pad(time.dayOfYear, 3)],
  ['__2', (time) => pad(time.dayOfYear, 3, ' ')],
  ['Monday', weekday],
  ['Mon', (time) => weekday(time).slice(0, 3)],
  ['15', (time) => pad(time.hour, 2)],
  ['03', (time) => pad(hour12(time), 2)],
  ['3', (time) => String(hour12(time))],
  ['04', (time) => pad(time.minute, 2)],
  ['4', (time) => String(time.minute)],
  ['05', (time) => pad(time.second, 2)],
  ['5', (time) => String(time.second)],
  ['PM', (time) => (time.hour >= 12 ? 'PM' : 'AM')],
  ['pm', (time) => (time.hour >= 12 ? 'pm' : 'am')],
  ['MST', (time) => time.abbreviation],
  ...offsets(),
];

/** Longest first, so that the first that fits is the right one. */
const BY_LENGTH = [...ELEMENTS].sort((a, b) => b[0].length - a[0].length);

/** `.000` or `,999`: a point or comma and a run of one digit that no further digit follows. */
const FRACTION = /^[.,](0+|9+)(?![0-9])/;

function fraction(source: string): Render {
  const digits = source.length - 1;
  return (time) => {
    const text = pad(time.millisecond, 3).padEnd(digits, '0').slice(0, digits);
    if (source[1] === '0') return source.charAt(0) + text;
    const significant = text.replace(/0+$/, '');
    return significant === '' ? '' : source.charAt(0) + significant;
  };
}

function elementAt(layout: string, at: number): [string, Render] | null {
  const fractionText = FRACTION.exec(layout.slice(at))?.[0];
  if (fractionText !== undefined) return [fractionText, fraction(fractionText)];
  for (const [source, render] of BY_LENGTH) {
    if (!layout.startsWith(source, at)) continue;
    // "Month" and "Jandal" are words, not elements.
    if ((source === 'Jan' || source === 'Mon') && /^[a-z]/.test(layout.slice(at + 3))) continue;
    // An underscore before a full year only separates.
    if (source === '_2' && layout.startsWith('_2006', at)) continue;
    return [source, render];
  }
  return null;
}

/** Cuts a layout into its elements and the text between them. */
export function parseLayout(layout: string): readonly LayoutPart[] {
  const parts: LayoutPart[] = [];
  let text = '';
  let at = 0;
  while (at < layout.length) {
    const element = elementAt(layout, at);
    if (element === null) {
      text += layout.charAt(at);
      at += 1;
      continue;
    }
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
    parts.push({ kind: 'element', source: element[0], render: element[1] });
    at += element[0].length;
  }
  if (text !== '') parts.push({ kind: 'text', text });
  return parts;
}

/** Writes an instant in a layout. */
export function renderLayout(parts: readonly LayoutPart[], time: LayoutTime): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : part.render(time))).join('');
}
