/** Which notices can be switched off, what is written down of them, and those that only newer versions know. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { NOTICE_KINDS, NOTICES_DEFAULT, noticeKindSchema, pastNoticeSchema } from '../../../core/api/shell-desk.ts';
import type { DaemonStatus, JobStatus } from '../../../core/api/status.ts';
import { decideNotices, type Situation, snooze } from '../../../electron/notices/decide.ts';
import { NoticeHistory, pastNoticesSchema } from '../../../electron/notices/history.ts';
import { NOTHING_TOLD } from '../../../electron/notices/memory.ts';
import { anyStatus } from '../api/support/any-status.ts';
import {
  common,
  DAY,
  daemon,
  dataset,
  drive,
  finished,
  HOUR,
  job,
  MIN,
  NOW_MS,
  replicating,
  safety,
} from '../cli/support/example-status.ts';

const SITUATION: Omit<Situation, 'status'> = {
  previous: null,
  lostForMs: null,
  stopped: false,
  nowMs: NOW_MS,
  visible: false,
  wanted: NOTICES_DEFAULT,
  version: 'development',
};
const see = (status: DaemonStatus | null, change: Partial<Situation> = {}, memory = NOTHING_TOLD) =>
  decideNotices({ ...SITUATION, status, ...change }, memory, 'en');
const all = Object.fromEntries(NOTICE_KINDS.map((kind) => [kind, true])) as Situation['wanted'];

const failed = (code: 'no-space' | 'diverged'): JobStatus =>
  job('nas', {
    safety: [safety('rpool/home')],
    lastRunFailed: true,
    replication: finished(
      [dataset('rpool/home', { state: 'step-error', problem: new ProblemError(code, { host: 'nas' }).toProblem() })],
      'failed',
    ),
  });

const every = (intervalMs: number): JobStatus['snapshotting'] => ({
  type: 'periodic',
  state: 'waiting',
  nextAtMs: NOW_MS + 50 * MIN,
  intervalMs,
  problem: null,
  items: [],
});

/** Snapshots every hour, and the newest that is there is so old. */
const hourly = (agoMs: number, change: Partial<JobStatus> = {}): JobStatus =>
  job('nas', {
    lastSuccessMs: NOW_MS - agoMs,
    safety: [safety('rpool/home', { newestCommon: common(agoMs), newestLocal: common(10 * MIN, '2') })],
    snapshotting: every(HOUR),
    ...change,
  });
const onBattery = { queued: true, nextRun: { state: 'held', atMs: null, why: 'on-battery' } } as const;

describe('a drive', () => {
  const withDrive = (...given: Parameters<typeof drive>): DaemonStatus =>
    daemon(job('nas', { safety: [safety('rpool/home')], drives: [drive(...given)] }));
  const shown = (status: DaemonStatus) =>
    see(status).records.map(({ kind, summary, urgency }) => [kind, summary, urgency]);
  const pulled = new ProblemError('drive-pulled', { drive: 'Blue', pool: 'blue' }).toProblem();

  it.each([
    ['plugged', { asks: true }, [['drive-asks', 'Blue is plugged in: back up now?', 'normal']]],
    ['plugged', {}, []],
    ['busy', {}, []],
    ['safe', {}, [['drive-safe', 'Blue is safe to unplug.', 'normal']]],
    ['safe', { lastSuccessMs: NOW_MS }, [['drive-safe', 'Blue is backed up and safe to unplug.', 'normal']]],
    ['pulled', { problem: pulled }, [['drive-pulled', pulled.happened, 'critical']]],
    ['away', {}, []],
  ] as const)('that is %s %j is told of, for as long as it is', (state, change, notices) => {
    expect(shown(withDrive(state, change))).toEqual(notices);
  });
});

