import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { DaemonStatus, JobStatus } from '../../../core/api/status.ts';
import { displayWidth } from '../../../core/cli/text/width.ts';
import { formatPercent, stepFraction } from '../../../core/cli/view/bar.ts';
import { renderStatus, type StatusView } from '../../../core/cli/view/status.ts';
import {
  common,
  DAY,
  daemon,
  dataset,
  done,
  exampleStatus,
  finished,
  HOUR,
  job,
  MIN,
  NOW_MS,
  pruned,
  replicating,
  safety,
  space,
  step,
} from './support/example-status.ts';

const VIEW: StatusView = { width: 80, height: null, nowMs: NOW_MS, colour: false, whole: false };

function render(status: DaemonStatus, view: Partial<StatusView> = {}): string {
  return renderStatus(status, { ...VIEW, ...view }).join('\n');
}

const lines = (view: Partial<StatusView>): string => render(exampleStatus(), view);
const one = (change: Partial<JobStatus>, view: Partial<StatusView> = {}): string =>
  render(daemon(job('j', change)), view);

/** A text written with the indentation of the test. */
function golden(text: TemplateStringsArray): string {
  return (text[0] ?? '').replace(/^\n/, '').replace(/\n *$/, '').replace(/^ {4}/gm, '');
}

describe('renderStatus', () => {
  it('begins with the sentence where the status holds every job', () => {
    const text = render(daemon(job('j', { safety: [safety('rpool/home')] })), { whole: true });
    expect(text.split('\n').slice(0, 3)).toEqual([
      'Everything is on nas as of 10 minutes ago.',
      '',
      expect.stringMatching(/^snapferry 0\.1\.0/),
    ]);
    const narrow = renderStatus(exampleStatus(), { ...VIEW, whole: true, width: 20, height: 5 });
    expect(narrow[0]).toBe('offsite does not');
  });

  it('shows everything where there is room', () => {
    expect(lines({ width: 80 })).toBe(golden`
    snapferry 0.1.0  /etc/snapferry/snapferry.yml                4 jobs · up 3 d 4 h

    ▸ laptop-to-nas  push → root@nas:tank/backup                         replicating
      On root@nas:tank/backup: 3 of 5 datasets, the oldest as of 3 d ago.
      last success 52 min ago · next run in 8 min · started by hand 2 min ago
      another run is queued

      ▸ rpool/home        ━━━━━━━━━━━━━━━───────────────  50.2 %  14 s left
          step 1/3 · 1.2 GiB of 2.4 GiB · 84.1 MiB/s · resumed from 12.3 MiB
          @snapferry_20261001_110000_000 → @snapferry_20261001_115000_000
          resuming guaranteed
      · rpool/home/anna   waits for its parent
      ▸ rpool/srv         1.2 GiB sent, total unknown
          step 1/1 · 84.1 MiB/s · full to @snapferry_20261001_115000_000
          resuming guaranteed
      ✓ rpool/data        as of 10 min ago
      ✗ rpool/vm          failed · as of 3 d ago, newer not there yet
          rpool/vm is busy on root@nas.
          What was backed up before is still there; the newest changes are not on
          the destination yet.
          → Nothing: the job tries again.
          cannot receive incremental stream: dataset is busy

      snapshots   next in 8 min (periodic)
      pruning     sender: destroyed 7 snapshots
                  1 kept although the rules let them go · 1 dataset skipped
                  · rpool/home@snapferry_20260901_110000_000: it is held
                  · rpool/vm: not replicated yet
                  receiver: destroyed 14 of 20 snapshots in 1 dataset

    ✗ photos-to-drive  push → Blue:backup/photos                                idle
      On Blue:backup/photos: as of 6 d ago.
      last run failed · no complete run is known

      · rpool/写真/夏休み  as of 6 d ago

      snapshots   taken by hand or by another program

    ● tidy-local  snap                                                          idle
      last success 52 min ago · next run in 8 min
      snapshots   next in 8 min (periodic)

    ✗ offsite  pull → root@nas:tank/backup                              does not run
        Job offsite is understood but cannot be run by this version: connections of
        type tls are not built yet.
        This job does not run. It is never run without what it asks for.
        → Remove what is named, or wait for a version that has it.
    `);
  });

  it('folds what needs nobody where there is little room', () => {
    expect(lines({ width: 80, height: 30 })).toBe(golden`
    snapferry 0.1.0  /etc/snapferry/snapferry.yml                4 jobs · up 3 d 4 h

    ▸ laptop-to-nas  push → root@nas:tank/backup                         replicating
      On root@nas:tank/backup: 3 of 5 datasets, the oldest as of 3 d ago.
      last success 52 min ago · next run in 8 min · started by hand 2 min ago
      another run is queued
      ▸ rpool/home        ━━━━━━━━━━━━━━━───────────────  50.2 %  14 s left
          step 1/3 · 1.2 GiB of 2.4 GiB · 84.1 MiB/s · resumed from 12.3 MiB
      ▸ rpool/srv         1.2 GiB sent, total unknown
          step 1/1 · 84.1 MiB/s
      ✗ rpool/vm          failed · as of 3 d ago, newer not there yet
          rpool/vm is busy on root@nas.
          → Nothing: the job tries again.
      · 1 dataset waiting
      · 1 dataset as of 10 min ago
      pruning     receiver: destroyed 14 of 20 snapshots in 1 dataset

    ✗ photos-to-drive  push → Blue:backup/photos                                idle
      On Blue:backup/photos: as of 6 d ago.
      last run failed · no complete run is known
      · 1 dataset as of 6 d ago

    ● tidy-local  snap                                                          idle
      last success 52 min ago · next run in 8 min

    ✗ offsite  pull → root@nas:tank/backup                              does not run
        Job offsite is understood but cannot be run by this version: connections of
        type tls are not built yet.
        → Remove what is named, or wait for a version that has it.
    `);
  });

  it('says how much is missing where even that does not fit', () => {
    const few = lines({ width: 80, height: 10 }).split('\n');
    expect(few).toHaveLength(10);
    expect(few.at(-1)).toMatch(/^… \d+ more lines: enlarge the terminal, or use --job$/);
  });

  it('keeps within any room, and colour changes nothing but colour', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), fc.option(fc.integer({ min: 1, max: 80 })), (width, height) => {
        const plain = renderStatus(exampleStatus(), { ...VIEW, width, height });
        if (height !== null) expect(plain.length).toBeLessThanOrEqual(height);
        for (const line of plain) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        const coloured = renderStatus(exampleStatus(), { ...VIEW, width, height, colour: true });
        expect(coloured.map((line) => stripVTControlCharacters(line).trimEnd())).toEqual(plain);
        expect(plain.join('').includes('\u001b')).toBe(false);
      }),
    );
  });

  it('says when there is nothing to do at all, and when commands hang', () => {
    expect(render(daemon())).toContain('The configuration has no jobs: nothing is backed up.');
    const hanging = { ...daemon(job('j')), commands: { active: 0, abandoned: 2 } };
    expect(render(hanging)).toContain('2 commands hang in the kernel');
  });

  it('makes hostile names harmless', () => {
    const evil = 'p/\u001b[2J\n\u202egnp';
    const status = daemon({
      ...job(evil),
      destination: evil,
      safety: [safety(evil, { destination: evil })],
      replication: replicating([dataset(evil, { steps: [step({ from: `@${evil}`, to: `@${evil}` })] })]),
    });
    expect(render(status)).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('the truth about copies', () => {
  it('never calls anything safe, and ticks only what is new and complete', () => {
    const old = one({ safety: [safety('p/a', { newestCommon: common(3 * DAY), newestLocal: common(3 * DAY) })] });
    expect(old).toContain('· p/a');
    expect(old).toContain('as of 3 d ago');
    expect(old).not.toContain('✓');
    const behind = one({ safety: [safety('p/a', { newestLocal: common(MIN, '2') })] });
    expect(behind).toContain('as of 10 min ago, newer not there yet');
    expect(behind).not.toContain('✓');
    const fresh = one({ safety: [safety('p/a')] });
    expect(fresh).toMatch(/✓ p\/a +as of 10 min ago$/m);
    for (const text of [old, behind, fresh, lines({})]) expect(text).not.toMatch(/safe|secure|protected/i);
  });

  it('says what is not there and what is not known', () => {
    const missing = one({ safety: [safety('p/a', { newestCommon: null }), safety('p/b', { newestCommon: null })] });
    expect(missing).toContain('On root@nas:tank/backup: nothing yet.');
    expect(missing).toContain('nothing there yet');
    const unknown = { name: 'x', guid: '1', creationMs: null };
    const ageless = one({ safety: [safety('p/a', { newestCommon: unknown }), safety('p/b')] });
    expect(ageless).toContain('all 2 datasets, the oldest of unknown age');
    expect(ageless).toContain('up to x, age unknown');
    expect(ageless).not.toMatch(/✓ p\/a/);
  });

  it('tells every destination of its own, and shows the one that is furthest behind in the row', () => {
    const text = one({
      safety: [
        safety('p/a', { destination: 'Red' }),
        safety('p/a', { destination: 'Blue', newestCommon: common(6 * DAY, '9') }),
        safety('p/a', { destination: 'Green', newestCommon: common(HOUR) }),
      ],
    });
    expect(text).toContain('On Red: as of 10 min ago.');
    expect(text).toContain('On Blue: as of 6 d ago.');
    expect(text).toMatch(/· p\/a +as of 6 d ago, newer not there yet/);
  });
});

describe('progress', () => {
  it('counts what an earlier session left', () => {
    expect(stepFraction(step({ resumedFromBytes: 50, bytesExpected: 50, bytesReplicated: 0 }))).toBe(0.5);
    expect(stepFraction(step({ bytesExpected: 200, bytesReplicated: 50 }))).toBe(0.25);
  });

  it('has no percent where the whole is unknown or nothing', () => {
    expect(stepFraction(step({ bytesExpected: null }))).toBeNull();
    expect(stepFraction(step({ bytesExpected: 0, bytesReplicated: 0 }))).toBeNull();
    const text = one({ replication: replicating([dataset('p/a', { steps: [step({ bytesExpected: null })] })]) });
    expect(text).toContain('1.2 GiB sent, total unknown');
    expect(text).not.toMatch(/%|━/);
  });

  it('never claims to have finished, and says when there is more than expected', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (fraction) => {
        expect(formatPercent(Math.min(fraction, 0.999))).not.toContain('100');
      }),
    );
    const steps = [step({ bytesExpected: 2 ** 30, bytesReplicated: 3 * 2 ** 30, remainingMs: null })];
    const text = one({ replication: replicating([dataset('p/a', { steps })]) });
    expect(text).toContain('99.9 %');
    expect(text).toContain('3.0 GiB, more than the 1.0 GiB expected');
    expect(text).not.toContain('left');
  });

  it('says what a step sends, and what was thrown away', () => {
    const datasets = [
      dataset('p/a', {
        discardedBytes: 2 ** 20,
        steps: [step({ kind: 'range', from: '@a', to: '@d', snapshotCount: 3 })],
      }),
      dataset('p/b', { guarantee: 'guarantee_nothing', steps: [step({ kind: 'incremental', from: '#a', to: '@b' })] }),
      dataset('p/c', { guarantee: 'guarantee_incremental', steps: [step({ kind: 'full', from: null, to: '@z' })] }),
    ];
    const text = one({ stage: 'replicating', replication: replicating(datasets) }, { width: 200 });
    expect(text).toContain('@a → @d (3 snapshots) · resuming guaranteed · 1.0 MiB of partial data were discarded');
    expect(text).toContain('#a → @b · no guarantee');
    expect(text).toContain('full to @z · increments guaranteed');
  });

  it('says what waits for what', () => {
    const text = one({
      replication: replicating([
        dataset('p/a', { state: 'planning' }),
        dataset('p/b', { state: 'planning', blockedOn: 'plan-queue' }),
        dataset('p/c', { blockedOn: 'repl-queue' }),
        dataset('p/d', { blockedOn: 'parent-initial-repl' }),
        { ...done('p/e', MIN), discardedBytes: 1024 },
      ]),
    });
    for (const state of ['a +planning', 'b +waits to be planned', 'c +waits for its turn', 'd +waits for its parent']) {
      expect(text).toMatch(new RegExp(`· p/${state}$`, 'm'));
    }
    expect(text).toContain('1.0 KiB of partial data were discarded');
  });

  it('does not show a run that is over as running', () => {
    const text = one({ replication: finished([dataset('p/a')], 'cancelled') });
    expect(text).toContain('the last run was cancelled');
    expect(text).not.toMatch(/%|━|▸/);
  });
});

