import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { type PruningReport, pruningReportSchema } from '../../../core/api/status.ts';
import { ClockGuard } from '../../../core/pruning/clock-guard.ts';
import { CreationCache } from '../../../core/pruning/creation-cache.ts';
import { batchesOf } from '../../../core/pruning/execute.ts';
import type { KeepRule } from '../../../core/pruning/keep-rule.ts';
import { ListingGuard } from '../../../core/pruning/listing-guard.ts';
import { doomed } from '../../../core/pruning/plan.ts';
import { type PruneParts, type PruneRequest, planPruning, prune } from '../../../core/pruning/prune.ts';
import { compileRules } from '../../../core/pruning/rules.ts';
import type { ListedDataset, OtherTransfers } from '../../../core/pruning/types.ts';
import { FakeClock } from '../snapshotting/fake-clock.ts';
import { FakeZfs } from './fake-zfs.ts';

const NOW_S = Date.UTC(2025, 0, 1) / 1000;
const lastTwo: KeepRule = { type: 'last_n', count: 2, regex: '' };

function setUp(changes: Partial<PruneParts> = {}) {
  const zfs = new FakeZfs();
  const clock = new FakeClock(NOW_S * 1000);
  const reports: PruningReport[] = [];
  const parts: PruneParts = {
    zfs,
    clock,
    creations: new CreationCache(),
    clockGuard: new ClockGuard(clock),
    listingGuard: new ListingGuard(),
    onProgress: (report) => reports.push(pruningReportSchema.parse(report)),
    ...changes,
  };
  const request = (
    options: { details?: boolean; rules?: KeepRule[]; basis?: Partial<ListedDataset> } = {},
  ): PruneRequest => {
    const listed = zfs.listing(options.details ?? false);
    return {
      side: 'sender',
      rules: compileRules(options.rules ?? [lastTwo]),
      replicatedOn: 'any',
      datasets: listed.map((entry) => ({
        ...entry,
        isPlaceholder: false,
        onSender: true,
        targets: [],
        unfinished: [],
        ...options.basis,
      })),
      listing: { key: 'this', host: 'this machine', count: listed.flatMap(({ versions }) => versions).length },
      otherListings: [],
    };
  };
  const fill = (dataset: string, count: number): void => {
    for (let i = 1; i <= count; i += 1) zfs.add(dataset, `s${i}`, NOW_S - 10_000 + i);
  };
  return { zfs, clock, parts, reports, request, fill };
}
const summary = (report: PruningReport): string[] =>
  report.datasets.map(({ dataset, state, destroyedCount, problem }) =>
    [dataset, state, destroyedCount, ...(problem === null ? [] : [problem.code])].join(' '),
  );

