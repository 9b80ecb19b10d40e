import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { isSilence, nextPeerStep, type PeerFacts, WAKING_PAUSE_MS } from '../../../core/replication/peer-wait.ts';
import { Pair } from './support.ts';

const FACTS: PeerFacts = {
  nowMs: 1000,
  untilMs: 601_000,
  pauseMs: 20_000,
  silent: true,
  wakeMs: 120_000,
  wokenAtMs: null,
};

const time = fc.integer({ min: 0, max: 4_000_000 });
const anyFacts: fc.Arbitrary<PeerFacts> = fc.record({
  nowMs: time,
  untilMs: time,
  pauseMs: fc.integer({ min: 1, max: 60_000 }),
  silent: fc.boolean(),
  wakeMs: fc.option(fc.integer({ min: 10_000, max: 1_800_000 }), { nil: null }),
  wokenAtMs: fc.option(time, { nil: null }),
});

describe('what is done about a peer that does not answer', () => {
  it('wakes it first, asks often while it starts, and waits as without after that', () => {
    expect(nextPeerStep(FACTS)).toEqual({ kind: 'wake' });
    const woken = { ...FACTS, wokenAtMs: 1000 };
    expect(nextPeerStep(woken)).toMatchObject({ kind: 'wait', pauseMs: WAKING_PAUSE_MS, wakingUntilMs: 121_000 });
    expect(nextPeerStep({ ...woken, nowMs: 121_000 })).toMatchObject({
      kind: 'wait',
      pauseMs: 20_000,
      wakingUntilMs: null,
    });
    expect(nextPeerStep({ ...woken, nowMs: 601_000 })).toEqual({ kind: 'give-up' });
  });

  it('never wakes twice, nor where it answers, nor where waking is not wanted', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const may = facts.wakeMs !== null && facts.wokenAtMs === null && facts.silent && facts.nowMs < facts.untilMs;
        expect(nextPeerStep(facts).kind === 'wake').toBe(may);
      }),
    );
  });

  it('gives up not before its time and not before the woken machine had its own, and then always', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const woken = facts.wakeMs !== null && facts.wokenAtMs !== null ? facts.wokenAtMs + facts.wakeMs : 0;
        const over = facts.nowMs >= Math.max(facts.untilMs, woken);
        expect(nextPeerStep(facts).kind === 'give-up').toBe(over);
      }),
    );
  });

  it('waits longer than nothing, never beyond its end, and never longer than the back-off says', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const step = nextPeerStep(facts);
        if (step.kind !== 'wait') return;
        expect(step.pauseMs).toBeGreaterThan(0);
        expect(step.pauseMs).toBeLessThanOrEqual(facts.pauseMs);
        expect(facts.nowMs + step.pauseMs).toBeLessThanOrEqual(step.untilMs);
        if (step.wakingUntilMs !== null) expect(step.pauseMs).toBeLessThanOrEqual(WAKING_PAUSE_MS);
      }),
    );
  });

  it('takes for silence only that nobody answered just now', () => {
    expect(isSilence(new ProblemError('host-unreachable', { host: 'nas' }))).toBe(true);
    expect(isSilence(new ProblemError('host-unreachable', { host: 'nas', answer: 'refused' }))).toBe(false);
    expect(isSilence(new ProblemError('connection-lost', { host: 'nas' }))).toBe(false);
  });
});

describe('a run whose receiver sleeps', () => {
  const asleep = (pair: Pair, answersAfterMs: number, refused = false) => {
    const awakeAtMs = pair.clock.monotonicMs() + answersAfterMs;
    const check = () => {
      if (pair.clock.monotonicMs() >= awakeAtMs) return;
      throw new ProblemError('host-unreachable', { host: 'nas', ...(refused ? { answer: 'refused' } : {}) });
    };
    pair.target.before = check;
    return { ping: async () => check() };
  };
  const waker = (sends: readonly boolean[] = []) => {
    const sent: boolean[] = [];
    const send = async () => {
      sent.push(sends[sent.length] ?? true);
      return sent.at(-1) === true;
    };
    return { sent, wake: { waitMs: 120_000, send } };
  };

  it('wakes it once, and goes on as soon as it answers', async () => {
    const pair = new Pair().withSnapshots('tank/data', '1');
    const { sent, wake } = waker();
    const report = await pair.run({ receiver: asleep(pair, 60_000), run: { wake } });
    expect(report.outcome).toBe('done');
    expect(sent).toEqual([true]);
    expect(Math.max(...pair.clock.slept)).toBeLessThanOrEqual(WAKING_PAUSE_MS);
  });

  it('says that it was woken in vain, when its whole time is over', async () => {
    const pair = new Pair().withSnapshots('tank/data', '1');
    const { sent, wake } = waker();
    const waitings: (number | undefined)[] = [];
    const startMs = pair.clock.nowMs();
    const onChange = (report: () => { waiting: { wakingUntilMs?: number } | null }) => {
      const { waiting } = report();
      if (waiting !== null) waitings.push(waiting.wakingUntilMs);
    };
    const report = await pair.run({
      receiver: asleep(pair, Number.POSITIVE_INFINITY),
      run: { wake: { ...wake, waitMs: 1_200_000 }, onChange },
    });
    expect(report).toMatchObject({ outcome: 'failed', waiting: null });
    expect(report.attempts.at(-1)?.problem).toMatchObject({ code: 'host-not-woken', side: 'receiver' });
    expect(report.finishedAtMs).toBe(startMs + 1_200_000);
    expect(sent).toEqual([true]);
    expect(waitings.length).toBeGreaterThan(100);
    expect(new Set(waitings)).toEqual(new Set([startMs + 1_200_000]));
  });

  it('sends again what could not be sent, and nothing to a machine that refuses', async () => {
    const pair = new Pair().withSnapshots('tank/data', '1');
    const again = waker([false, false]);
    await pair.run({ receiver: asleep(pair, 60_000), run: { wake: again.wake } });
    expect(again.sent).toEqual([false, false, true]);
    const awake = waker();
    pair.withSnapshots('tank/data', '2');
    const report = await pair.run({ receiver: asleep(pair, 60_000, true), run: { wake: awake.wake } });
    expect(report.outcome).toBe('done');
    expect(awake.sent).toEqual([]);
  });

  it('waits for ten minutes where nobody may wake it, and only then has failed', async () => {
    const pair = new Pair().withSnapshots('tank/data', '1');
    const startMs = pair.clock.nowMs();
    const report = await pair.run({ receiver: asleep(pair, Number.POSITIVE_INFINITY) });
    expect(report.attempts.at(-1)?.problem?.code).toBe('host-unreachable');
    expect(report.finishedAtMs).toBe(startMs + 600_000);
  });
});