describe('a run as a whole', () => {
  const away = new ProblemError('host-unreachable', { host: 'nas' }).toProblem();
  const base = replicating([]);

  it('says that it plans, that it tries again, that it waits, and for what', () => {
    if (base === null) throw new Error('no report');
    const attempt = {
      ...base.attempts[0],
      state: 'planning' as const,
      startedAtMs: 0,
      finishedAtMs: null,
      problem: null,
    };
    const planning = { ...attempt, datasets: [] };
    expect(one({ replication: { ...base, attempts: [planning] } })).toContain('looking at both sides');
    const again = one({ replication: { ...base, attempts: [planning, planning] } });
    expect(again).toContain('attempt 2: one before failed');
    expect(one({ replication: { ...base, attempts: [planning, planning, planning] } })).toContain('2 before failed');
    const waiting = { sinceMs: NOW_MS, untilMs: NOW_MS + 9 * MIN, nextTryMs: NOW_MS + 20_000, problem: away };
    const text = one({ replication: { ...base, waiting } });
    expect(text).toContain('waiting: next try in 20 s, gives up in 9 min');
    expect(text).toContain('nas cannot be reached.');
    const failed = { ...planning, state: 'planning-error' as const, problem: away };
    expect(
      one({ replication: { ...base, outcome: 'failed', attempts: [failed], warnings: ['no dataset matched'] } }),
    ).toMatch(/no dataset matched[\s\S]*nas cannot be reached/);
  });

  it('shows raw text last, the end of it, and says what was left out', () => {
    const detail = Array.from({ length: 10 }, (_, index) => `line ${index}`).join('\n');
    const problem = new ProblemError('command-failed', { host: 'nas' }, { detail }).toProblem();
    const text = one({ replication: replicating([dataset('p/a', { state: 'step-error', problem })]) });
    expect(text).toMatch(/→ .*\n.*\n? *… 6 more lines\n +line 6\n +line 7\n +line 8\n +line 9/);
  });
});

