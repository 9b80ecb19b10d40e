import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { SHELL_CONNECTION, SHELL_VISIBLE } from '../../../core/api/shell.ts';
import type { DaemonStatus } from '../../../core/api/status.ts';
import { ANSWER_TIMEOUT_MS, PUBLISH_INTERVAL_MS, Session, SILENCE_MS } from '../../../renderer/session/session.ts';
import { daemonNowMs, type View } from '../../../renderer/session/view.ts';
import { daemon, job } from '../cli/support/example-status.ts';
import { FakeEnd } from './support/fake-end.ts';
import { FakeTimers, settled } from './support/fake-timers.ts';

const status = daemon(job('nas'), job('blue'));
const at = (revision: number, change: Partial<DaemonStatus> = {}): DaemonStatus => ({ ...status, revision, ...change });

function begin() {
  const end = new FakeEnd();
  const timers = new FakeTimers();
  const session = new Session(end.open, timers);
  const views: View[] = [];
  session.listen((view) => views.push(view));
  session.start();
  return { end, timers, session, views };
}

/** A session that has heard the whole status. */
async function live(first = at(7)) {
  const world = begin();
  const { last } = world.end;
  last.events.opened();
  last.hello();
  await settled();
  last.answer('watch', first);
  await settled();
  return world;
}

