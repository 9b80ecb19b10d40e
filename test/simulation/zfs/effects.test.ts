/** What a watcher of the effects sees and may do: count them, end the engine at any of them, wait, and end transfers. */
import { describe, expect, it } from 'vitest';
import { decodeResumeToken } from '../../../core/zfs/token.ts';
import {
  codeOf,
  named,
  PLAIN,
  prepare,
  receive,
  sendOf,
  snapshotNames,
  stateOf,
  tokenOf,
} from '../../conformance/support.ts';
import { type SimFixture, simFixture } from '../fixture.ts';
import type { Effect, OnEffect, Phase } from './effects.ts';
import { createSimZfs } from './sim-zfs.ts';

class Crash extends Error {}

function fixture(): SimFixture {
  return simFixture({ source: '2.3', target: '2.3', listing: 'direct' });
}

/** The OpenZFS of both machines as one watched process of the engine sees them. */
function watched({ world, source, target, sourceMachine, targetMachine }: SimFixture, onEffect: OnEffect) {
  return {
    source: { ...source, zfs: createSimZfs({ world, machine: sourceMachine, onEffect }) },
    target: { ...target, zfs: createSimZfs({ world, machine: targetMachine, onEffect }) },
  };
}

/** Ends the engine the `count`-th time that an effect of this kind comes to this phase. */
function crashAt(kind: Effect['kind'], phase: Phase, count = 1): OnEffect {
  let left = count;
  return (effect, at) => {
    if (effect.kind === kind && at === phase && --left === 0) throw new Crash();
    return undefined;
  };
}

describe('who watches', () => {
  it('sees every change from before and from after, and blocks in between', async () => {
    const made = fixture();
    await prepare(made.source, 'a', '+2', '1', '2');
    const seen: string[] = [];
    const { source, target } = watched(made, ({ kind, machine, name, blocks }, phase) => {
      seen.push(`${phase} ${kind} ${machine} ${name}${phase === 'during' ? ` ${blocks}` : ''}`);
      return undefined;
    });
    await source.zfs.hold('t', named(source, 'a@1', 'a@2'));
    await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
    expect(seen).toEqual([
      ...['before', 'after'].map((phase) => `${phase} hold laptop tank/a case/a@1`),
      ...['before', 'after'].map((phase) => `${phase} hold laptop tank/a case/a@2`),
      ...['before', 'after'].map((phase) => `${phase} receive-begin nas backup/a case/a@1`),
      ...[0, 0, 1, 2].map((blocks) => `during receive-begin nas backup/a case/a ${blocks}`),
      ...['before', 'after'].map((phase) => `${phase} receive-end nas backup/a case/a@1`),
    ]);
    expect(made.world.effects).toBe(4);
  });

  it('is not told of what is refused or done already', async () => {
    const made = fixture();
    await prepare(made.source, 'a', '1');
    let told = 0;
    const { source } = watched(made, () => {
      told += 1;
      return undefined;
    });
    await source.zfs.hold('t', named(source, 'a@1'));
    expect(told).toBe(2);
    await source.zfs.hold('t', named(source, 'a@1'));
    await source.zfs.release('other', named(source, 'a@1', 'a@gone'));
    expect(await codeOf(source.zfs.snapshot(named(source, 'a@1')))).toBe('snapshot-exists');
    await source.zfs.destroySnapshots([{ ...named(source, 'a@1')[0], dataset: source.root, name: 'gone', guid: 1n }]);
    expect(told).toBe(2);
  });
});

