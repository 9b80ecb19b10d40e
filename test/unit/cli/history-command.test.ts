import { describe, expect, it } from 'vitest';
import { EMPTY_TALLY, type HistoryEntry } from '../../../core/api/history.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { EXIT } from '../../../core/cli/exit.ts';
import { displayWidth } from '../../../core/cli/text/width.ts';
import { renderHistory } from '../../../core/cli/view/history.ts';
import { FakeJob } from '../helper/support/fake-job.ts';
import { ended } from '../helper/support/run-events.ts';
import { RunningDaemon } from '../helper/support/running-daemon.ts';
import { CommandLine } from './support/command-line.ts';

const NOON_MS = new Date(2026, 9, 1, 12, 0).getTime();
const MIN = 60_000;

function entry(change: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    id: 1,
    job: 'laptop-to-nas',
    cause: 'snapshots',
    startMs: NOON_MS,
    endMs: NOON_MS + 200_000,
    outcome: 'ok',
    skipped: null,
    success: true,
    tally: EMPTY_TALLY,
    problems: [],
    problemsLeftOut: 0,
    ...change,
  };
}

const everything = {
  datasets: 5,
  datasetsDone: 4,
  snapshotsTaken: 5,
  snapshotsSent: 14,
  snapshotsDestroyed: 3,
  bytesSent: 1.2 * 2 ** 30,
  resumedFromBytes: 12 * 2 ** 20,
};

const EXAMPLE: readonly HistoryEntry[] = [
  entry({ startMs: NOON_MS + 60 * MIN, endMs: null, outcome: 'running', cause: 'run' }),
  entry({
    outcome: 'problems',
    tally: everything,
    problems: [{ code: 'busy', dataset: 'rpool/vm', text: 'rpool/vm is busy on root@nas.' }],
    problemsLeftOut: 2,
  }),
  entry({
    startMs: NOON_MS - 60 * MIN,
    endMs: NOON_MS - 10 * MIN,
    outcome: 'skipped',
    skipped: { reason: 'still-at-work', times: 6 },
  }),
  entry({ job: 'undo', outcome: 'interrupted', endMs: null, cause: 'wakeup' }),
  entry({ job: 'undo', tally: { ...EMPTY_TALLY, datasets: 1, datasetsDone: 1 } }),
];

describe('renderHistory', () => {
  it('is a table', () => {
    expect(renderHistory(EXAMPLE, { width: 110, colour: false })).toEqual([
      '2026-10-01 13:00  laptop-to-nas  by hand               running',
      '2026-10-01 12:00  laptop-to-nas  schedule  3 min 20 s  with problems  4 of 5 datasets · 1.2 GiB sent in 14',
      '                                                                      snapshots · resumed from 12.0 MiB · 5',
      '                                                                      taken · 3 destroyed',
      '    rpool/vm: rpool/vm is busy on root@nas.',
      '    … 2 more problems',
      '2026-10-01 11:00  laptop-to-nas  schedule              did not run    the snapshots of the time before were',
      '                                                                      still being taken · 6 times until',
      '                                                                      2026-10-01 11:50',
      '2026-10-01 12:00  undo           wakeup                interrupted    the daemon ended in the middle of it',
      '2026-10-01 12:00  undo           schedule  3 min 20 s  ok             1 dataset',
    ]);
  });

  it('loses nothing where there is little room', () => {
    const lines = renderHistory(EXAMPLE, { width: 80, colour: false });
    const text = lines.map((line) => line.trim()).join(' ');
    expect(text).toContain('4 of 5 datasets · 1.2 GiB sent in 14 snapshots · resumed from 12.0 MiB · 5 taken · 3');
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
    expect(renderHistory(EXAMPLE, { width: 80, colour: true }).join('')).toContain('\u001b[33mwith problems');
  });

  it('makes names harmless', () => {
    const evil = entry({ job: 'a\u001b[2Jb', problems: [{ code: 'busy', dataset: null, text: 'x\ny' }] });
    const text = renderHistory([evil], { width: 100, colour: false });
    expect(text).toHaveLength(2);
    expect(text.join('')).toContain('<U+001B>');
  });

  it('names the drives that a run went to', () => {
    const blue = { poolGuid: '5', name: 'Blue\u0007', successMs: NOON_MS };
    const red = { poolGuid: '7', name: 'Red', successMs: null };
    const lines = (change: Partial<HistoryEntry>) =>
      renderHistory([entry({ drives: [blue, red], ...change })], { width: 200, colour: false }).join('\n');
    expect(lines({ cause: 'plugged' })).toContain('to Blue<U+0007>, Red · 0 datasets');
    expect(lines({ outcome: 'running', endMs: null })).toContain('to Blue<U+0007>, Red');
    expect(lines({ outcome: 'interrupted', endMs: null })).toContain('to Blue<U+0007>, Red · the daemon ended');
  });
});

