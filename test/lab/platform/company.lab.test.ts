/** Several jobs on one dataset, clones in the way of pruning, and the two ways to send many snapshots. */
import { expect, test } from 'vitest';
import type { PruningReport } from '../../../core/api/status.ts';
import { systemClock } from '../../../core/host/system-clock.ts';
import { receiverDatasets, senderListing } from '../../../core/job/prune-input.ts';
import { Pruner } from '../../../core/job/pruner.ts';
import { cursorName, lastReceivedHoldTag, stepHoldTag } from '../../../core/zfs/marks.ts';
import { partialSends } from './support/hosts.ts';
import { JOB, type JobSettings, runJob, runToEnd, SINK, stepsOf } from './support/job.ts';
import { usePlatform, type World } from './support/platform.ts';
import { guidOf, holdsOf, namesOf, onDisk } from './support/state.ts';

const MIB = 1024 * 1024;

const platform = usePlatform('company', 'nas');

function jobOf(world: World): JobSettings {
  const { zfs } = platform();
  return { sender: zfs, receiver: zfs, filesystems: { [world.source]: true }, rootFs: world.root };
}

test('two jobs on one dataset: neither touches what protects the transfer of the other', async () => {
  const world = await platform().world('two', 'zfs create "$R/a"; zfs create "$R/b"; zfs snapshot "$S@1"');
  const { host, zfsOver } = platform();
  const [a, b]: [JobSettings, JobSettings] = [
    { ...jobOf(world), jobId: 'job a', rootFs: `${world.root}/a` },
    { ...jobOf(world), jobId: 'job b', rootFs: `${world.root}/b` },
  ];
  await Promise.all([runToEnd(a), runToEnd(b)]);
  await world.sh('fill "$S" data 3; zfs snapshot "$S@2"');
  await runJob({ ...a, sender: zfsOver(partialSends(host, MIB)) });
  await runToEnd(b);
  const between = await onDisk(world.guest, world.source);
  expect(holdsOf(between)).toEqual({ 1: [stepHoldTag('job a')], 2: [stepHoldTag('job a')] });
  expect([...between.bookmarks.keys()].sort()).toEqual(
    [cursorName(guidOf(between, '1'), 'job a'), cursorName(guidOf(between, '2'), 'job b')].sort(),
  );
  await world.sh('zfs snapshot "$S@3"');
  const [first] = await Promise.all([runToEnd(a), runToEnd(b)]);
  expect(stepsOf(first.dataset(world.source))).toEqual(['incremental @1 @2 resumed', 'incremental @2 @3']);
  const here = await onDisk(world.guest, world.source);
  expect(holdsOf(here)).toEqual({});
  expect([...here.bookmarks.keys()].sort()).toEqual(
    [cursorName(guidOf(here, '3'), 'job a'), cursorName(guidOf(here, '3'), 'job b')].sort(),
  );
  for (const rootFs of [a.rootFs, b.rootFs]) {
    expect(namesOf(await onDisk(world.guest, `${rootFs}/${world.source}`))).toEqual(['1', '2', '3']);
  }
});

test('a clone keeps its snapshot from being pruned, and only that one; replication goes on', async () => {
  const world = await platform().world('clone', 'for n in 1 2 3; do zfs snapshot "$S@$n"; done');
  const job = { ...jobOf(world), initial: 'all' } as const;
  const { seen } = await runToEnd(job);
  await world.sh('zfs clone -o canmount=off "$C@1" "$R/restored"');
  const pruner = new Pruner(platform().zfs, 'receiver', [{ type: 'last_n', count: 1, regex: '' }], systemClock);
  let report: PruningReport | null = null;
  const problems = await pruner.run(
    receiverDatasets(seen).filter(({ dataset }) => dataset === world.copyOf()),
    [senderListing(seen)],
    new AbortController().signal,
    (last) => {
      report = last;
    },
  );
  expect(problems).toEqual([]);
  expect(report).toMatchObject({
    state: 'done',
    datasets: [{ destroyCount: 2, destroyedCount: 1, keptAnyway: [{ snapshot: '1' }] }],
  });
  expect(namesOf(await onDisk(world.guest, world.copyOf()))).toEqual(['1', '3']);
  await world.sh('zfs snapshot "$S@4"');
  await runToEnd(job);
  expect(namesOf(await onDisk(world.guest, world.copyOf()))).toEqual(['1', '3', '4']);
});

