/** The history as lines of text, one JSON object each, and what is kept of it. Pure. */
import {
  EMPTY_TALLY,
  HISTORY_PROBLEMS_MAX,
  HISTORY_TEXT_MAX,
  type HistoryEntry,
  type HistoryOutcome,
  historyEntrySchema,
} from '../api/history.ts';
import type { Problem } from '../api/problem.ts';
import type { RunEvent } from '../job/run-record.ts';

/** No entry is longer, whatever its names and sentences. */
export const LINE_CHARS_MAX = 256 * 1024;

export interface HistoryLimits {
  readonly entriesMax: number;
  /** Of the file, and roughly of the memory. */
  readonly charsMax: number;
}

export function lineOf(entry: HistoryEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

export interface ReadLines {
  /** By id, oldest first; of several lines with one id the last counts. */
  readonly entries: readonly HistoryEntry[];
  /** Lines that are no entries. A last line that was cut off is one of them. */
  readonly damaged: number;
}

/** Reads what a file holds, whatever it holds. `cut`: its beginning is missing, and with it the first line's. */
export function readLines(text: string, cut: boolean): ReadLines {
  const entries = new Map<number, HistoryEntry>();
  let damaged = 0;
  const lines = text.split('\n').slice(cut ? 1 : 0);
  for (const line of lines) {
    const entry = line.length > LINE_CHARS_MAX ? null : readLine(line);
    // An empty line is what separates a torn line from what was written after it.
    if (entry === null) damaged += line === '' ? 0 : 1;
    else entries.set(entry.id, entry);
  }
  return { entries: [...entries.values()].sort((a, b) => a.id - b.id), damaged };
}

function readLine(line: string): HistoryEntry | null {
  try {
    return historyEntrySchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

/** Runs of a process that is no more have no end that anybody saw. */
export function withoutRunning(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
  return entries.map((entry) => (entry.outcome === 'running' ? { ...entry, outcome: 'interrupted' } : entry));
}

/**
 * What is kept, oldest first: the newest entries within the limits, and the last success of every job, and on every drive of
 * one, however old, because the age of a backup must not be forgotten for what came to nothing since.
 */
export function trimmed(entries: readonly HistoryEntry[], limits: HistoryLimits): readonly HistoryEntry[] {
  const newestFirst = entries.toReversed();
  const lastSuccess = new Map<string, HistoryEntry>();
  for (const entry of newestFirst) {
    for (const { place } of successesOf(entry)) if (!lastSuccess.has(place)) lastSuccess.set(place, entry);
  }
  // Successes of jobs beyond any number that a person has are names that somebody makes up.
  const kept = new Set([...lastSuccess.values()].slice(0, Math.floor(limits.entriesMax / 2)));
  let chars = 0;
  for (const entry of kept) chars += lineOf(entry).length;
  for (const entry of newestFirst) {
    if (kept.has(entry)) continue;
    chars += lineOf(entry).length;
    if (kept.size >= limits.entriesMax || chars > limits.charsMax) break;
    kept.add(entry);
  }
  return entries.filter((entry) => kept.has(entry));
}

/** Where a run was a success, and when: the job as a whole, and each drive. */
export function successesOf(entry: HistoryEntry): readonly { readonly place: string; readonly atMs: number }[] {
  const { job, success, endMs, drives = [] } = entry;
  const whole = success && endMs !== null ? [{ place: placeOf(job), atMs: endMs }] : [];
  const driven = drives.flatMap(({ poolGuid, successMs }) =>
    successMs === null ? [] : [{ place: placeOf(job, poolGuid), atMs: successMs }],
  );
  return [...whole, ...driven];
}

/** A job, or one of its drives. */
export function placeOf(job: string, poolGuid?: string): string {
  return JSON.stringify(poolGuid === undefined ? [job] : [job, poolGuid]);
}

type Begun = Extract<RunEvent, { kind: 'began' }>;
type Ended = Extract<RunEvent, { kind: 'ended' }>;
type Skipped = Extract<RunEvent, { kind: 'skipped' }>;

export function entryOfBegun(id: number, job: string, { cause, startMs }: Begun): HistoryEntry {
  return {
    id,
    job,
    cause,
    startMs,
    endMs: null,
    outcome: 'running',
    skipped: null,
    success: false,
    tally: EMPTY_TALLY,
    problems: [],
    problemsLeftOut: 0,
  };
}

export function entryOfEnded(id: number, job: string, event: Ended): HistoryEntry {
  const { cause, startMs, endMs, success, tally, drives } = event;
  const problems = [...event.snapshotProblems, ...event.outcome.problems];
  return {
    id,
    job,
    cause,
    startMs,
    endMs,
    outcome: outcomeName(event),
    skipped: null,
    success,
    tally,
    ...briefly(problems),
    ...(drives === undefined ? {} : { drives: [...drives] }),
  };
}

/** `before`: the entry of the same job just before, which takes this one in when it says the same. */
export function entryOfSkipped(
  id: number,
  job: string,
  { cause, reason, atMs, problem }: Skipped,
  before: HistoryEntry | null,
): HistoryEntry {
  const problems = briefly(problem === null ? [] : [problem]);
  if (before !== null && before.skipped?.reason === reason && before.cause === cause) {
    const skipped = { reason, times: before.skipped.times + 1 };
    return { ...before, endMs: atMs, skipped, ...problems };
  }
  return {
    id,
    job,
    cause,
    startMs: atMs,
    endMs: atMs,
    outcome: 'skipped',
    skipped: { reason, times: 1 },
    success: false,
    tally: EMPTY_TALLY,
    ...problems,
  };
}

function outcomeName({ outcome, snapshotProblems, tally }: Ended): HistoryOutcome {
  if (outcome.cancelled) return 'cancelled';
  if (outcome.ok) return snapshotProblems.length > 0 ? 'problems' : 'ok';
  return tally.datasetsDone > 0 ? 'problems' : 'failed';
}

function briefly(problems: readonly Problem[]): Pick<HistoryEntry, 'problems' | 'problemsLeftOut'> {
  const told = problems.slice(0, HISTORY_PROBLEMS_MAX);
  return {
    problems: told.map(({ code, dataset, happened }) => ({
      code,
      dataset: dataset ?? null,
      text: happened.slice(0, HISTORY_TEXT_MAX),
    })),
    problemsLeftOut: problems.length - told.length,
  };
}
