/** Messages and endings of zfs that mean something else than they say. */
import type { Case } from '../case.ts';
import {
  at,
  codeOf,
  pathsOf,
  prepare,
  problemOf,
  RAW,
  receive,
  sendOf,
  snapshotNames,
  stateOf,
  tokenOf,
} from '../support.ts';

export const ODDITIES: readonly Case[] = [
  {
    name: '"kernel modules must be upgraded" is a snapshot that somebody took on the target',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1', '+4', '2');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      await codeOf(receive(target, 'a', source.cutting(2), await sendOf(source, 'a@2', 'a@1')));
      const token = await tokenOf(target, 'a');
      await target.operator.snapshot(at(target, 'a@theirs'));
      const problem = await problemOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1', { token })));
      expect(problem.detail).toContain('kernel modules must be upgraded to receive this stream.');
      expect(problem.code).toBe('feature-mismatch');
    },
  },
  {
    name: '"must specify -F" on a first send is an unfinished first receive',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+4', '1');
      await codeOf(receive(target, 'a', source.cutting(2), await sendOf(source, 'a@1')));
      const problem = await problemOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@1')));
      expect(problem.detail).toContain('must specify -F to overwrite it');
      expect((await stateOf(target, 'a')).token).not.toBeNull();
    },
  },
  {
    name: 'exit 0 of a receive, and nothing was received',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1', '+1', '2', '+1', '3');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@3', 'a@1', { range: true }));
      const before = await target.observe();
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
      expect(await target.observe()).toEqual(before);
    },
  },
  {
    name: 'a forced first stream onto an unfinished one is partial state, not a placeholder',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+4', '1');
      await codeOf(receive(target, 'a', source.cutting(2), await sendOf(source, 'a@1')));
      const work = receive(target, 'a', source.zfs, await sendOf(source, 'a@1'), { force: true });
      expect(await codeOf(work)).toBe('partial-state-present');
    },
  },
  {
    name: 'a source that fails makes a receive that "failed to read from stream"; the source is what counts',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1');
      const request = await sendOf(source, 'a@1');
      await source.operator.destroySnapshot(at(source, 'a@1'));
      const problem = await problemOf(receive(target, 'a', source.zfs, request));
      expect(problem.code).toBe('send-source-gone');
      expect(problem.detail).not.toContain('failed to read from stream');
      expect(await pathsOf(target)).toEqual([]);
    },
  },
  {
    name: 'a stranger of the same name is told by its guid only',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1', '+1', '2');
      await prepare(target, 'a', '+1', '1');
      const work = receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
      expect(await codeOf(work)).toBe('source-mismatch');
      expect(await snapshotNames(target, 'a')).toEqual(['1']);
    },
  },
  {
    name: 'a raw child moved under another key by hand cannot be read any more after the next raw increment',
    run: async ({ source, target }, expect) => {
      const passphrase = 'correct horse';
      await source.operator.create(at(source, 'a'), { passphrase });
      await source.operator.snapshot(at(source, 'a@1'));
      await prepare(source, 'a/b', '+1', '1', '+1', '2');
      for (const path of ['a', 'a/b']) {
        await receive(target, path, source.zfs, await sendOf(source, `${path}@1`, null, { flags: RAW }));
        await target.operator.loadKey(at(target, path), passphrase);
      }
      await target.operator.changeKey(at(target, 'a'), 'battery staple');
      await target.operator.inheritKey(at(target, 'a/b'));
      expect((await stateOf(target, 'a/b')).digest).not.toBeNull();
      await receive(target, 'a/b', source.zfs, await sendOf(source, 'a/b@2', 'a/b@1', { flags: RAW }));
      await target.operator.unloadKey(at(target, 'a'));
      await target.operator.loadKey(at(target, 'a'), 'battery staple');
      expect((await stateOf(target, 'a/b')).digest).toBeNull();
    },
  },
];
