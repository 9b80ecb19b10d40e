/** A clock that jumps by years: nothing is pruned by it, replication goes on, and with the clock set right so does pruning. */
import { expect, test } from 'vitest';
import type { Clock } from '../../../core/api/clock.ts';
import { systemClock } from '../../../core/host/system-clock.ts';
import { expectGood, expectHelpful, expectSafe, snapshotsHere, snapshotsThere } from './support/expect.ts';
import { type JobRun, openJob } from './support/job.ts';
import { usePair } from './support/pair.ts';

const pair = usePair('clock');
const YEAR_MS = 365 * 86_400_000;

/** The clock of a machine whose time of day somebody sets. */
class SetClock implements Clock {
  aheadMs: number;
  constructor(aheadMs = 0) {
    this.aheadMs = aheadMs;
  }
  nowMs(): number {
    return systemClock.nowMs() + this.aheadMs;
  }
  monotonicMs(): number {
    return systemClock.monotonicMs();
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }
}

/** Everything was sent and nothing destroyed, for this reason alone. */
function expectPaused({ outcome, status }: JobRun, reason: RegExp): void {
  expect([outcome.ok, status.replication?.outcome]).toEqual([false, 'done']);
  expect(outcome.problems.length).toBeGreaterThan(0);
  expect(new Set(outcome.problems.map(({ code }) => code))).toEqual(new Set(['clock-jumped']));
  expect(status.pruning.map(({ side }) => side)).toEqual(['sender', 'receiver']);
  for (const { problem, datasets } of status.pruning) {
    const told = [problem, ...datasets.map((dataset) => dataset.problem)].filter((one) => one !== null);
    expect(told.length).toBeGreaterThan(0);
    for (const one of told) {
      expectHelpful(one, /Set the clock/);
      expect(one.happened).toMatch(reason);
      expect(one.meaning).toContain('replication goes on');
    }
  }
}

test('forward by years, back by years, and wrong from the start', async () => {
  const scene = await pair().scene('clock', {
    here: 'for d in a b; do zfs create "$S/$d"; fill "$S/$d" f 1; done; zfs snapshot -r "$S@1"; zfs snapshot -r "$S@2"',
  });
  const clock = new SetClock();
  const rules = {
    keepSender: [{ type: 'not_replicated' }, { type: 'grid', grid: '1x1h(keep=all)', regex: '.*' }],
    keepReceiver: [{ type: 'last_n', count: 1 }],
    filesystems: { a: true, b: true },
  };
  const next = (name: string) => scene.here.sh(`zfs snapshot -r "$S@${name}"`);
  {
    await using job = openJob(pair(), scene, { ...rules, clock });
    expectGood(await job.run());
    clock.aheadMs = 3 * YEAR_MS;
    await next('3');
    expectPaused(await job.run(), /went forward by 1095 days/);
    clock.aheadMs = -2 * YEAR_MS;
    await next('4');
    expectPaused(await job.run(), /went back by 730 days/);
    // By the wrong clock all of these were older than the grid.
    expect(await snapshotsHere(scene)).toMatchObject({ a: ['1', '2', '3', '4'], b: ['1', '2', '3', '4'] });
    expect(await snapshotsThere(scene)).toEqual({ a: ['2', '3', '4'], b: ['2', '3', '4'] });
    await expectSafe(scene, job, 'a', 'b');

    clock.aheadMs = 0;
    expectGood(await job.run());
    expect(await snapshotsHere(scene)).toMatchObject({ a: ['1', '2', '3', '4'], b: ['1', '2', '3', '4'] });
    expect(await snapshotsThere(scene)).toEqual({ a: ['4'], b: ['4'] });
  }
  clock.aheadMs = -10 * YEAR_MS;
  await using job = openJob(pair(), scene, { ...rules, keepSender: rules.keepReceiver, clock });
  await next('5');
  expectPaused(await job.run(), /lies in the future/);
  expect(await snapshotsHere(scene)).toMatchObject({ a: ['1', '2', '3', '4', '5'] });
  await expectSafe(scene, job, 'a', 'b');
  // A time server sets it at last.
  clock.aheadMs = 0;
  expectGood(await job.run());
  expect([await snapshotsHere(scene), await snapshotsThere(scene)]).toMatchObject([{ a: ['5'] }, { a: ['5'] }]);
});
