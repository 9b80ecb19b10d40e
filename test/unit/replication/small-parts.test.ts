import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { isFailure } from '../../../core/replication/attempt.ts';
import { Broadcast } from '../../../core/replication/broadcast.ts';
import { lacksCompletion, lacksConfirmation } from '../../../core/replication/completion.ts';
import { judgeParents, type ParentState } from '../../../core/replication/parents.ts';
import { guaranteeOf } from '../../../core/replication/policy.ts';
import { DEFAULT_RETRY_POLICY, nextAttempt } from '../../../core/replication/retry.ts';
import { TidyMemory } from '../../../core/replication/tidy-memory.ts';
import { cursorName, tentativeCursorName } from '../../../core/zfs/marks.ts';
import { turn } from '../doubles/fake-clock.ts';
import { JOB, receiverDataset, senderDataset, v } from './support.ts';

describe('a child waits for its parents', () => {
  const state = (dataset: string, extra: Partial<ParentState> = {}): ParentState => ({
    dataset,
    planned: true,
    failed: false,
    startsWithFullSend: true,
    stepsCompleted: 0,
    ...extra,
  });

  it.each<[string, Partial<ParentState>, string]>([
    ['a first send that has not arrived', {}, 'wait'],
    ['a first send that has arrived', { stepsCompleted: 1 }, 'go'],
    ['not planned yet', { planned: false, startsWithFullSend: null }, 'wait'],
    ['nothing to do', { startsWithFullSend: false }, 'go'],
    ['increments', { startsWithFullSend: false }, 'go'],
    ['increments that failed', { startsWithFullSend: false, failed: true }, 'go'],
    ['a first send that failed', { failed: true }, 'failed'],
    ['a first send that arrived before a later step failed', { failed: true, stepsCompleted: 1 }, 'go'],
    ['a plan that failed', { planned: false, failed: true, startsWithFullSend: false }, 'failed'],
  ])('the parent has %s: %j %s', (_, parent, expected) => {
    expect(judgeParents('p/a', [state('p', parent), state('p/a')]).kind).toBe(expected);
  });

  it('at every level, and only for real ancestors', () => {
    const failed = { failed: true };
    const all = [state('p', failed), state('p/a'), state('p/a/b', failed), state('p/aa', failed), state('q', failed)];
    expect(judgeParents('p/a/b/c', all)).toEqual({ kind: 'failed', parents: ['p', 'p/a/b'] });
    expect(judgeParents('p', all).kind).toBe('go');
    expect(judgeParents('p/ab', all.slice(1)).kind).toBe('go');
    expect(judgeParents('p/a/x', [state('p', { stepsCompleted: 1 }), state('p/a')]).kind).toBe('wait');
  });
});

describe('what follows an attempt', () => {
  const next = (advices: Parameters<typeof nextAttempt>[0], fruitless = 1, random = 0.5) =>
    nextAttempt(advices, fruitless, DEFAULT_RETRY_POLICY, () => random);

  it('goes on while at least one problem can be helped, whatever the others are', () => {
    expect(next(['never', 'soon', 'never']).kind).toBe('after');
    expect(next(['never', 'replan']).kind).toBe('at-once');
    expect(next(['replan', 'soon']).kind).toBe('after');
    expect(next(['never', 'later']).kind).toBe('end');
    expect(next([]).kind).toBe('end');
  });

  it('gives up after so many attempts in a row that moved nothing', () => {
    expect(next(['soon'], 2).kind).toBe('after');
    expect(next(['soon'], 3).kind).toBe('end');
    expect(next(['replan'], 3).kind).toBe('end');
  });

  it('waits longer each time, between one second and one minute, spread by chance', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: 0, max: 0.999, noNaN: true }), (fruitless, random) => {
        const verdict = nextAttempt(['soon'], fruitless, { fruitlessAttempts: 1001, hardFailMs: 1 }, () => random);
        const waitMs = verdict.kind === 'after' ? verdict.waitMs : Number.NaN;
        expect(waitMs).toBeGreaterThanOrEqual(500);
        expect(waitMs).toBeLessThanOrEqual(60_000);
        const ceilingMs = Math.min(60_000, 1000 * 2 ** fruitless);
        expect(waitMs).toBeGreaterThanOrEqual(Math.floor(ceilingMs / 2));
      }),
    );
  });
});

