import { describe, expect, it } from 'vitest';
import { UNKNOWN_CONDITIONS } from '../../../core/api/conditions.ts';
import type { StatusChanged } from '../../../core/api/contract.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import type { DaemonStatus } from '../../../core/api/status.ts';
import type { Client } from '../../../core/api/wire/client.ts';
import { followStatus } from '../../../core/api/wire/follow.ts';
import { GOOD_STATE, idleStatus } from '../helper/support/fake-job.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A connection whose answers and changes a test decides. */
function fakeClient(answer: () => unknown) {
  const listeners = new Set<(change: StatusChanged) => void>();
  const closed = Promise.withResolvers<void>();
  let asked = 0;
  const client: Client = {
    label: '/s',
    onWord: () => () => {},
    closed: closed.promise,
    close: () => closed.resolve(),
    request: async (method) => {
      asked += 1;
      expect(method).toBe('watch');
      const reply = await answer();
      // The only method asked is `watch`, so its reply is what the caller gets.
      return reply as never;
    },
    onStatusChanged: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const change = (revision: number): void => {
    const commands = { active: 0, abandoned: 0 };
    const whole = { state: GOOD_STATE, paused: null, conditions: UNKNOWN_CONDITIONS };
    for (const listener of listeners) listener({ revision, nowMs: 0, jobs: [], commands, ...whole });
  };
  return { client, change, asked: () => asked, listenerCount: () => listeners.size };
}

const status = (revision: number): DaemonStatus => ({
  revision,
  version: '1',
  startedAtMs: 0,
  nowMs: 0,
  configFile: '/c',
  jobs: [idleStatus('a')],
  commands: { active: 0, abandoned: 0 },
  state: GOOD_STATE,
  paused: null,
  conditions: UNKNOWN_CONDITIONS,
});

describe('followStatus', () => {
  it('asks for the whole again when a revision is missing, once at a time', async () => {
    const answers = [status(1), status(9)];
    const fake = fakeClient(() => answers.shift());
    const seen: number[] = [];
    const stop = new AbortController();
    const following = followStatus(fake.client, ({ revision }) => seen.push(revision), stop.signal);
    fake.change(1);
    await settle();
    fake.change(2);
    fake.change(2);
    fake.change(8);
    fake.change(9);
    await settle();
    fake.change(10);
    expect([seen, fake.asked()]).toEqual([[1, 2, 9, 10], 2]);
    stop.abort();
    await following;
    expect(fake.listenerCount()).toBe(0);
  });

  it('fails when it cannot ask, or when the connection ends', async () => {
    const refused = fakeClient(() => {
      throw new ProblemError('request-invalid', { reason: 'no' });
    });
    const never = new AbortController().signal;
    await expect(followStatus(refused.client, () => {}, never)).rejects.toMatchObject({ code: 'request-invalid' });
    const ended = fakeClient(() => status(1));
    const following = followStatus(ended.client, () => {}, never);
    ended.client.close();
    await expect(following).rejects.toMatchObject({ code: 'daemon-unreachable', facts: { socket: '/s' } });
  });

  it('ends well when aborted, even before it began', async () => {
    const fake = fakeClient(() => {
      throw new ProblemError('command-aborted');
    });
    await followStatus(fake.client, () => {}, AbortSignal.abort());
    const stop = new AbortController();
    const following = followStatus(fakeClient(() => status(1)).client, () => {}, stop.signal);
    stop.abort();
    await following;
  });
});
