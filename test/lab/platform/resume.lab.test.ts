/** Transfers that were interrupted: they go on, or their leftovers are discarded and a new start is made. */
import { describe, expect, test } from 'vitest';
import type { ProtectionPolicy } from '../../../core/endpoint/types.ts';
import { cursorName, lastReceivedHoldTag, stepHoldTag } from '../../../core/zfs/marks.ts';
import type { Zfs } from '../../../core/zfs/types.ts';
import { openLink } from '../guests/index.ts';
import { senderWith } from './support/ends.ts';
import { hostOf, isReceive, killedAfter, partialSends, tamperedHost } from './support/hosts.ts';
import { JOB, type JobSettings, runJob, runToEnd, SINK, stepsOf } from './support/job.ts';
import { usePlatform, type World } from './support/platform.ts';
import { guidOf, holdsOf, namesOf, onDisk } from './support/state.ts';

const MIB = 1024 * 1024;

const platform = usePlatform('resume', 'workstation');

function jobOf(world: World, zfs: Zfs = platform().zfs): JobSettings {
  return { sender: zfs, receiver: zfs, filesystems: { [world.source]: true }, rootFs: world.root };
}

/** Senders whose streams end after so many bytes. */
const cutAfter = (bytes: number): Zfs => platform().zfsOver(partialSends(platform().host, bytes));

/** A first replication of 4 MiB that breaks after one, and then @2 and @3 come to be. */
async function breakFullSend(name: string, protection: ProtectionPolicy) {
  const world = await platform().world(name, 'fill "$S" data 4; zfs snapshot "$S@1"');
  const job: JobSettings = { ...jobOf(world), sender: cutAfter(MIB), protection };
  const broken = await runJob(job);
  expect(broken.dataset(world.source)).toMatchObject({ state: 'step-error', problem: { code: 'receive-interrupted' } });
  const there = await onDisk(world.guest, world.copyOf());
  expect([there.token === null, namesOf(there)]).toEqual([false, []]);
  return { world, job };
}

describe('an interrupted first replication', () => {
  const held: readonly (readonly [title: string, protection: ProtectionPolicy])[] = [
    [
      'platform 24: with resumability it goes on, and its snapshot cannot be destroyed meanwhile',
      { initial: 'guarantee_resumability', incremental: 'guarantee_resumability' },
    ],
    [
      'platform 26: the protection of a first replication is that of first replications, resumed or not',
      { initial: 'guarantee_resumability', incremental: 'guarantee_incremental' },
    ],
  ];
  test.each(held)('%s', async (title, protection) => {
    const { world, job } = await breakFullSend(title.slice(9, 11), protection);
    expect(holdsOf(await onDisk(world.guest, world.source))).toEqual({ 1: [stepHoldTag(JOB)] });
    const { code, stderr } = await world.tryOut('zfs destroy "$S@1"');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/dataset is busy|it's being held/)]);
    await world.sh('zfs snapshot "$S@2"; zfs snapshot "$S@3"');

    const again = await runJob({ ...job, sender: cutAfter(2 * MIB) });
    expect([again.report.outcome, stepsOf(again.dataset(world.source))[0]]).toEqual(['failed', 'full @1 resumed']);
    const run = await runToEnd({ ...job, sender: platform().zfs });
    const [first, ...rest] = run.dataset(world.source).steps;
    expect(stepsOf(run.dataset(world.source))).toEqual(['full @1 resumed', 'incremental @1 @2', 'incremental @2 @3']);
    // What had arrived in the two runs before did not travel again.
    expect(first?.resumedFromBytes).toBeGreaterThan(2 * MIB);
    expect(first?.bytesReplicated).toBeLessThan(2 * MIB);
    expect(rest.map((step) => step.resumedFromBytes)).toEqual([null, null]);
    const [here, there] = [await onDisk(world.guest, world.source), await onDisk(world.guest, world.copyOf())];
    expect([namesOf(there), there.token]).toEqual([['1', '2', '3'], null]);
    expect(holdsOf(here)).toEqual({});
    expect([...here.bookmarks.keys()]).toEqual([cursorName(guidOf(here, '3'), JOB)]);
    expect(holdsOf(there)).toEqual({ 3: [lastReceivedHoldTag(SINK)] });
    expect(await world.sh('digest "$C@1"')).toBe(await world.sh('digest "$S@1"'));
  });

  test('platform 25: without holds its snapshot may go, and then a new start is made', async () => {
    const nothingHeld = { initial: 'guarantee_incremental', incremental: 'guarantee_incremental' } as const;
    const { world, job } = await breakFullSend('25', nothingHeld);
    await world.sh('zfs destroy "$S@1"; zfs snapshot "$S@2"; zfs snapshot "$S@3"');
    const run = await runToEnd({ ...job, sender: job.receiver });
    const dataset = run.dataset(world.source);
    expect(stepsOf(dataset)).toEqual(['full @3']);
    expect(dataset.discardedBytes).toBeGreaterThan(MIB / 2);
    expect(run.report.warnings).toEqual([expect.stringContaining('the snapshot it was for is gone')]);
    const [here, there] = [await onDisk(world.guest, world.source), await onDisk(world.guest, world.copyOf())];
    expect([namesOf(there), there.token]).toEqual([['3'], null]);
    expect([...here.bookmarks.keys()]).toEqual([cursorName(guidOf(here, '3'), JOB)]);
  });
});

