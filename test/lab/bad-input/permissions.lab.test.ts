/** An account on the NAS that lacks a right: said so for the datasets it concerns, nothing is lost, and the others go on. */
import { expect, test } from 'vitest';
import { lastReceivedHoldTag } from '../../../core/zfs/marks.ts';
import { holdsOf, onDisk } from '../platform/support/state.ts';
import {
  datasetOf,
  expectGood,
  expectHelpful,
  expectProblems,
  expectSafe,
  snapshotsHere,
  snapshotsThere,
} from './support/expect.ts';
import { openJob } from './support/job.ts';
import { usePair } from './support/pair.ts';

const pair = usePair('rights');
/** What an agentless receiver needs. */
const RIGHTS = [
  ...['create', 'destroy', 'hold', 'mount', 'receive', 'release', 'rollback'],
  ...['canmount', 'devices', 'exec', 'mountpoint', 'readonly', 'setuid', 'userprop'],
];

const without = (...lacking: readonly string[]) => RIGHTS.filter((right) => !lacking.includes(right)).join(',');
const denied = (below: string) => ({ code: 'permission-denied' as const, below, remedy: /zfs allow/ });

test('rights that are missing, one after the other', async () => {
  const scene = await pair().scene('rights', {
    here: 'for d in a b c; do zfs create "$S/$d"; fill "$S/$d" f 1; done; zfs snapshot "$S/a@1" "$S/b@1"',
  });
  {
    await using asRoot = openJob(pair(), scene, { filesystems: { a: true, b: true } });
    expectGood(await asRoot.run());
  }
  await scene.here.sh('zfs snapshot "$S/a@2" "$S/b@2" "$S/c@2"');
  await using job = openJob(pair(), scene, {
    connect: { user: 'ferry' },
    filesystems: { a: true, b: true, c: true },
  });

  await scene.there.sh(`zfs allow ferry ${without()} "$C/b"`);
  const first = await job.run();
  for (const problem of expectProblems(scene, first, [denied('a'), denied('c')])) {
    expect(problem).toMatchObject({ facts: { host: 'nas' }, side: 'receiver', phase: 'step' });
    expect(problem.detail).toContain('permission denied');
  }
  expect(await snapshotsThere(scene)).toEqual({ a: ['1'], b: ['1', '2'] });
  await expectSafe(scene, job, 'b');

  for (const lacking of ['create', 'receive']) {
    await scene.there.sh(`zfs unallow -r ferry "$C"; zfs allow ferry ${without(lacking)} "$C"`);
    expectProblems(scene, await job.run(), [denied('a'), denied('c')]);
    expect(await snapshotsThere(scene)).toEqual({ a: ['1'], b: ['1', '2'] });
  }

  // Data arrives without these two, but it is neither held nor read-only: the step does not count as done.
  await scene.there.sh(`zfs unallow -r ferry "$C"; zfs allow ferry ${without('hold', 'readonly')} "$C"`);
  expectProblems(scene, await job.run(), [denied('a'), denied('c')]);
  expect(await snapshotsThere(scene)).toEqual({ a: ['1', '2'], b: ['1', '2'], c: ['2'] });
  const tag = lastReceivedHoldTag(job.name);
  expect(holdsOf(await onDisk(scene.there.guest, scene.copyOf('a')))).toEqual({ 1: [tag] });

  // Without the right to set a property the copy is as good as any, but open to changes: told, and no failure.
  await scene.there.sh(`zfs allow ferry hold "$C"`);
  await scene.here.sh('zfs snapshot "$S/a@3" "$S/b@3" "$S/c@3"');
  const open = await job.run();
  expect(open.outcome.ok).toBe(true);
  expect(open.outcome.problems.map(({ code, dataset }) => [code, dataset])).toEqual([
    ['received-unprotected', scene.dataset('c')],
  ]);
  const told = datasetOf(open, scene.dataset('c')).problem;
  expect(told?.facts).toEqual({ name: scene.copyOf('c'), host: 'nas', property: 'readonly' });
  if (told !== null) expectHelpful(told, /Delegate the right to set that property/);
  await expectSafe(scene, job, 'a', 'b', 'c');

  await scene.there.sh(`zfs allow ferry readonly "$C"`);
  await scene.here.sh('zfs snapshot "$S/a@4" "$S/b@4" "$S/c@4"');
  expectGood(await job.run());
  await expectSafe(scene, job, 'a', 'b', 'c');
  expect(await scene.there.sh('zfs get -Ho value readonly "$C/c"')).toBe('on\n');
  expect(await snapshotsHere(scene)).toEqual({ a: ['1', '2', '3', '4'], b: ['1', '2', '3', '4'], c: ['2', '3', '4'] });
});
