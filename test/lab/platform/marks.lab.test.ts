/** Holds, bookmarks and cursors: what a step leaves behind, what it cleans up, and what it never touches. */
import { describe, expect, test } from 'vitest';
import type { Guarantee } from '../../../core/api/status.ts';
import { cursorName, lastReceivedHoldTag, stepHoldTag, tentativeCursorName } from '../../../core/zfs/marks.ts';
import type { Zfs } from '../../../core/zfs/types.ts';
import { losingCompletion } from './support/ends.ts';
import { partialSends } from './support/hosts.ts';
import { JOB, type JobSettings, newMemory, runJob, runToEnd, SINK, stepsOf } from './support/job.ts';
import { usePlatform, type World } from './support/platform.ts';
import { guidOf, holdsOf, namesOf, onDisk } from './support/state.ts';

const MIB = 1024 * 1024;
const OTHER = 'another job';

const platform = usePlatform('marks', 'nas');

function jobOf(world: World, zfs: Zfs = platform().zfs): JobSettings {
  return { sender: zfs, receiver: zfs, filesystems: { [world.source]: true }, rootFs: world.root };
}

/** Marks of earlier runs, of the own job and of another one, planted without the engine's knowledge. */
async function plantMarks(world: World): Promise<void> {
  const state = await onDisk(world.guest, world.source);
  const lines = [JOB, OTHER].flatMap((job) => [
    `zfs bookmark "$S@2" "$S#${cursorName(guidOf(state, '2'), job)}"`,
    `zfs hold "${stepHoldTag(job)}" "$S@1" "$S@2"`,
    `zfs bookmark "$S@3" "$S#${tentativeCursorName(guidOf(state, '3'), job)}"`,
  ]);
  lines.push(`zfs hold "${lastReceivedHoldTag(OTHER)}" "$C@3"`);
  await world.sh(`${lines.join('\n')}\nzfs snapshot "$S@4"; zfs snapshot "$S@5"`);
}

async function expectTidy(world: World): Promise<void> {
  const [here, there] = [await onDisk(world.guest, world.source), await onDisk(world.guest, world.copyOf())];
  expect([...here.bookmarks.keys()].sort()).toEqual(
    [
      '2',
      cursorName(guidOf(here, '5'), JOB),
      cursorName(guidOf(here, '2'), OTHER),
      tentativeCursorName(guidOf(here, '3'), OTHER),
    ].sort(),
  );
  expect(holdsOf(here)).toEqual({ 1: [stepHoldTag(OTHER)], 2: [stepHoldTag(OTHER)] });
  expect(holdsOf(there)).toEqual({ 3: [lastReceivedHoldTag(OTHER)], 5: [lastReceivedHoldTag(SINK)] });
  for (const side of [here, there]) expect(namesOf(side)).toEqual(['1', '2', '3', '4', '5']);
}

describe('stale marks', () => {
  const snapshots = 'for n in 1 2 3; do zfs snapshot "$S@$n"; done; zfs bookmark "$S@2" "$S#2"';

  test('platform 16: an increment removes stale marks of its own job and no others, after a restart', async () => {
    const world = await platform().world('16', snapshots);
    await runToEnd({ ...jobOf(world), initial: 'all' });
    await plantMarks(world);
    const fresh = platform().zfsOver(platform().host);
    const run = await runToEnd(jobOf(world, fresh));
    expect(run.cleanup).toEqual([]);
    await expectTidy(world);
  });

  test('platform 17: the same without a restart: what a run remembers never hides marks made behind its back', async () => {
    const world = await platform().world('17', snapshots);
    const job = { ...jobOf(world), memory: newMemory() };
    await runToEnd({ ...job, initial: 'all' });
    await runToEnd(job);
    await plantMarks(world);
    await runToEnd(job);
    await expectTidy(world);
  });

  test('platform 18: a step begun with holds goes on without them, and then none are left', async () => {
    const world = await platform().world('18', 'zfs snapshot "$S@1"');
    const job = jobOf(world);
    await runToEnd(job);
    await world.sh('fill "$S" data 4; zfs snapshot "$S@2"');
    const cut = platform().zfsOver(partialSends(platform().host, MIB));
    const broken = await runJob({ ...job, sender: cut });
    expect(broken.dataset(world.source)).toMatchObject({
      state: 'step-error',
      problem: { code: 'receive-interrupted' },
    });
    expect(holdsOf(await onDisk(world.guest, world.source))).toEqual({ 1: [stepHoldTag(JOB)], 2: [stepHoldTag(JOB)] });

    const incremental: JobSettings = { ...job, sender: cut, protection: 'guarantee_incremental' };
    let run = await runJob(incremental);
    for (let runs = 1; run.report.outcome !== 'done' && runs < 5; runs++) run = await runJob(incremental);
    expect(run.report.outcome).toBe('done');
    expect(stepsOf(run.dataset(world.source))).toEqual(['incremental @1 @2 resumed']);
    const here = await onDisk(world.guest, world.source);
    expect(holdsOf(here)).toEqual({});
    expect([...here.bookmarks.keys()]).toEqual([cursorName(guidOf(here, '2'), JOB)]);
    expect(holdsOf(await onDisk(world.guest, world.copyOf()))).toEqual({ 2: [lastReceivedHoldTag(SINK)] });
  });
});