describe('notices of each kind', () => {
  it('come when they are wanted, and are written down when not', () => {
    const status = daemon(failed('diverged'));
    expect(see(status).records).toMatchObject([{ kind: 'failed', fate: 'shown' }]);
    const off = see(status, { wanted: { ...NOTICES_DEFAULT, failed: false } });
    expect(off.show).toEqual([]);
    expect(off.records).toMatchObject([{ key: 'failed nas diverged', kind: 'failed', fate: 'switched-off' }]);
    // Once, as if it had been told.
    expect(see(status, {}, off.memory)).toMatchObject({ show: [], records: [] });
  });

  it('say by which switch they go: what does not fit has its own', () => {
    expect(see(daemon(failed('no-space'))).records).toMatchObject([{ kind: 'space' }]);
  });

  it('are written down when the window showed it, when they are put off, and when they come back too soon', () => {
    const status = daemon(failed('diverged'));
    const [seen] = see(status, { visible: true }).records;
    expect(seen?.fate).toBe('seen');
    const put = snooze(see(status).memory, 'failed nas diverged', NOW_MS + DAY);
    const off = see(status, { nowMs: NOW_MS + MIN }, put);
    expect(off).toMatchObject({ show: [], records: [{ fate: 'snoozed' }] });
    expect(see(status, { nowMs: NOW_MS + HOUR }, off.memory).records).toEqual([]);
    expect(see(status, { nowMs: NOW_MS + DAY }, off.memory).records).toMatchObject([{ fate: 'shown' }]);

    const healed = see(daemon(job('nas', { safety: [safety('rpool/home')] })), {}, see(status).memory);
    const back = see(status, { nowMs: NOW_MS + MIN }, healed.memory);
    expect(back).toMatchObject({ show: [], records: [{ fate: 'told-before' }] });
    expect(see(status, { nowMs: NOW_MS + 2 * MIN }, back.memory).records).toEqual([]);
  });

  it('show exactly what is written down as shown, and fit what is kept', () => {
    const wanted = fc.record(Object.fromEntries(NOTICE_KINDS.map((kind) => [kind, fc.boolean()])));
    fc.assert(
      fc.property(anyStatus(), anyStatus(), wanted, fc.boolean(), (status, previous, wants, visible) => {
        const { show, records } = see(status, { previous, wanted: { ...all, ...wants }, visible });
        const shown = records.filter(({ fate }) => fate === 'shown').map(({ key }) => key);
        expect(show.flatMap(({ keys }) => keys).toSorted()).toEqual(shown.toSorted());
        for (const { key: _, ...record } of records) {
          expect(noticeKindSchema.options).toContain(record.kind);
          const cut = { ...record, summary: record.summary.slice(0, 2000), body: record.body.slice(0, 2000) };
          expect(pastNoticeSchema.safeParse({ ...cut, id: 1, atMs: 1 }).success).toBe(true);
        }
      }),
    );
  });
});

describe('a job that waits', () => {
  it('is told of when it is late by a whole interval, and can be run anyway', () => {
    expect(see(daemon(hourly(70 * MIN, onBattery))).records).toEqual([]);
    expect(see(daemon(hourly(2 * HOUR + MIN, onBattery))).show).toMatchObject([
      {
        keys: ['waiting nas on-battery'],
        urgency: 'low',
        summary: 'nas waits and is late by now',
        body: expect.stringContaining('battery'),
        buttons: [{ label: 'Run anyway', action: { kind: 'back-up', job: 'nas' } }],
      },
    ]);
  });

  it('is told of once for each reason', () => {
    const first = see(daemon(hourly(3 * HOUR, onBattery)));
    expect(see(daemon(hourly(3 * HOUR, onBattery)), {}, first.memory).records).toEqual([]);
    const metered = { ...onBattery, nextRun: { ...onBattery.nextRun, why: 'metered' } } as const;
    expect(see(daemon(hourly(3 * HOUR, metered)), {}, first.memory).records).toMatchObject([
      { key: 'waiting nas metered' },
    ]);
  });

  it('is told of when it is another machine that it waits for', () => {
    const problem = new ProblemError('host-unreachable', { host: 'nas' }).toProblem();
    const waiting = { sinceMs: NOW_MS - HOUR, nextTryMs: NOW_MS + MIN, untilMs: NOW_MS + HOUR, problem };
    const running = replicating([dataset('rpool/home')]);
    const replication = running === null ? null : { ...running, waiting };
    const away = hourly(3 * HOUR, { stage: 'replicating', replication });
    expect(see(daemon(away)).records).toMatchObject([{ key: 'waiting nas host-unreachable', kind: 'waiting' }]);
  });

  it.each<[string, Partial<JobStatus>]>([
    ['a person has paused it', { queued: true, nextRun: { state: 'held', atMs: null, why: 'paused' } }],
    ['nothing is due', { queued: false, nextRun: { state: 'held', atMs: null, why: 'on-battery' } }],
    ['it has no schedule', { ...onBattery, snapshotting: null }],
    [
      'everything is there',
      { ...onBattery, safety: [safety('a', { newestCommon: common(DAY), newestLocal: common(DAY) })] },
    ],
    ['nobody knows how old anything is', { ...onBattery, safety: [safety('a', { newestCommon: null })] }],
  ])('is not told of where %s', (_name, change) => {
    expect(see(daemon(hourly(5 * HOUR, change))).records.filter(({ kind }) => kind === 'waiting')).toEqual([]);
  });
});

