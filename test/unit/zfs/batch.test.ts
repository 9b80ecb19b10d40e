import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DestroyAttempt,
  type DestroyItem,
  destroyInBatches,
  destroyItemFault,
  planDestroyBatches,
} from '../../../core/zfs/batch.ts';
import { chunk, chunkNames } from '../../../core/zfs/chunk.ts';
import { type DestroyArgument, formatDestroyArgument } from '../../../core/zfs/destroy-errors.ts';

const item = (full: string): DestroyItem => {
  const [dataset = '', name = ''] = full.split('@');
  return { dataset: `zroot/${dataset}`, name };
};

const ITEMS = [
  'z@foo',
  'a@foo',
  'a@bar',
  'b@bar',
  'b@zab',
  'b@undestroyable',
  'c@baz',
  'c@randomerror',
  'c@bar',
  'd@blup',
].map(item);

/** Records the arguments of all commands. */
function recorder(answer: (argument: DestroyArgument) => DestroyAttempt) {
  const calls: string[] = [];
  const exec = async (argument: DestroyArgument): Promise<DestroyAttempt> => {
    const attempt = answer(argument);
    if (attempt.kind !== 'argument-too-long') calls.push(formatDestroyArgument(argument).replace('zroot/', ''));
    return attempt;
  };
  return { calls, exec };
}

const stubborn = (bad: readonly string[]) =>
  recorder(({ names }) => {
    if (names.some((name) => name.includes('randomerror')))
      return { kind: 'failed', reason: 'random', hopeless: false };
    const refused = names.filter((name) => bad.includes(name));
    if (refused.length > 0) {
      return { kind: 'undestroyable', snapshots: refused.map((name) => ({ name, reason: 'dataset is busy' })) };
    }
    return { kind: 'done' };
  });

describe('destroyInBatches', () => {
  it('runs one command a dataset, and fewer names where some refuse', async () => {
    const { calls, exec } = stubborn(['undestroyable']);
    const outcomes = await destroyInBatches(ITEMS, { comma: true }, exec);
    expect(calls).toEqual([
      'a@bar,foo',
      'b@bar,undestroyable,zab',
      'b@bar,zab',
      'b@undestroyable',
      'c@bar,baz,randomerror',
      'c@bar',
      'c@baz',
      'c@randomerror',
      'd@blup',
      'z@foo',
    ]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(
      ITEMS.map(({ name }) => (name === 'undestroyable' || name === 'randomerror' ? 'kept' : 'destroyed')),
    );
    expect(outcomes[5]).toEqual({ kind: 'kept', code: 'snapshot-held', reason: 'dataset is busy' });
    expect(outcomes[7]).toEqual({ kind: 'kept', code: 'undestroyable', reason: 'random' });
  });

  it('runs one command an item, in their order, where zfs takes no lists', async () => {
    const { calls, exec } = stubborn(['undestroyable']);
    const outcomes = await destroyInBatches(ITEMS, { comma: false }, exec);
    expect(calls).toEqual(ITEMS.map((each) => `${each.dataset}@${each.name}`.replace('zroot/', '')));
    expect(outcomes.filter((outcome) => outcome.kind === 'kept')).toHaveLength(2);
  });

  it('asks each one for its own reason when all refuse', async () => {
    const { calls, exec } = stubborn(['foo', 'bar']);
    const outcomes = await destroyInBatches(['a@foo', 'a@bar'].map(item), { comma: true }, exec);
    expect(calls).toEqual(['a@bar,foo', 'a@bar', 'a@foo']);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['kept', 'kept']);
  });

  it('runs nothing for nothing, and nothing for what must not reach a command', async () => {
    const { calls, exec } = stubborn([]);
    expect(await destroyInBatches([], { comma: true }, exec)).toEqual([]);
    const bad = [
      { dataset: 'p', name: '' },
      { dataset: '', name: 'a' },
      { dataset: 'p', name: 'a,b' },
      { dataset: 'p', name: 'a%b' },
      { dataset: '-r', name: 'a' },
      { dataset: 'p@x', name: 'a' },
    ];
    for (const comma of [true, false]) {
      const outcomes = await destroyInBatches(bad, { comma }, exec);
      expect(outcomes.every((outcome) => outcome.kind === 'kept' && outcome.code === 'undestroyable')).toBe(true);
    }
    expect(calls).toEqual([]);
  });

  it('halves a list that is too long for the system', async () => {
    const { calls, exec } = recorder((argument) =>
      formatDestroyArgument(argument).length > 10 ? { kind: 'argument-too-long' } : { kind: 'done' },
    );
    const first = ['a', 'b', 'c'].map((name) => ({ dataset: '1111', name }));
    const second = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10'].map((name) => ({
      dataset: '2222',
      name,
    }));
    const outcomes = await destroyInBatches([...first, ...second], { comma: true }, exec);
    expect(calls).toEqual(['1111@a,b,c', '2222@01,02', '2222@03', '2222@04,05', '2222@06,07', '2222@08', '2222@09,10']);
    expect(outcomes.every((outcome) => outcome.kind === 'destroyed')).toBe(true);
  });

  it('gives up on a single name that is too long for the system', async () => {
    const { exec } = recorder(() => ({ kind: 'argument-too-long' }));
    expect(await destroyInBatches([item('a@b')], { comma: true }, exec)).toMatchObject([{ kind: 'kept' }]);
  });

  it('takes what is gone for gone', async () => {
    const { calls, exec } = recorder(() => ({ kind: 'gone' }));
    expect(await destroyInBatches(['a@x', 'a@y'].map(item), { comma: true }, exec)).toEqual([
      { kind: 'gone' },
      { kind: 'gone' },
    ]);
    expect(calls).toEqual(['a@x,y']);
  });

  it('does not try one by one what would fail the same way', async () => {
    const { calls, exec } = recorder(() => ({ kind: 'failed', reason: 'permission denied', hopeless: true }));
    const outcomes = await destroyInBatches(['a@x', 'a@y'].map(item), { comma: true }, exec);
    expect(calls).toEqual(['a@x,y']);
    expect(outcomes).toMatchObject([{ reason: 'permission denied' }, { reason: 'permission denied' }]);
  });

  it('tries one by one when the rest fails as well', async () => {
    let first = true;
    const { calls, exec } = recorder(({ names }) => {
      if (names.length === 1) return { kind: 'done' };
      const answer: DestroyAttempt = first
        ? { kind: 'undestroyable', snapshots: [{ name: 'a', reason: 'dataset is busy' }] }
        : { kind: 'failed', reason: 'x', hopeless: false };
      first = false;
      return answer;
    });
    await destroyInBatches(['f@a', 'f@b', 'f@c'].map(item), { comma: true }, exec);
    expect(calls).toEqual(['f@a,b,c', 'f@b,c', 'f@a', 'f@b', 'f@c']);
  });

  it('keeps a snapshot whose command fails without a reason of its own', async () => {
    const { exec } = recorder(() => ({ kind: 'undestroyable', snapshots: [{ name: 'other', reason: 'x' }] }));
    expect(await destroyInBatches([item('a@b')], { comma: true }, exec)).toEqual([
      { kind: 'kept', code: 'undestroyable', reason: 'no reason given' },
    ]);
  });

  it('gives the same outcome to the same item twice', async () => {
    const { calls, exec } = stubborn([]);
    expect(await destroyInBatches(['a@x', 'a@x'].map(item), { comma: true }, exec)).toEqual([
      { kind: 'destroyed' },
      { kind: 'destroyed' },
    ]);
    expect(calls).toEqual(['a@x']);
  });

  it('destroys what can be destroyed, nothing else, and says so for each', async () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'held1', 'held2', 'clone');
    const dataset = fc.constantFrom('p', 'p/x', 'q');
    const reasons = new Map([
      ['held1', 'dataset is busy'],
      ['held2', 'dataset is busy'],
      ['clone', 'snapshot is cloned'],
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ dataset, name }), { maxLength: 15 }),
        fc.boolean(),
        fc.integer({ min: 8, max: 40 }),
        fc.boolean(),
        async (items, comma, longest, atomic) => {
          const present = new Set(
            items.filter((_, index) => index % 3 !== 0).map((each) => `${each.dataset}@${each.name}`),
          );
          const before = new Set(present);
          const exec = async (argument: DestroyArgument): Promise<DestroyAttempt> => {
            if (argument.names.length > 1 && formatDestroyArgument(argument).length > longest)
              return { kind: 'argument-too-long' };
            const there = argument.names.filter((each) => present.has(`${argument.dataset}@${each}`));
            if (there.length === 0) return { kind: 'gone' };
            const refused = there.filter((each) => reasons.has(each));
            // Some releases stop at the first failure and keep what they have done.
            const done =
              refused.length === 0
                ? there
                : atomic
                  ? []
                  : there.slice(
                      0,
                      there.findIndex((each) => reasons.has(each)),
                    );
            for (const each of done) present.delete(`${argument.dataset}@${each}`);
            const told = atomic ? refused : refused.slice(0, 1);
            return told.length === 0
              ? { kind: 'done' }
              : {
                  kind: 'undestroyable',
                  snapshots: told.map((each) => ({ name: each, reason: reasons.get(each) ?? '' })),
                };
          };
          const outcomes = await destroyInBatches(items, { comma }, exec);
          items.forEach((each, index) => {
            const full = `${each.dataset}@${each.name}`;
            const stays = before.has(full) && reasons.has(each.name);
            expect(present.has(full)).toBe(stays);
            expect(outcomes[index]?.kind === 'kept').toBe(stays);
          });
        },
      ),
    );
  });
});

