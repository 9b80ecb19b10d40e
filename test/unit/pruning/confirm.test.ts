import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { ClockGuard } from '../../../core/pruning/clock-guard.ts';
import type { Relist } from '../../../core/pruning/confirm.ts';
import { CreationCache } from '../../../core/pruning/creation-cache.ts';
import { ListingGuard } from '../../../core/pruning/listing-guard.ts';
import { type PruneParts, type PruneRequest, prune } from '../../../core/pruning/prune.ts';
import { compileRules } from '../../../core/pruning/rules.ts';
import type { ListedDataset } from '../../../core/pruning/types.ts';
import { FakeClock } from '../snapshotting/fake-clock.ts';
import { FakeZfs } from './fake-zfs.ts';

const NOW_S = Date.UTC(2025, 0, 1) / 1000;

/** Three datasets with three snapshots each, of which the rules keep two; `tank/b` and `tank/c` are only remembered. */
function setUp(relist?: Relist) {
  const zfs = new FakeZfs();
  const clock = new FakeClock(NOW_S * 1000);
  for (const dataset of ['tank/a', 'tank/b', 'tank/c']) {
    for (let n = 1; n <= 3; n++) zfs.add(dataset, `s${n}`, NOW_S - 10_000 + n);
  }
  const parts: PruneParts = {
    zfs,
    clock,
    creations: new CreationCache(),
    clockGuard: new ClockGuard(clock),
    listingGuard: new ListingGuard(),
    ...(relist === undefined ? {} : { relist }),
  };
  const listed = (): readonly ListedDataset[] =>
    zfs.listing(true).map((entry) => ({ ...entry, isPlaceholder: false, onSender: true, targets: [], unfinished: [] }));
  const remembered = listed().map((entry) => (entry.dataset === 'tank/a' ? entry : { ...entry, remembered: true }));
  const request: PruneRequest = {
    side: 'sender',
    rules: compileRules([{ type: 'last_n', count: 2, regex: '' }]),
    replicatedOn: 'any',
    datasets: remembered,
    listing: { key: 'this', host: 'this machine', count: 9 },
    otherListings: [],
  };
  const left = () => zfs.listing(false).map(({ dataset, versions }) => `${dataset} ${versions.length}`);
  return { zfs, parts, request, listed, left };
}

describe('pruning what is only remembered', () => {
  it('lists anew whatever would lose a snapshot, and nothing else', async () => {
    const asked: (readonly string[])[] = [];
    const { parts, request, listed, left } = setUp(async (names) => {
      asked.push(names);
      return listed().filter(({ dataset }) => names.includes(dataset));
    });
    const report = await prune(parts, request);
    expect(report.state).toBe('done');
    expect(asked).toEqual([['tank/b', 'tank/c']]);
    expect(left()).toEqual(['tank/a 2', 'tank/b 2', 'tank/c 2']);
  });

  it('lists nothing anew where nothing goes', async () => {
    const { parts, request, left } = setUp(async () => {
      throw new Error('nobody should ask');
    });
    const keepAll = compileRules([{ type: 'last_n', count: 3, regex: '' }]);
    expect((await prune(parts, { ...request, rules: keepAll })).state).toBe('done');
    expect(left()).toEqual(['tank/a 3', 'tank/b 3', 'tank/c 3']);
  });

  it('decides by what there is now: a transfer that began since keeps what it needs', async () => {
    const { parts, request, listed, left } = setUp(async () =>
      listed().map((entry) => ({
        ...entry,
        unfinished: [
          {
            jobId: 'other',
            guids: new Set(entry.versions.map(({ guid }) => guid)),
            protection: 'resumability' as const,
          },
        ],
      })),
    );
    await prune(parts, request);
    expect(left()).toEqual(['tank/a 2', 'tank/b 3', 'tank/c 3']);
  });

  it('destroys nothing of what could not be listed again, or still is only remembered', async () => {
    const { parts, request, listed, left } = setUp(async () =>
      listed()
        .filter(({ dataset }) => dataset === 'tank/c')
        .map((entry) => ({ ...entry, remembered: true })),
    );
    const report = await prune(parts, request);
    expect(report.datasets.map(({ dataset, state, skipReason }) => [dataset, state, skipReason !== ''])).toEqual([
      ['tank/a', 'done', false],
      ['tank/b', 'skipped', true],
      ['tank/c', 'skipped', true],
    ]);
    expect(left()).toEqual(['tank/a 2', 'tank/b 3', 'tank/c 3']);
  });

  it('destroys nothing of it where nobody can list it', async () => {
    const { parts, request, left } = setUp();
    await prune(parts, request);
    expect(left()).toEqual(['tank/a 2', 'tank/b 3', 'tank/c 3']);
  });

  it('destroys nothing at all when the listing fails', async () => {
    const { parts, request, left } = setUp(async () => {
      throw new ProblemError('connection-lost', { host: 'nas' });
    });
    expect(await prune(parts, request)).toMatchObject({ state: 'error', problem: { code: 'connection-lost' } });
    expect(left()).toEqual(['tank/a 3', 'tank/b 3', 'tank/c 3']);
  });
});
