import { describe, expect, it } from 'vitest';
import type { RunOutcome } from '../../../core/api/contract.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { type LoopEvent, OUTCOMES_MAX, RunLoop, type Wake } from '../../../core/job/run-loop.ts';
import { turn } from '../doubles/fake-clock.ts';

const OK: RunOutcome = { ok: true, cancelled: false, problems: [] };
const CANCELLED: RunOutcome = { ok: false, cancelled: true, problems: [] };

/** A loop whose runs end when the test says so. */
class Bench {
  readonly abort = new AbortController();
  readonly begun: Wake[] = [];
  readonly signals: AbortSignal[] = [];
  readonly soon: AbortSignal[] = [];
  readonly ends: PromiseWithResolvers<RunOutcome>[] = [];
  changes = 0;
  nowMs = 1000;
  readonly events: LoopEvent[] = [];
  readonly loop = new RunLoop(
    (wake, signals) => {
      this.begun.push({ ...wake });
      this.signals.push(signals.now);
      this.soon.push(signals.soon);
      const end = Promise.withResolvers<RunOutcome>();
      this.ends.push(end);
      return end.promise;
    },
    () => this.nowMs,
    () => {
      this.changes += 1;
    },
    (event) => this.events.push(event),
  );
  readonly served: Promise<void>;

  constructor() {
    this.served = this.loop.serve(this.abort.signal);
  }

  async finish(index: number, outcome: RunOutcome = OK): Promise<void> {
    this.ends[index]?.resolve(outcome);
    await turn();
  }

  wait(runId: number, signal: AbortSignal = new AbortController().signal): Promise<RunOutcome> {
    return this.loop.waitFor(runId, signal);
  }
}