describe('violence against the receiver', () => {
  test('a receive killed at any offset goes on from there, twice over, and the copy is whole', async () => {
    const world = await platform().world('killed', 'zfs snapshot "$S@1"');
    const job = jobOf(world);
    await runToEnd(job);
    await world.sh('fill "$S" data 4; zfs snapshot "$S@2"');
    const { host, zfsOver } = platform();
    const offsets = Array.from({ length: 2 }, () => Math.floor((0.1 + 0.35 * Math.random()) * 4 * MIB));
    for (const [index, offset] of offsets.entries()) {
      const where = `killed after ${offsets.slice(0, index + 1).join(' and ')} bytes`;
      const killing = zfsOver(tamperedHost(host, (argv) => (isReceive(argv) ? killedAfter(argv, offset) : argv)));
      const run = await runJob({ ...job, receiver: killing });
      expect(run.report.outcome, where).toBe('failed');
      expect(run.dataset(world.source).problem?.code, where).toMatch(/^(stream-truncated|receive-interrupted)$/);
      const there = await onDisk(world.guest, world.copyOf());
      expect([there.token === null, namesOf(there)], where).toEqual([false, ['1']]);
    }
    const run = await runToEnd(job);
    expect(stepsOf(run.dataset(world.source)), offsets.join(' ')).toEqual(['incremental @1 @2 resumed']);
    expect(await world.sh('digest "$C@2"')).toBe(await world.sh('digest "$S@2"'));
    expect(holdsOf(await onDisk(world.guest, world.source))).toEqual({});
  });

  test('a connection that is lost in the middle of a stream is taken up again within the same run', async () => {
    const world = await platform().world('link', 'fill "$S" data 4; zfs snapshot "$S@1"');
    const { guest, zfs, zfsOver } = platform();
    await using link = await openLink({ targetPort: guest.sshPort });
    const host = hostOf(guest, link.port);
    try {
      const cut = link.cutAfterBytes(2 * MIB, 'up').then(() => link.restore());
      const run = await runToEnd({
        ...jobOf(world, zfs),
        receiver: zfsOver(host),
        retry: { fruitlessAttempts: 5, hardFailMs: 240_000 },
      });
      await cut;
      expect(run.report.attempts.map(({ datasets }) => datasets.flatMap(stepsOf))).toEqual([
        ['full @1'],
        ['full @1 resumed'],
      ]);
      expect(await world.sh('digest "$C@1"')).toBe(await world.sh('digest "$S@1"'));
    } finally {
      await host.close();
    }
  });

  test('the copy destroyed under its partial state, by somebody else: a new start, and no hold is left', async () => {
    const world = await platform().world('gone', 'zfs snapshot "$S@1"');
    const job = jobOf(world);
    await runToEnd(job);
    await world.sh('fill "$S" data 2; zfs snapshot "$S@2"');
    await runJob({ ...job, sender: cutAfter(MIB) });
    expect((await onDisk(world.guest, world.copyOf())).token).not.toBeNull();
    // The hidden %recv below the copy must not keep its parent from being destroyed.
    await world.sh('zfs release zrepl_last_received_J_sink "$C@1"; zfs destroy -r "$C"');
    const run = await runToEnd(job);
    expect(stepsOf(run.dataset(world.source))).toEqual(['full @2']);
    const [here, there] = [await onDisk(world.guest, world.source), await onDisk(world.guest, world.copyOf())];
    expect([namesOf(there), there.token]).toEqual([['2'], null]);
    expect(holdsOf(here)).toEqual({});
    expect([...here.bookmarks.keys()]).toEqual([cursorName(guidOf(here, '2'), JOB)]);
  });
});

