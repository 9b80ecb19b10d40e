/** No room at the destination: told which, kept as it is, and the datasets that have room go on. */
import { describe, expect, test } from 'vitest';
import { expectGood, expectProblems, expectSafe, snapshotsHere, snapshotsThere, stepHolds } from './support/expect.ts';
import { openJob } from './support/job.ts';
import { usePair } from './support/pair.ts';

const small = usePair('space', { sizeMiB: 128 });
const BOTH = { '': ['1', '2'], big: ['1', '2'], small: ['1', '2'] };
const filesystems = { big: true, small: true };

const TWO = 'for d in big small; do zfs create "$S/$d"; fill "$S/$d" f 1; done; zfs snapshot -r "$S@1"';

describe('no room on the NAS', () => {
  test('a quota on one copy, and the other goes on', async () => {
    const scene = await small().scene('quota', { here: TWO });
    await using job = openJob(small(), scene, { filesystems });
    expectGood(await job.run());
    await scene.there.sh('zfs set quota=3M "$C/big"');
    await scene.here.sh('fill "$S/big" g 8; fill "$S/small" g 1; zfs snapshot -r "$S@2"');
    const run = await job.run();
    const [problem] = expectProblems(scene, run, [
      { code: 'quota-exceeded', below: 'big', remedy: /Raise quota.*or thin the retention/ },
    ]);
    expect(problem).toMatchObject({ facts: { name: scene.copyOf('big'), host: 'nas' }, side: 'receiver' });
    // Trying again by itself cannot help.
    expect(run.status.replication?.attempts).toHaveLength(1);
    expect(await snapshotsThere(scene)).toEqual({ big: ['1'], small: ['1', '2'] });
    await expectSafe(scene, job, 'small');
    expect(await stepHolds(scene, job)).toEqual(['big@1', 'big@2']);

    await scene.there.sh('zfs set quota=none "$C/big"');
    expectGood(await job.run());
    await expectSafe(scene, job, 'big', 'small');
    expect(await snapshotsHere(scene)).toEqual(BOTH);
  });

  test('a full pool: what does not fit waits, and nothing there is destroyed to make room', async () => {
    const scene = await small().scene('full', { here: TWO });
    await using job = openJob(small(), scene, { filesystems: { big: true } });
    expectGood(await job.run());
    await scene.here.sh('fill "$S/big" g 8; zfs snapshot -r "$S@2"');
    // Somebody else took almost all of it; a reservation takes as much as data does, and at once.
    await scene.there.sh(`free=$(zfs get -Hpo value available "$R")
      zfs create -o reservation=$((free - 4194304)) "$R/filler"; zpool sync`);
    const run = await job.run();
    const [problem] = expectProblems(scene, run, [
      { code: 'no-space', below: 'big', remedy: /Make room on the destination or thin its retention/ },
    ]);
    expect(problem).toMatchObject({ facts: { name: scene.copyOf('big'), host: 'nas' } });
    expect(await snapshotsThere(scene)).toEqual({ big: ['1'] });
    expect(await stepHolds(scene, job)).toEqual(['big@1', 'big@2']);

    await scene.there.sh('zfs destroy "$R/filler"; zpool sync');
    expectGood(await job.run());
    await expectSafe(scene, job, 'big');
    expect(await snapshotsHere(scene)).toEqual(BOTH);
  });
});
