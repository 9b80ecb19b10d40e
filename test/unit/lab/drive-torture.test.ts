/** Points, checks and measurements of the torture with drives. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DriveSides, driveViolations, jobOfDrive } from '../../lab/drives/torture/check.ts';
import { armGate, gatedHost, passedGate } from '../../lab/drives/torture/gate.ts';
import { roundTripsOf } from '../../lab/drives/torture/meter.ts';
import {
  beginsWith,
  DRIVE_PHASES,
  DRIVE_POINTS,
  DRIVES,
  drivePointOf,
  WHOLE_COUNT,
} from '../../lab/drives/torture/points.ts';
import type { DatasetState } from '../../lab/platform/support/state.ts';
import { FakeMachine } from '../drives/machine.ts';

describe('the points', () => {
  const all = Array.from({ length: DRIVE_POINTS }, (_, index) => drivePointOf(index, 1));

  it('are twenty whole runs, and then fifty yanks and more, in every phase with either drive', () => {
    expect(all.slice(0, WHOLE_COUNT).every(({ deed }) => deed === 'eject')).toBe(true);
    const yanks = all.filter(({ deed }) => deed === 'yank');
    expect(yanks.length).toBeGreaterThanOrEqual(50);
    for (const phase of DRIVE_PHASES.filter((one) => one !== 'whole')) {
      for (const { failmode } of DRIVES) {
        for (const deed of ['yank', 'power-loss']) {
          const found = all.filter((one) => one.phase === phase && one.make.failmode === failmode && one.deed === deed);
          expect(found.length, `${phase} ${failmode} ${deed}`).toBeGreaterThan(0);
        }
      }
    }
  });

  it('of a number are always the same, and the drives take turns', () => {
    expect(all).toEqual(Array.from({ length: DRIVE_POINTS }, (_, index) => drivePointOf(index, 1)));
    for (const [index, point] of all.entries()) expect(point.make).toBe(DRIVES[index % 2]);
  });

  it.each([
    ['import', 'zpool import -N -d /dev/disk/by-id -R /run/x -o cachefile=none 7'],
    ['planning', '/usr/sbin/zfs list -Hp -r -t all -o name blue/copies/ws'],
    ['completion', '/usr/sbin/zfs hold zrepl_last_received_J_drives:07 blue/copies/ws/desk/data@s1'],
    ['pruning', '/usr/sbin/zfs destroy blue/copies/ws/desk/data@s1'],
    ['export', 'zpool sync blue'],
    ['export', 'zpool export blue'],
  ] as const)('%s begins with %s', (phase, command) => {
    expect(command).toMatch(new RegExp(beginsWith(phase, 'blue') ?? 'none'));
    expect(command.replaceAll('blue', 'desk').replace('import -N', 'import')).not.toMatch(
      new RegExp(beginsWith(phase, 'blue') ?? ''),
    );
  });
});

describe('what must be there after a run to one of two drives', () => {
  const own = jobOfDrive('drives', 7n);
  const other = jobOfDrive('drives', 9n);
  const pair = { source: 'desk/data', target: 'blue/copies/ws/desk/data', job: own };
  const cursorOf = (guid: bigint, job: string) => `zrepl_CURSOR_G_${guid.toString(16).padStart(16, '0')}_J_${job}`;
  const expected = {
    taken: [1n, 2n, 3n],
    keep: { sender: 2, receiver: 2 },
    cursors: new Map([
      [own, 3n],
      [other, 1n],
    ]),
  };
  const state = (
    guids: readonly bigint[],
    marks: readonly (readonly [string, bigint])[],
    tags: readonly string[] = [],
    token: string | null = null,
  ): DatasetState => ({
    token,
    snapshots: new Map(
      guids.map((guid, index) => [`s${guid}`, { guid, tags: index === guids.length - 1 ? tags : [] }]),
    ),
    bookmarks: new Map(marks),
  });
  const marks = [
    [cursorOf(3n, own), 3n],
    [cursorOf(1n, other), 1n],
  ] as const;
  const held = [`zrepl_last_received_J_${own}`];
  const sides = (sender: DatasetState, receiver: DatasetState): DriveSides => ({
    sender: new Map([[pair.source, sender]]),
    receiver: new Map([[pair.target, receiver]]),
  });
  const good = state([2n, 3n], [], held);

  it('is its cursor and its hold at the newest, and the cursor of the other where it was', () => {
    expect(driveViolations(sides(state([2n, 3n], marks), good), pair, expected)).toEqual([]);
  });

  it.each([
    ['the other cursor is gone', state([2n, 3n], marks.slice(0, 1)), good, /CURSOR_G_0000000000000001.*missing/],
    ['the other cursor was moved', state([2n, 3n], [marks[0], [cursorOf(3n, other), 3n]]), good, /missing/],
    ['a mark is left', state([2n, 3n], [...marks, ['zrepl_STEP_x', 2n]]), good, /stray/],
    ['a snapshot is held here', state([2n, 3n], marks, ['zrepl_STEP_J_x']), good, /held by zrepl_STEP/],
    ['a snapshot is lost here', state([3n], marks), good, /guid 2 is lost/],
    ['a snapshot is lost there', state([2n, 3n], marks), state([3n], [], held), /guid 2 is lost/],
    ['the newest has not arrived', state([2n, 3n], marks), state([1n, 2n], [], held), /newest snapshot has guid 2/],
    ['it is not held there', state([2n, 3n], marks), state([2n, 3n], []), /not held/],
    [
      'it is held by the other there',
      state([2n, 3n], marks),
      state([2n, 3n], [], [...held, `zrepl_last_received_J_${other}`]),
      /is held by/,
    ],
    ['a part has arrived there', state([2n, 3n], marks), state([2n, 3n], [], held, '1-x'), /partial/],
  ])('otherwise it is found: %s', (_, sender, receiver, words) => {
    expect(driveViolations(sides(sender, receiver), pair, expected).join('\n')).toMatch(words);
  });
});

describe('the gate', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'snapferry-gate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('tells of the first command that matches, once', async () => {
    const host = gatedHost(new FakeMachine().host, folder);
    const run = (...argv: [string, ...string[]]) => host.run(argv, { deadlineMs: 1_000, stdoutLimitBytes: 10 });
    await run('zpool', 'sync', 'blue');
    armGate(folder, '^zpool (sync|export) blue$');
    expect(passedGate(folder)).toBeNull();
    await run('zpool', 'sync', 'red');
    expect(passedGate(folder)).toBeNull();
    await run('zpool', 'sync', 'blue');
    expect(passedGate(folder)).toBe('zpool sync blue');
    await run('zpool', 'export', 'blue');
    expect(passedGate(folder)).toBe('zpool sync blue');
    armGate(folder, null);
    expect(passedGate(folder)).toBeNull();
  });
});

it('round trips are told by their percentiles', () => {
  const times = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(roundTripsOf(times)).toEqual({ count: 100, p50Ms: 51, p95Ms: 96, maxMs: 100 });
  expect(roundTripsOf([])).toEqual({ count: 0, p50Ms: 0, p95Ms: 0, maxMs: 0 });
});