describe('one pass', () => {
  it('destroys what the rules let go, and reports it', async () => {
    const { zfs, parts, reports, request, fill } = setUp();
    fill('tank/a', 5);
    fill('tank/b', 2);
    fill('tank/c', 3);
    const report = pruningReportSchema.parse(await prune(parts, request()));
    expect(report).toMatchObject({ side: 'sender', state: 'done', problem: null, startedAtMs: NOW_S * 1000 });
    expect(summary(report)).toEqual(['tank/a done 3', 'tank/b done 0', 'tank/c done 1']);
    expect(report.datasets[0]).toMatchObject({ snapshotCount: 5, destroyCount: 3, keptAnyway: [] });
    expect([zfs.names('tank/a'), zfs.names('tank/c')]).toEqual([
      ['s4', 's5'],
      ['s2', 's3'],
    ]);
    expect(reports.map(({ state }) => state)).toEqual(['planning', 'running', 'running']);
    expect(reports[1]?.datasets.map(({ state }) => state)).toEqual(['running', 'done', 'running']);
  });

  it.each([
    ['listed in a hurry, seen for the first time', { details: false, warm: false }, ['details 600']],
    ['listed in a hurry, seen before', { details: false, warm: true }, ['details 500']],
    ['listed in full', { details: true, warm: false }, []],
  ])('costs at most 52 processes for 500 snapshots of 50 datasets: %s', async (_, { details, warm }, reading) => {
    const { zfs, parts, request, fill } = setUp();
    for (let i = 10; i < 60; i += 1) fill(`tank/d${i}`, 12);
    if (warm) {
      for (const { guid, versions } of zfs.listing(true)) {
        for (const version of versions) parts.creations.set(guid, version.guid, version.creationS ?? 0);
      }
    }
    const report = await prune(parts, request({ details }));
    expect(report.datasets.reduce((sum, { destroyedCount }) => sum + destroyedCount, 0)).toBe(500);
    expect(zfs.processes).toBeLessThanOrEqual(52);
    expect(zfs.calls.slice(0, -1)).toEqual(reading);
  });

  it('asks once about new snapshots and those to be destroyed, and never again when nothing goes', async () => {
    const { zfs, parts, request, fill } = setUp();
    fill('tank/a', 3);
    await prune(parts, request());
    zfs.calls.length = 0;
    zfs.add('tank/a', 's9', NOW_S - 5);
    await prune(parts, request());
    expect(zfs.calls).toEqual(['details 2', 'destroy tank/a@s2']);
    zfs.calls.length = 0;
    await prune(parts, request());
    expect(zfs.calls).toEqual([]);
  });

  it('asks again where a new snapshot turns out to be old', async () => {
    const { zfs, parts, request, fill } = setUp();
    fill('tank/a', 3);
    await planPruning(parts, request());
    // Received later, created earlier: the plan made on a guess kept s1 as the oldest.
    zfs.add('tank/a', 'late', NOW_S - 90_000);
    zfs.calls.length = 0;
    const oldest: KeepRule = { type: 'grid', grid: [{ lengthS: 1_000_000, keep: 1 }], regex: '' };
    const plan = await planPruning(parts, request({ rules: [oldest] }));
    expect(doomed(plan).map(({ snapshot }) => snapshot.name)).toEqual(['s1', 's2', 's3']);
    expect(zfs.calls).toEqual(['details 3', 'details 1']);
  });

  it('says what is held and by whom, and does not touch it', async () => {
    const { zfs, parts, request, fill } = setUp();
    fill('tank/a', 5);
    zfs.datasets.get('tank/a')?.[0]?.tags.add('zrepl_STEP_J_backup');
    zfs.datasets.get('tank/a')?.[4]?.tags.add('mine');
    const report = await prune(parts, request());
    expect(zfs.calls).toEqual(['details 5', 'holds tank/a@s1', 'destroy tank/a@s2 tank/a@s3']);
    expect(report).toMatchObject({ state: 'done' });
    expect(report.datasets[0]).toMatchObject({
      destroyCount: 2,
      destroyedCount: 2,
      keptAnyway: [{ snapshot: 's1', reason: 'skipped: held by zrepl_STEP_J_backup (job backup)' }],
    });
  });

  it('keeps what is no longer the snapshot that was listed, and counts what is gone as done', async () => {
    const { zfs, parts, request, fill } = setUp();
    fill('tank/a', 5);
    const stale = request({ details: true });
    const all = zfs.datasets.get('tank/a') ?? [];
    zfs.datasets.set('tank/a', [...all.slice(1, 2), ...all.slice(3)]);
    zfs.add('tank/a', 's1', NOW_S);
    const report = await prune(parts, stale);
    expect(report.datasets[0]).toMatchObject({
      state: 'done',
      destroyedCount: 2,
      keptAnyway: [{ snapshot: 's1', reason: expect.stringContaining('no longer the snapshot') }],
    });
    expect(zfs.names('tank/a')).toEqual(['s4', 's5', 's1']);
  });

  it('leaves out of the plan what vanished or changed before it was asked about', async () => {
    const { zfs, parts, request, fill } = setUp();
    fill('tank/a', 5);
    const stale = request();
    const all = zfs.datasets.get('tank/a') ?? [];
    zfs.datasets.set('tank/a', all.slice(2));
    zfs.add('tank/a', 's1', NOW_S);
    const plan = await planPruning(parts, stale);
    expect(plan.datasets).toMatchObject([{ snapshots: [{ name: 's3' }, { name: 's4' }, { name: 's5' }] }]);
  });

  it('a clone is kept without an error', async () => {
    const { zfs, parts, request, fill } = setUp();
    fill('tank/a', 3);
    for (const snapshot of zfs.datasets.get('tank/a') ?? []) snapshot.hasClones = true;
    const report = await prune(parts, request());
    expect(report.state).toBe('done');
    expect(report.datasets[0]?.keptAnyway).toMatchObject([
      { snapshot: 's1', reason: expect.stringContaining('clones') },
    ]);
  });

  it('what nobody can explain is an error of its dataset', async () => {
    const { zfs, parts, request, fill } = setUp();
    fill('tank/a', 3);
    fill('tank/b', 4);
    const real = zfs.destroySnapshots.bind(zfs);
    zfs.destroySnapshots = async (snapshots) => {
      const outcomes = await real(snapshots);
      // The answer for the last one is missing.
      return [{ kind: 'kept', code: 'undestroyable', reason: 'no idea' }, ...outcomes.slice(1, -1)];
    };
    const report = pruningReportSchema.parse(await prune(parts, request()));
    expect(report.state).toBe('error');
    expect(summary(report)).toEqual(['tank/a error 0 undestroyable', 'tank/b error 1 undestroyable']);
    expect(report.datasets[0]?.problem).toMatchObject({ dataset: 'tank/a', phase: 'prune', detail: 'no idea' });
  });
});