describe('the sender moves while it is replicated', () => {
  test('a snapshot renamed between plan and step is planned again and arrives under its new name', async () => {
    const world = await platform().world('renamed', 'zfs snapshot "$S@1"');
    const job = jobOf(world);
    await runToEnd(job);
    await world.sh('zfs snapshot "$S@2"');
    let renamed = false;
    const run = await runToEnd({
      ...job,
      wrapSender: (sender) =>
        senderWith(sender, {
          prepare: async (...args) => {
            if (!renamed) await world.sh('zfs rename "$S@2" "$S@two"');
            renamed = true;
            return sender.prepare(...args);
          },
        }),
    });
    expect(run.report.attempts.map(({ datasets }) => datasets.flatMap(stepsOf))).toEqual([
      ['incremental @1 @2'],
      ['incremental @1 @two'],
    ]);
    expect(run.report.attempts[0]?.datasets[0]?.problem?.code).toBe('send-source-gone');
    const [here, there] = [await onDisk(world.guest, world.source), await onDisk(world.guest, world.copyOf())];
    expect([namesOf(there), guidOf(there, 'two')]).toEqual([['1', 'two'], guidOf(here, 'two')]);
    expect(holdsOf(here)).toEqual({});
  });

  test('another snapshot under the planned name is never sent for it', async () => {
    const world = await platform().world('replaced', 'zfs snapshot "$S@1"');
    const job = { ...jobOf(world), protection: 'guarantee_incremental' } as const;
    await runToEnd(job);
    await world.sh('zfs snapshot "$S@2"');
    let replaced = false;
    const run = await runToEnd({
      ...job,
      wrapSender: (sender) =>
        senderWith(sender, {
          prepare: async (...args) => {
            if (!replaced) await world.sh('zfs destroy "$S@2"; fill "$S" other 1; zfs snapshot "$S@2"');
            replaced = true;
            return sender.prepare(...args);
          },
        }),
    });
    expect(run.report.attempts[0]?.datasets[0]?.problem?.code).toBe('guid-changed');
    const [here, there] = [await onDisk(world.guest, world.source), await onDisk(world.guest, world.copyOf())];
    expect([namesOf(there), guidOf(there, '2')]).toEqual([['1', '2'], guidOf(here, '2')]);
    expect([...here.bookmarks.keys()]).toEqual([cursorName(guidOf(here, '2'), JOB)]);
  });

  test('a rollback of the sender below the copy is told as divergence; above it, replication goes on', async () => {
    const world = await platform().world('rolled', 'zfs snapshot "$S@1"');
    const job = jobOf(world);
    await runToEnd(job);
    await world.sh('zfs snapshot "$S@2"; zfs rollback -r "$S@1"; fill "$S" new 1; zfs snapshot "$S@3"');
    await runToEnd(job);
    expect(namesOf(await onDisk(world.guest, world.copyOf()))).toEqual(['1', '3']);

    // Back behind what the copy has: the cursor on @3 goes with it, since a rollback destroys newer bookmarks too.
    await world.sh('zfs rollback -r "$S@1"; fill "$S" newer 1; zfs snapshot "$S@4"');
    const run = await runJob(job);
    expect(run.dataset(world.source)).toMatchObject({ state: 'planning-error', problem: { code: 'diverged' } });
    expect(run.dataset(world.source).problem?.detail).toContain('only on the receiver: @3');
    const there = await onDisk(world.guest, world.copyOf());
    expect([namesOf(there), holdsOf(there)]).toEqual([['1', '3'], { 3: [lastReceivedHoldTag(SINK)] }]);
  });
});