describe('planDestroyBatches', () => {
  it('cuts by number and by bytes', () => {
    const items = Array.from({ length: 7 }, (_, index) => ({ dataset: 'p', name: `n${index}` }));
    expect(planDestroyBatches(items, { comma: true, namesMax: 3 }).map(({ names }) => names.length)).toEqual([3, 3, 1]);
    for (const argument of planDestroyBatches(items, { comma: true, bytesMax: 12 })) {
      expect(formatDestroyArgument(argument).length).toBeLessThanOrEqual(12);
    }
  });

  it('stays far below what a system takes', () => {
    const items = Array.from({ length: 3000 }, (_, index) => ({ dataset: 'p', name: `${'x'.repeat(200)}${index}` }));
    for (const argument of planDestroyBatches(items, { comma: true })) {
      expect(formatDestroyArgument(argument).length).toBeLessThan(100 * 1024);
      expect(argument.names.length).toBeLessThanOrEqual(500);
    }
  });

  it('knows what must not reach a command', () => {
    expect(destroyItemFault({ dataset: 'p', name: 'x'.repeat(254) })).not.toBeNull();
    expect(destroyItemFault({ dataset: 'p/a', name: ' x' })).toBeNull();
  });
});

describe('chunk', () => {
  it('loses nothing, keeps the order and stays within the limits', () => {
    const limits = { bytesMax: 40, countMax: 4 };
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30 })), (names) => {
        const chunks = chunkNames(names, limits);
        expect(chunks.flat()).toEqual(names);
        for (const part of chunks) {
          const bytes = part.reduce((sum, name) => sum + Buffer.byteLength(name) + 3, 0);
          expect(part.length === 1 || (bytes <= limits.bytesMax && part.length <= limits.countMax)).toBe(true);
        }
      }),
    );
    expect(chunk([], () => 1, limits)).toEqual([]);
  });
});