describe('a copy that is late', () => {
  it.each([
    ['an hour', HOUR, [26 * HOUR, 50 * HOUR, 98 * HOUR]],
    ['a week', 7 * DAY, [14 * DAY + HOUR, 21 * DAY + HOUR, 35 * DAY + HOUR]],
  ])('is told of at each threshold of its own schedule, of %s', (_name, intervalMs, ages) => {
    const late = (agoMs: number) => daemon(hourly(agoMs, { snapshotting: every(intervalMs) }));
    const [first = 0] = ages;
    expect(see(late(first - 2 * HOUR)).records).toEqual([]);
    let { memory } = see(late(first - 2 * HOUR));
    for (const age of ages) {
      const said = see(late(age), {}, memory);
      expect(said.records).toMatchObject([{ key: 'overdue nas', kind: 'overdue' }]);
      expect(see(late(age + HOUR), {}, said.memory).records).toEqual([]);
      memory = said.memory;
    }
  });
});

describe('a new version', () => {
  const status = (version: string) => ({ ...daemon(job('nas', { safety: [safety('a')] })), version });

  it('of the service is told once', () => {
    const first = see(status('0.1.0'));
    expect(first.records).toEqual([]);
    const second = see(status('0.2.0'), {}, first.memory);
    expect(second.show).toMatchObject([{ urgency: 'low', summary: 'Snapferry is version 0.2.0 now' }]);
    expect(see(status('0.2.0'), {}, second.memory).records).toEqual([]);
  });

  it('that this program does not have is told until it is started anew', () => {
    const other = see(status('0.2.0'), { version: '0.1.0' });
    expect(other.show).toMatchObject([
      { keys: ['versions 0.2.0 0.1.0'], body: expect.stringContaining('Quit Snapferry and open it again') },
    ]);
    expect(see(status('0.2.0'), { version: '0.2.0' }, other.memory).withdraw).toEqual(['versions 0.2.0 0.1.0']);
    for (const version of ['development', '0.2.0']) expect(see(status('0.2.0'), { version }).records).toEqual([]);
    expect(see(status('development'), { version: '0.2.0' }).records).toEqual([]);
  });
});

describe('a run that has ended well', () => {
  const before = daemon(job('nas', { safety: [safety('a')], lastSuccessMs: NOW_MS - HOUR }));
  const after = daemon(job('nas', { safety: [safety('a')], lastSuccessMs: NOW_MS }));

  it('is told to those who want it', () => {
    expect(see(after, { previous: before })).toMatchObject({
      show: [],
      records: [{ kind: 'run-done', fate: 'switched-off' }],
    });
    expect(see(after, { previous: before, wanted: all }).show).toMatchObject([{ summary: 'nas is backed up' }]);
    expect(see(after, { previous: after, wanted: all }).records).toEqual([]);
    expect(see(after, { wanted: all }).records).toEqual([]);
  });
});

describe('the history of notices', () => {
  const notice = (summary: string) =>
    ({ atMs: 1, kind: 'failed', urgency: 'normal', summary, body: '', fate: 'shown' }) as const;

  it('gives pages, newest first, and numbers that go on', () => {
    const kept: number[] = [];
    const history = new NoticeHistory([{ ...notice('old'), id: 7 }], (notices) => kept.push(notices.length));
    history.add([notice('a'), notice('b')]);
    history.add([]);
    expect(kept).toEqual([3]);
    const first = history.page(null, 2);
    expect([first.notices.map(({ summary }) => summary), first.more]).toEqual([['b', 'a'], true]);
    expect(history.page(8, 2)).toMatchObject({ notices: [{ id: 7 }], more: false });
  });

  it('keeps no text that it could not read again', () => {
    let kept: unknown = null;
    const history = new NoticeHistory([], (notices) => {
      kept = JSON.parse(JSON.stringify(notices));
    });
    history.add([{ ...notice('x'.repeat(5000)), body: 'y'.repeat(5000) }]);
    expect(pastNoticesSchema.safeParse(kept).success).toBe(true);
  });

  it('is bounded, and loses the oldest', () => {
    const history = new NoticeHistory([], () => {});
    for (let count = 0; count < 600; count += 1) history.add([notice(String(count))]);
    const ids = [history.page(null, 200), history.page(401, 200), history.page(201, 200)].flatMap(({ notices }) =>
      notices.map(({ id }) => id),
    );
    expect([ids[0], ids.at(-1), ids.length]).toEqual([600, 101, 500]);
    expect(history.page(101, 200)).toEqual({ notices: [], more: false });
  });
});
