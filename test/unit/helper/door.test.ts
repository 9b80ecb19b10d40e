import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gradeOf, type Method, REQUESTS } from '../../../core/api/contract.ts';
import { asProblemError } from '../../../core/api/problem.ts';
import { userSocketPath } from '../../../core/api/socket-path.ts';
import type { Client } from '../../../core/api/wire/client.ts';
import { requestConfirmed } from '../../../core/api/wire/confirmed.ts';
import { Consents } from '../../../core/helper/consents.ts';
import { deadlineOf } from '../../../core/helper/deadlines.ts';
import { Demand } from '../../../core/helper/demand.ts';
import { Door } from '../../../core/helper/door.ts';
import type { Handlers } from '../../../core/helper/handlers.ts';
import { RateLimit } from '../../../core/helper/rate-limit.ts';
import { SILENT_LOG } from '../../../core/monitoring/log.ts';
import { FakeClock } from './support/fake-clock.ts';
import { FakeJob } from './support/fake-job.ts';
import { RunningDaemon } from './support/running-daemon.ts';

const TOLD = { job: null, until: { kind: 'told' }, stop: null } as const;
const HOUR = { kind: 'for', durationMs: 3_600_000 } as const;
const RELEASE = { job: 'a', which: 'all', dryRun: false } as const;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What the request met instead of an answer. */
async function needed(client: Client, what: Promise<unknown>) {
  const problem = await what.then(
    () => null,
    (thrown: unknown) => asProblemError(thrown),
  );
  expect(problem?.code).toBe('confirmation-needed');
  return { nonce: problem?.facts.nonce ?? '', digest: problem?.facts.digest ?? '', client };
}

describe('a user who is no administrator', () => {
  it('is known by the socket, which is theirs alone, in a folder that all may walk through', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const [me] = daemon.users;
    const path = userSocketPath(daemon.socketPath, me?.uid ?? 0);
    expect(await stat(path)).toMatchObject({ uid: me?.uid });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(path.replace(/\/[^/]*$/, ''))).mode & 0o777).toBe(0o711);
    const hello = await (await daemon.user()).request('hello', { protocols: { oldest: 1, newest: 9 }, client: 'x' });
    expect(hello.you).toEqual({ uid: me?.uid, user: 'alice', administrator: false });
  });

  it('reads and runs without consent', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const client = await daemon.user();
    await client.request('status', {});
    await client.request('run', { job: 'a', snapshot: true });
    await client.request('stop', { job: null, how: 'now' });
    await client.request('pause', { job: null, until: HOUR, stop: null });
    await client.request('resume', { job: null });
    await client.request('abstractions/release', { ...RELEASE, dryRun: true });
    expect(job.calls).toEqual(['wake run true', 'stop now false', 'release all true']);
    expect(daemon.audited).toEqual([]);
  });

  it('has changes and destruction carried out only after root has confirmed exactly them', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const [client, root] = [await daemon.user(), await daemon.client()];
    const { nonce, digest } = await needed(client, client.request('abstractions/release', RELEASE));
    expect(job.calls).toEqual(['release all true']);
    const redeem = { nonce, digest, agree: true, startedBy: null };
    await expect(client.request('consent/redeem', redeem)).rejects.toMatchObject({ code: 'not-permitted' });
    expect((await root.request('consent/show', { nonce })).what[0]).toContain(
      'Release all holds and bookmarks of job a',
    );
    const waiting = client.request('consent/wait', { nonce });
    expect(await root.request('consent/redeem', redeem)).toMatchObject({ state: 'done' });
    expect(await waiting).toMatchObject({ state: 'done', result: { releases: [], problems: [] } });
    await expect(root.request('consent/redeem', redeem)).rejects.toMatchObject({ code: 'consent-unknown' });
    expect(job.calls).toEqual(['release all true', 'release all false']);
    expect(daemon.audited).toMatchObject([
      {
        uid: daemon.users[0]?.uid,
        user: 'alice',
        method: 'abstractions/release',
        digest,
        consent: true,
        outcome: 'done',
      },
    ]);
  });

  it('is told at once what would be refused anyway, and gets no number for it', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const client = await daemon.user();
    const wrong = { ...RELEASE, more: 1 };
    await expect(client.request('abstractions/release', wrong)).rejects.toMatchObject({ code: 'request-invalid' });
    await expect(client.request('pause', { ...TOLD, job: 'x' })).rejects.toMatchObject({ code: 'job-unknown' });
  });

  it('gets the reply itself where the asking waits for the consent', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const [client, root] = [await daemon.user(), await daemon.client()];
    const confirm = async ({ facts }: { facts: Readonly<Record<string, string>> }, agree: boolean) => {
      const { nonce = '', digest = '' } = facts;
      await root.request('consent/redeem', { nonce, digest, agree, startedBy: null });
    };
    const paused = await requestConfirmed(client, 'pause', TOLD, (problem) => void confirm(problem, true));
    expect(paused).toMatchObject({ pause: { untilMs: null }, kept: true });
    const refused = requestConfirmed(client, 'pause', TOLD, (problem) => void confirm(problem, false));
    await expect(refused).rejects.toMatchObject({ code: 'consent-refused' });
    job.trouble = new Error('broken');
    const failed = requestConfirmed(
      client,
      'pause',
      { ...TOLD, stop: 'now' },
      (problem) => void confirm(problem, true),
    );
    await expect(failed).rejects.toMatchObject({ code: 'internal' });
    expect(daemon.audited.map(({ outcome }) => outcome)).toEqual(['done', 'internal']);
    await expect(requestConfirmed(client, 'plan', { job: 'x' }, () => {})).rejects.toMatchObject({
      code: 'job-unknown',
    });
  });
});