describe('runs of a job', () => {
  it('begin at once when nothing runs, and tell when they were asked for and why', async () => {
    const bench = new Bench();
    expect(bench.loop.lastWake).toBeNull();
    expect(bench.loop.wake('run', true)).toEqual({ runId: 1, queued: false });
    await turn();
    expect(bench.begun).toEqual([{ runId: 1, atMs: 1000, reason: 'run', snapshot: true }]);
    expect(bench.loop.busy).toBe(true);
    expect(bench.loop.queued).toBe(false);
    await bench.finish(0);
    expect(bench.loop.busy).toBe(false);
    expect(bench.loop.lastWake).toMatchObject({ runId: 1, reason: 'run' });
    expect(bench.changes).toBeGreaterThanOrEqual(3);
  });

  it('queue one behind the run at work, whoever asks and how often', async () => {
    const bench = new Bench();
    bench.loop.wake('run', false);
    await turn();
    bench.nowMs = 2000;
    expect(bench.loop.wake('snapshots', false)).toEqual({ runId: 2, queued: true });
    bench.nowMs = 3000;
    expect(bench.loop.wake('wakeup', true)).toEqual({ runId: 2, queued: true });
    expect(bench.loop.wake('snapshots', false)).toEqual({ runId: 2, queued: true });
    expect(bench.loop.queued).toBe(true);
    expect(bench.begun).toHaveLength(1);
    await bench.finish(0);
    // The request of a person beats the schedule as the reason, and one wish for snapshots is enough.
    expect(bench.begun.slice(1)).toEqual([{ runId: 2, atMs: 2000, reason: 'wakeup', snapshot: true }]);
    await bench.finish(1);
    await turn();
    expect(bench.begun).toHaveLength(2);
  });

  it('are waited for while queued, while at work, and after they have ended', async () => {
    const bench = new Bench();
    const first = bench.loop.wake('run', false).runId;
    await turn();
    const second = bench.loop.wake('run', false).runId;
    const waits = [bench.wait(first), bench.wait(second), bench.wait(second)];
    await bench.finish(0);
    const failed: RunOutcome = { ok: false, cancelled: false, problems: [] };
    await bench.finish(1, failed);
    expect(await Promise.all(waits)).toEqual([OK, failed, failed]);
    expect(await bench.wait(first)).toBe(OK);
    await expect(bench.wait(3)).rejects.toMatchObject({ code: 'request-invalid' });
  });

  it('are not waited for any longer than the asker wants', async () => {
    const bench = new Bench();
    const { runId } = bench.loop.wake('run', false);
    const abort = new AbortController();
    const waiting = bench.wait(runId, abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'command-aborted' });
    await turn();
    await bench.finish(0);
    expect(await bench.wait(runId, abort.signal)).toBe(OK);
  });

  it('are cancelled by a reset, the queued one too; the next one is not', async () => {
    const bench = new Bench();
    expect(bench.loop.reset()).toBe(false);
    const first = bench.loop.wake('run', false).runId;
    await turn();
    const second = bench.loop.wake('run', false).runId;
    const waiting = bench.wait(second);
    expect(bench.loop.reset()).toBe(true);
    expect(bench.signals[0]?.aborted).toBe(true);
    expect(await waiting).toEqual(CANCELLED);
    expect(bench.loop.queued).toBe(false);
    // It is at work until it has really ended: the next one waits for that.
    expect(bench.loop.busy).toBe(true);
    const third = bench.loop.wake('run', false);
    expect(third.queued).toBe(true);
    await bench.finish(0, CANCELLED);
    expect(await bench.wait(first)).toBe(CANCELLED);
    expect(bench.begun.at(-1)?.runId).toBe(third.runId);
    expect(bench.signals[1]?.aborted).toBe(false);
    bench.loop.reset();
    expect(bench.signals[1]?.aborted).toBe(true);
  });

  it('that were asked for but have not begun are cancelled as well', async () => {
    const bench = new Bench();
    const { runId } = bench.loop.wake('run', false);
    expect(bench.loop.reset()).toBe(true);
    await turn();
    expect(bench.begun).toEqual([]);
    expect(await bench.wait(runId)).toEqual(CANCELLED);
  });

  it('end with one problem when the work breaks, and the next one still runs', async () => {
    const bench = new Bench();
    bench.loop.wake('run', false);
    await turn();
    bench.ends[0]?.reject(new TypeError('undefined is not a function'));
    const outcome = await bench.wait(1);
    expect(outcome).toMatchObject({ ok: false, cancelled: false, problems: [{ code: 'internal' }] });
    bench.loop.wake('run', false);
    await turn();
    expect(bench.begun).toHaveLength(2);
  });

  it('that break because they were cancelled are no trouble; that break otherwise meanwhile are', async () => {
    const bench = new Bench();
    bench.loop.wake('run', false);
    await turn();
    bench.loop.reset();
    bench.ends[0]?.reject(new ProblemError('command-aborted'));
    expect(await bench.wait(1)).toEqual(CANCELLED);
    bench.loop.wake('run', false);
    await turn();
    bench.loop.reset();
    bench.ends[1]?.reject(new ProblemError('internal', { reason: 'x' }));
    expect(await bench.wait(2)).toMatchObject({ ok: false, cancelled: true, problems: [{ code: 'internal' }] });
  });

  it('end with the job: the one at work is awaited, the queued one and later ones are cancelled', async () => {
    const bench = new Bench();
    bench.loop.wake('run', false);
    await turn();
    const queued = bench.loop.wake('run', false).runId;
    const waiting = bench.wait(queued);
    bench.abort.abort();
    let ended = false;
    void bench.served.then(() => {
      ended = true;
    });
    await turn();
    expect(bench.signals[0]?.aborted).toBe(true);
    expect(ended).toBe(false);
    await bench.finish(0, CANCELLED);
    await bench.served;
    expect(await waiting).toEqual(CANCELLED);
    expect(bench.begun).toHaveLength(1);
    const late = bench.loop.wake('run', true);
    expect(late.queued).toBe(false);
    expect(await bench.wait(late.runId)).toEqual(CANCELLED);
  });

  it('are remembered, but not for ever', async () => {
    const bench = new Bench();
    for (let run = 0; run <= OUTCOMES_MAX; run++) {
      bench.loop.wake('run', false);
      await turn();
      await bench.finish(run);
    }
    await expect(bench.wait(1)).rejects.toMatchObject({ code: 'request-invalid' });
    expect(await bench.wait(2)).toBe(OK);
    expect(await bench.wait(OUTCOMES_MAX + 1)).toBe(OK);
  });

  it('are told at every turn, also when one that was queued does not begin', async () => {
    const bench = new Bench();
    bench.loop.wake('run', false);
    await turn();
    bench.loop.wake('snapshots', false);
    bench.nowMs = 2000;
    bench.loop.reset();
    bench.nowMs = 3000;
    await bench.finish(0, CANCELLED);
    bench.loop.wake('wakeup', false);
    await turn();
    bench.loop.wake('snapshots', false);
    bench.abort.abort();
    await bench.finish(1, CANCELLED);
    await bench.served;
    const told = bench.events.map((event) => {
      const { runId } = event.wake;
      if (event.kind === 'began') return [runId, 'began', event.startMs];
      return event.kind === 'ended' ? [runId, 'ended', event.endMs] : [runId, event.reason, event.atMs];
    });
    expect(told).toEqual([
      [1, 'began', 1000],
      [2, 'cancelled', 2000],
      [1, 'ended', 3000],
      [3, 'began', 3000],
      [3, 'ended', 3000],
      [4, 'daemon-ended', 3000],
    ]);
  });

  it('that nobody asked for are held back, and begin when nothing does so any more', async () => {
    const bench = new Bench();
    bench.loop.hold('paused');
    expect(bench.loop.wake('snapshots', false)).toEqual({ runId: 1, queued: true });
    expect(bench.loop.wake('snapshots', false)).toEqual({ runId: 1, queued: true });
    await turn();
    expect([bench.begun.length, bench.loop.queued, bench.loop.busy]).toEqual([0, true, false]);
    expect(bench.events).toMatchObject([
      { kind: 'skipped', reason: 'paused' },
      { kind: 'skipped', reason: 'paused' },
    ]);
    bench.loop.hold(null);
    await turn();
    expect(bench.begun).toMatchObject([{ runId: 1, reason: 'snapshots' }]);
    await bench.finish(0);
    bench.abort.abort();
    await bench.served;
  });

  it('that a person asks for begin although others are held back, and take those in', async () => {
    const bench = new Bench();
    bench.loop.hold('on-battery');
    bench.loop.wake('snapshots', false);
    expect(bench.loop.wake('run', true)).toEqual({ runId: 1, queued: false });
    await turn();
    expect(bench.begun).toMatchObject([{ runId: 1, reason: 'run', snapshot: true }]);
    bench.abort.abort();
    await bench.finish(0);
    await bench.served;
  });

  it('are told to end soon or now, and go on after what holds them back', async () => {
    const bench = new Bench();
    expect(bench.loop.stop('now', true)).toBe(false);
    bench.loop.wake('run', false);
    await turn();
    bench.loop.hold('paused');
    expect(bench.loop.stop('after-step', true)).toBe(true);
    expect([bench.signals[0]?.aborted, bench.soon[0]?.aborted, bench.loop.stopping]).toEqual([false, true, true]);
    expect(bench.loop.stop('now', true)).toBe(true);
    expect(bench.signals[0]?.aborted).toBe(true);
    await bench.finish(0, CANCELLED);
    expect([bench.loop.stopping, bench.loop.queued, bench.begun.length]).toEqual([false, true, 1]);
    bench.loop.hold(null);
    await turn();
    expect(bench.begun[1]).toMatchObject({ reason: 'continued' });
    // The next one is not stopped by what stopped the one before.
    expect([bench.signals[1]?.aborted, bench.soon[1]?.aborted]).toEqual([false, false]);
    expect(bench.loop.stop('now', false)).toBe(true);
    await bench.finish(1, CANCELLED);
    expect([bench.loop.queued, bench.loop.busy]).toEqual([false, false]);
    bench.abort.abort();
    await bench.served;
  });
});
