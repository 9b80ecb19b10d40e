/**
 * What one can post where help is asked for: versions, configuration, status, history, problems and log, a JSON object a line,
 * without the names of anything. Pure.
 */
import { DIAGNOSTICS_CHARS_MAX } from '../../api/diagnostics.ts';
import { type Plain, Replacer } from './replace.ts';

export interface DiagnosticsVersions {
  /** Of what runs on this machine, by name; null where it is not known. */
  readonly here: Readonly<Record<string, string | null>>;
  /** Of OpenZFS, where it has been asked. */
  readonly zfs: readonly { readonly host: string; readonly userland: string; readonly kernel: string }[];
}

export interface DiagnosticsFacts {
  readonly atMs: number;
  readonly versions: DiagnosticsVersions;
  /** What the file says, without comments; null where it cannot be read. */
  readonly configuration: Plain;
  /** What is wrong with it. */
  readonly complaints: readonly unknown[];
  /** Null where no daemon has answered. */
  readonly status: { readonly jobs: readonly unknown[] } | null;
  /** Newest first. */
  readonly history: readonly unknown[];
  /** Lines of the log, newest last. */
  readonly log: readonly string[];
  /** Why something of this is missing. */
  readonly trouble: readonly unknown[];
}

const ABOUT =
  'Diagnostics of Snapferry. Names of datasets, snapshots, jobs, machines, users, addresses, keys and paths were replaced, the same name by the same stand-in; so was every other word that is not known to be harmless. Look through it before you post it.';
const LINE_CHARS_MAX = 32 * 1024;
/** Items of a list that are told; fewer where the line gets too long. */
const ITEMS_MAX = [200, 40, 8, 2] as const;
const ROOM_LEAST_CHARS = 1000;
/** Room for the last line. */
const RESERVE_CHARS = 200;
const DEPTH_MAX = 30;

interface Part {
  readonly part: string;
  readonly value: Plain;
  /** Its keys were chosen by a person. */
  readonly written: boolean;
}

/** The bundle; at most `DIAGNOSTICS_CHARS_MAX` characters, the most telling parts first. */
export function diagnosticsText(facts: DiagnosticsFacts): string {
  const parts = partsOf(facts);
  const replacer = new Replacer();
  for (const { part, value, written } of parts) replacer.learn(part, value, written);
  const lines = [JSON.stringify({ part: 'about', at: new Date(facts.atMs).toISOString(), about: ABOUT })];
  let room = DIAGNOSTICS_CHARS_MAX - RESERVE_CHARS - (lines[0]?.length ?? 0) - 1;
  let leftOut = 0;
  for (const part of parts) {
    // Where next to nothing fits any more, nothing is tried.
    const line = room < ROOM_LEAST_CHARS ? null : lineOf(part, replacer);
    if (line === null || line.length + 1 > room) {
      leftOut += 1;
      continue;
    }
    room -= line.length + 1;
    lines.push(line);
  }
  lines.push(JSON.stringify({ part: 'end', leftOut }));
  return `${lines.join('\n')}\n`;
}

function lineOf({ part, value, written }: Part, replacer: Replacer): string | null {
  for (const items of ITEMS_MAX) {
    const line = JSON.stringify({ part, [part]: replacer.replace(part, shortened(value, items), written) });
    if (line.length <= LINE_CHARS_MAX) return line;
  }
  return null;
}

function partsOf(facts: DiagnosticsFacts): readonly Part[] {
  const { versions, configuration, complaints, status, history, log, trouble } = facts;
  const { jobs, ...daemon } = status ?? { jobs: [] };
  const own = (part: string, value: unknown): Part => ({ part, value: plainOf(value), written: false });
  return [
    own('versions', versions),
    own('trouble', trouble),
    own('daemon', status === null ? null : daemon),
    own('problems', countCodes(plainOf({ jobs, daemon, history }))),
    { part: 'configuration', value: configuration, written: true },
    own('complaints', complaints),
    ...jobs.map((job) => own('jobs', [job])),
    ...history.map((run) => own('run', run)),
    // Where there is not room for all, the newest are told; they stand there first.
    ...log.toReversed().map((line) => own('log', logLine(line))),
  ];
}

function logLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

/** How often each problem stands in what is known. */
function countCodes(value: Plain): Record<string, number> {
  const counts: Record<string, number> = {};
  const visit = (inner: Plain): void => {
    if (typeof inner !== 'object' || inner === null) return;
    if (!Array.isArray(inner) && 'code' in inner && typeof inner.code === 'string') {
      counts[inner.code] = (counts[inner.code] ?? 0) + 1;
    }
    for (const one of Object.values<Plain>(inner)) visit(one);
  };
  visit(value);
  return counts;
}

/** Lists with so many items at most; how many more there are is said. */
function shortened(value: Plain, items: number): Plain {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) {
    const shown = value.slice(0, items).map((item) => shortened(item, items));
    return value.length > items ? [...shown, { leftOut: value.length - items }] : shown;
  }
  const entries = Object.entries(value).slice(0, Math.max(items, 64));
  return Object.fromEntries(entries.map(([key, inner]) => [key, shortened(inner, items)]));
}

/** Anything, as JSON knows it. */
function plainOf(value: unknown, depth = 0): Plain {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || depth > DEPTH_MAX) return null;
  if (Array.isArray(value)) return value.map((item) => plainOf(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainOf(inner, depth + 1)]));
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}
