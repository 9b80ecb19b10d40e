/** Datasets and snapshots that are renamed or destroyed while a run is at work with them. */
import { describe, expect, test } from 'vitest';
import type { Argv, Host } from '../../../core/host/types.ts';
import { cutShort, isSend, tamperedHost } from '../platform/support/hosts.ts';
import {
  datasetOf,
  expectGood,
  expectProblems,
  expectSafe,
  snapshotsHere,
  snapshotsThere,
  stepHolds,
} from './support/expect.ts';
import { type JobOptions, openJob } from './support/job.ts';
import { type Scene, usePair } from './support/pair.ts';

const pair = usePair('source');

/** Does something once, right before the first command that is meant. */
class Mischief {
  #left = true;
  readonly #does: () => Promise<unknown>;
  constructor(does: () => Promise<unknown>) {
    this.#does = does;
  }
  async before(isMeant: boolean): Promise<void> {
    if (!this.#left || !isMeant) return;
    this.#left = false;
    await this.#does();
  }
}

function sends(argv: Argv, dataset: string): boolean {
  return isSend(argv) && argv.some((word) => word.startsWith(`${dataset}@`));
}

describe('a dataset that changes under a run', () => {
  test('renamed after its hold was set, destroyed before: the others go on, and the next run is in order', async () => {
    const scene = await pair().scene('moving', {
      here: 'for d in gone renamed well; do zfs create "$S/$d"; fill "$S/$d" f 1; done; zfs snapshot -r "$S@1"',
    });
    const destroys = new Mischief(() => scene.here.sh('zfs destroy -r "$S/gone"'));
    const renames = new Mischief(() => scene.here.sh('zfs rename "$S/renamed" "$S/moved"'));
    let armed = false;
    const wrapLocal = (host: Host) =>
      tamperedHost(host, async (argv) => {
        await destroys.before(armed && argv[1] === 'hold');
        await renames.before(armed && sends(argv, scene.dataset('renamed')));
        return argv;
      });
    await using job = openJob(pair(), scene, { wrapLocal });
    expectGood(await job.run());
    await scene.here.sh('for d in gone renamed well; do fill "$S/$d" g 1; done; zfs snapshot -r "$S@2"');
    armed = true;
    const run = await job.run();
    expectProblems(scene, run, [
      { code: 'send-source-gone', below: 'gone', remedy: /next run/ },
      { code: 'send-source-gone', below: 'renamed', remedy: /next run/ },
    ]);
    expect(datasetOf(run, scene.source).state).toBe('done');
    expect(await snapshotsThere(scene)).toEqual({ '': ['1', '2'], gone: ['1'], renamed: ['1'], well: ['1', '2'] });
    await expectSafe(scene, job, 'well');

    expectGood(await job.run());
    await expectSafe(scene, job, 'moved', 'well');
    expect(await stepHolds(scene, job)).toEqual([]);
    expect(await snapshotsHere(scene)).toEqual({ '': ['1', '2'], moved: ['1', '2'], well: ['1', '2'] });
    // What has no source any more stays at the destination.
    expect(await snapshotsThere(scene)).toEqual({
      '': ['1', '2'],
      gone: ['1'],
      moved: ['2'],
      renamed: ['1'],
      well: ['1', '2'],
    });
  });
});

/** The first send of "cut" breaks off; before anything is listed again, and before the first send of "late", @2 is destroyed. */
async function destroyedInTheMiddle(scene: Scene, guarantee: JobOptions['guarantee'] & string) {
  const refusals: string[] = [];
  const destroy = (below: string) => async () => {
    const { code, stderr } = await scene.here.tryOut(`zfs destroy "$S/${below}@2"`);
    if (code !== 0) refusals.push(stderr);
  };
  const [cut, late] = [new Mischief(destroy('cut')), new Mischief(destroy('late'))];
  let armed = false;
  let broken = false;
  const wrapLocal = (host: Host) =>
    tamperedHost(host, async (argv) => {
      if (!armed) return argv;
      await late.before(sends(argv, scene.dataset('late')));
      if (!broken && sends(argv, scene.dataset('cut'))) {
        broken = true;
        return cutShort(argv, 1_500_000);
      }
      await cut.before(broken && argv[1] === 'list');
      return argv;
    });
  const job = openJob(pair(), scene, { wrapLocal, guarantee, filesystems: { cut: true, late: true } });
  expectGood(await job.run());
  await scene.here.sh(
    'for n in 2 3; do for d in cut late; do fill "$S/$d" "f$n" 3; done; zfs snapshot -r "$S@$n"; done',
  );
  armed = true;
  const run = await job.run();
  return { job, run, refusals };
}

const PREPARE = 'for d in cut late; do zfs create "$S/$d"; fill "$S/$d" f 1; done; zfs snapshot -r "$S@1"';

describe('a snapshot destroyed in the middle of its step', () => {
  test('with no guarantee nothing keeps it: the run throws away what it cannot finish and sends the next one', async () => {
    const scene = await pair().scene('nothing', { here: PREPARE });
    const { job, run, refusals } = await destroyedInTheMiddle(scene, 'guarantee_nothing');
    await using _ = job;
    expectGood(run);
    expect(refusals).toEqual([]);
    expect(await snapshotsThere(scene)).toEqual({ cut: ['1', '3'], late: ['1', '3'] });
    expect(await stepHolds(scene, job)).toEqual([]);
    // Nothing is thrown away in silence.
    expect(run.status.replication?.warnings.join()).toMatch(
      /cut: discarding [1-9]\d* bytes .* is gone from the sender/,
    );
    expect(await scene.there.sh('zfs get -Ho value receive_resume_token "$C/cut" "$C/late"')).toBe('-\n-\n');
    expect(await scene.there.sh('digest "$C/cut@3"')).toBe(await scene.here.sh('digest "$S/cut@3"'));
  });

  test('under resumability it cannot be destroyed, and the transfer goes on where it broke off', async () => {
    const scene = await pair().scene('held', { here: PREPARE });
    const { job, run, refusals } = await destroyedInTheMiddle(scene, 'guarantee_resumability');
    await using _ = job;
    expectGood(run);
    expect(refusals).toHaveLength(2);
    for (const words of refusals) expect(words).toMatch(/held|busy/);
    await expectSafe(scene, job, 'cut', 'late');
    expect(await snapshotsThere(scene)).toEqual({ cut: ['1', '2', '3'], late: ['1', '2', '3'] });
    expect(datasetOf(run, scene.dataset('cut')).steps[0]?.resumedFromBytes).toBeGreaterThan(0);
    // The job is done with it: now it may go.
    await scene.here.sh('zfs destroy "$S/cut@2"');
  });
});
