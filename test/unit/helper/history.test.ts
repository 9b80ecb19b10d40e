import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_TALLY, HISTORY_PROBLEMS_MAX, HISTORY_TEXT_MAX, historyEntrySchema } from '../../../core/api/history.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { History } from '../../../core/helper/history.ts';
import { lineOf, readLines, trimmed } from '../../../core/helper/history-lines.ts';
import type { Log } from '../../../core/monitoring/log.ts';
import { SILENT_LOG } from '../../../core/monitoring/log.ts';
import { MemoryFile } from './support/memory-file.ts';
import { began, ended, skipped } from './support/run-events.ts';

const LIMITS = { entriesMax: 20, charsMax: 1_000_000 };

async function open(file: MemoryFile | null, limits = LIMITS, log: Log = SILENT_LOG): Promise<History> {
  return History.open(file, log, limits);
}

const all = (history: History) => history.page(null, null, 500).entries;
const outcomes = (history: History) => all(history).map(({ job, outcome }) => [job, outcome]);
const busy = new ProblemError('busy', { name: 'p', host: 'nas' }, { place: { dataset: 'p/a' } }).toProblem();

async function runOnce(history: History, job: string, success = true): Promise<void> {
  history.hear(job, began(1));
  history.hear(job, ended(1, { success }));
  await history.settled();
}

describe('what is noted', () => {
  it('a run from its beginning to its end is one entry', async () => {
    const history = await open(new MemoryFile());
    history.hear('a', began(1, { cause: 'snapshots', startMs: 10 }));
    expect(all(history)).toMatchObject([{ id: 1, job: 'a', outcome: 'running', startMs: 10, endMs: null }]);
    const tally = { ...EMPTY_TALLY, datasets: 3, datasetsDone: 3, bytesSent: 12 };
    history.hear('a', ended(1, { cause: 'snapshots', startMs: 10, endMs: 20, success: true, tally }));
    expect(all(history)).toEqual([
      {
        id: 1,
        job: 'a',
        cause: 'snapshots',
        startMs: 10,
        endMs: 20,
        outcome: 'ok',
        skipped: null,
        success: true,
        tally,
        problems: [],
        problemsLeftOut: 0,
      },
    ]);
    expect([history.lastSuccessMs('a'), history.lastSuccessMs('b')]).toEqual([20, null]);
  });

  it.each([
    ['cancelled', { ok: false, cancelled: true, problems: [] }, 1, []],
    ['ok', { ok: true, cancelled: false, problems: [busy] }, 1, []],
    ['problems', { ok: true, cancelled: false, problems: [] }, 1, [busy]],
    ['problems', { ok: false, cancelled: false, problems: [busy] }, 1, []],
    ['failed', { ok: false, cancelled: false, problems: [busy] }, 0, []],
  ])('%s', async (outcome, how, datasetsDone, snapshotProblems) => {
    const history = await open(null);
    const tally = { ...EMPTY_TALLY, datasets: 2, datasetsDone };
    history.hear('a', ended(1, { outcome: how, tally, snapshotProblems }));
    expect(all(history)).toMatchObject([{ outcome }]);
    expect(all(history)[0]?.problems).toHaveLength(how.problems.length + snapshotProblems.length);
    expect(history.lastRunFailed('a')).toBe(outcome === 'failed' || outcome === 'problems');
  });

  it('a bounded part of its problems, and how many are left out', async () => {
    const history = await open(null);
    const long = { ...busy, happened: 'x'.repeat(5000) };
    const problems = Array.from({ length: HISTORY_PROBLEMS_MAX + 5 }, () => long);
    history.hear('a', ended(1, { outcome: { ok: false, cancelled: false, problems } }));
    const [entry] = all(history);
    expect(entry?.problems).toHaveLength(HISTORY_PROBLEMS_MAX);
    expect(entry?.problems[0]).toEqual({ code: 'busy', dataset: 'p/a', text: 'x'.repeat(HISTORY_TEXT_MAX) });
    expect(entry?.problemsLeftOut).toBe(5);
  });

  it('times in a row when the job was due and did not run are one entry; another reason or a run between begins a new one', async () => {
    const history = await open(null);
    history.hear('a', skipped({ atMs: 1 }));
    history.hear('b', skipped({ atMs: 2 }));
    history.hear('a', skipped({ atMs: 3 }));
    history.hear('a', skipped({ atMs: 4, reason: 'snapshots-failed', problem: busy }));
    history.hear('a', ended(1));
    history.hear('a', skipped({ atMs: 9, reason: 'snapshots-failed' }));
    expect(all(history).map(({ id, job, skipped: why, startMs, endMs }) => [id, job, why, startMs, endMs])).toEqual([
      [5, 'a', { reason: 'snapshots-failed', times: 1 }, 9, 9],
      [4, 'a', null, 1000, 2000],
      [3, 'a', { reason: 'snapshots-failed', times: 1 }, 4, 4],
      [2, 'b', { reason: 'still-at-work', times: 1 }, 2, 2],
      [1, 'a', { reason: 'still-at-work', times: 2 }, 1, 3],
    ]);
    // Not running is no failure of the last run.
    expect(history.lastRunFailed('a')).toBe(false);
  });

  it('is told in pages, newest first, of one job or of all', async () => {
    const history = await open(null);
    for (let id = 1; id <= 6; id += 1) history.hear(id % 2 === 0 ? 'even' : 'odd', ended(id));
    const ids = (job: string | null, before: number | null, limit: number) => {
      const { entries, more } = history.page(job, before, limit);
      return [...entries.map(({ id }) => id), more];
    };
    expect(ids(null, null, 4)).toEqual([6, 5, 4, 3, true]);
    expect(ids(null, 3, 4)).toEqual([2, 1, false]);
    expect(ids('even', null, 2)).toEqual([6, 4, true]);
    expect(ids('even', 4, 2)).toEqual([2, false]);
    expect(ids('nobody', null, 2)).toEqual([false]);
  });
});

