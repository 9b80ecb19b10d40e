/** Stand-ins that become real: at no moment may a crash lose data or leave a state that nobody gets out of. */
import { describe, expect, test } from 'vitest';
import { type MarkSide, releaseMarks } from '../../../core/job/marks.ts';
import { cursorName, lastReceivedHoldTag } from '../../../core/zfs/marks.ts';
import { crashBefore } from './support/crash.ts';
import { isReceive, partialSends, tamperedHost } from './support/hosts.ts';
import { JOB, type JobSettings, runJob, runToEnd, SINK, stepsOf } from './support/job.ts';
import { usePlatform, type World } from './support/platform.ts';
import { guidOf, holdsOf, namesOf, onDisk } from './support/state.ts';

const MIB = 1024 * 1024;

const platform = usePlatform('standin', 'nas');

function jobOf(world: World): JobSettings {
  const { zfs } = platform();
  return { sender: zfs, receiver: zfs, filesystems: { [world.source]: true }, rootFs: world.root };
}

/** A stand-in where the copy is to come, made by the engine for the sake of a child that has one snapshot. */
async function standIn(name: string): Promise<{ world: World; job: JobSettings }> {
  const world = await platform().world(name, 'zfs create "$S/child"; zfs snapshot "$S/child@c"; fill "$S" data 2');
  const job = jobOf(world);
  await runToEnd({ ...job, filesystems: { [`${world.source}/child`]: true } });
  expect(await flagOf(world)).toBe('on');
  await world.sh('zfs snapshot "$S@1"');
  return { world, job };
}

async function flagOf(world: World): Promise<string> {
  return (await world.sh('zfs get -H -o value zrepl:placeholder "$C"')).trim();
}

/** Everything is as after a run that nobody disturbed. */
async function expectDone(world: World): Promise<void> {
  const [here, there] = [await onDisk(world.guest, world.source), await onDisk(world.guest, world.copyOf())];
  expect([namesOf(there), there.token, guidOf(there, '1')]).toEqual([['1'], null, guidOf(here, '1')]);
  expect(holdsOf(there)).toEqual({ 1: [lastReceivedHoldTag(SINK)] });
  expect(holdsOf(here)).toEqual({});
  expect([...here.bookmarks.keys()]).toEqual([cursorName(guidOf(here, '1'), JOB)]);
  expect(await flagOf(world)).toBe('off');
  expect(namesOf(await onDisk(world.guest, world.copyOf('/child')))).toEqual(['c']);
}

/** The effects of a full send in the place of a stand-in, in this order. */
const EFFECTS = ['hold', 'receive', 'hold', 'set', 'bookmark', 'release'] as const;

describe('a stand-in is replaced while the engine is killed', () => {
  test.each(EFFECTS.map((effect, at) => [at, effect] as const))('before effect %i, %s', async (at, effect) => {
    const { world, job } = await standIn(`crash ${at}`);
    const { host, zfsOver } = platform();
    const crashing = crashBefore(host, at);
    const dying = zfsOver(crashing.host);
    const run = await runJob({ ...job, sender: dying, receiver: dying });
    // Only what is left to clean up fails nobody's run; it is told, and the next run does it. After the flag comes the cursor.
    expect([crashing.crashed(), run.report.outcome]).toEqual([true, effect === 'release' ? 'done' : 'failed']);
    const tolerated = effect === 'set' || effect === 'release';
    expect(run.cleanup.map((problem) => problem.toProblem().phase)).toEqual(tolerated ? ['cleanup'] : []);
    expect(crashing.effects).toEqual(EFFECTS.slice(0, at));
    // What had arrived is still there, whatever the flag says.
    const arrived = EFFECTS.indexOf('receive') < at;
    expect(namesOf(await onDisk(world.guest, world.copyOf()))).toEqual(arrived ? ['1'] : []);
    expect(await flagOf(world)).toBe(EFFECTS.indexOf('set') < at ? 'off' : 'on');

    const next = await runToEnd(job);
    expect(stepsOf(next.dataset(world.source))).toEqual(arrived ? [] : ['full @1']);
    // As after the first run of every daemon: where a listing shows no holds, a run without a step has not seen this one.
    const roots = [{ dataset: world.source, recursive: true }];
    const side: MarkSide = { zfs: platform().zfs, jobId: JOB, end: 'sender', roots, above: null };
    await releaseMarks([side], 'stale', false, {});
    await expectDone(world);
  });
});