describe('bookmarks as a base', () => {
  test('platform 19: a tentative cursor that is the only base is used before it is removed', async () => {
    const world = await platform().world('19', 'zfs snapshot "$S@1"');
    const job: JobSettings = { ...jobOf(world), protection: 'guarantee_nothing' };
    await runToEnd(job);
    const before = await onDisk(world.guest, world.source);
    expect([before.bookmarks.size, holdsOf(before)]).toEqual([0, {}]);
    const tentative = tentativeCursorName(guidOf(before, '1'), JOB);
    await world.sh(`zfs bookmark "$S@1" "$S#${tentative}"; zfs destroy "$S@1"; zfs snapshot "$S@2"`);
    const run = await runToEnd(job);
    expect(stepsOf(run.dataset(world.source))).toEqual([`incremental #${tentative} @2`]);
    expect((await onDisk(world.guest, world.source)).bookmarks.size).toBe(0);
    expect(namesOf(await onDisk(world.guest, world.copyOf()))).toEqual(['1', '2']);
  });

  test('platform 20: the cursor is the base when the snapshot is gone', async () => {
    const world = await platform().world('20', 'zfs snapshot "$S@1"');
    const job = jobOf(world);
    await runToEnd(job);
    const before = await onDisk(world.guest, world.source);
    const cursor = cursorName(guidOf(before, '1'), JOB);
    expect([...before.bookmarks.keys()]).toEqual([cursor]);
    await world.sh('zfs destroy "$S@1"; zfs snapshot "$S@2"');
    const run = await runToEnd(job);
    expect(stepsOf(run.dataset(world.source))).toEqual([`incremental #${cursor} @2`]);
    const after = await onDisk(world.guest, world.source);
    expect([...after.bookmarks.keys()]).toEqual([cursorName(guidOf(after, '2'), JOB)]);
  });
});

describe('a completion that was lost', () => {
  /** @1 arrives, @2 arrives but the sender never hears of it, and @3 is taken. */
  async function lose(name: string, protection: Guarantee): Promise<{ world: World; job: JobSettings }> {
    const world = await platform().world(name, 'zfs snapshot "$S@1"');
    const job: JobSettings = { ...jobOf(world), protection };
    await runToEnd(job);
    await world.sh('zfs snapshot "$S@2"');
    const lost = await runJob({ ...job, wrapSender: losingCompletion });
    expect(lost.dataset(world.source)).toMatchObject({ state: 'step-error', problem: { code: 'connection-lost' } });
    const there = await onDisk(world.guest, world.copyOf());
    expect([namesOf(there), holdsOf(there)]).toEqual([['1', '2'], { 2: [lastReceivedHoldTag(SINK)] }]);
    return { world, job };
  }

  test('platform 33: incremental: everything may be pruned meanwhile, the tentative cursor is the base', async () => {
    const { world, job } = await lose('33', 'guarantee_incremental');
    const tentative = tentativeCursorName(guidOf(await onDisk(world.guest, world.source), '2'), JOB);
    await world.sh('zfs destroy "$S@1"; zfs destroy "$S@2"; zfs destroy "$C@1"; zfs snapshot "$S@3"');
    const run = await runToEnd(job);
    expect(stepsOf(run.dataset(world.source))).toEqual([`incremental #${tentative} @3`]);
    const [here, there] = [await onDisk(world.guest, world.source), await onDisk(world.guest, world.copyOf())];
    expect([...here.bookmarks.keys()]).toEqual([cursorName(guidOf(here, '3'), JOB)]);
    expect([namesOf(there), holdsOf(there)]).toEqual([['2', '3'], { 3: [lastReceivedHoldTag(SINK)] }]);
  });

  test('platform 34: resumability: what the step needed stays held until the next one is done', async () => {
    const { world, job } = await lose('34', 'guarantee_resumability');
    for (const name of ['1', '2']) {
      const { code, stderr } = await world.tryOut(`zfs destroy "$S@${name}"`);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/dataset is busy|it's being held/)]);
    }
    await world.sh('zfs destroy "$C@1"; zfs snapshot "$S@3"');
    const run = await runToEnd(job);
    expect(stepsOf(run.dataset(world.source))).toEqual(['incremental @2 @3']);
    const [here, there] = [await onDisk(world.guest, world.source), await onDisk(world.guest, world.copyOf())];
    expect([namesOf(here), holdsOf(here)]).toEqual([['1', '2', '3'], {}]);
    expect([...here.bookmarks.keys()]).toEqual([cursorName(guidOf(here, '3'), JOB)]);
    expect([namesOf(there), holdsOf(there)]).toEqual([['2', '3'], { 3: [lastReceivedHoldTag(SINK)] }]);
  });

  test('up to date: the next run makes up for it without sending anything', async () => {
    const { world, job } = await lose('lost', 'guarantee_resumability');
    const run = await runToEnd(job);
    expect(run.dataset(world.source).steps).toEqual([]);
    const here = await onDisk(world.guest, world.source);
    expect(holdsOf(here)).toEqual({});
    expect([...here.bookmarks.keys()]).toEqual([cursorName(guidOf(here, '2'), JOB)]);
  });
});
