import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { snapshottingStatusSchema } from '../../../core/api/status.ts';
import { parseCron } from '../../../core/snapshotting/cron.ts';
import { decideFire, planFire } from '../../../core/snapshotting/cron-loop.ts';
import { compileSnapshotting, type SnapshottingTexts } from '../../../core/snapshotting/plan.ts';
import type { SnapshotRun, SnapshotScope } from '../../../core/snapshotting/run.ts';
import { SnapshotScheduler } from '../../../core/snapshotting/scheduler.ts';
import { FakeZfs } from '../pruning/fake-zfs.ts';
import { FakeClock } from './fake-clock.ts';

const MINUTE = 60_000;
const START = Date.UTC(2024, 4, 14, 12, 0);
const names = { prefix: 'p_', timestampFormat: 'dense', timestampLocation: '' };
const periodic: SnapshottingTexts = { type: 'periodic', intervalMs: 10 * MINUTE, ...names };
const everyTen: SnapshottingTexts = { type: 'cron', cron: 'TZ=UTC */10 * * * *', ...names };

/** A job's surroundings; time passes only when somebody sleeps, and the job stops at the end. */
function setUp(texts: SnapshottingTexts, forMs: number) {
  const zfs = new FakeZfs();
  const clock = new FakeClock(START);
  const stop = new AbortController();
  const runs: { atMs: number; run: SnapshotRun }[] = [];
  const states: string[] = [];
  const warnings: string[] = [];
  const leftOut: string[] = [];
  let now = (): void => {};
  clock.onSleep = () => {
    zfs.nowS = Math.floor(clock.wallMs / 1000);
    now();
    if (clock.upMs >= forMs) stop.abort();
  };
  const scope: SnapshotScope = {
    datasets: async () => [...zfs.datasets.keys()],
    versions: async () => zfs.listing(false),
  };
  const world = {
    zfs,
    clock,
    stop,
    runs,
    states,
    warnings,
    leftOut,
    scope,
    onTaken: (_: SnapshotRun): void => {},
    onSleep: (hook: () => void) => {
      now = hook;
    },
    start(): SnapshotScheduler {
      const scheduler = new SnapshotScheduler({
        plan: compileSnapshotting(texts),
        zfs,
        scope: {
          datasets: (signal) => world.scope.datasets(signal),
          versions: (signal) => world.scope.versions(signal),
        },
        clock,
        onLeftOut: (reason, problem) => leftOut.push(problem === null ? reason : `${reason} ${problem.code}`),
        onTaken: (run) => {
          runs.push({ atMs: run.startedMs - START, run });
          world.onTaken(run);
        },
        onWarning: (message) => warnings.push(message),
        onChange: () => {
          const status = snapshottingStatusSchema.parse(scheduler.status());
          if (states.at(-1) !== status.state) states.push(status.state);
        },
      });
      return scheduler;
    },
  };
  return world;
}

const minutes = (world: { runs: { atMs: number }[] }): number[] => world.runs.map(({ atMs }) => atMs / MINUTE);