test('a range in one stream and a stream for each snapshot give the same copy', async () => {
  const world = await platform().world(
    'range',
    `zfs create "$R/range"; zfs create "$R/steps"; fill "$S" base 1; zfs snapshot "$S@1"`,
  );
  const ways = [
    { ...jobOf(world), jobId: 'by range', rootFs: `${world.root}/range`, stepwise: false },
    { ...jobOf(world), jobId: 'by steps', rootFs: `${world.root}/steps`, stepwise: true },
  ];
  for (const job of ways) await runToEnd(job);
  await world.sh('for n in 2 3 4; do fill "$S" "file $n" 1; rm -f "/mnt/$S/file 2"; zfs snapshot "$S@$n"; done');
  const steps = [];
  for (const job of ways) steps.push(stepsOf((await runToEnd(job)).dataset(world.source)));
  expect(steps).toEqual([['range @1 @4'], ['incremental @1 @2', 'incremental @2 @3', 'incremental @3 @4']]);

  const here = await onDisk(world.guest, world.source);
  const guids = ['1', '2', '3', '4'].map((name) => guidOf(here, name));
  for (const { rootFs } of ways) {
    const there = await onDisk(world.guest, `${rootFs}/${world.source}`);
    expect([...there.snapshots.values()].map(({ guid }) => guid)).toEqual(guids);
    expect(holdsOf(there)).toEqual({ 4: [lastReceivedHoldTag(SINK)] });
  }
  expect(holdsOf(here)).toEqual({});
  const digests = await world.sh(
    'for n in 2 4; do for d in "$S" "$R/range/$S" "$R/steps/$S"; do digest "$d@$n" | sha256sum; done; done',
  );
  const lines = digests.trim().split('\n');
  const ofSource = lines.filter((_, index) => index % 3 === 0);
  expect(lines).toEqual(ofSource.flatMap((digest) => [digest, digest, digest]));
  expect(new Set(ofSource).size).toBe(2);
});

test('a range that breaks is resumed at the snapshot it broke in, and all of it arrives', async () => {
  const world = await platform().world('broken range', 'zfs snapshot "$S@1"');
  const job: JobSettings = { ...jobOf(world), stepwise: false };
  await runToEnd(job);
  await world.sh('for n in 2 3 4; do fill "$S" "file $n" 2; zfs snapshot "$S@$n"; done');
  const { host, zfsOver } = platform();
  await runJob({ ...job, sender: zfsOver(partialSends(host, 3 * MIB)) });
  expect(namesOf(await onDisk(world.guest, world.copyOf()))).toEqual(['1', '2']);
  // Everything the stream was to carry is held, not only its ends.
  const tag = stepHoldTag(JOB);
  expect(holdsOf(await onDisk(world.guest, world.source))).toEqual({ 1: [tag], 2: [tag], 3: [tag], 4: [tag] });
  const run = await runToEnd(job);
  expect(stepsOf(run.dataset(world.source))).toEqual(['incremental @2 @3 resumed', 'incremental @3 @4']);
  const [here, there] = [await onDisk(world.guest, world.source), await onDisk(world.guest, world.copyOf())];
  expect([namesOf(there), holdsOf(there)]).toEqual([['1', '2', '3', '4'], { 4: [lastReceivedHoldTag(SINK)] }]);
  expect(holdsOf(here)).toEqual({});
  expect(await world.sh('digest "$C@4"')).toBe(await world.sh('digest "$S@4"'));
});
