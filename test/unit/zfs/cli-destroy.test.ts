import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import type { SnapshotRef } from '../../../core/zfs/types.ts';
import { type Answer, type Answerer, bench } from './support/fake-host.ts';

const ref = (full: string, guid = 1n): SnapshotRef => {
  const [dataset = '', name = ''] = full.split('@');
  return { dataset, name, guid };
};

/** Snapshots that are there, with their guids; `refuse` answers a destroy that is not to succeed. */
function pool(
  there: Readonly<Record<string, bigint>>,
  refuse: (argument: string) => Answer | undefined = () => undefined,
) {
  const present = new Map(Object.entries(there));
  const answer: Answerer = ([command, ...rest]) => {
    if (command === 'list') {
      const names = rest.slice(5);
      return {
        stdout: names.flatMap((name) => (present.has(name) ? [`${name}\t${present.get(name)}\t1\n`] : [])).join(''),
        stderr: names
          .flatMap((name) => (present.has(name) ? [] : [`cannot open '${name}': dataset does not exist\n`]))
          .join(''),
      };
    }
    const [argument] = rest;
    if (command !== 'destroy' || argument === undefined) return undefined;
    const refused = refuse(argument);
    if (refused !== undefined) return refused;
    const [dataset, names = ''] = argument.split('@');
    for (const name of names.split(',')) present.delete(`${dataset}@${name}`);
    return undefined;
  };
  return { ...bench(answer), present };
}