describe('the door', () => {
  it('lets no request of a user through to a change or a destruction, whatever is in it', async () => {
    const clock = new FakeClock();
    const called: [Method, unknown][] = [];
    const handlers = Object.fromEntries(
      Object.keys(REQUESTS).map((method) => [
        method,
        async (params: unknown) => {
          called.push([method as Method, params]);
        },
      ]),
    ) as unknown as Handlers;
    let count = 0;
    const consents = new Consents({ clock, makeNonce: () => (count++).toString(16).padStart(32, '0') });
    const describe = async () => ['something'];
    const door = new Door({ handlers, consents, describe, clock, audit: SILENT_LOG });
    const methods = Object.keys(REQUESTS) as Method[];
    const valid = fc.record({
      job: fc.option(fc.string({ minLength: 1, maxLength: 5 })),
      until: fc.constantFrom<unknown>({ kind: 'told' }, HOUR, { kind: 'tomorrow' }),
      stop: fc.constantFrom(null, 'now'),
    });
    const release = fc.record({ job: fc.constant(null), which: fc.constant('all'), dryRun: fc.boolean() });
    const params = fc.oneof(fc.jsonValue(), valid, release);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...methods), params, async (method, value) => {
        const answer = door.for({ uid: count, user: 'eve', administrator: false });
        await answer(method, value, new AbortController().signal).catch(() => {});
      }),
    );
    expect(called.length).toBeGreaterThan(0);
    for (const [method, value] of called) expect(['read', 'run']).toContain(gradeOf(method, value));
  });
});

describe('root', () => {
  it('needs nobody, and stands in the audit all the same', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const root = await daemon.client();
    await root.request('abstractions/release', RELEASE);
    await root.request('pause', TOLD);
    job.trouble = new Error('broken');
    await expect(root.request('abstractions/release', RELEASE)).rejects.toMatchObject({ code: 'internal' });
    expect(daemon.audited).toMatchObject([
      { method: 'abstractions/release', consent: false, outcome: 'done' },
      { method: 'pause', consent: false, outcome: 'done' },
      { method: 'abstractions/release', consent: false, outcome: 'internal' },
    ]);
  });
});