describe('what the next daemon knows', () => {
  it('everything, and that a run without an end was interrupted', async () => {
    const file = new MemoryFile();
    const first = await open(file);
    await runOnce(first, 'a');
    first.hear('b', ended(1, { outcome: { ok: false, cancelled: false, problems: [busy] } }));
    first.hear('a', began(2));
    await first.settled();
    const second = await open(file);
    expect(outcomes(second)).toEqual([
      ['a', 'interrupted'],
      ['b', 'failed'],
      ['a', 'ok'],
    ]);
    expect([second.lastSuccessMs('a'), second.lastRunFailed('b'), second.damagedLines]).toEqual([2000, true, 0]);
    await runOnce(second, 'c');
    expect(all(second).map(({ id }) => id)).toEqual([4, 3, 2, 1]);
    expect(outcomes(await open(file))).toEqual(outcomes(second));
  });

  it('whatever byte the file was cut off at: all whole lines, and it goes on behind them', async () => {
    const file = new MemoryFile();
    const first = await open(file);
    for (const job of ['a', 'b', 'ü']) await runOnce(first, job);
    const bytes = Buffer.from(file.text ?? '');
    for (let length = 0; length <= bytes.length; length += 1) {
      const torn = new MemoryFile(bytes.toString('utf8', 0, length));
      // Only the end of the line may be missing: then nothing is lost.
      const clean = length === 0 || bytes[length - 1] === 10 || bytes[length] === 10;
      const lines = bytes
        .toString('utf8', 0, length)
        .split('\n')
        .filter((line) => line !== '');
      const whole = lines.length - (clean ? 0 : 1);
      const history = await open(torn);
      expect(all(history)).toHaveLength(Math.ceil(whole / 2));
      expect(history.damagedLines).toBe(clean ? 0 : 1);
      await runOnce(history, 'next');
      expect(outcomes(await open(torn))).toEqual(outcomes(history));
    }
  });

  it('what can be read between any rubbish, without failing', () => {
    const entry = historyEntrySchema.parse({
      id: 3,
      job: 'a',
      cause: 'run',
      startMs: 1,
      endMs: 2,
      outcome: 'ok',
      skipped: null,
      success: true,
      tally: EMPTY_TALLY,
      problems: [],
      problemsLeftOut: 0,
    });
    const line = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.constant(lineOf({ ...entry, id: 4 }).slice(0, -9)),
    );
    fc.assert(
      fc.property(fc.array(line), fc.array(line), (before, after) => {
        const text = `${before.join('\n')}\n${lineOf(entry)}${after.join('\n')}`;
        const { entries, damaged } = readLines(text, false);
        expect(entries).toContainEqual(entry);
        expect(damaged).toBeLessThanOrEqual(text.split('\n').length);
      }),
    );
    expect(readLines(`${lineOf(entry)}${lineOf({ ...entry, id: -1 })}{}\n\n`, false)).toEqual({
      entries: [entry],
      damaged: 2,
    });
    // The first line of the end of a file is only part of one.
    expect(readLines(`1}\n${lineOf(entry)}`, true)).toEqual({ entries: [entry], damaged: 0 });
    expect(readLines(`"${'x'.repeat(300_000)}"\n`, false).damaged).toBe(1);
  });
});