describe('an end of the engine', () => {
  it.each(['before', 'after'] as const)('%s a change finds it not there, or there', async (phase) => {
    const made = fixture();
    await prepare(made.source, 'a');
    const { source } = watched(made, crashAt('snapshot', phase));
    await expect(source.zfs.snapshot(named(source, 'a@1'))).rejects.toBeInstanceOf(Crash);
    expect(await snapshotNames(made.source, 'a')).toEqual(phase === 'before' ? [] : ['1']);
  });

  it('between two holds of one command leaves the first', async () => {
    const made = fixture();
    await prepare(made.source, 'a', '1', '2', '3');
    const { source } = watched(made, crashAt('hold', 'before', 3));
    await expect(source.zfs.hold('t', named(source, 'a@1', 'a@2', 'a@3'))).rejects.toBeInstanceOf(Crash);
    const { snapshots } = await stateOf(made.source, 'a');
    expect(snapshots.map(({ tags }) => tags.length)).toEqual([1, 1, 0]);
  });

  it('at a destroy of several takes all of them or none', async () => {
    for (const [phase, left] of [
      ['before', ['1', '2']],
      ['after', []],
    ] as const) {
      const made = fixture();
      await prepare(made.source, 'a', '1', '2');
      const { source } = watched(made, crashAt('destroy', phase));
      const { snapshots } = await stateOf(source, 'a');
      const refs = named(source, 'a@1', 'a@2').map((ref, index) => ({
        ...ref,
        guid: BigInt(snapshots[index]?.guid ?? 0),
      }));
      await expect(source.zfs.destroySnapshots(refs)).rejects.toBeInstanceOf(Crash);
      expect(await snapshotNames(made.source, 'a')).toEqual(left);
    }
  });

  it('within a range keeps what has landed, and a token once a block of the next is there', async () => {
    const made = fixture();
    await prepare(made.source, 'a', '+1', '1', '+2', '2', '+2', '3');
    await receive(made.target, 'a', made.source.zfs, await sendOf(made.source, 'a@1'));
    const at = async (onEffect: OnEffect) => {
      const { source, target } = watched(made, onEffect);
      const range = await sendOf(source, 'a@3', 'a@1', { range: true });
      await expect(receive(target, 'a', source.zfs, range)).rejects.toBeInstanceOf(Crash);
      const { snapshots, token } = await stateOf(made.target, 'a');
      return [snapshots.length, token !== null];
    };
    expect(await at(crashAt('receive-begin', 'before'))).toEqual([1, false]);
    expect(await at(crashAt('receive-begin', 'during', 1))).toEqual([1, false]);
    expect(await at(crashAt('receive-end', 'after'))).toEqual([2, false]);
    expect(await at(crashAt('receive-begin', 'during', 3))).toEqual([2, true]);
    const token = await tokenOf(made.target, 'a');
    await receive(made.target, 'a', made.source.zfs, await sendOf(made.source, 'a@3', 'a@2', { token }));
    expect((await stateOf(made.target, 'a')).snapshots).toEqual((await stateOf(made.source, 'a')).snapshots);
  });

  it('during a first receive without a block leaves nothing', async () => {
    const made = fixture();
    await prepare(made.source, 'a', '+2', '1');
    const { source, target } = watched(made, crashAt('receive-begin', 'after'));
    await expect(receive(target, 'a', source.zfs, await sendOf(source, 'a@1'))).rejects.toBeInstanceOf(Crash);
    expect(await snapshotNames(made.target, 'a')).toBeNull();
  });
});

describe('a stream that ends before its first block', () => {
  it.each([
    ['plain', false],
    ['raw', true],
  ] as const)(
    '%s: nothing is kept at first, and of a plain one soon a token that begins at the beginning',
    async (_, raw) => {
      const made = fixture();
      await made.source.operator.create(`${made.source.root}/a`, { passphrase: 'correct horse' });
      await made.source.operator.append(`${made.source.root}/a`, 2);
      await made.source.operator.snapshot(`${made.source.root}/a@1`);
      const cutAt = async (point: number) => {
        let points = 0;
        const { source, target } = watched(made, (_effect, phase) =>
          phase === 'during' && ++points === point ? 'cut-stream' : undefined,
        );
        const request = await sendOf(source, 'a@1', null, { flags: { ...PLAIN, raw } });
        await codeOf(receive(target, 'a', source.zfs, request));
        return snapshotNames(made.target, 'a');
      };
      expect(await cutAt(1)).toBeNull();
      expect(await cutAt(2)).toEqual(raw ? null : []);
      if (raw) return;
      const token = await tokenOf(made.target, 'a');
      expect(decodeResumeToken(token)).toMatchObject({ object: 1n, offset: 0n, bytes: 0n });
      await receive(made.target, 'a', made.source.zfs, await sendOf(made.source, 'a@1', null, { token }));
      expect(await snapshotNames(made.target, 'a')).toEqual(['1']);
    },
  );
});