describe('a stream into a stand-in breaks', () => {
  test('it is resumed onto the stand-in, with the force that it was begun with', async () => {
    const { world, job } = await standIn('broken');
    const { host, zfsOver } = platform();
    await runJob({ ...job, sender: zfsOver(partialSends(host, MIB)) });
    const partial = await onDisk(world.guest, world.copyOf());
    expect([partial.token === null, namesOf(partial), await flagOf(world)]).toEqual([false, [], 'on']);

    const forced: boolean[] = [];
    const watched = zfsOver(
      tamperedHost(host, (argv) => {
        if (isReceive(argv)) forced.push(argv.includes('-F'));
        return argv;
      }),
    );
    const run = await runToEnd({ ...job, receiver: watched });
    expect(stepsOf(run.dataset(world.source))).toEqual(['full @1 resumed']);
    expect(forced).toEqual([true]);
    await expectDone(world);
    expect(await world.sh('digest "$C@1"')).toBe(await world.sh('digest "$S@1"'));
  });

  test('the same onto a copy of our own that has lost all its snapshots', async () => {
    const world = await platform().world('lost', 'zfs snapshot "$S@1"');
    const job = jobOf(world);
    await runToEnd(job);
    await world.sh(`zfs release ${lastReceivedHoldTag(SINK)} "$C@1"; zfs destroy "$C@1"
      fill "$S" data 2; zfs destroy "$S@1"; zfs snapshot "$S@1"`);
    const { host, zfsOver } = platform();
    await runJob({ ...job, sender: zfsOver(partialSends(host, MIB)) });
    expect((await onDisk(world.guest, world.copyOf())).token).not.toBeNull();
    const run = await runToEnd(job);
    expect(stepsOf(run.dataset(world.source))).toEqual(['full @1 resumed']);
    expect(await world.sh('digest "$C@1"')).toBe(await world.sh('digest "$S@1"'));
  });

  test('its snapshot goes meanwhile: the partial state is discarded, the stand-in and its child stay', async () => {
    const { world, job } = await standIn('useless');
    const { host, zfsOver } = platform();
    await runJob({ ...job, protection: 'guarantee_nothing', sender: zfsOver(partialSends(host, MIB)) });
    await world.sh('zfs destroy "$S@1"; zfs snapshot "$S@1"');
    const run = await runToEnd(job);
    expect(run.dataset(world.source).discardedBytes).toBeGreaterThan(MIB / 2);
    expect(stepsOf(run.dataset(world.source))).toEqual(['full @1']);
    await expectDone(world);
  });
});

describe('what is no stand-in is never replaced', () => {
  test('a dataset with snapshots of its own is refused, whatever its mark says, and keeps them', async () => {
    const world = await platform().world(
      'foreign',
      `zfs snapshot "$S@1"; zfs create -p -o zrepl:placeholder=on "$C"
       for n in a b c; do zfs snapshot "$C@$n"; done`,
    );
    const run = await runJob(jobOf(world));
    expect(run.dataset(world.source)).toMatchObject({
      state: 'planning-error',
      problem: { code: 'no-common-ancestor' },
    });
    expect(namesOf(await onDisk(world.guest, world.copyOf()))).toEqual(['a', 'b', 'c']);
  });

  test('somebody puts a snapshot on the stand-in between plan and step: it is looked at again before the force', async () => {
    const { world, job } = await standIn('late');
    const { host, zfsOver } = platform();
    let done = false;
    const late = zfsOver(
      tamperedHost(host, async (argv) => {
        // The hold comes after the plan and before the receiver looks again.
        if (argv[1] === 'hold' && !done) {
          done = true;
          await world.sh('zfs snapshot "$C@theirs"');
        }
        return argv;
      }),
    );
    const run = await runJob({ ...job, sender: late });
    expect(run.dataset(world.source)).toMatchObject({
      state: 'step-error',
      problem: { code: 'destination-has-snapshots' },
    });
    expect(namesOf(await onDisk(world.guest, world.copyOf()))).toEqual(['theirs']);
  });

  test('an empty dataset that nobody marked is refused with the same care', async () => {
    const world = await platform().world('empty', 'zfs snapshot "$S@1"; zfs create -p "$C"; fill "$C" theirs 1');
    const run = await runJob(jobOf(world));
    expect(run.dataset(world.source)).toMatchObject({
      state: 'planning-error',
      problem: { code: 'destination-exists' },
    });
    expect(await world.sh('test -s "/mnt/$C/theirs" && echo there')).toBe('there\n');
  });
});