describe('unfinished transfers', () => {
  const unfinished = [{ jobId: 'j', guids: new Set([1n, 2n]), protection: 'incremental' as const }];

  it('become bookmarks before they are destroyed', async () => {
    const order: string[] = [];
    const { zfs, parts, request, fill } = setUp({
      makeTentative: async (dataset, { name }, jobs) => {
        order.push(`${dataset}@${name} ${jobs.join()}`);
        if (name === 's2') throw new ProblemError('bookmark-exists', { name: 'x' });
      },
    });
    fill('tank/a', 5);
    const report = await prune(parts, request({ basis: { unfinished } }));
    expect(order).toEqual(['tank/a@s1 j', 'tank/a@s2 j']);
    expect(zfs.calls.at(-1)).toBe('destroy tank/a@s1 tank/a@s3');
    expect(report.datasets[0]).toMatchObject({
      state: 'done',
      keptAnyway: [{ snapshot: 's2', reason: expect.stringMatching(/job j .*bookmark-exists/) }],
    });
  });

  it('stay where nobody can set bookmarks', async () => {
    const { zfs, parts, request, fill } = setUp();
    fill('tank/a', 4);
    const report = await prune(parts, request({ basis: { unfinished } }));
    expect(zfs.names('tank/a')).toEqual(['s1', 's2', 's3', 's4']);
    expect(report.datasets[0]).toMatchObject({ state: 'done', destroyedCount: 0 });
    expect(report.datasets[0]?.keptAnyway).toHaveLength(2);
  });
});

describe('transfers of other jobs that began after the listing', () => {
  const others = (needed: Readonly<Record<string, bigint>>): OtherTransfers & { readonly during: string[] } => {
    const during: string[] = [];
    return {
      during,
      neededBy: (_, guid) => Object.keys(needed).filter((job) => needed[job] === guid),
      whileDestroying: (datasets, work) => {
        during.push(...datasets);
        return work();
      },
    };
  };

  it('keep what they need, and a person is told', async () => {
    const begun = others({ k: 2n });
    const { zfs, parts, request, fill } = setUp({ others: begun });
    fill('tank/a', 5);
    const report = await prune(parts, request());
    expect(zfs.names('tank/a')).toEqual(['s2', 's4', 's5']);
    expect(report.datasets[0]).toMatchObject({
      state: 'done',
      destroyedCount: 2,
      keptAnyway: [{ snapshot: 's2', reason: 'a transfer of job k that began meanwhile needs it' }],
    });
    expect(new Set(begun.during)).toEqual(new Set(['tank/a']));
  });

  it('let go of what a bookmark of theirs stands in for', async () => {
    const unfinished = [{ jobId: 'k', guids: new Set([2n]), protection: 'incremental' as const }];
    const { zfs, parts, request, fill } = setUp({ others: others({ k: 2n }), makeTentative: async () => {} });
    fill('tank/a', 4);
    await prune(parts, request({ basis: { unfinished } }));
    expect(zfs.names('tank/a')).toEqual(['s3', 's4']);
  });
});

