import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProblemCode, ProblemError } from '../../../core/api/problem.ts';
import { NOTICES_DEFAULT } from '../../../core/api/shell-desk.ts';
import type { DaemonStatus, JobStatus } from '../../../core/api/status.ts';
import { NoticeBoard } from '../../../electron/notices/board.ts';
import type { NoticeAction } from '../../../electron/notices/causes.ts';
import { type Decision, decideNotices, type Notice, type Situation, snooze } from '../../../electron/notices/decide.ts';
import { NOTHING_TOLD, type NoticeMemory } from '../../../electron/notices/memory.ts';
import type { NoticeServer } from '../../../electron/notices/server.ts';
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
  safety,
  space,
} from '../cli/support/example-status.ts';

/** Time that goes on, and a memory that is kept. */
class Person {
  memory: NoticeMemory = NOTHING_TOLD;
  nowMs = NOW_MS;

  see(status: DaemonStatus | null, change: Partial<Situation> = {}): Decision {
    const known = { status, previous: null, lostForMs: null, stopped: false, nowMs: this.nowMs, visible: false };
    const situation = { ...known, wanted: { ...NOTICES_DEFAULT }, version: 'development', ...change };
    const decision = decideNotices(situation, this.memory, 'en');
    this.memory = decision.memory;
    return decision;
  }

  later(ms: number): this {
    this.nowMs += ms;
    return this;
  }
}

const fresh = (person: Person) => [safety('rpool/home', { newestCommon: common(10 * MIN - (person.nowMs - NOW_MS)) })];
const failed = (code: ProblemCode, change: Partial<JobStatus> = {}): JobStatus =>
  job('nas', {
    safety: [safety('rpool/home')],
    lastRunFailed: true,
    replication: finished(
      [
        dataset('rpool/home', {
          state: 'step-error',
          problem: new ProblemError(code, { name: 'rpool/home', host: 'nas' }).toProblem(),
        }),
      ],
      'failed',
    ),
    ...change,
  });
const summaries = ({ show }: Decision) => show.map(({ summary }) => summary);

