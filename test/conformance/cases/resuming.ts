/** Receives that break, and how they go on. See zfs-receive(8), "-s" and "-A", and zfs-send(8), "-t". */
import { resumeTokenIn } from '../../../core/zfs/errors.ts';
import { decodeResumeToken } from '../../../core/zfs/token.ts';
import type { Case } from '../case.ts';
import type { Fixture } from '../fixture.ts';
import {
  at,
  codeOf,
  guidOf,
  pathsOf,
  prepare,
  problemOf,
  receive,
  sendOf,
  snapshotNames,
  stateOf,
  tokenOf,
} from '../support.ts';

/** A first stream of four blocks that broke after two. */
async function brokenFirst({ source, target }: Fixture): Promise<string> {
  await prepare(source, 'a', '+4', '1');
  await codeOf(receive(target, 'a', source.cutting(2), await sendOf(source, 'a@1')));
  return tokenOf(target, 'a');
}

/** An increment of four blocks that broke after two. */
async function brokenStep({ source, target }: Fixture): Promise<string> {
  await prepare(source, 'a', '+1', '1', '+4', '2');
  await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
  await codeOf(receive(target, 'a', source.cutting(2), await sendOf(source, 'a@2', 'a@1')));
  return tokenOf(target, 'a');
}

export const RESUMING: readonly Case[] = [
  {
    name: 'a broken first stream leaves a dataset without snapshots, and a token for it',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      const token = decodeResumeToken(await brokenFirst(fixture));
      expect(token).toMatchObject({
        fromGuid: null,
        toGuid: await guidOf(source, 'a@1'),
        toName: at(source, 'a@1'),
        rawOk: false,
        savedOk: false,
        redacted: false,
      });
      expect(token.bytes).toBeGreaterThan(0n);
      expect(await snapshotNames(target, 'a')).toEqual([]);
    },
  },
  {
    name: 'a broken increment leaves what was there, and a token for the rest',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      const token = decodeResumeToken(await brokenStep(fixture));
      expect([token.fromGuid, token.toGuid]).toEqual([await guidOf(source, 'a@1'), await guidOf(source, 'a@2')]);
      const { snapshots, digest } = await stateOf(target, 'a');
      expect(snapshots.map(({ name }) => name)).toEqual(['1']);
      expect(digest).toBe(snapshots[0]?.digest);
    },
  },
  {
    name: 'the error of a broken receive carries the token that the property shows',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+4', '1');
      const problem = await problemOf(receive(target, 'a', source.cutting(2), await sendOf(source, 'a@1')));
      expect(problem.code).toBe('receive-interrupted');
      expect(resumeTokenIn(problem.detail)).toBe(await tokenOf(target, 'a'));
    },
  },
  {
    name: 'a broken first stream goes on and arrives whole',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      const token = await brokenFirst(fixture);
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1', null, { token }));
      const state = await stateOf(target, 'a');
      expect([state.token, state.snapshots]).toEqual([null, (await stateOf(source, 'a')).snapshots]);
    },
  },
  {
    name: 'a broken increment goes on and arrives whole',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      const token = await brokenStep(fixture);
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1', { token }));
      const state = await stateOf(target, 'a');
      expect([state.token, state.snapshots]).toEqual([null, (await stateOf(source, 'a')).snapshots]);
    },
  },
  {
    name: 'a resumed stream may break again, and its token moves on',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+12', '1');
      await codeOf(receive(target, 'a', source.cutting(4), await sendOf(source, 'a@1')));
      const first = await tokenOf(target, 'a');
      const resumed = await sendOf(source, 'a@1', null, { token: first });
      expect(await codeOf(receive(target, 'a', source.cutting(4), resumed))).toBe('receive-interrupted');
      const second = await tokenOf(target, 'a');
      expect(decodeResumeToken(second).bytes).toBeGreaterThan(decodeResumeToken(first).bytes);
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1', null, { token: second }));
      expect((await stateOf(target, 'a')).digest).toBe((await stateOf(source, 'a')).digest);
    },
  },
  {
    name: 'the estimate of a resumed stream is about what is left',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+16', '1');
      await codeOf(receive(target, 'a', source.cutting(12), await sendOf(source, 'a@1')));
      const token = await tokenOf(target, 'a');
      const [step] = await source.zfs.estimate(await sendOf(source, 'a@1', null, { token }));
      expect(step?.to).toBe('1');
      expect(step?.sizeBytes ?? 0).toBeLessThan(12 * 128 * 1024);
    },
  },
  {
    name: 'a fresh first stream over a broken one is refused',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      const token = await brokenFirst(fixture);
      expect(await codeOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@1')))).toBe('destination-exists');
      expect(await tokenOf(target, 'a')).toBe(token);
    },
  },
  {
    name: 'a fresh increment over a broken one is refused',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      const token = await brokenStep(fixture);
      const request = await sendOf(source, 'a@2', 'a@1');
      expect(await codeOf(receive(target, 'a', source.zfs, request))).toBe('partial-state-present');
      expect(await tokenOf(target, 'a')).toBe(token);
    },
  },
  {
    name: 'a snapshot taken on the target meanwhile makes the token useless, and aborting helps',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      const token = await brokenStep(fixture);
      await target.operator.snapshot(at(target, 'a@theirs'));
      const resumed = await sendOf(source, 'a@2', 'a@1', { token });
      expect(await codeOf(receive(target, 'a', source.zfs, resumed))).toBe('feature-mismatch');
      expect(await snapshotNames(target, 'a')).toEqual(['1', 'theirs']);
      await target.zfs.abortReceive(at(target, 'a'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
      expect(await snapshotNames(target, 'a')).toEqual(['1', 'theirs', '2']);
    },
  },
  {
    name: 'aborting a broken first stream takes the dataset along',
    run: async (fixture, expect) => {
      const { target } = fixture;
      await brokenFirst(fixture);
      await target.zfs.abortReceive(at(target, 'a'));
      expect(await pathsOf(target)).toEqual([]);
      expect(await codeOf(target.zfs.abortReceive(at(target, 'a')))).toBe('ok');
    },
  },
  {
    name: 'aborting a broken increment leaves what was there',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await brokenStep(fixture);
      await target.zfs.abortReceive(at(target, 'a'));
      expect(await stateOf(target, 'a')).toMatchObject({ token: null, snapshots: [{ name: '1' }] });
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
      expect(await snapshotNames(target, 'a')).toEqual(['1', '2']);
    },
  },
  {
    name: 'where there is nothing to abort, that counts as done',
    run: async ({ target }, expect) => {
      await prepare(target, 'a', '1');
      expect(await codeOf(target.zfs.abortReceive(at(target, 'a')))).toBe('ok');
      expect(await codeOf(target.zfs.abortReceive(at(target, 'gone')))).toBe('ok');
      expect(await snapshotNames(target, 'a')).toEqual(['1']);
    },
  },
  {
    name: 'a stream that breaks without saving leaves nothing of a first receive',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+4', '1');
      const cut = receive(target, 'a', source.cutting(2), await sendOf(source, 'a@1'), { savePartial: false });
      expect(await codeOf(cut)).toBe('stream-truncated');
      expect(await pathsOf(target)).toEqual([]);
    },
  },
  {
    name: 'a stream that breaks without saving leaves an increment as it was',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1', '+4', '2');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      const before = await target.observe();
      const request = await sendOf(source, 'a@2', 'a@1');
      expect(await codeOf(receive(target, 'a', source.cutting(2), request, { savePartial: false }))).toBe(
        'stream-truncated',
      );
      expect(await target.observe()).toEqual(before);
    },
  },
  {
    name: 'a token whose snapshot is gone cannot be used',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      const token = await brokenFirst(fixture);
      const resumed = await sendOf(source, 'a@1', null, { token });
      await source.operator.destroySnapshot(at(source, 'a@1'));
      expect(await codeOf(source.zfs.estimate(resumed))).toBe('resume-source-gone');
      expect(await codeOf(receive(target, 'a', source.zfs, resumed))).toBe('resume-source-gone');
      expect(await tokenOf(target, 'a')).toBe(token);
    },
  },
  {
    name: 'a token whose snapshot was replaced by another of its name cannot be used',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      const token = await brokenFirst(fixture);
      const resumed = await sendOf(source, 'a@1', null, { token });
      await source.operator.destroySnapshot(at(source, 'a@1'));
      await source.operator.snapshot(at(source, 'a@1'));
      expect(await codeOf(receive(target, 'a', source.zfs, resumed))).toBe('resume-source-gone');
    },
  },
  {
    name: 'a token whose base is gone cannot be used, unless a bookmark of it is left',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      const token = await brokenStep(fixture);
      const resumed = await sendOf(source, 'a@2', 'a@1', { token });
      await source.operator.bookmark(at(source, 'a@1'), 'mark');
      await source.operator.destroySnapshot(at(source, 'a@1'));
      const { resumeToken, ...fresh } = await sendOf(source, 'a@2', 'a#mark', { token });
      expect(resumeToken).toBe(token);
      await source.operator.destroyBookmark(at(source, 'a#mark'));
      expect(await codeOf(receive(target, 'a', source.zfs, resumed))).toBe('resume-source-gone');
      expect(await codeOf(receive(target, 'a', source.zfs, fresh))).toBe('send-source-gone');
    },
  },
  {
    name: 'a token goes by guids: with a bookmark in the place of the base it is good',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      const token = await brokenStep(fixture);
      await source.operator.bookmark(at(source, 'a@1'), 'mark');
      await source.operator.destroySnapshot(at(source, 'a@1'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a#mark', { token }));
      expect(await snapshotNames(target, 'a')).toEqual(['1', '2']);
    },
  },
  {
    name: 'a token survives the renaming of the target',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      const token = await brokenStep(fixture);
      await target.operator.renameDataset(at(target, 'a'), at(target, 'b'));
      expect(await tokenOf(target, 'b')).toBe(token);
      await receive(target, 'b', source.zfs, await sendOf(source, 'a@2', 'a@1', { token }));
      expect(await snapshotNames(target, 'b')).toEqual(['1', '2']);
    },
  },
  {
    name: 'a damaged token is refused before anything is sent',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      const token = await brokenFirst(fixture);
      const damaged = token.replace(/..$/, (end) => (end === '00' ? '01' : '00'));
      const request = await sendOf(source, 'a@1', null, { token: damaged });
      expect(await codeOf(receive(target, 'a', source.zfs, request))).toBe('token-corrupt');
      expect(await codeOf(source.zfs.estimate({ ...request, resumeToken: 'no token' }))).toBe('token-corrupt');
    },
  },
  {
    name: 'a receive that ended well has no token',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      expect((await stateOf(target, 'a')).token).toBeNull();
    },
  },
  {
    name: 'the pool of the target can keep partial state',
    run: async ({ target }, expect) => {
      expect(await target.zfs.poolResumable(target.root.split('/')[0] ?? '')).toBe(true);
    },
  },
];