describe('trouble', () => {
  it('of one dataset does not stop the others', async () => {
    const { zfs, parts, request, fill } = setUp();
    for (const name of ['a', 'b', 'c']) fill(`tank/${name}`, 3);
    zfs.fail.destroy = (dataset) =>
      dataset === 'tank/b' ? new ProblemError('permission-denied', { host: 'h' }) : null;
    const report = await prune(parts, request());
    expect(summary(report)).toEqual(['tank/a done 1', 'tank/b error 0 permission-denied', 'tank/c done 1']);
    expect(report).toMatchObject({ state: 'error', problem: null });
  });

  it('of the only dataset is not tried twice', async () => {
    const { zfs, parts, request, fill } = setUp();
    fill('tank/a', 3);
    zfs.fail.destroy = () => new ProblemError('permission-denied', { host: 'h' });
    expect(summary(await prune(parts, request()))).toEqual(['tank/a error 0 permission-denied']);
    expect(zfs.calls.filter((call) => call.startsWith('destroy'))).toHaveLength(1);
  });

  it('of one pool does not stop another, and is not tried dataset by dataset', async () => {
    const { zfs, parts, request, fill } = setUp();
    for (const name of ['usb/a', 'usb/b', 'tank/a']) fill(name, 3);
    fill('usb/many', 700);
    zfs.fail.destroy = (dataset) =>
      dataset.startsWith('usb') ? new ProblemError('pool-unavailable', { name: 'usb' }) : null;
    const report = await prune(parts, request());
    expect(summary(report)).toEqual([
      'tank/a done 1',
      'usb/a error 0 pool-unavailable',
      'usb/b error 0 pool-unavailable',
      'usb/many error 0 pool-unavailable',
    ]);
    expect(zfs.calls.filter((call) => call.startsWith('destroy usb'))).toHaveLength(1);
  });

  it('that turns out to be the pool ends trying one by one', async () => {
    const { zfs, parts, request, fill } = setUp();
    for (const name of ['usb/a', 'usb/b', 'usb/c']) fill(name, 3);
    let asked = 0;
    zfs.fail.destroy = () => {
      asked += 1;
      return new ProblemError(asked === 1 ? 'permission-denied' : 'pool-unavailable');
    };
    const report = await prune(parts, request());
    expect(asked).toBe(2);
    expect(report.state).toBe('error');
    expect(report.datasets[0]?.problem?.code).toBe('pool-unavailable');
    expect(report.datasets.every(({ state }) => state === 'error')).toBe(true);
  });

  it('of the whole host ends the run', async () => {
    const { zfs, parts, request, fill } = setUp();
    for (const name of ['usb/a', 'tank/a']) fill(name, 3);
    zfs.fail.destroy = () => new ProblemError('connection-lost', { host: 'nas' });
    const report = pruningReportSchema.parse(await prune(parts, request()));
    expect(report).toMatchObject({ state: 'error', problem: { code: 'connection-lost', side: 'sender' } });
    expect(zfs.calls.filter((call) => call.startsWith('destroy'))).toHaveLength(1);
  });

  it('while reading is a problem of the datasets of that pool', async () => {
    const { zfs, parts, request, fill } = setUp();
    for (const name of ['usb/a', 'tank/a']) fill(name, 3);
    zfs.fail.details = (dataset) =>
      dataset.startsWith('usb') ? new ProblemError('command-timeout', { host: 'h' }) : null;
    expect(summary(await prune(parts, request()))).toEqual(['tank/a done 1', 'usb/a error 0 command-timeout']);
    expect(zfs.names('usb/a')).toHaveLength(3);
  });

  it('while reading holds spares what may be held', async () => {
    const { zfs, parts, request, fill } = setUp();
    fill('tank/a', 3);
    zfs.datasets.get('tank/a')?.[0]?.tags.add('x');
    zfs.fail.holds = () => new ProblemError('command-failed', { host: 'h' });
    expect(summary(await prune(parts, request()))).toEqual(['tank/a error 0 command-failed']);
    expect(zfs.calls.some((call) => call.startsWith('destroy'))).toBe(false);
  });

  it('without a connection nothing is read pool by pool', async () => {
    const { zfs, parts, request, fill } = setUp();
    for (const name of ['usb/a', 'tank/a']) fill(name, 3);
    zfs.fail.details = () => new ProblemError('host-unreachable', { host: 'nas' });
    expect(summary(await prune(parts, request()))).toEqual([
      'tank/a error 0 host-unreachable',
      'usb/a error 0 host-unreachable',
    ]);
    expect(zfs.calls).toEqual(['details 6']);
  });

  it('of a defect is a report too', async () => {
    class Broken extends CreationCache {
      override get(): number | undefined {
        throw new Error('broken');
      }
    }
    const { parts, request, fill } = setUp({ creations: new Broken() });
    fill('tank/a', 3);
    const report = await prune(parts, request());
    expect(report).toMatchObject({ state: 'error', problem: { code: 'internal' }, datasets: [] });
  });
});

