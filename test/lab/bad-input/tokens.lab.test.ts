/** Unfinished receives that cannot be gone on with: told apart, never sent for, and the other datasets go on. */
import { expect, test } from 'vitest';
import type { Zfs } from '../../../core/zfs/types.ts';
import {
  datasetOf,
  expectGood,
  expectProblems,
  expectSafe,
  snapshotsHere,
  snapshotsThere,
  stepHolds,
} from './support/expect.ts';
import { openJob } from './support/job.ts';
import { usePair } from './support/pair.ts';

const pair = usePair('tokens');

test('a damaged token and one of another dataset', async () => {
  const scene = await pair().scene('tokens', {
    here: 'for d in damaged well foreign other; do zfs create "$S/$d"; fill "$S/$d" f 1; done; zfs snapshot "$S/damaged@1" "$S/well@1"',
  });
  let damage = false;
  const wrapRemoteZfs = (zfs: Zfs): Zfs => ({
    ...zfs,
    listDatasets: async (...args) =>
      (await zfs.listDatasets(...args)).map((facts) =>
        damage && facts.dataset === scene.copyOf('damaged') && facts.resumeToken !== null
          ? { ...facts, resumeToken: facts.resumeToken.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }
          : facts,
      ),
  });
  const filesystems = { damaged: true, well: true, foreign: true };
  {
    await using first = openJob(pair(), scene, { filesystems: { damaged: true, well: true } });
    expectGood(await first.run());
  }
  // Half a stream each: one of ours, and one of a dataset that this job knows nothing of.
  await scene.here.sh(`
    for d in damaged foreign well other; do fill "$S/$d" g 3; done; zfs snapshot -r "$S@2"
    { zfs send -i @1 "$S/damaged@2" | head -c 1500000 | ssh nas zfs receive -s -u "$C/damaged"; } || true
    { zfs send "$S/other@2" | head -c 1500000 | ssh nas zfs receive -s -u "$C/foreign"; } || true`);
  const tokens = await scene.there.sh('zfs get -Ho value receive_resume_token "$C/damaged" "$C/foreign"');
  expect(tokens).toMatch(/^1-\S+\n1-\S+\n$/);

  await using job = openJob(pair(), scene, { filesystems, wrapRemoteZfs });
  damage = true;
  const run = await job.run();
  const [problem] = expectProblems(scene, run, [
    { code: 'token-corrupt', below: 'damaged', remedy: /on the destination.*zfs receive -A/ },
  ]);
  expect(problem?.facts.name).toBe(scene.copyOf('damaged'));
  // What was half received for another dataset made room for this one, and that is said.
  expect(run.status.replication?.warnings.join()).toMatch(/foreign: discarding \d+ bytes .* for another dataset/);
  expect(datasetOf(run, scene.dataset('foreign')).discardedBytes).toBeGreaterThan(0);
  await expectSafe(scene, job, 'foreign', 'well');
  expect(await snapshotsThere(scene)).toEqual({ damaged: ['1'], foreign: ['2'], well: ['1', '2'] });
  expect(await scene.there.sh('zfs get -Ho value receive_resume_token "$C/damaged"')).toBe(
    `${tokens.split('\n')[0]}\n`,
  );
  expect(await stepHolds(scene, job)).toEqual([]);

  damage = false;
  const again = await job.run();
  expectGood(again);
  expect(datasetOf(again, scene.dataset('damaged')).steps[0]?.resumedFromBytes).toBeGreaterThan(0);
  await expectSafe(scene, job, 'damaged', 'foreign', 'well');
  expect(await scene.there.sh('digest "$C/damaged@2"')).toBe(await scene.here.sh('digest "$S/damaged@2"'));
  expect(await snapshotsHere(scene)).toEqual({
    '': ['2'],
    damaged: ['1', '2'],
    foreign: ['2'],
    other: ['2'],
    well: ['1', '2'],
  });
});