describe('a session', () => {
  it('says hello, watches, and is live only then', async () => {
    const { end, session } = begin();
    expect(session.view).toEqual({ link: { kind: 'connecting' }, heard: null });
    end.last.events.opened();
    expect(end.last.received.map(({ method }) => method)).toEqual([SHELL_VISIBLE, 'hello']);
    end.last.hello();
    await settled();
    expect(session.view.link.kind).toBe('connecting');
    end.last.answer('watch', at(7));
    await settled();
    expect(session.view.link.kind).toBe('live');
    expect(session.view.heard?.status.revision).toBe(7);
  });

  it('follows changes, at most five times a second, and shows the last of them', async () => {
    const { end, timers, session, views } = await live();
    await timers.advance(PUBLISH_INTERVAL_MS);
    const before = views.length;
    for (let revision = 8; revision < 108; revision += 1) {
      end.last.changed(at(revision), [job('nas', { queued: revision % 2 === 0 })]);
      await timers.advance(10);
    }
    await timers.advance(PUBLISH_INTERVAL_MS);
    expect(views.length - before).toBeLessThanOrEqual(1000 / PUBLISH_INTERVAL_MS + 2);
    expect(session.view.heard?.status.revision).toBe(107);
  });

  it('asks for the whole again when a revision is missing, and shows nothing in between as newer than it is', async () => {
    const { end, timers, session } = await live();
    end.last.changed(at(9), [job('nas', { queued: true })]);
    expect(session.view.heard?.status.revision).toBe(7);
    expect(end.last.received.map(({ method }) => method)).toEqual([SHELL_VISIBLE, 'watch']);
    // Meanwhile further changes are not applied to the old one.
    end.last.changed(at(10), []);
    end.last.answer('watch', at(10));
    await settled();
    await timers.advance(PUBLISH_INTERVAL_MS);
    expect(session.view.heard?.status.revision).toBe(10);
    expect(session.view.link.kind).toBe('live');
  });

  it('says at once that the connection is lost, keeps what was known as of then, and comes back', async () => {
    const { end, timers, session } = await live();
    await timers.advance(5000);
    end.last.close();
    expect(session.view.link).toMatchObject({ kind: 'lost', sinceMs: 5000, problem: { code: 'daemon-unreachable' } });
    expect(session.view.heard?.status.revision).toBe(7);
    await expect(session.request('status', {})).rejects.toMatchObject({ code: 'daemon-unreachable' });
    await timers.advance(500);
    expect(end.connections.length).toBe(2);
    end.last.events.opened();
    end.last.hello();
    await settled();
    // Not before the whole status is there.
    expect(session.view.link.kind).toBe('lost');
    end.last.answer('watch', at(3));
    await settled();
    expect(session.view.link.kind).toBe('live');
    expect(session.view.heard?.status.revision).toBe(3);
  });

  it('gets an answer from the shell where the shell has no daemon, and is lost only after that', async () => {
    const { end, session } = begin();
    const asked = session.askShell('shell/helper', {});
    end.last.events.opened();
    const lost = new ProblemError('daemon-unreachable', { socket: '/s' });
    end.last.say({ method: SHELL_CONNECTION, params: { state: 'lost', problem: lost.toProblem() } });
    end.last.refuse('hello', lost);
    await settled();
    expect(session.view.link.kind).toBe('connecting');
    const answer = { state: 'no-pkexec', command: [], changeable: [], detail: '' };
    end.last.answer('shell/helper', answer);
    expect(await asked).toEqual(answer);
    await settled();
    expect(session.view.link.kind).toBe('lost');

    // Between two tries it connects for the question alone; a shell that is gone gives no answer.
    const again = session.askShell('shell/helper', {});
    expect(end.connections).toHaveLength(2);
    end.last.close();
    await expect(again).rejects.toMatchObject({ code: 'daemon-unreachable' });
  });

  it('keeps trying, less and less often, and keeps the moment of the loss', async () => {
    const { end, timers, session } = await live();
    end.last.close();
    for (let turn = 0; turn < 20; turn += 1) {
      await timers.advance(10_000);
      end.last.close();
    }
    expect(session.view.link).toMatchObject({ kind: 'lost', sinceMs: 0 });
    expect(end.connections.length).toBeGreaterThan(10);
    expect(end.connections.length).toBeLessThan(30);
  });

  it('asks a silent daemon whether it is still there, and does not take silence for an answer', async () => {
    const { end, timers, session } = await live();
    await timers.advance(SILENCE_MS);
    expect(end.last.received.map(({ method }) => method)).toEqual([SHELL_VISIBLE, 'history']);
    end.last.answer('history', { entries: [], more: false });
    await settled();
    await timers.advance(SILENCE_MS);
    expect(session.view.link.kind).toBe('live');
    await timers.advance(ANSWER_TIMEOUT_MS);
    expect(session.view.link).toMatchObject({ kind: 'lost', problem: { code: 'daemon-unreachable' } });
    expect(end.connections[0]?.ended).toBe(true);
  });

  it('is lost when the shell says so, although its own connection stands', async () => {
    const { end, session } = await live();
    end.last.say({ method: SHELL_CONNECTION, params: { state: 'lost', problem: null } });
    expect(session.view.link.kind).toBe('lost');
  });

  it('tells the shell whether it can be seen, also after a new connection', async () => {
    const { end, timers, session } = await live();
    session.setVisible(false);
    const told = () => end.last.received.filter(({ method }) => method === SHELL_VISIBLE).map(({ params }) => params);
    expect(told()).toEqual([{ visible: true }, { visible: false }]);
    end.last.close();
    await timers.advance(500);
    end.last.events.opened();
    expect(told()).toEqual([{ visible: false }]);
  });

  it('does not speak with a daemon of another protocol', async () => {
    const { end, session } = begin();
    end.last.events.opened();
    end.last.hello(99);
    await settled();
    expect(session.view.link).toMatchObject({ kind: 'lost', problem: { code: 'daemon-mismatch' } });
    expect(session.view.heard).toBeNull();
  });

  it('hands on the reason of a refusal', async () => {
    const { end, session } = await live();
    const asked = session.request('run', { job: 'nas', snapshot: true });
    end.last.refuse('run', new ProblemError('job-unknown', { job: 'nas' }));
    await expect(asked).rejects.toMatchObject({ code: 'job-unknown', facts: { job: 'nas' } });
  });

  it('does not believe a reply that does not fit', async () => {
    const { end, session } = await live();
    const asked = session.request('run', { job: 'nas', snapshot: true });
    end.last.answer('run', { runId: 'first' });
    await expect(asked).rejects.toMatchObject({ code: 'daemon-mismatch' });
  });

  it('is not live by anything but a whole status, whatever else arrives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.string(), fc.json()), { maxLength: 20 }), async (texts) => {
        const { end, session, timers } = begin();
        end.last.events.opened();
        for (const text of texts) end.last.events.message(text);
        await timers.advance(0);
        expect(session.view.link.kind).not.toBe('live');
        expect(session.view.heard).toBeNull();
      }),
      { numRuns: 200 },
    );
  });

  it('stays as it is when garbage arrives between changes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.string(), fc.json()), { maxLength: 20 }), async (texts) => {
        const { end, session, timers } = await live();
        for (const text of texts) end.last.events.message(text);
        end.last.changed(at(8), [job('nas', { queued: true })]);
        await timers.advance(PUBLISH_INTERVAL_MS);
        expect(session.view.link.kind).toBe('live');
        expect(session.view.heard?.status.jobs[0]?.queued).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('lets ages grow while nothing is heard', async () => {
    const { timers, session } = await live();
    await timers.advance(5000);
    const { heard } = session.view;
    if (heard === null) throw new Error('nothing was heard');
    expect(daemonNowMs(heard, timers.nowMs()) - status.nowMs).toBe(5000);
  });
});