describe('who lets a change wait', () => {
  it('finds it decided anew when it goes on', async () => {
    const made = fixture();
    await prepare(made.source, 'a');
    const gate = Promise.withResolvers<undefined>();
    const { source } = watched(made, (_, phase) => (phase === 'before' ? gate.promise : undefined));
    const waiting = codeOf(source.zfs.snapshot(named(source, 'a@1')));
    await made.source.operator.snapshot(...named(source, 'a@1').map(({ dataset, name }) => `${dataset}@${name}`));
    gate.resolve(undefined);
    expect(await waiting).toBe('snapshot-exists');
  });

  it('keeps a receive at work: nobody else gets in, and its source stays', async () => {
    const made = fixture();
    await prepare(made.source, 'a', '+2', '1');
    const gate = Promise.withResolvers<undefined>();
    const { source, target } = watched(made, ({ blocks }, phase) =>
      phase === 'during' && blocks === 1 ? gate.promise : undefined,
    );
    const request = await sendOf(source, 'a@1');
    const running = receive(target, 'a', source.zfs, request);
    while ((await stateOf(made.target, 'a').catch(() => null)) === null);
    const resumed = { ...request, resumeToken: await tokenOf(made.target, 'a') };
    expect(await codeOf(receive(made.target, 'a', made.source.zfs, resumed))).toBe('busy');
    expect(await codeOf(made.target.zfs.abortReceive(`${target.root}/a`))).toBe('busy');
    const refs = [{ dataset: `${source.root}/a`, name: '1', guid: request.to.guid }];
    expect(await made.source.zfs.destroySnapshots(refs)).toMatchObject([{ kind: 'kept' }]);
    gate.resolve(undefined);
    await running;
    expect(await made.source.zfs.destroySnapshots(refs)).toEqual([{ kind: 'destroyed' }]);
  });
});

describe('an interruption', () => {
  it.each([
    ['cut-stream', 'receive-interrupted'],
    ['kill-receive', 'stream-truncated'],
  ] as const)('%s after a block leaves a token and is told as %s', async (interruption, code) => {
    const made = fixture();
    await prepare(made.source, 'a', '+3', '1');
    const { source, target } = watched(made, ({ blocks }, phase) =>
      phase === 'during' && blocks === 1 ? interruption : undefined,
    );
    expect(await codeOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@1')))).toBe(code);
    const token = await tokenOf(made.target, 'a');
    await receive(made.target, 'a', made.source.zfs, await sendOf(made.source, 'a@1', null, { token }));
    expect((await stateOf(made.target, 'a')).digest).toBe((await stateOf(made.source, 'a')).digest);
  });

  it('by a signal ends in good order, with a token', async () => {
    const made = fixture();
    await prepare(made.source, 'a', '+3', '1');
    const abort = new AbortController();
    const { source, target } = watched(made, ({ blocks }, phase) => {
      if (phase === 'during' && blocks === 2) abort.abort();
      return undefined;
    });
    const request = await sendOf(source, 'a@1');
    const work = target.zfs.receive(
      {
        dataset: `${target.root}/a`,
        snapshot: '1',
        force: false,
        savePartial: true,
        inherit: [],
        override: [],
      },
      source.zfs.prepareSend(request),
      { signal: abort.signal },
    );
    expect(await codeOf(work)).toBe('command-aborted');
    expect(await tokenOf(made.target, 'a')).toMatch(/^1-/);
    const late = source.zfs.snapshot(named(source, 'a@2'), { signal: abort.signal });
    expect(await codeOf(late)).toBe('command-aborted');
  });
});