describe('periodic', () => {
  it('starts at the sync point and keeps the rhythm', async () => {
    const world = setUp(periodic, 35 * MINUTE);
    world.zfs.add('tank/a', 'p_1', START / 1000 - 8 * 60);
    world.zfs.add('tank/b', 'other', START / 1000 - 60);
    const scheduler = world.start();
    await scheduler.run(world.stop.signal);
    expect(minutes(world)).toEqual([2, 12, 22, 32]);
    expect(world.zfs.names('tank/b')).toEqual(['other', ...world.runs.map(({ run }) => run.name)]);
    expect(world.runs[0]?.run.name).toBe('p_20240514_120200_000');
    expect(world.warnings).toEqual([expect.stringContaining('tank/b')]);
    expect(world.states.slice(0, 5)).toEqual(['sync-up', 'planning', 'snapshotting', 'waiting', 'planning']);
    expect(scheduler.status()).toMatchObject({ state: 'stopped', nextAtMs: null, problem: null });
    // One listing of the newest snapshot's age, then one command a run.
    expect(world.zfs.calls).toHaveLength(5);
    expect(Math.max(...world.clock.slept)).toBe(10_000);
  });

  it('takes exactly one run after a night asleep, within ten seconds', async () => {
    const world = setUp(periodic, 9 * 60 * MINUTE);
    world.zfs.datasets.set('tank/a', []);
    const scheduler = world.start();
    world.onSleep(() => {
      if (world.clock.upMs === 5 * MINUTE) world.clock.pass(8 * 60 * MINUTE);
    });
    await scheduler.run(world.stop.signal);
    const first = 8 * 60 + 5;
    expect(minutes(world)).toEqual([0, first, first + 10, first + 20, first + 30, first + 40, first + 50]);
  });

  it('waits an interval when all newest snapshots lie in the future', async () => {
    const world = setUp(periodic, 15 * MINUTE);
    world.zfs.add('tank/a', 'p_1', START / 1000 + 300);
    const scheduler = world.start();
    await scheduler.run(world.stop.signal);
    expect(minutes(world)).toEqual([10]);
    expect(world.states.slice(0, 3)).toEqual(['sync-up', 'sync-up-error', 'planning']);
  });

  it('goes on when the clock is set back by a year', async () => {
    const world = setUp(periodic, 30 * MINUTE);
    world.zfs.datasets.set('tank/a', []);
    world.onSleep(() => {
      if (world.clock.upMs === 5 * MINUTE) world.clock.wallMs -= 365 * 24 * 60 * MINUTE;
    });
    await world.start().run(world.stop.signal);
    expect(world.runs.length).toBe(4);
  });

  it('outlives failed listings, failed snapshots and a job that throws', async () => {
    const world = setUp(periodic, 45 * MINUTE);
    world.zfs.datasets.set('tank/a', []);
    let listings = 0;
    world.scope.datasets = async () => {
      listings += 1;
      if (listings === 2) throw new Error('no list');
      return ['tank/a'];
    };
    world.zfs.fail.snapshot = () => (listings === 3 ? new ProblemError('quota-exceeded', { name: 'tank/a' }) : null);
    world.onTaken = () => {
      throw new Error('the job is broken');
    };
    const scheduler = world.start();
    const problems = new Set<string>();
    world.onSleep(() => problems.add(scheduler.status().problem?.happened ?? ''));
    await scheduler.run(world.stop.signal);
    // The failed listing is not told: there is nothing new to replicate.
    expect(minutes(world)).toEqual([0, 20, 30, 40]);
    expect(world.leftOut).toEqual(['snapshots-failed internal']);
    expect(world.runs[1]?.run.items).toMatchObject([{ state: 'error', problem: { code: 'quota-exceeded' } }]);
    expect(world.states).toContain('error-wait');
    expect([...problems].join()).toContain('no list');
    expect([...problems].join()).toContain('the job is broken');
  });

  it('syncs up only once, also when that fails', async () => {
    const world = setUp(periodic, 15 * MINUTE);
    world.zfs.datasets.set('tank/a', []);
    let asked = 0;
    world.scope.versions = async () => {
      asked += 1;
      throw new ProblemError('pool-unavailable', { name: 'tank' });
    };
    await world.start().run(world.stop.signal);
    expect([asked, minutes(world)]).toEqual([1, [10]]);
  });

  it('begins at once, once, when a run took longer than the interval', async () => {
    const world = setUp(periodic, 40 * MINUTE);
    world.zfs.datasets.set('tank/a', []);
    world.scope.datasets = async () => {
      if (world.runs.length === 0) world.clock.pass(25 * MINUTE);
      return ['tank/a'];
    };
    await world.start().run(world.stop.signal);
    expect(minutes(world)).toEqual([0, 25, 35]);
  });

  it('ignores a watcher that throws', async () => {
    const world = setUp(periodic, 5 * MINUTE);
    world.zfs.datasets.set('tank/a', []);
    const scheduler = new SnapshotScheduler({
      plan: compileSnapshotting(periodic),
      zfs: world.zfs,
      scope: world.scope,
      clock: world.clock,
      onTaken: (run) => world.runs.push({ atMs: 0, run }),
      onWarning: (message) => world.warnings.push(message),
      onChange: () => {
        throw new Error('broken watcher');
      },
    });
    await scheduler.run(world.stop.signal);
    expect(world.runs).toHaveLength(1);
    expect(world.warnings[0]).toContain('broken watcher');
  });
});