describe('snapshotting', () => {
  const state = (change: Partial<NonNullable<JobStatus['snapshotting']>>): string =>
    one({
      snapshotting: { type: 'cron', state: 'waiting', nextAtMs: NOW_MS + HOUR, problem: null, items: [], ...change },
    });
  const item = { dataset: 'p/a', snapshot: 's', problem: null };
  const failedItem = {
    ...item,
    state: 'error' as const,
    problem: new ProblemError('busy', { name: 'p/a' }).toProblem(),
  };

  it.each([
    [{}, 'next in 60 min (cron)'],
    [{ state: 'sync-up' as const }, 'next in 60 min (cron)'],
    [{ nextAtMs: null }, 'nothing is scheduled'],
    [{ state: 'planning' as const }, 'looking for datasets'],
    [{ state: 'stopped' as const }, 'stopped'],
    [{ state: 'error-wait' as const }, 'failed; next try in 60 min'],
    [{ state: 'sync-up-error' as const, nextAtMs: null }, 'failed'],
    [{ state: 'manual' as const }, 'taken by hand'],
    [
      {
        state: 'snapshotting' as const,
        items: [
          { ...item, state: 'done' as const },
          { ...item, state: 'pending' as const },
        ],
      },
      'taking: 1 of 2 datasets',
    ],
  ])('%j', (change, text) => {
    expect(state(change)).toContain(`snapshots   ${text}`);
  });

  it('shows every dataset that failed, also where there is little room', () => {
    expect(state({ items: [failedItem] })).toMatch(/1 dataset failed\n +✗ p\/a\n +p\/a is busy/);
    const snapshotting = {
      type: 'cron' as const,
      state: 'waiting' as const,
      nextAtMs: null,
      problem: null,
      items: [failedItem],
    };
    expect(one({ snapshotting }, { height: 7 })).toContain('✗ p/a');
  });

  it('shows a problem of the whole', () => {
    expect(state({ problem: new ProblemError('no-access', { name: 'p' }).toProblem() })).toContain('p does not belong');
  });
});