describe('destroySnapshots', () => {
  it('looks once, then destroys with one command a dataset', async () => {
    const { zfs, ran, present } = pool({ 'p/a@1': 1n, 'p/a@2': 1n, 'p/b@1': 1n, 'p/b@keep': 1n });
    const outcomes = await zfs.destroySnapshots([ref('p/b@1'), ref('p/a@2'), ref('p/a@1')]);
    expect(outcomes).toEqual([{ kind: 'destroyed' }, { kind: 'destroyed' }, { kind: 'destroyed' }]);
    expect(ran()).toEqual([
      ['list', '-Hp', '-t', 'snapshot', '-o', 'name,guid,createtxg', 'p/a@1', 'p/a@2', 'p/b@1'],
      ['destroy', 'p/a@1,2'],
      ['destroy', 'p/b@1'],
    ]);
    expect([...present.keys()]).toEqual(['p/b@keep']);
  });

  it('keeps what is no longer what was meant, and knows what is gone', async () => {
    const { zfs, ran } = pool({ 'p@changed': 9n, 'p@x': 1n });
    expect(await zfs.destroySnapshots([ref('p@changed'), ref('p@gone'), ref('p@x')])).toEqual([
      { kind: 'kept', code: 'guid-changed', reason: 'its guid is 9, not 1' },
      { kind: 'gone' },
      { kind: 'destroyed' },
    ]);
    expect(ran().filter(([command]) => command === 'destroy')).toEqual([['destroy', 'p@x']]);
  });

  it('runs nothing at all for nothing, and no destroy where nothing is left', async () => {
    const { zfs, host, ran } = pool({});
    expect(await zfs.destroySnapshots([])).toEqual([]);
    expect(host.calls).toEqual([]);
    expect(await zfs.destroySnapshots([ref('p@x')])).toEqual([{ kind: 'gone' }]);
    expect(ran().map(([command]) => command)).toEqual(['list']);
  });

  it('never lets a widening name near a command', async () => {
    const { zfs, ran } = pool({});
    const outcomes = await zfs.destroySnapshots(
      ['p@a,b', 'p@a%b', 'p@', '@a', '-r@a', 'p@..'].map((full) => ref(full)),
    );
    expect(outcomes.every((outcome) => outcome.kind === 'kept' && outcome.code === 'undestroyable')).toBe(true);
    expect(ran()).toEqual([]);
  });

  it('tells the same name apart by guid', async () => {
    const { zfs } = pool({ 'p@x': 2n });
    const outcomes = await zfs.destroySnapshots([ref('p@x', 1n), ref('p@x', 2n), ref('p@x', 2n)]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['kept', 'destroyed', 'destroyed']);
  });

  it('says who holds and what is cloned, and destroys the rest', async () => {
    const held = "it's being held. Run 'zfs holds -r p@held' to see holders.";
    const { zfs, ran } = pool({ 'p@a': 1n, 'p@held': 1n, 'p@cloned': 1n }, (argument) => {
      const lines = [
        ...(argument.includes('held') ? [`cannot destroy snapshot p@held: ${held}`] : []),
        ...(argument.includes('cloned') ? ['cannot destroy snapshot p@cloned: snapshot is cloned'] : []),
      ];
      return lines.length === 0 ? undefined : { stderr: `${lines.join('\n')}\n` };
    });
    expect(await zfs.destroySnapshots([ref('p@a'), ref('p@held'), ref('p@cloned')])).toEqual([
      { kind: 'destroyed' },
      { kind: 'kept', code: 'snapshot-held', reason: held },
      { kind: 'kept', code: 'has-clones', reason: 'snapshot is cloned' },
    ]);
    expect(ran().slice(1)).toEqual([
      ['destroy', 'p@a,cloned,held'],
      ['destroy', 'p@a'],
      ['destroy', 'p@cloned'],
      ['destroy', 'p@held'],
    ]);
  });

  it('takes what vanishes between look and destroy for gone', async () => {
    const { zfs } = pool({ 'p@a': 1n, 'q@a': 1n }, (argument) => ({
      stderr: argument.startsWith('p')
        ? 'could not find any snapshots to destroy; check snapshot names.\n'
        : "cannot open 'q': dataset does not exist\n",
    }));
    expect(await zfs.destroySnapshots([ref('p@a'), ref('q@a')])).toEqual([{ kind: 'gone' }, { kind: 'gone' }]);
  });

  it('does not repeat for each what is denied to all', async () => {
    const { zfs, ran } = pool({ 'p@a': 1n, 'p@b': 1n }, () => ({
      stderr: 'cannot destroy snapshots: permission denied\n',
    }));
    const outcomes = await zfs.destroySnapshots([ref('p@a'), ref('p@b')]);
    expect(outcomes).toMatchObject([{ code: 'undestroyable' }, { code: 'undestroyable' }]);
    expect(ran()).toHaveLength(2);
  });

  it('stops when the pool is away', async () => {
    const { zfs, ran } = pool({ 'p@a': 1n, 'p@b': 1n }, () => ({
      stderr: "cannot open 'p': pool I/O is currently suspended\n",
    }));
    await expect(zfs.destroySnapshots([ref('p@a'), ref('p@b')])).rejects.toThrow(/pool-unavailable/);
    expect(ran()).toHaveLength(2);
  });

  it.each(['look', 'destroy'])('stops when the %s is lost', async (which) => {
    const lose = (): never => {
      throw new ProblemError('command-timeout', { host: 'nas' });
    };
    const { zfs } =
      which === 'look' ? bench(([command]) => (command === 'list' ? lose() : undefined)) : pool({ 'p@a': 1n }, lose);
    await expect(zfs.destroySnapshots([ref('p@a')])).rejects.toThrow(/command-timeout/);
  });

  it('halves what the system takes for too long', async () => {
    const { zfs, ran } = pool(Object.fromEntries(['a', 'b', 'c'].map((name) => [`p@${name}`, 1n])), (argument) => {
      if (argument.split(',').length > 2) throw new ProblemError('command-failed', { host: 'nas', errno: 'E2BIG' });
      return undefined;
    });
    const outcomes = await zfs.destroySnapshots(['a', 'b', 'c'].map((name) => ref(`p@${name}`)));
    expect(outcomes.every((outcome) => outcome.kind === 'destroyed')).toBe(true);
    expect(
      ran()
        .slice(1)
        .map(([, argument]) => argument),
    ).toEqual(['p@a,b,c', 'p@a', 'p@b,c']);
  });

  it('destroys 500 snapshots of 50 datasets with 51 commands', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `pool/dataset ${index % 50}@snapferry_2026-01-01_${index}`);
    const { zfs, ran, present } = pool(Object.fromEntries(names.map((name) => [name, 1n])));
    const outcomes = await zfs.destroySnapshots(names.map((name) => ref(name)));
    expect(outcomes.every((outcome) => outcome.kind === 'destroyed')).toBe(true);
    expect(present.size).toBe(0);
    expect(ran()).toHaveLength(51);
  });

  it('looks again before each part of a large order', async () => {
    const names = Array.from({ length: 1100 }, (_, index) => `p/${Math.floor(index / 300)}@n${index}`);
    const { zfs, ran } = pool(Object.fromEntries(names.map((name) => [name, 1n])));
    await zfs.destroySnapshots(names.map((name) => ref(name)));
    const looks = ran().filter(([command]) => command === 'list');
    expect(looks.length).toBeGreaterThan(2);
    for (const args of looks) expect(args.length - 6).toBeLessThanOrEqual(500);
  });

  it('destroys one by one where zfs takes no lists', async () => {
    const { zfs, ran } = bench((args) => {
      if (args.length === 1 && args[0] === 'destroy') return { stderr: 'usage', code: 2 };
      if (args[0] === 'list')
        return {
          stdout: args
            .slice(6)
            .map((name) => `${name}\t1\t1\n`)
            .join(''),
        };
      return undefined;
    });
    await zfs.destroySnapshots([ref('p@b'), ref('p@a')]);
    expect(ran().slice(1)).toEqual([
      ['destroy', 'p@b'],
      ['destroy', 'p@a'],
    ]);
  });
});
