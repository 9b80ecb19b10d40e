/** Somebody changed the copies by hand: nothing there is overwritten, the other copies go on, and there is a way out. */
import { describe, expect, test } from 'vitest';
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

const pair = usePair('destination');
const FOUR =
  'for d in changed foreign renamed well; do zfs create "$S/$d"; fill "$S/$d" f 1; done; zfs snapshot -r "$S@1"';
const NEXT = 'for d in changed foreign renamed well; do fill "$S/$d" g 1; done; zfs snapshot -r "$S@2"';

describe('copies changed by hand', () => {
  test('written to, snapshotted, renamed: each is told apart, kept as it is, and set right as advised', async () => {
    const scene = await pair().scene('byhand', { here: FOUR });
    const filesystems = { changed: true, foreign: true, renamed: true, well: true };
    await using job = openJob(pair(), scene, { filesystems });
    expectGood(await job.run());
    await scene.here.sh(NEXT);
    await scene.there.sh(`
      zfs set readonly=off "$C/changed"; dir=$(mktemp -d)
      mount -t zfs -o zfsutil "$C/changed" "$dir"; echo mine > "$dir/mine"; umount "$dir"
      zfs snapshot "$C/foreign@theirs"
      zfs rename -u "$C/renamed" "$R/kept"`);

    const run = await job.run();
    const [, diverged] = expectProblems(scene, run, [
      {
        code: 'destination-modified',
        below: 'changed',
        remedy: /rename that dataset.*roll it back by hand.*readonly=on/,
      },
      { code: 'diverged', below: 'foreign', remedy: /rename the copy on nas.*destroy the listed snapshots/ },
    ]);
    expect(diverged?.detail).toContain('only on the receiver: @theirs');
    expect(diverged?.facts).toEqual({ name: scene.copyOf('foreign'), host: 'nas' });
    // What was changed is still there; what was renamed is sent anew beside it; what is well has gone on.
    expect(
      await scene.there.sh(
        'dir=$(mktemp -d); mount -t zfs -o zfsutil,ro "$C/changed" "$dir"; cat "$dir/mine"; umount "$dir"',
      ),
    ).toBe('mine\n');
    expect(await snapshotsThere(scene)).toEqual({
      changed: ['1'],
      foreign: ['1', 'theirs'],
      renamed: ['2'],
      well: ['1', '2'],
    });
    expect(datasetOf(run, scene.dataset('well')).state).toBe('done');
    await expectSafe(scene, job, 'well', 'renamed');
    // A step that was begun and can be tried again keeps its hold; one that was never begun sets none.
    expect(await stepHolds(scene, job)).toEqual(['changed@1', 'changed@2']);
    expect(await scene.there.sh('zfs list -H -o name -t snapshot -r "$R/kept"')).toBe(`${scene.root}/kept@1\n`);

    await scene.there.sh(
      'zfs rollback "$C/changed@1"; zfs set readonly=on "$C/changed"; zfs destroy "$C/foreign@theirs"',
    );
    expectGood(await job.run());
    await expectSafe(scene, job, 'changed', 'foreign', 'renamed', 'well');
    expect(await snapshotsHere(scene)).toEqual({
      '': ['1', '2'],
      changed: ['1', '2'],
      foreign: ['1', '2'],
      renamed: ['1', '2'],
      well: ['1', '2'],
    });
  });

  test('a dataset that stood there before is never overwritten, nor is one with snapshots of its own', async () => {
    const scene = await pair().scene('before', {
      here: 'for d in empty full well; do zfs create "$S/$d"; fill "$S/$d" f 1; done; zfs snapshot -r "$S@1"',
      there: 'zfs create -p "$C/empty"; zfs create "$C/full"; fill "$C/full" theirs 1; zfs snapshot "$C/full@theirs"',
    });
    await using job = openJob(pair(), scene, { filesystems: { empty: true, full: true, well: true } });
    const run = await job.run();
    expectProblems(scene, run, [
      { code: 'destination-exists', below: 'empty', remedy: /Rename it or choose another root_fs/ },
      { code: 'no-common-ancestor', below: 'full', remedy: /Rename the copy on nas/ },
    ]);
    expect(await snapshotsThere(scene)).toEqual({ full: ['theirs'], well: ['1'] });
    expect(await stepHolds(scene, job)).toEqual([]);
    await expectSafe(scene, job, 'well');

    await scene.there.sh('zfs rename -u "$C/empty" "$R/empty"; zfs rename -u "$C/full" "$R/full"');
    expectGood(await job.run());
    await expectSafe(scene, job, 'empty', 'full', 'well');
    expect(await scene.there.sh('zfs list -H -o name -t snapshot -r "$R/full"')).toBe(`${scene.root}/full@theirs\n`);
  });
});