describe('pruning', () => {
  const report = (change: Partial<JobStatus['pruning'][number]>): JobStatus['pruning'] => [
    {
      side: 'receiver',
      state: 'done',
      startedAtMs: 0,
      finishedAtMs: 0,
      problem: null,
      datasets: [pruned('p/a')],
      ...change,
    },
  ];
  const problem = new ProblemError('clock-jumped', { reason: 'year 1970' }).toProblem();

  it.each([
    [{}, 'receiver: destroyed 4 snapshots'],
    [{ datasets: [] }, 'receiver: nothing to destroy'],
    [{ side: 'local' as const }, 'destroyed 4 snapshots'],
    [{ state: 'planning' as const }, 'receiver: looking'],
    [{ state: 'paused' as const, problem }, 'receiver: paused'],
    [{ state: 'error' as const, problem, datasets: [] }, 'receiver: failed'],
    [{ state: 'error' as const, problem }, 'receiver: failed, destroyed 4 snapshots'],
  ])('%j', (change, text) => {
    expect(one({ pruning: report(change) })).toMatch(new RegExp(`pruning     ${text}$`, 'm'));
  });

  it('shows problems of datasets and of the side, and folds the rest', () => {
    const busy = new ProblemError('busy', { name: 'p/b' }).toProblem();
    const pruning = report({ state: 'paused', problem, datasets: [pruned('p/b', { state: 'error', problem: busy })] });
    expect(one({ pruning })).toMatch(/year 1970[\s\S]*✗ p\/b\n +p\/b is busy/);
    const kept = Array.from({ length: 9 }, (_, index) => ({ snapshot: `s${index}`, reason: 'held' }));
    const many = one({ pruning: report({ datasets: [pruned('p/a', { keptAnyway: kept })] }) });
    expect(many.match(/@s\d: held/g)).toHaveLength(5);
    expect(many).toContain('9 kept although the rules let them go');
    expect(one({ pruning: report({}) }, { height: 5 })).not.toContain('pruning');
  });
});

