import { afterEach, describe, expect, it, vi } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { Fence, fencedHost, fencedPipe } from '../../../core/drives/fence.ts';
import type { Argv, CommandResult, Host, PipeOptions, PipeResult, RunOptions } from '../../../core/host/types.ts';
import { FakeClock, turn } from '../doubles/fake-clock.ts';

const PULLED = new ProblemError('drive-pulled', { drive: 'Blue', pool: 'blue' });
const STUCK = new ProblemError('drive-restart-needed', { drive: 'Blue', pool: 'blue' });
const DONE: CommandResult = { exit: { code: 0, signal: null }, stdout: 'x', stderr: '', durationMs: 1 };
const FAILED: CommandResult = { ...DONE, exit: { code: 1, signal: null }, stderr: 'dataset does not exist' };
const LOST: CommandResult = { ...FAILED, stderr: "cannot open 'blue': I/O error" };
const PATIENCE_MS = 600_000;

function bench() {
  const clock = new FakeClock();
  const looks = { count: 0 };
  const fence = new Fence(clock, PATIENCE_MS, () => {
    looks.count += 1;
  });
  const started: { argv: Argv; options: RunOptions; end: (result: CommandResult) => void }[] = [];
  const host: Host = {
    label: 'this machine',
    kind: 'local',
    run: (argv, options) => {
      const { promise, resolve } = Promise.withResolvers<CommandResult>();
      started.push({ argv, options, end: resolve });
      return promise;
    },
    start: () => Promise.reject(new Error('not used')),
    ping: async () => undefined,
    close: async () => undefined,
  };
  return { clock, fence, looks, started, host, fenced: fencedHost(host, fence) };
}

const LIST: Argv = ['zfs', 'list', 'blue'];
const OPTIONS = { deadlineMs: 1_000 };
afterEach(() => vi.restoreAllMocks());

describe('the fence around a pool', () => {
  it('lets everything through while it is open', async () => {
    const { fenced, started } = bench();
    const work = fenced.run(LIST, OPTIONS);
    expect(started).toMatchObject([{ argv: LIST, options: OPTIONS }]);
    started[0]?.end(DONE);
    expect(await work).toBe(DONE);
    await fenced.ping(OPTIONS);
  });

  it('starts nothing while it is closed, and says why', async () => {
    const { fence, fenced, started, host } = bench();
    fence.close(PULLED);
    await expect(fenced.run(LIST, OPTIONS)).rejects.toBe(PULLED);
    await expect(fenced.start(LIST, {})).rejects.toBe(PULLED);
    await expect(fenced.ping(OPTIONS)).rejects.toBe(PULLED);
    const ends = { host, argv: LIST };
    const run = vi.fn<() => Promise<PipeResult>>();
    await expect(fencedPipe(host, fence, run)(ends, ends, { stallMs: 1 })).rejects.toBe(PULLED);
    expect([started, run.mock.calls]).toEqual([[], []]);
    fence.close(STUCK);
    await expect(fenced.run(LIST, OPTIONS)).rejects.toBe(STUCK);
  });

  it('what runs when the drive goes ends in peace when it comes back', async () => {
    const { fence, fenced, started, clock } = bench();
    const work = fenced.run(LIST, OPTIONS);
    fence.close(PULLED);
    await turn();
    fence.open();
    started[0]?.end(DONE);
    expect(await clock.runUntil(work)).toBe(DONE);
    expect(clock.monotonicMs()).toBe(0);
    expect(started[0]?.options.signal?.aborted).toBe(false);
  });

  it('is patient for its time and not longer, and kills nothing then', async () => {
    const { fence, fenced, started, clock } = bench();
    const work = fenced.run(LIST, OPTIONS);
    fence.close(PULLED);
    await expect(clock.runUntil(work)).rejects.toBe(PULLED);
    expect(clock.monotonicMs()).toBe(PATIENCE_MS);
    expect(started[0]?.options.signal?.aborted).toBe(false);
    expect(fence.givenUp.aborted).toBe(true);
    fence.open();
    expect(fence.givenUp.aborted).toBe(false);
    const next = fenced.run(LIST, OPTIONS);
    started[1]?.end(DONE);
    expect(await next).toBe(DONE);
  });

  it('a second reason does not begin the time anew', async () => {
    const { fence, fenced, clock } = bench();
    const work = fenced.run(LIST, OPTIONS);
    fence.close(PULLED);
    await clock.runUntil(clock.sleep(PATIENCE_MS / 2));
    fence.close(STUCK);
    await expect(clock.runUntil(work)).rejects.toBe(STUCK);
    expect(clock.monotonicMs()).toBe(PATIENCE_MS);
  });

  it('the time of one loss does not count for the next', async () => {
    const { fence, fenced, clock } = bench();
    fence.close(PULLED);
    await clock.runUntil(clock.sleep(PATIENCE_MS - 1));
    fence.open();
    const work = fenced.run(LIST, OPTIONS);
    fence.close(PULLED);
    await expect(clock.runUntil(work)).rejects.toBe(PULLED);
    expect(clock.monotonicMs()).toBe(2 * PATIENCE_MS - 1);
  });

  it('whoever loses interest kills the command while the drive is there, and leaves it behind while it is not', async () => {
    const { fence, fenced, started } = bench();
    const caller = new AbortController();
    const work = [LIST, LIST].map((argv) => fenced.run(argv, { ...OPTIONS, signal: caller.signal }));
    fence.close(PULLED);
    caller.abort();
    for (const one of work) await expect(one).rejects.toMatchObject({ code: 'command-aborted' });
    expect(started.map(({ options }) => options.signal?.aborted)).toEqual([false, false]);
    fence.open();
    const other = new AbortController();
    const killed = fenced.run(LIST, { ...OPTIONS, signal: other.signal });
    other.abort();
    expect(started[2]?.options.signal?.aborted).toBe(true);
    started[2]?.end(DONE);
    await killed;
  });

  it('what fails while the drive is away, or was, is blamed on that', async () => {
    const { fence, fenced, started } = bench();
    const work = [LIST, LIST, LIST].map((argv) => fenced.run(argv, OPTIONS));
    fence.close(PULLED);
    started[0]?.end(FAILED);
    await expect(work[0]).rejects.toBe(PULLED);
    fence.open();
    started[1]?.end(FAILED);
    await expect(work[1]).rejects.toBe(PULLED);
    started[2]?.end(DONE);
    expect(await work[2]).toBe(DONE);
    const next = fenced.run(LIST, OPTIONS);
    started[3]?.end(FAILED);
    expect(await next).toBe(FAILED);
  });

  it('what looks lost is blamed on the drive where that is seen to be gone then, and told as it is where not', async () => {
    const { clock, fence, fenced, started, looks } = bench();
    const early = fenced.run(LIST, OPTIONS);
    started[0]?.end(LOST);
    await turn();
    expect(looks.count).toBe(1);
    fence.close(PULLED);
    await expect(early).rejects.toBe(PULLED);
    fence.open();
    const there = fenced.run(LIST, OPTIONS);
    started[1]?.end(LOST);
    expect(await clock.runUntil(there)).toBe(LOST);
    expect(looks.count).toBe(2);
  });

  it('what others wait for ends as soon as the drive is gone', async () => {
    const { fence } = bench();
    const work = fence.unlessClosed(new Promise<never>(() => undefined));
    fence.close(PULLED);
    await expect(work).rejects.toBe(PULLED);
    await expect(fence.unlessClosed(Promise.resolve(1))).rejects.toBe(PULLED);
    fence.open();
    expect(await fence.unlessClosed(Promise.resolve(1))).toBe(1);
  });
});

