/** A receiver without room: said so, not tried again in vain, and nothing is lost by it. */
import { describe, expect, test } from 'vitest';
import { cursorName, lastReceivedHoldTag, stepHoldTag } from '../../../core/zfs/marks.ts';
import { withPool } from '../guests/index.ts';
import { JOB, type JobSettings, runJob, runToEnd, SINK } from './support/job.ts';
import { openWorld, usePlatform, type World } from './support/platform.ts';
import { guidOf, holdsOf, namesOf, onDisk } from './support/state.ts';

const platform = usePlatform('space', 'workstation');

function jobOf(world: World): JobSettings {
  const { zfs } = platform();
  const retry = { fruitlessAttempts: 3, hardFailMs: 120_000 };
  return { sender: zfs, receiver: zfs, filesystems: { [world.source]: true }, rootFs: world.root, retry };
}

/** @1 is there and held, @2 did not make it: the sender keeps both, and the report names what is full. */
async function expectRefusal(world: World, job: JobSettings, code: RegExp): Promise<void> {
  const run = await runJob(job);
  const dataset = run.dataset(world.source);
  expect(dataset.state).toBe('step-error');
  expect(dataset.problem?.code).toMatch(code);
  expect(dataset.problem?.facts).toMatchObject({ name: world.copyOf(), host: 'workstation' });
  expect(run.report.attempts).toHaveLength(1);
  const [here, there] = [await onDisk(world.guest, world.source), await onDisk(world.guest, world.copyOf())];
  expect([namesOf(there), holdsOf(there)]).toEqual([['1'], { 1: [lastReceivedHoldTag(SINK)] }]);
  expect(holdsOf(here)).toEqual({ 1: [stepHoldTag(JOB)], 2: [stepHoldTag(JOB)] });
}

async function expectArrived(world: World, job: JobSettings): Promise<void> {
  await runToEnd(job);
  const [here, there] = [await onDisk(world.guest, world.source), await onDisk(world.guest, world.copyOf())];
  expect([namesOf(there), there.token]).toEqual([['1', '2'], null]);
  expect(holdsOf(here)).toEqual({});
  expect([...here.bookmarks.keys()]).toEqual([cursorName(guidOf(here, '2'), JOB)]);
  expect(await world.sh('digest "$C@2"')).toBe(await world.sh('digest "$S@2"'));
}

describe('no room', () => {
  test('a full pool stops the step; with room again it goes on', async () => {
    const { guest } = platform();
    await withPool(guest, {}, async (small) => {
      const { source } = await platform().world('full', 'zfs snapshot "$S@1"');
      const world = openWorld(guest, source, small.child('rcv'));
      await world.sh('zfs create "$R"');
      const job = jobOf(world);
      await runToEnd(job);
      // A reservation fills the pool as data would, and at once.
      await world.sh(`fill "$S" data 8; zfs snapshot "$S@2"; P="\${R%/*}"
        free=$(zfs get -Hp -o value available "$P"); zfs create -o reservation=$((free - 4194304)) "$P/filler"`);
      await expectRefusal(world, job, /^no-space$/);
      await world.sh('zfs destroy "${R%/*}/filler"');
      await expectArrived(world, job);
    });
  });

  test('a quota stops the step and is called by its name; raised, it goes on', async () => {
    const world = await platform().world('quota', 'zfs snapshot "$S@1"');
    const job = jobOf(world);
    await runToEnd(job);
    await world.sh('fill "$S" data 6; zfs snapshot "$S@2"; zfs set quota=3M "$R"');
    await expectRefusal(world, job, /^quota-exceeded$/);
    await world.sh('zfs set quota=none "$R"');
    await expectArrived(world, job);
  });
});