describe('bounds', () => {
  it('drops the oldest, but never the last success of a job', async () => {
    const file = new MemoryFile();
    const history = await open(file);
    await runOnce(history, 'good');
    for (let run = 0; run < 100; run += 1) await runOnce(history, 'bad', false);
    const kept = all(history);
    expect(kept.length).toBeLessThanOrEqual(LIMITS.entriesMax);
    expect(kept.length).toBeGreaterThan(LIMITS.entriesMax / 2);
    expect(kept.at(-1)).toMatchObject({ job: 'good', id: 1 });
    expect(kept[0]?.id).toBe(101);
    expect(file.replaces).toBeGreaterThan(0);
    expect(file.replaces).toBeLessThan(60);
    const again = await open(file);
    expect(all(again)).toEqual(kept);
    expect(again.lastSuccessMs('good')).toBe(2000);
  });

  it('keeps the file small although an entry may be told many times', async () => {
    const file = new MemoryFile();
    const history = await open(file, { entriesMax: 20, charsMax: 2000 });
    for (let time = 0; time < 200; time += 1) {
      history.hear('a', skipped({ atMs: time }));
      await history.settled();
      expect((file.text ?? '').length).toBeLessThanOrEqual(2000);
    }
    expect(all(history)).toMatchObject([{ skipped: { times: 200 } }]);
    expect(all(await open(file))).toEqual(all(history));
  });

  it('holds for any entries, keeps the newest, and forgets no last success', () => {
    const entry = fc.record({ job: fc.constantFrom('a', 'b', 'c'), success: fc.boolean() });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), fc.integer({ min: 6, max: 30 }), (list, entriesMax) => {
        const entries = list.map(({ job, success }, index) => ({
          ...historyEntrySchema.parse({
            id: index + 1,
            job,
            cause: 'run',
            startMs: 1,
            endMs: 2,
            outcome: 'ok',
            skipped: null,
            success,
            tally: EMPTY_TALLY,
            problems: [],
            problemsLeftOut: 0,
          }),
        }));
        const kept = trimmed(entries, { entriesMax, charsMax: 1_000_000 });
        expect(kept.length).toBe(Math.min(entries.length, entriesMax));
        expect(kept.map(({ id }) => id)).toEqual(kept.map(({ id }) => id).toSorted((a, b) => a - b));
        for (const job of ['a', 'b', 'c']) {
          const last = entries.findLast((one) => one.job === job && one.success);
          if (last !== undefined) expect(kept).toContain(last);
        }
        const newest = entries.at(-1);
        if (newest !== undefined) expect(kept).toContain(newest);
      }),
    );
  });

  it('each drive of a job has a last success of its own, which the next process knows', async () => {
    const file = new MemoryFile();
    const first = await open(file);
    const drive = (poolGuid: string, successMs: number | null) => ({ poolGuid, name: 'Blue', successMs });
    first.hear('a', ended(1, { success: true, drives: [drive('1', 10), drive('2', 20)] }));
    first.hear('a', ended(2, { drives: [drive('1', null), drive('2', 30)] }));
    // What came to nothing since, many times over, does not make it forget.
    for (let run = 0; run < 40; run += 1) await runOnce(first, 'b', false);
    const second = await open(file);
    expect(all(second).length).toBeLessThanOrEqual(LIMITS.entriesMax);
    for (const history of [first, second]) {
      const known = ['1', '2', '3'].map((poolGuid) => history.driveSuccessMs('a', poolGuid));
      expect([known, history.driveSuccessMs('b', '1'), history.lastSuccessMs('a')]).toEqual([
        [10, 30, null],
        null,
        2000,
      ]);
    }
    expect(all(second).at(-1)?.drives).toEqual([drive('1', 10), drive('2', 20)]);
  });

  it('of a run whose entry was dropped while it was at work: it gets a new one', async () => {
    const history = await open(null);
    history.hear('long', began(1));
    for (let run = 0; run < 40; run += 1) await runOnce(history, 'short', false);
    history.hear('long', ended(1, { success: true, endMs: 5 }));
    expect(all(history)[0]).toMatchObject({ job: 'long', outcome: 'ok', id: 42 });
  });
});

describe('a disk that fails', () => {
  const listed = (lines: string[]): Log => {
    const at = (_: unknown, message: string) => {
      lines.push(message);
    };
    return { debug: at, info: at, warn: at, error: at, child: () => SILENT_LOG };
  };

  it('that is full loses nothing as long as the daemon lives, is said once, and catches up', async () => {
    const file = new MemoryFile();
    const lines: string[] = [];
    const history = await open(file, LIMITS, listed(lines));
    let turns = 0;
    history.onFault(() => {
      turns += 1;
    });
    await runOnce(history, 'a');
    file.room = 10;
    await runOnce(history, 'b');
    await runOnce(history, 'c');
    expect(history.fault).toMatch(/^ENOSPC/);
    expect([lines.length, turns]).toEqual([1, 1]);
    expect(all(history)).toHaveLength(3);
    // What was whole on disk before still is.
    expect(outcomes(await open(new MemoryFile(file.text)))).toEqual([['a', 'ok']]);
    file.room = Number.POSITIVE_INFINITY;
    await runOnce(history, 'd');
    expect([history.fault, turns, lines.length]).toEqual([null, 2, 2]);
    const again = await open(file);
    expect(all(again)).toEqual(all(history));
    expect(again.damagedLines).toBe(0);
  });

  it('that cannot be read is not written to: old numbers would be given to new runs', async () => {
    const file = new MemoryFile('precious');
    file.readable = false;
    const history = await open(file);
    await runOnce(history, 'a');
    expect(history.fault).toMatch(/^EIO/);
    expect([file.text, file.appends, file.replaces]).toEqual(['precious', 0, 0]);
    expect(all(history)).toHaveLength(1);
  });
});