describe('notices', () => {
  it('tell once of a failure that will not be tried again, and take it back when it has healed', () => {
    const person = new Person();
    expect(person.see(daemon(failed('no-space'))).show).toMatchObject([
      {
        keys: ['failed nas no-space'],
        urgency: 'normal',
        summary: 'The last run of nas failed.',
        body: expect.stringContaining('There is no space left'),
        buttons: [{ label: 'Try now', action: { kind: 'back-up', job: 'nas' } }, { label: 'Show' }],
      },
    ]);
    expect(person.later(5 * HOUR).see(daemon(failed('no-space')))).toMatchObject({ show: [], withdraw: [] });
    expect(person.see(daemon(job('nas', { safety: fresh(person) })))).toMatchObject({
      show: [],
      withdraw: ['failed nas no-space'],
    });
  });

  it.each(['host-unreachable', 'host-not-woken'] as const)(
    'say nothing of what is tried again, until that has gone on for a day: %s',
    (code) => {
      const person = new Person();
      const lastSuccessMs = NOW_MS - HOUR;
      expect(summaries(person.see(daemon(failed(code, { lastSuccessMs }))))).toEqual([]);
      person.later(23 * HOUR + MIN);
      expect(summaries(person.see(daemon(failed(code, { lastSuccessMs }))))).toEqual(['The last run of nas failed.']);
    },
  );

  it('do not tell again of what comes and goes', () => {
    const person = new Person();
    const good = () => daemon(job('nas', { safety: fresh(person) }));
    expect(person.see(daemon(failed('no-space'))).show).toHaveLength(1);
    for (let round = 0; round < 5; round += 1) {
      expect(person.later(MIN).see(good()).withdraw.length).toBe(1);
      expect(person.later(MIN).see(daemon(failed('no-space'))).show).toEqual([]);
    }
    expect(person.later(2 * HOUR).see(good()).show).toEqual([]);
    expect(person.see(daemon(failed('no-space'))).show).toHaveLength(1);
  });

  it('ask critically what only a person can answer', () => {
    const { show } = new Person().see(daemon(failed('host-key-mismatch')));
    expect(show).toMatchObject([{ urgency: 'critical', summary: 'nas needs a decision of yours' }]);
  });

  it('tell daily of a promise that does not hold', () => {
    const person = new Person();
    const broken = () =>
      daemon(job('nas', { safety: fresh(person).map((row) => ({ ...row, standing: 'not-kept' as const })) }));
    expect(person.see(broken()).show).toMatchObject([{ urgency: 'critical', keys: ['broken nas'] }]);
    expect(person.later(DAY - MIN).see(broken()).show).toEqual([]);
    expect(person.later(MIN).see(broken()).show).toHaveLength(1);
  });

  it('tell weekly that space runs out, by the name of the place, and not more often where the forecast comes and goes', () => {
    const person = new Person();
    const leftDays = (days: number, change: Partial<JobStatus> = {}) => {
      const forecast = { kind: 'full', atMs: person.nowMs + days * DAY, overMs: 30 * DAY } as const;
      const seen = { atMs: person.nowMs, availableBytes: 1, usedBytes: 1 };
      const known = { safety: fresh(person), space: [space({ forecast, seen })], ...change };
      return daemon(job('nas', known), job('other', known));
    };
    expect(person.see(leftDays(29)).show).toEqual([]);
    const told = person.later(DAY).see(leftDays(20));
    expect(told.show).toMatchObject([
      {
        urgency: 'normal',
        summary: 'nas is running out of space',
        body: 'Free space: enough for about 3 weeks at the pace of the last 30 days. It takes no backups once it is full: make room there, or keep fewer snapshots.',
        buttons: [{ action: { kind: 'open' } }],
      },
    ]);
    expect(told.records).toMatchObject([{ kind: 'space-soon', fate: 'shown' }]);
    expect(person.later(6 * DAY).see(leftDays(14)).show).toEqual([]);
    expect(person.later(DAY).see(leftDays(13)).show).toHaveLength(1);
    for (let day = 1; day <= 6; day += 1) {
      expect(person.later(DAY / 2).see(leftDays(40)).withdraw).toHaveLength(1);
      expect(person.later(DAY / 2).see(leftDays(20)).show).toEqual([]);
    }
    expect(person.see(leftDays(100)).withdraw).toHaveLength(1);
    expect(person.later(2 * DAY).see(leftDays(100)).show).toEqual([]);
    expect(person.see(leftDays(20)).show).toHaveLength(1);
  });

  it('name a drive whose space runs out by its own name, and a pool of this machine by its', () => {
    const soon = { kind: 'full', atMs: NOW_MS + DAY, overMs: 30 * DAY } as const;
    const blue = drive('away');
    const here = { host: 'this machine', forecast: soon };
    const places = [
      space({ ...here, destination: blue.destination, dataset: 'blue/desk' }),
      space({ ...here, side: 'source', destination: null, dataset: 'rpool' }),
    ];
    const { show } = new Person().see(daemon(job('set', { drives: [blue], space: places })));
    expect(show.map(({ summary }) => summary)).toEqual([
      'Blue is running out of space',
      'rpool is running out of space',
    ]);
    expect(show[1]?.body).toMatch('Programs that write there fail');
  });

  it('tell once at each threshold that a copy is overdue, and not while it is being made', () => {
    const person = new Person();
    const old = (change: Partial<JobStatus> = {}) =>
      daemon(job('photos', { safety: [safety('rpool/photos', { newestCommon: common(2 * DAY + MIN) })], ...change }));
    expect(person.see(old({ stage: 'replicating' })).show).toEqual([]);
    expect(person.see(old()).show).toMatchObject([
      { summary: 'photos is overdue', body: 'rpool/photos → nas: 2 days old.' },
    ]);
    expect(person.later(DAY).see(old()).show).toEqual([]);
    expect(person.later(DAY).see(old()).show).toHaveLength(1);
    expect(person.later(3 * DAY).see(old()).show).toEqual([]);
    expect(person.later(DAY).see(old()).show).toHaveLength(1);
    expect(person.later(90 * DAY).see(old()).show).toEqual([]);
  });

  it('leave alone who wants to be left alone, for as long as that was said', () => {
    const person = new Person();
    const old = daemon(job('photos', { safety: [safety('rpool/photos', { newestCommon: common(3 * DAY) })] }));
    const [notice] = person.see(old).show;
    const action = notice?.buttons[1]?.action;
    expect(action).toEqual({ kind: 'snooze', key: 'overdue photos', durationMs: DAY });
    person.memory = snooze(person.memory, 'overdue photos', person.nowMs + DAY);
    expect(person.later(DAY - MIN).see(old).show).toEqual([]);
    expect(person.later(2 * MIN).see(old).show).toHaveLength(1);
  });

  it('are silent to who sees the window, also afterwards', () => {
    const person = new Person();
    expect(person.see(daemon(failed('no-space')), { visible: true }).show).toEqual([]);
    expect(person.see(daemon(failed('no-space'))).show).toEqual([]);
  });

  it('tell that the service is lost, after a grace, and that it is back', () => {
    const person = new Person();
    const status = daemon(job('nas', { safety: [safety('rpool/home')] }));
    expect(person.see(status, { lostForMs: 29_999 }).show).toEqual([]);
    expect(person.see(status, { lostForMs: 90_000, stopped: true }).show).toEqual([]);
    expect(person.see(status, { lostForMs: 30_000 }).show).toMatchObject([{ keys: ['service'] }]);
    expect(person.see(status, { lostForMs: 99_000 }).show).toEqual([]);
    expect(person.see(status).withdraw).toEqual(['service']);
  });

  it('take nothing back of which nothing is known', () => {
    const person = new Person();
    person.see(daemon(failed('no-space')));
    expect(person.see(null).withdraw).toEqual([]);
    expect(person.see(null, { lostForMs: 60_000 }).withdraw).toEqual([]);
    expect(person.see(daemon(failed('no-space')))).toMatchObject({ show: [], withdraw: ['service'] });
  });

  it('tell once that the first backup is complete', () => {
    const person = new Person();
    const missing = daemon(job('nas', { safety: [safety('a', { newestCommon: null }), safety('b')] }));
    const whole = daemon(job('nas', { safety: [safety('a'), safety('b')] }));
    expect(summaries(person.see(whole, { previous: missing }))).toEqual(['nas: the first backup is complete']);
    expect(person.see(whole, { previous: missing }).show).toEqual([]);
    // What was whole when it was first seen was not the first.
    expect(new Person().see(whole).show).toEqual([]);
    expect(new Person().see(whole, { previous: daemon(job('nas')) }).show).toEqual([]);
  });

  it('come as one where they are many', () => {
    const many = daemon(...['a', 'b', 'c', 'd'].map((name) => ({ ...failed('no-space'), name })));
    expect(new Person().see(many).show).toMatchObject([{ summary: '4 things need you', keys: { length: 4 } }]);
  });

  it('never come twice for the same cause within an hour, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(anyStatus(), { maxLength: 12 }), (statuses) => {
        const person = new Person();
        const shown: string[] = [];
        for (const status of statuses)
          shown.push(
            ...person
              .later(MIN)
              .see(status)
              .show.flatMap(({ keys }) => keys),
          );
        const counts = Map.groupBy(shown, (key) => key);
        // One that grows is told again; the clock of this test is too short for that.
        for (const [key, all] of counts) if (!key.startsWith('overdue')) expect(all.length, key).toBe(1);
      }),
    );
  });
});

