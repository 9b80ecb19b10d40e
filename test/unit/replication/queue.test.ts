import { describe, expect, it } from 'vitest';
import { StepQueue } from '../../../core/replication/queue.ts';
import { FakeClock, turn } from '../doubles/fake-clock.ts';

describe('the queue of steps', () => {
  it('what runs is finished; then the oldest target goes first, in whatever order they came', async () => {
    const queue = new StepQueue(1);
    const order: number[] = [];
    const first = await queue.enter('first', 9999);
    order.push(9999);
    const waiting = [3, 4, 2].map(async (target) => {
      const leave = await queue.enter(`dataset ${target}`, target);
      order.push(target);
      leave();
    });
    await turn();
    expect(order).toEqual([9999]);
    first();
    await Promise.all(waiting);
    expect(order).toEqual([9999, 2, 3, 4]);
  });

  it('equal targets: first come, first served', async () => {
    const queue = new StepQueue(1);
    const order: string[] = [];
    const leave = await queue.enter('running', 1);
    const waiting = ['z', 'a', 'm'].map(async (name) => {
      const done = await queue.enter(name, 5);
      order.push(name);
      done();
    });
    leave();
    await Promise.all(waiting);
    expect(order).toEqual(['z', 'a', 'm']);
  });

  it('100 datasets of 20 steps, five at once: every dataset reaches one moment before any reaches the next', async () => {
    const clock = new FakeClock(0);
    const queue = new StepQueue(5);
    const started: number[][] = Array.from({ length: 20 }, () => []);
    const dataset = async (name: string) => {
      for (let step = 0; step < 20; step++) {
        const leave = await queue.enter(name, step);
        started[step]?.push(clock.monotonicMs());
        await clock.sleep(50);
        leave();
      }
    };
    await clock.runUntil(Promise.all(Array.from({ length: 100 }, (_, index) => dataset(`d${index}`))));
    expect(clock.monotonicMs()).toBe(20_000);
    const means = started.map((times) => times.reduce((a, b) => a + b, 0) / times.length);
    for (const [step, mean] of means.entries()) {
      expect(Math.abs(mean - (475 + step * 1000))).toBeLessThanOrEqual(50);
      expect(started[step]).toHaveLength(100);
    }
  });

  it('two datasets, one slot, unequal steps: a b u c v', async () => {
    const clock = new FakeClock(0);
    const queue = new StepQueue(1);
    const order: string[] = [];
    const plan = await queue.enter('planning', 0);
    const dataset = async (name: string, steps: readonly (readonly [string, number, number])[]) => {
      for (const [step, ms, target] of steps) {
        const leave = await queue.enter(name, target);
        order.push(`${step} ${clock.monotonicMs()}`);
        await clock.sleep(ms);
        leave();
      }
    };
    const both = Promise.all([
      dataset('one', [
        ['a', 1000, 2],
        ['b', 1000, 10],
        ['c', 1000, 20],
      ]),
      dataset('two', [
        ['u', 500, 15],
        ['v', 500, 30],
      ]),
      clock.sleep(500).then(plan),
    ]);
    await clock.runUntil(both);
    expect(order).toEqual(['a 500', 'b 1500', 'u 2500', 'c 3000', 'v 4000']);
  });

  it('who waits is told of a cancellation at once, and leaves its place', async () => {
    const queue = new StepQueue(1);
    const leave = await queue.enter('running', 1);
    const abort = new AbortController();
    const waiting = queue.enter('waiting', 2, abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'command-aborted' });
    const next = queue.enter('waiting', 3);
    leave();
    (await next)();
    await expect(queue.enter('late', 1, abort.signal)).rejects.toMatchObject({ code: 'command-aborted' });
  });

  it('a cancellation after the slot was granted takes nothing away', async () => {
    const queue = new StepQueue(1);
    const abort = new AbortController();
    const leave = await queue.enter('a', 1, abort.signal);
    abort.abort();
    let granted = false;
    const next = queue.enter('b', 1).then((done) => {
      granted = true;
      return done;
    });
    await turn();
    expect(granted).toBe(false);
    leave();
    (await next)();
  });

  it('a slot given back twice counts once', async () => {
    const queue = new StepQueue(1);
    const leave = await queue.enter('a', 1);
    leave();
    leave();
    const second = await queue.enter('b', 1);
    let third = false;
    const waiting = queue.enter('c', 1).then((done) => {
      third = true;
      done();
    });
    await turn();
    expect(third).toBe(false);
    second();
    await waiting;
  });

  it('refuses what cannot be: a dataset that waits twice, and no slot at all', async () => {
    const queue = new StepQueue(1);
    const leave = await queue.enter('running', 1);
    const waiting = queue.enter('x', 1);
    await expect(queue.enter('x', 1)).rejects.toMatchObject({ code: 'internal' });
    leave();
    (await waiting)();
    for (const concurrency of [0, -1, 1.5, Number.NaN]) expect(() => new StepQueue(concurrency)).toThrow('internal');
  });
});
