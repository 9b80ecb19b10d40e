import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pauses } from '../../../core/helper/pauses.ts';
import { SILENT_LOG } from '../../../core/monitoring/log.ts';
import { FakeClock } from './support/fake-clock.ts';
import { FakeJob } from './support/fake-job.ts';
import { MemoryFile } from './support/memory-file.ts';
import { RunningDaemon } from './support/running-daemon.ts';

const MINUTE_MS = 60_000;
const FOR_AN_HOUR = { kind: 'for', durationMs: 60 * MINUTE_MS } as const;
const TOLD = { kind: 'told' } as const;

async function open(file: MemoryFile | null = new MemoryFile(), clock = new FakeClock()) {
  return { clock, file, pauses: await Pauses.open(file, clock, SILENT_LOG) };
}

describe('pauses', () => {
  it('of all jobs and of single ones stand side by side', async () => {
    const { pauses, clock } = await open();
    const nowMs = clock.nowMs();
    await pauses.set(null, FOR_AN_HOUR);
    await pauses.set('a', TOLD);
    expect(pauses.heldOf('a')).toEqual([
      { reason: 'paused', sinceMs: nowMs, untilMs: null },
      { reason: 'paused', sinceMs: nowMs, untilMs: nowMs + 60 * MINUTE_MS },
    ]);
    expect(pauses.heldOf('b')).toHaveLength(1);
    expect(await pauses.clear('a')).toEqual({ done: true, kept: true });
    expect(await pauses.clear('a')).toEqual({ done: false, kept: true });
    expect(pauses.heldOf('a')).toHaveLength(1);
    await pauses.set('a', TOLD);
    expect(await pauses.clear(null)).toMatchObject({ done: true });
    expect(pauses.heldOf('a')).toEqual([]);
  });

  it('outlive the daemon, and begin when they began', async () => {
    const { pauses, clock, file } = await open();
    const { pause } = await pauses.set('a', FOR_AN_HOUR);
    await clock.advance(MINUTE_MS);
    const longer = await pauses.set('a', FOR_AN_HOUR);
    expect(longer.pause).toEqual({ sinceMs: pause.sinceMs, untilMs: clock.nowMs() + 60 * MINUTE_MS });
    const again = await open(file, clock);
    expect(again.pauses.of('a')).toEqual(longer.pause);
    await clock.advance(61 * MINUTE_MS);
    expect(again.pauses.of('a')).toBeNull();
  });

  it('hold in memory where the disk is full or missing, and say that they are not kept', async () => {
    const { pauses, file } = await open();
    if (file === null) throw new Error('no file');
    file.room = 3;
    expect(await pauses.set('a', TOLD)).toMatchObject({ kept: false });
    expect(pauses.of('a')).not.toBeNull();
    const without = await open(null);
    expect(await without.pauses.set('a', TOLD)).toMatchObject({ kept: false });
  });

  it('are none where the file is damaged, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        const { pauses } = await open(new MemoryFile(text));
        expect(pauses.heldOf('a')).toEqual([]);
      }),
    );
    const broken = new MemoryFile('{}');
    broken.readable = false;
    expect((await open(broken)).pauses.heldOf('a')).toEqual([]);
  });

  it('end by themselves at their time, and tell', async () => {
    const { pauses, clock, file } = await open();
    const abort = new AbortController();
    let changes = 0;
    pauses.onChange(() => {
      changes += 1;
    });
    const running = pauses.run(abort.signal);
    await pauses.set('a', FOR_AN_HOUR);
    await pauses.set('b', TOLD);
    for (let minute = 0; minute < 61; minute += 1) await clock.advance(MINUTE_MS);
    expect(changes).toBe(3);
    expect(file?.text).toContain('"b"');
    expect(file?.text).not.toContain('"a"');
    abort.abort();
    await running;
  });
});

describe('a paused daemon', () => {
  it('holds its jobs back, stops what runs so that it goes on later, and tells it in the status', async () => {
    const [a, b] = [new FakeJob('a'), new FakeJob('b')];
    b.stopResult = false;
    await using daemon = await RunningDaemon.start([a, b]);
    const client = await daemon.client();
    const nowMs = daemon.clock.nowMs();
    const untilMs = nowMs + 60 * MINUTE_MS;
    expect(await client.request('pause', { job: null, until: FOR_AN_HOUR, stop: 'after-step' })).toEqual({
      pause: { sinceMs: nowMs, untilMs },
      kept: true,
      stopping: ['a'],
    });
    expect([a.heldBy, b.heldBy]).toEqual(['paused', 'paused']);
    expect(a.calls).toEqual(['stop after-step true']);
    a.become({ queued: true });
    const status = await client.request('status', {});
    expect(status.paused).toEqual({ sinceMs: nowMs, untilMs });
    expect(status.jobs[0]).toMatchObject({
      paused: null,
      held: [{ reason: 'paused', untilMs }],
      nextRun: { state: 'held', atMs: untilMs, why: 'paused' },
    });
    expect(await client.request('resume', { job: 'a' })).toEqual({ done: false, kept: true, stillPaused: ['a'] });
    expect(await client.request('resume', { job: null })).toEqual({ done: true, kept: true, stillPaused: [] });
    expect([a.heldBy, b.heldBy]).toEqual([null, null]);
  });

  it('knows only the jobs that it has', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const client = await daemon.client();
    const pause = { job: 'x', until: TOLD, stop: null };
    await expect(client.request('pause', pause)).rejects.toMatchObject({ code: 'job-unknown' });
    await expect(client.request('resume', { job: 'x' })).rejects.toMatchObject({ code: 'job-unknown' });
    await expect(client.request('stop', { job: 'x', how: 'now' })).rejects.toMatchObject({ code: 'job-unknown' });
    expect(daemon.pauses.text).toBeNull();
  });

  it('is paused again after a restart, before any job can begin', async () => {
    const pauses = new MemoryFile(JSON.stringify({ all: { sinceMs: 1, untilMs: null }, jobs: [] }));
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job], undefined, new MemoryFile(), pauses);
    expect([job.heldBy, job.started]).toEqual(['paused', true]);
    expect((await (await daemon.client()).request('status', {})).paused).toEqual({ sinceMs: 1, untilMs: null });
  });
});

describe('stopping', () => {
  it('names the jobs of which something ran', async () => {
    const [a, b] = [new FakeJob('a'), new FakeJob('b')];
    b.stopResult = false;
    await using daemon = await RunningDaemon.start([a, b]);
    const client = await daemon.client();
    expect(await client.request('stop', { job: null, how: 'now' })).toEqual({ stopping: ['a'] });
    expect(await client.request('stop', { job: 'b', how: 'after-step' })).toEqual({ stopping: [] });
    expect([a.calls, b.calls]).toEqual([['stop now false'], ['stop now false', 'stop after-step false']]);
  });
});
