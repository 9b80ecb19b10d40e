import { access } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { followStatus } from '../../../core/api/wire/follow.ts';
import { FakeJob } from './support/fake-job.ts';
import { RunningDaemon } from './support/running-daemon.ts';

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise<void>((resolve) => setImmediate(resolve));
};

describe('the daemon behind its socket', () => {
  it('tells its status, refused jobs included', async () => {
    const refusal = new ProblemError('config-not-runnable', { job: 'b', reason: 'hooks are not built' });
    await using daemon = await RunningDaemon.start([new FakeJob('a'), { name: 'b', refusal }]);
    const client = await daemon.client();
    const status = await client.request('status', {});
    expect(status).toMatchObject({ revision: 0, version: '0.1.0', configFile: '/etc/snapferry/snapferry.yml' });
    expect(status.jobs.map((job) => [job.name, job.stage])).toEqual([
      ['a', 'idle'],
      ['b', 'refused'],
    ]);
    await expect(client.request('run', { job: 'b', snapshot: true })).rejects.toMatchObject({
      code: 'config-not-runnable',
    });
  });

  it('passes requests to the job and its answers back', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const client = await daemon.client();
    job.wakeResult = { runId: 7, queued: true, snapshot: false };
    expect(await client.request('run', { job: 'a', snapshot: true })).toEqual(job.wakeResult);
    expect(await client.request('signal', { job: 'a', op: 'wakeup' })).toEqual({ done: true, queued: true });
    expect(await client.request('signal', { job: 'a', op: 'reset' })).toEqual({ done: true, queued: false });
    job.resetResult = false;
    expect(await client.request('signal', { job: 'a', op: 'reset' })).toEqual({ done: false, queued: false });
    expect(await client.request('plan', { job: 'a' })).toEqual(job.nextPlan);
    const waiting = client.request('wait', { job: 'a', runId: 7 });
    await until(() => job.calls.includes('wait 7'));
    job.finish(7, { ok: true, cancelled: false, problems: [] });
    expect(await waiting).toEqual({ ok: true, cancelled: false, problems: [] });
    expect(job.calls).toEqual(['wake run true', 'wake wakeup false', 'reset', 'reset', 'plan', 'wait 7']);
  });

  it('sends problems whole and lives on after defects', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const client = await daemon.client();
    job.trouble = new ProblemError(
      'host-unreachable',
      { host: 'nas' },
      { detail: 'raw', place: { phase: 'connect', side: 'receiver', dataset: 'p/a' } },
    );
    const error = await client.request('plan', { job: 'a' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ code: 'host-unreachable', facts: { host: 'nas' }, detail: 'raw' });
    expect(error).toMatchObject({ place: { phase: 'connect', side: 'receiver', dataset: 'p/a' } });
    job.trouble = new TypeError('undefined is not a function');
    await expect(client.request('run', { job: 'a', snapshot: false })).rejects.toMatchObject({ code: 'internal' });
    job.trouble = null;
    expect(await client.request('plan', { job: 'a' })).toEqual(job.nextPlan);
    await expect(client.request('plan', { job: 'zzz' })).rejects.toMatchObject({ code: 'job-unknown' });
  });

  it('lists and releases marks of one job or of all, one failing job not hiding the others', async () => {
    const [a, b] = [new FakeJob('a'), new FakeJob('b')];
    const row = {
      type: 'step-hold' as const,
      side: 'sender' as const,
      host: 'this machine',
      dataset: 'p/a',
      fullName: 'p/a@1',
      tag: 'zrepl_STEP_J_a',
      job: 'a',
      guid: '18446744073709551615',
      createtxg: '12',
      stale: true,
    };
    a.rows = [row];
    a.releases = [{ row, outcome: 'would-release', problem: null }];
    b.trouble = new ProblemError('host-unreachable', { host: 'nas' });
    await using daemon = await RunningDaemon.start([a, b]);
    const client = await daemon.client();
    const list = await client.request('abstractions/list', { job: null });
    expect(list.rows).toEqual([row]);
    expect(list.problems.map((problem) => problem.code)).toEqual(['host-unreachable']);
    await expect(client.request('abstractions/list', { job: 'b' })).rejects.toMatchObject({ code: 'host-unreachable' });
    const released = await client.request('abstractions/release', { job: 'a', which: 'stale', dryRun: true });
    expect(released).toEqual({ releases: a.releases, problems: [] });
    expect(a.calls).toEqual(['abstractions', 'release stale true']);
  });

  it('asks every job for the marks of one that is not configured any more, and never a job for those of another', async () => {
    const [a, b] = [new FakeJob('a'), new FakeJob('b')];
    const refusal = new ProblemError('config-not-runnable', { job: 'c', reason: 'hooks are not built' });
    await using daemon = await RunningDaemon.start([a, b, { name: 'c', refusal }]);
    const client = await daemon.client();
    const row = {
      type: 'step-hold' as const,
      side: 'sender' as const,
      host: 'this machine',
      dataset: 'p/a',
      fullName: 'p/a@1',
      tag: 'zrepl_STEP_J_old',
      job: 'old',
      guid: '1',
      createtxg: '12',
      stale: false,
    };
    a.rows = [row, { ...row, fullName: 'p/a#x', tag: null, job: null }];
    b.rows = [row];
    const list = await client.request('abstractions/list', { job: 'old' });
    expect(list).toMatchObject({ rows: [row], problems: [{ code: 'config-not-runnable' }] });
    a.releases = [{ row, outcome: 'released', problem: null }];
    const released = await client.request('abstractions/release', { job: 'old', which: 'all', dryRun: false });
    expect(released.releases).toEqual(a.releases);
    expect([...a.calls, ...b.calls]).toEqual([
      'abstractions of old',
      'release all false of old',
      'abstractions of old',
      'release all false of old',
    ]);
    await expect(
      client.request('abstractions/release', { job: 'c', which: 'all', dryRun: true }),
    ).rejects.toMatchObject({
      code: 'config-not-runnable',
    });
  });

  it('aborts the work of a request that is cancelled or whose client has gone', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const client = await daemon.client();
    const abort = new AbortController();
    const waiting = client.request('wait', { job: 'a', runId: 1 }, abort.signal);
    await until(() => job.calls.includes('wait 1'));
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'command-aborted' });
    await expect(client.request('status', {}, abort.signal)).rejects.toMatchObject({ code: 'command-aborted' });
    const lost = client.request('wait', { job: 'a', runId: 2 });
    await until(() => job.calls.includes('wait 2'));
    client.close();
    await expect(lost).rejects.toMatchObject({ code: 'daemon-unreachable' });
    await until(() => job.calls.includes('wait 2 aborted'));
    await expect(client.request('status', {})).rejects.toMatchObject({ code: 'daemon-unreachable' });
  });

  it('lets a client follow every change', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const client = await daemon.client();
    const seen: DaemonStatus[] = [];
    const abort = new AbortController();
    const following = followStatus(client, (status) => seen.push(status), abort.signal);
    await until(() => seen.length === 1);
    job.become({ stage: 'replicating' });
    await daemon.clock.advance(0);
    await until(() => seen.length === 2);
    job.become({ stage: 'idle' });
    await daemon.clock.advance(250);
    await until(() => seen.length === 3);
    expect(seen.map((status) => [status.revision, status.jobs[0]?.stage])).toEqual([
      [0, 'idle'],
      [1, 'replicating'],
      [2, 'idle'],
    ]);
    abort.abort();
    await following;
  });

  it('tells a follower when it ends', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const client = await daemon.client();
    const seen: DaemonStatus[] = [];
    const following = followStatus(client, (status) => seen.push(status), new AbortController().signal);
    await until(() => seen.length === 1);
    const stopped = daemon.stop();
    await expect(following).rejects.toMatchObject({ code: 'daemon-unreachable' });
    expect(await stopped).toEqual([]);
    await expect(access(daemon.socketPath)).rejects.toThrow();
  });

  it('ends without a job that does not', async () => {
    const stubborn = new FakeJob('a');
    stubborn.obedient = false;
    await using daemon = await RunningDaemon.start([stubborn]);
    const stopped = daemon.stop();
    await new Promise<void>((resolve) => setImmediate(resolve));
    await daemon.clock.advance(1000);
    expect(await stopped).toEqual(['a']);
  });
});