describe('whether a completion was lost', () => {
  const common = v('@b', 2);
  const cursor = v(`#${cursorName(2n, JOB)}`, 2);
  const old = v(`#${cursorName(1n, JOB)}`, 1);
  const tentative = v(`#${tentativeCursorName(2n, JOB)}`, 2);
  const held = v('@b', 2, 2, { userrefs: 1 });
  const free = v('@b', 2, 2, { userrefs: 0 });

  it.each([
    ['the cursor is there', [free, cursor], 'nothing'],
    ['no cursor', [free], 'certain'],
    ['the cursor is behind', [free, old], 'certain'],
    ['two cursors', [free, old, cursor], 'certain'],
    ['a tentative cursor is left', [free, cursor, tentative], 'certain'],
    ['something is held, by whomever', [held, cursor], 'perhaps'],
    ['holds are not known', [common, cursor], 'nothing'],
    ['marks of another job', [free, cursor, v(`#${cursorName(1n, 'other')}`, 1)], 'nothing'],
    ['a forged cursor does not count', [free, v(`#${cursorName(2n, JOB)}`, 7)], 'certain'],
  ] as const)('sender, %s', (_, versions, expected) => {
    expect(lacksCompletion(senderDataset(versions), common, 'guarantee_resumability', JOB)).toBe(expected);
  });

  it('without guarantees no cursor is missed, but a tentative one has no business there', () => {
    expect(lacksCompletion(senderDataset([free]), common, 'guarantee_nothing', JOB)).toBe('nothing');
    expect(lacksCompletion(senderDataset([free, old]), common, 'guarantee_nothing', JOB)).toBe('nothing');
    expect(lacksCompletion(senderDataset([free, tentative]), common, 'guarantee_nothing', JOB)).toBe('certain');
  });

  it('receiver: the newest is held, and nothing else', () => {
    const lack = (...versions: Parameters<typeof receiverDataset>[0]) =>
      lacksConfirmation(receiverDataset(versions), common, 'guarantee_incremental');
    const older = (userrefs: number) => v('@a', 1, 1, { userrefs });
    expect(lack(older(0), held)).toBe('nothing');
    expect(lack(older(0), free)).toBe('certain');
    expect(lack(older(1), held)).toBe('perhaps');
    expect(lack(v('@a', 1), v('@b', 2))).toBe('nothing');
    expect(lacksConfirmation(receiverDataset([held]), common, 'guarantee_nothing')).toBe('perhaps');
    expect(lacksConfirmation(receiverDataset([free]), common, 'guarantee_nothing')).toBe('nothing');
    const marked = receiverDataset([held], { placeholderFlag: true });
    expect(lacksConfirmation(marked, common, 'guarantee_incremental')).toBe('certain');
  });
});

describe('what was tidied before', () => {
  it('is known until a mark or the number of holds changes', () => {
    const memory = new TidyMemory();
    const versions = [v('@a', 1, 1, { userrefs: 1 }), v('@b', 2), v('#x', 1)];
    expect(memory.isKnown('sender', 1n, versions)).toBe(false);
    memory.remember('sender', 1n, versions);
    expect(memory.isKnown('sender', 1n, [...versions].reverse())).toBe(true);
    expect(memory.isKnown('sender', 1n, [...versions, v('@new', 3)])).toBe(true);
    expect(memory.isKnown('receiver', 1n, versions)).toBe(false);
    expect(memory.isKnown('sender', 2n, versions)).toBe(false);
    expect(memory.isKnown('sender', 1n, versions.slice(0, 2))).toBe(false);
    expect(memory.isKnown('sender', 1n, [v('@a', 1, 1, { userrefs: 2 }), ...versions.slice(1)])).toBe(false);
  });

  it('forgets rather than growing without bound', () => {
    const memory = new TidyMemory();
    for (let guid = 0n; guid < 100_001n; guid++) {
      memory.remember('sender', guid, []);
      memory.rememberHolds('sender', guid);
    }
    expect(memory.isKnown('sender', 0n, [])).toBe(false);
    expect(memory.isKnown('sender', 100_000n, [])).toBe(true);
    expect(memory.holdsKnown('sender', 0n)).toBe(false);
    expect(memory.holdsKnown('sender', 100_000n)).toBe(true);
    expect(memory.holdsKnown('receiver', 100_000n)).toBe(false);
  });
});

describe('a broadcast', () => {
  it('loses no wake-up, and each waiter looks for itself', async () => {
    const broadcast = new Broadcast();
    let value = 0;
    const seen: number[] = [];
    const waiters = [1, 2, 2].map(async (wanted) => {
      await broadcast.until(() => value >= wanted);
      seen.push(wanted);
    });
    broadcast.notify();
    await turn();
    expect(seen).toEqual([]);
    value = 1;
    broadcast.notify();
    await turn();
    expect(seen).toEqual([1]);
    value = 2;
    broadcast.notify();
    await Promise.all(waiters);
    expect(seen).toEqual([1, 2, 2]);
  });

  it('tells of a cancellation, unless what was waited for has come', async () => {
    const broadcast = new Broadcast();
    const abort = new AbortController();
    const waiting = broadcast.until(() => false, abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'command-aborted' });
    await expect(broadcast.until(() => false, abort.signal)).rejects.toMatchObject({ code: 'command-aborted' });
    await expect(broadcast.until(() => true, abort.signal)).resolves.toBeUndefined();
  });
});

describe('small rules', () => {
  it('one definition of "initial" for both sides: a step without a base', () => {
    const protection = { initial: 'guarantee_incremental', incremental: 'guarantee_nothing' } as const;
    expect(guaranteeOf({ from: null }, protection)).toBe('guarantee_incremental');
    expect(guaranteeOf({ from: v('#cur', 1) }, protection)).toBe('guarantee_nothing');
  });

  it('a missing property is worth telling and no failure', () => {
    expect(isFailure(new ProblemError('received-unprotected'))).toBe(false);
    expect(isFailure(new ProblemError('received-unencrypted'))).toBe(true);
  });
});