class Desktop implements NoticeServer {
  readonly log: string[] = [];
  #count = 0;
  #pressed: (shown: number, button: number) => void = () => {};
  #closed: (shown: number) => void = () => {};

  async show(notice: Notice, replaces: number): Promise<number> {
    this.#count += 1;
    const number = replaces === 0 ? this.#count : replaces;
    this.log.push(`show ${number}: ${notice.summary}`);
    return number;
  }

  async withdraw(shown: number): Promise<void> {
    this.log.push(`withdraw ${shown}`);
  }

  onPressed(listener: (shown: number, button: number) => void): void {
    this.#pressed = listener;
  }

  onClosed(listener: (shown: number) => void): void {
    this.#closed = listener;
  }

  press(shown: number, button: number): void {
    this.#pressed(shown, button);
  }

  close(shown: number): void {
    this.#closed(shown);
  }
}

describe('what is shown', () => {
  const notice = (keys: readonly string[], summary = keys.join()): Notice => ({
    keys,
    urgency: 'normal',
    summary,
    body: '',
    buttons: [{ label: 'Try now', action: { kind: 'back-up', job: 'nas' } }],
  });

  it('is replaced under the same key, and taken back', async () => {
    const desktop = new Desktop();
    const board = new NoticeBoard(desktop, () => {});
    await board.carryOut({ show: [notice(['a']), notice(['b'])], withdraw: [] });
    await board.carryOut({ show: [notice(['a'], 'a again')], withdraw: ['b', 'unknown'] });
    await board.carryOut({ show: [], withdraw: ['a'] });
    expect(desktop.log).toEqual(['show 1: a', 'show 2: b', 'withdraw 2', 'show 1: a again', 'withdraw 1']);
  });

  it('stays while anything of it stands', async () => {
    const desktop = new Desktop();
    const board = new NoticeBoard(desktop, () => {});
    await board.carryOut({ show: [notice(['a', 'b'], 'both')], withdraw: [] });
    await board.carryOut({ show: [], withdraw: ['a'] });
    expect(desktop.log).toEqual(['show 1: both']);
    await board.carryOut({ show: [], withdraw: ['b'] });
    expect(desktop.log.at(-1)).toBe('withdraw 1');
  });

  it('does what its buttons say, and nothing for what is gone', async () => {
    const desktop = new Desktop();
    const done: NoticeAction[] = [];
    const board = new NoticeBoard(desktop, (action) => done.push(action));
    await board.carryOut({ show: [notice(['a'])], withdraw: [] });
    desktop.press(1, 0);
    desktop.press(1, -1);
    desktop.press(1, 7);
    desktop.press(2, 0);
    expect(done).toEqual([{ kind: 'back-up', job: 'nas' }, { kind: 'open' }]);
    desktop.close(1);
    desktop.press(1, 0);
    expect(done).toHaveLength(2);
  });
});