describe('pace', () => {
  it('pauses between batches and gives way to what is more urgent', async () => {
    const asked: string[] = [];
    const { zfs, clock, parts, request, fill } = setUp({
      giveWay: async (pool) => void asked.push(pool),
      pauseMs: 250,
    });
    fill('tank/a', 1102);
    fill('usb/a', 3);
    const report = await prune(parts, request({ details: true }));
    expect(summary(report)).toEqual(['tank/a done 1100', 'usb/a done 1']);
    expect(clock.slept).toEqual([250, 250, 250]);
    expect(asked).toEqual(['tank', 'tank', 'tank', 'usb']);
    expect(zfs.calls).toHaveLength(4);
  });

  it('stops between batches when told to', async () => {
    const stop = new AbortController();
    const { zfs, clock, parts, request, fill } = setUp({ signal: stop.signal });
    fill('tank/a', 702);
    fill('tank/b', 9);
    clock.onSleep = () => stop.abort();
    const report = await prune(parts, request({ details: true }));
    expect(report).toMatchObject({ state: 'error', problem: { code: 'command-aborted' } });
    expect(summary(report)).toEqual(['tank/a error 500 command-aborted', 'tank/b pending 0']);
    expect(zfs.names('tank/b')).toHaveLength(9);
  });

  it('cuts batches by pool', () => {
    const items = ['a/1', 'a-b/1', 'a/2', 'a/3'].map((dataset) => ({ dataset }));
    expect(batchesOf(items, 2).map((batch) => batch.map(({ dataset }) => dataset))).toEqual([
      ['a/1', 'a/2'],
      ['a/3'],
      ['a-b/1'],
    ]);
  });
});

describe('safety stops', () => {
  it('a jumped clock pauses pruning', async () => {
    const { zfs, clock, parts, reports, request, fill } = setUp();
    fill('tank/a', 5);
    clock.wallMs += 3 * 86_400_000;
    const report = await prune(parts, request());
    expect(report).toMatchObject({ state: 'paused', problem: { code: 'clock-jumped', side: 'sender' }, datasets: [] });
    expect(zfs.calls).toEqual([]);
    clock.wallMs -= 3 * 86_400_000;
    expect(await prune(parts, request())).toMatchObject({ state: 'done' });
    expect(reports.length).toBeGreaterThan(0);
  });

  it('a listing that shrank pauses it once, on either side', async () => {
    const { parts, request, fill } = setUp();
    fill('tank/a', 5);
    const withOther = (count: number): PruneRequest => ({
      ...request(),
      otherListings: [{ key: 'nas', host: 'nas', count }],
    });
    expect((await prune(parts, withOther(100))).state).toBe('done');
    expect(await prune(parts, withOther(4))).toMatchObject({ state: 'paused', problem: { code: 'listing-shrank' } });
    expect((await prune(parts, withOther(4))).state).toBe('done');
  });

  it('does not mistake its own work for a shrunk listing', async () => {
    const { parts, request, fill } = setUp();
    fill('tank/a', 100);
    expect((await prune(parts, request())).state).toBe('done');
    expect((await prune(parts, request())).state).toBe('done');
  });

  it('a clock that was set right is told from known snapshots', async () => {
    const { zfs, clock, parts, request, fill } = setUp();
    fill('tank/a', 3);
    const behind = new FakeClock((NOW_S - 5 * 86_400) * 1000);
    const guard = new ClockGuard(behind);
    behind.wallMs = clock.wallMs;
    const report = await prune({ ...parts, clockGuard: guard }, request({ details: true }));
    expect(report.state).toBe('done');
    expect(zfs.names('tank/a')).toHaveLength(2);
  });
});