describe('whoever asks', () => {
  it('too often is told to wait; others are not', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const [client, root] = [await daemon.user(), await daemon.client()];
    let refused = 0;
    for (let count = 0; count < 320; count += 1) {
      await client.request('consent/wait', { nonce: 'a'.repeat(32) }).catch((thrown: unknown) => {
        if (asProblemError(thrown).code === 'limit-reached') refused += 1;
      });
    }
    expect(refused).toBeGreaterThan(0);
    await root.request('status', {});
    await daemon.clock.advance(1000);
    await client.request('status', {});
  });

  it('has few passwords tried, whatever became of them, and is not told them again', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const client = await daemon.user();
    const account = { host: 'nas', port: 22, user: 'k', key: 'nas', hostKey: `SHA256:${'A'.repeat(43)}` };
    const outcomes: unknown[] = [];
    for (let count = 0; count < 6; count += 1) {
      const asked = client.request('destination/bring-key', { ...account, password: 'open sesame' });
      outcomes.push(await asked.catch((thrown: unknown) => asProblemError(thrown).code));
    }
    expect(outcomes).toEqual([...Array.from({ length: 5 }, () => ({ outcome: 'added' })), 'limit-reached']);
    await daemon.clock.advance(30_000);
    const wrong = { ...account, password: 'open\nsesame' };
    const refused = await client.request('destination/bring-key', wrong).catch((thrown: unknown) => thrown);
    expect(asProblemError(refused)).toMatchObject({ code: 'request-invalid' });
    expect(JSON.stringify(asProblemError(refused).toProblem())).not.toContain('sesame');
    expect(daemon.audited).toEqual([]);
  });

  it('asks much of ZFS and of other machines at once is told to wait', () => {
    const demand = new Demand(0);
    const leave = Array.from({ length: 16 }, () => demand.enter('discover', 0));
    expect(() => demand.enter('destination/look', 0)).toThrow('limit-reached');
    demand.enter('status', 0);
    leave[0]?.();
    demand.enter('destination/look', 0);
    expect(() => demand.enter('plan', 0)).toThrow('limit-reached');
  });

  it('says nothing is sent away after a while', async () => {
    await using daemon = await RunningDaemon.start([]);
    const socket = connect({ path: daemon.socketPath });
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    const greeted = await daemon.client();
    await turn();
    await daemon.clock.advance(10_000);
    await closed;
    await greeted.request('status', {});
  });

  it('gets an answer within the deadline, even if the work never ends', async () => {
    const job = new FakeJob('a');
    let stopped = false;
    job.plan = (signal?: AbortSignal) => {
      signal?.addEventListener('abort', () => {
        stopped = true;
      });
      return new Promise(() => {});
    };
    await using daemon = await RunningDaemon.start([job]);
    const client = await daemon.client();
    const planning = client.request('plan', { job: 'a' });
    const refused = expect(planning).rejects.toMatchObject({ code: 'request-timeout', facts: { what: 'plan' } });
    // Whoever waits for the end of a run waits as long as that takes.
    const waiting = client.request('wait', { job: 'a', runId: 3 });
    while (!job.calls.includes('wait 3')) await turn();
    await daemon.clock.advance(deadlineOf('plan') ?? 0);
    await refused;
    expect(stopped).toBe(true);
    job.finish(3, { ok: true, cancelled: false, problems: [] });
    expect(await waiting).toMatchObject({ ok: true });
  });
});

describe('a rate limit', () => {
  it('lets a burst through and then so many a second, whatever the clock does', () => {
    const limit = new RateLimit(3, 2, 1000);
    const takes = (nowMs: number, count: number) => Array.from({ length: count }, () => limit.take(nowMs));
    expect(takes(1000, 4)).toEqual([true, true, true, false]);
    expect(takes(1499, 1)).toEqual([false]);
    expect(takes(1500, 2)).toEqual([true, false]);
    expect(takes(0, 1)).toEqual([false]);
    expect(takes(100_000, 4)).toEqual([true, true, true, false]);
  });
});

describe('deadlines', () => {
  it('are there for everything but what waits for others', () => {
    const without = Object.keys(REQUESTS).filter((method) => deadlineOf(method as keyof typeof REQUESTS) === null);
    expect(without).toEqual(['wait', 'consent/redeem', 'consent/wait']);
  });
});