describe('cron', () => {
  it('fires at its times and tells the job', async () => {
    const world = setUp(everyTen, 35 * MINUTE);
    world.zfs.datasets.set('tank/a', []);
    const scheduler = world.start();
    const next = new Set<number>();
    world.onSleep(() => next.add((scheduler.status().nextAtMs ?? 0) - START));
    await scheduler.run(world.stop.signal);
    expect(minutes(world)).toEqual([10, 20, 30]);
    expect([...next]).toEqual([10, 20, 30, 40].map((minute) => minute * MINUTE));
    expect(scheduler.status().state).toBe('stopped');
  });

  it('tells the job also when listing failed, and goes on', async () => {
    const world = setUp(everyTen, 25 * MINUTE);
    world.scope.datasets = async () => {
      throw new ProblemError('pool-unavailable', { name: 'tank' });
    };
    const scheduler = world.start();
    await scheduler.run(world.stop.signal);
    expect(world.runs.map(({ run }) => run.problem?.code)).toEqual(['pool-unavailable', 'pool-unavailable']);
    expect(world.runs[0]?.run).toMatchObject({ name: null, items: [] });
  });

  it('leaves out fires while a run is at work, and counts them', async () => {
    const world = setUp(everyTen, 55 * MINUTE);
    world.zfs.datasets.set('tank/a', []);
    let release = (): void => {};
    let first = true;
    world.scope.datasets = async () => {
      if (first) {
        first = false;
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      }
      return ['tank/a'];
    };
    const scheduler = world.start();
    const skipped: number[] = [];
    world.onSleep(() => {
      skipped.push(scheduler.status().skippedFires);
      if (world.clock.upMs === 35 * MINUTE) release();
    });
    await scheduler.run(world.stop.signal);
    expect(minutes(world)).toEqual([10, 40, 50]);
    expect([Math.max(...skipped), skipped.at(-1)]).toEqual([2, 0]);
    expect(world.warnings).toHaveLength(2);
    expect(world.leftOut).toEqual(['still-at-work', 'still-at-work']);
  });

  it('collapses the fires of a night asleep into one', async () => {
    const world = setUp(everyTen, 8 * 60 * MINUTE + 15 * MINUTE);
    world.zfs.datasets.set('tank/a', []);
    world.onSleep(() => {
      if (world.clock.upMs === 5 * MINUTE) world.clock.pass(8 * 60 * MINUTE);
    });
    await world.start().run(world.stop.signal);
    expect(minutes(world)).toEqual([485, 490]);
  });

  it('decides moment by moment', () => {
    const fire = planFire(parseCron('0 * * * *', 'UTC'), START + 1);
    expect(fire).toEqual({ atMs: START + 60 * MINUTE, computedMs: START + 1 });
    expect(decideFire(fire, START + 2, false)).toEqual({ kind: 'wait', ms: 60 * MINUTE - 2 });
    expect(decideFire(fire, fire.atMs, false)).toEqual({ kind: 'run' });
    expect(decideFire(fire, fire.atMs + 1, true)).toEqual({ kind: 'skip' });
    expect(decideFire(fire, START - 59_000, false)).toMatchObject({ kind: 'wait' });
    expect(decideFire(fire, START - 61_000, false)).toEqual({ kind: 'plan-anew' });
  });

  it('plans anew when the clock is set back', async () => {
    const world = setUp(everyTen, 35 * MINUTE);
    world.zfs.datasets.set('tank/a', []);
    world.onSleep(() => {
      if (world.clock.upMs === 5 * MINUTE) world.clock.wallMs -= 24 * 60 * MINUTE;
    });
    await world.start().run(world.stop.signal);
    expect(world.runs).toHaveLength(3);
  });
});

describe('on demand', () => {
  it('takes no snapshots where they are taken by hand', async () => {
    const world = setUp({ type: 'manual' }, 1);
    const scheduler = world.start();
    expect(await scheduler.takeNow(world.stop.signal)).toBeNull();
    await scheduler.run(world.stop.signal);
    expect(scheduler.status()).toEqual({
      type: 'manual',
      state: 'manual',
      nextAtMs: null,
      problem: null,
      items: [],
      skippedFires: 0,
    });
  });

  it('takes them besides the schedule, under names of their own, one run after the other', async () => {
    const world = setUp(periodic, MINUTE);
    world.zfs.datasets.set('tank/a', []);
    const scheduler = world.start();
    const both = await Promise.all([scheduler.takeNow(world.stop.signal), scheduler.takeNow(world.stop.signal)]);
    expect(both.map((run) => run?.name)).toEqual(['p_20240514_120000_000', 'p_20240514_120001_000']);
    expect(world.zfs.names('tank/a')).toHaveLength(2);
    expect(world.runs).toEqual([]);
    expect(scheduler.status().items).toMatchObject([{ dataset: 'tank/a', state: 'done' }]);
  });
});
