/** What a cycle with nothing to do asks of zfs, and that it still sees what others have changed. */
import { expect, test } from 'vitest';
import type { Argv } from '../../../core/host/types.ts';
import { tamperedHost } from './support/hosts.ts';
import { type JobSettings, newMemory, runToEnd, stepsOf } from './support/job.ts';
import { usePlatform } from './support/platform.ts';
import { guidOf, namesOf, onDisk } from './support/state.ts';

const CHILDREN = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'];
/** What was just seen is not believed for two seconds, which are some runs. */
const RUNS_MAX = 40;

const platform = usePlatform('idle', 'nas');

/** Whether a command lists snapshots, and not only datasets. */
function listsVersions(argv: Argv): boolean {
  return argv[1] === 'list' && (argv[argv.indexOf('-t') + 1] ?? '').split(',').includes('snapshot');
}

test('versions are listed only where something moved, and what others moved is seen at once', async () => {
  const { host, zfsOver } = platform();
  const world = await platform().world(
    'idle',
    `for c in ${CHILDREN.join(' ')}; do zfs create "$S/$c"; done; zfs snapshot -r "$S@1"`,
  );
  const commands: Argv[] = [];
  const zfs = zfsOver(
    tamperedHost(host, (argv) => {
      commands.push(argv);
      return argv;
    }),
  );
  const tells = (await zfs.capabilities()).snapshotsChanged;
  const job: JobSettings = {
    sender: zfs,
    receiver: zfs,
    filesystems: { [`${world.source}<`]: true },
    rootFs: world.root,
    memory: newMemory(),
  };
  const idleRun = async () => {
    commands.length = 0;
    const run = await runToEnd(job);
    expect(run.report.attempts.flatMap(({ datasets }) => datasets).flatMap(stepsOf)).toEqual([]);
    return { all: commands.length, versions: commands.filter(listsVersions).length };
  };
  await runToEnd(job);

  if (!tells) {
    await idleRun();
    expect(await idleRun()).toEqual({ all: 4, versions: 2 });
    return;
  }
  let cost = await idleRun();
  for (let runs = 1; runs < RUNS_MAX && cost.versions > 0; runs++) cost = await idleRun();
  expect(cost).toEqual({ all: 2, versions: 0 });

  await world.sh('zfs snapshot "$S/c3@2"');
  const moved = await runToEnd(job);
  expect(stepsOf(moved.dataset(`${world.source}/c3`))).toEqual(['incremental @1 @2']);
  const here = await onDisk(world.guest, `${world.source}/c3`);
  const there = await onDisk(world.guest, world.copyOf('/c3'));
  expect([namesOf(there), guidOf(there, '2')]).toEqual([['1', '2'], guidOf(here, '2')]);

  cost = await idleRun();
  for (let runs = 1; runs < RUNS_MAX && cost.versions > 0; runs++) cost = await idleRun();
  expect(cost).toEqual({ all: 2, versions: 0 });
  await world.sh(
    'for t in $(zfs holds -H "$C/c5@1" | cut -f 2); do zfs release "$t" "$C/c5@1"; done; zfs destroy "$C/c5@1"',
  );
  const lost = await runToEnd(job);
  expect(stepsOf(lost.dataset(`${world.source}/c5`))).toEqual(['full @1']);
  expect(namesOf(await onDisk(world.guest, world.copyOf('/c5')))).toEqual(['1']);
});