describe('a pipe into the pool', () => {
  function pipeBench() {
    const parts = bench();
    const seen: { options: PipeOptions; sinkHost: Host }[] = [];
    const failure = Promise.withResolvers<PipeResult>();
    const ending = Promise.withResolvers<PipeResult>();
    const run = fencedPipe(parts.host, parts.fence, (_source, sink, options) => {
      seen.push({ options, sinkHost: sink.host });
      const { promise, reject, resolve } = Promise.withResolvers<PipeResult>();
      failure.promise.catch(reject);
      ending.promise.then(resolve);
      options.signal?.addEventListener('abort', () => reject(new ProblemError('command-aborted')), { once: true });
      return promise;
    });
    const work = run(
      { host: parts.host, argv: ['zfs', 'send'] },
      { host: parts.fenced, argv: ['zfs', 'receive'] },
      { stallMs: 1 },
    );
    return { ...parts, seen, work, fail: failure.reject, end: ending.resolve };
  }

  it('knows that its sink hangs, and is given up after the same time', async () => {
    const { fence, clock, seen, work, host } = pipeBench();
    expect(seen[0]?.sinkHost).toBe(host);
    expect(seen[0]?.options.sinkGone?.()).toBe(false);
    fence.close(PULLED);
    expect(seen[0]?.options.sinkGone?.()).toBe(true);
    expect(seen[0]?.options.signal?.aborted).toBe(false);
    await expect(clock.runUntil(work)).rejects.toBe(PULLED);
    expect(clock.monotonicMs()).toBe(PATIENCE_MS);
  });

  it('is blamed on the drive where ZFS has ended it with an error, and is well again', async () => {
    const { fence, work, end } = pipeBench();
    fence.close(PULLED);
    fence.open();
    const sink = {
      exit: { code: 1, signal: null },
      stdout: '',
      stderr: 'cannot receive incremental stream: I/O error',
    };
    end({ source: { exit: { code: null, signal: 'SIGPIPE' }, stderr: '' }, sink, bytes: null, durationMs: 1 });
    await expect(work).rejects.toBe(PULLED);
  });

  it('fails for what it failed for while the drive is there', async () => {
    const { work, fail } = pipeBench();
    const full = new ProblemError('command-timeout');
    fail(full);
    await expect(work).rejects.toBe(full);
  });
});