describe('space', () => {
  const full = (leftMs: number) => ({ kind: 'full', atMs: NOW_MS + leftMs, overMs: 30 * DAY }) as const;
  const places = [
    space({ forecast: full(35 * DAY) }),
    space({ side: 'source', destination: null, host: 'this machine', dataset: 'rpool', forecast: full(20 * DAY) }),
    space({ destination: 'backup@other:pool', seen: null, forecast: { kind: 'unknown' } }),
  ];

  it('says what is free at every place, for how long, and what is not known', () => {
    expect(one({ space: places }, { width: 120 })).toContain(
      golden`
      space       root@nas:tank/backup: 1.2 TiB free · enough for about 5 weeks at the pace of the last 30 days
                  this machine:rpool: 1.2 TiB free · enough for about 3 weeks at the pace of the last 30 days
                  backup@other:pool: free space not known`.replace(/^ {2}/, '  '),
    );
  });

  it('keeps to what will soon be full where there is little room, in a colour of its own', () => {
    const folded = one({ space: places }, { height: 7 });
    expect(folded).toMatch(/space +this machine:rpool/);
    expect(folded).not.toMatch(/nas:tank\/backup: 1|other/);
    expect(render(daemon(job('j', { space: places })), { colour: true })).toMatch(/\u001b\[33m.*this machine:rpool/);
  });
});