describe('snapferry history', () => {
  it('shows what became of the runs of all jobs or of one', async () => {
    const [a, b] = [new FakeJob('a'), new FakeJob('b')];
    await using daemon = await RunningDaemon.start([a, b]);
    const socket = ['--socket', daemon.socketPath];
    const none = new CommandLine();
    expect(await none.run('history', ...socket)).toBe(EXIT.ok);
    expect(none.io.out).toBe('No run is known yet.\n');
    a.tell(ended(1, { startMs: NOON_MS, endMs: NOON_MS + 1000 }));
    b.tell(ended(1, { startMs: NOON_MS, endMs: NOON_MS + 1000 }));
    const all = new CommandLine();
    expect(await all.run('history', ...socket)).toBe(EXIT.ok);
    expect(all.io.out).toBe(
      '2026-10-01 12:00  b  by hand  1 s  ok  0 datasets\n2026-10-01 12:00  a  by hand  1 s  ok  0 datasets\n',
    );
    const one = new CommandLine();
    expect(await one.run('history', '--job', 'a', '--json', ...socket)).toBe(EXIT.ok);
    expect(JSON.parse(one.io.out)).toMatchObject({ entries: [{ id: 1, job: 'a', outcome: 'ok' }], more: false });
    const wrong = new CommandLine();
    expect(await wrong.run('history', '--job', 'z', ...socket)).toBe(EXIT.usage);
    expect(wrong.io.err).toContain('There is no job named z');
  });

  it('asks for more than one answer holds, and says that there are older ones', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    for (let run = 1; run <= 700; run += 1) job.tell(ended(run));
    const many = new CommandLine();
    await many.run('history', '--limit', '600', '--json', '--socket', daemon.socketPath);
    const { entries, more } = JSON.parse(many.io.out);
    expect([entries.length, entries[0].id, entries.at(-1).id, more]).toEqual([600, 700, 101, true]);
    const few = new CommandLine();
    await few.run('history', '--limit', '2', '--socket', daemon.socketPath);
    expect(few.io.out.split('\n')).toHaveLength(3);
    expect(few.io.err).toContain('--limit shows more than these 2');
  });

  it.each(['0', 'x', '-1', '100000', ''])('refuses a limit of %j', async (limit) => {
    const cli = new CommandLine();
    expect(await cli.run('history', `--limit=${limit}`)).toBe(EXIT.usage);
  });

  it('is kept where the disk is full, and the status says so', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    daemon.history.room = 0;
    job.tell(ended(1, { outcome: { ok: false, cancelled: false, problems: [new ProblemError('busy').toProblem()] } }));
    const cli = new CommandLine();
    await cli.run('status', '--socket', daemon.socketPath);
    expect(cli.io.out).toMatch(/Nothing is remembered beyond the end of the daemon: ENOSPC/);
    expect(cli.io.out).toContain('last run failed');
    const history = new CommandLine();
    expect(await history.run('history', '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(history.io.out).toContain('failed');
  });
});
