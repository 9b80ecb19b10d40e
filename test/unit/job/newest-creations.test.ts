import { describe, expect, it } from 'vitest';
import type { DatasetSafety } from '../../../core/api/status.ts';
import type { SenderDataset } from '../../../core/endpoint/types.ts';
import { NewestCreations } from '../../../core/job/newest-creations.ts';
import type { Zfs } from '../../../core/zfs/types.ts';

const NEVER = new AbortController().signal;

function row(dataset: string, common: string | null, creationMs: number | null): DatasetSafety {
  const version = common === null ? null : { name: 'auto_1', guid: common, creationMs };
  return {
    dataset,
    destination: 'nas',
    newestCommon: version,
    newestLocal: version,
    guarantee: 'guarantee_resumability',
    basis: 'compared',
    seenAtMs: 0,
    receiverSeenAtMs: 0,
    atRisk: { everything: common === null, sinceMs: creationMs, snapshots: 0, bytes: null },
    standing: common === null ? 'nothing-there' : 'kept',
    keptBy: [],
  };
}

function sender(dataset: string, type: 'snapshot' | 'bookmark', guid: bigint): ReadonlyMap<string, SenderDataset> {
  const versions = [{ type, name: 'auto_1', guid, createtxg: 7n }];
  return new Map([[dataset, { dataset, versions } as unknown as SenderDataset]]);
}

/** Answers for one snapshot, and counts how often it is asked. */
class Details {
  readonly asked: string[][] = [];
  guid = 5n;
  fails = false;

  readonly snapshotDetails: Zfs['snapshotDetails'] = async (snapshots) => {
    this.asked.push(snapshots.map(({ dataset, name }) => `${dataset}@${name}`));
    if (this.fails) throw new Error('no zfs');
    return new Map([['tank/a@auto_1', { guid: this.guid, createtxg: 7n, creationS: 1000, userrefs: 0 }]]);
  };
}

describe('when the newest snapshots were created', () => {
  it('is read once, for what is shown and for what would be lost', async () => {
    const zfs = new Details();
    const creations = new NewestCreations();
    const safety = [row('tank/a', '5', null)];
    const versions = sender('tank/a', 'snapshot', 5n);
    await creations.read(zfs, versions, safety, NEVER);
    await creations.read(zfs, versions, safety, NEVER);
    expect(zfs.asked).toEqual([['tank/a@auto_1']]);
    const [dated] = creations.complete(safety);
    expect([dated?.newestCommon?.creationMs, dated?.newestLocal?.creationMs]).toEqual([1_000_000, 1_000_000]);
    expect(dated?.atRisk.sinceMs).toBe(1_000_000);
  });

  it('is not asked where the listing told it, where there is nothing, and of bookmarks', async () => {
    const zfs = new Details();
    const creations = new NewestCreations();
    await creations.read(zfs, sender('tank/a', 'snapshot', 5n), [row('tank/a', '5', 42)], NEVER);
    await creations.read(zfs, sender('tank/a', 'snapshot', 5n), [row('tank/a', null, null)], NEVER);
    await creations.read(zfs, sender('tank/a', 'bookmark', 6n), [row('tank/a', '6', null)], NEVER);
    expect(zfs.asked).toEqual([]);
  });

  it('what one listing told stays known when the next does not tell it', async () => {
    const zfs = new Details();
    const creations = new NewestCreations();
    await creations.read(zfs, sender('tank/a', 'snapshot', 5n), [row('tank/a', '5', 42)], NEVER);
    expect(creations.complete([row('tank/a', '5', null)])[0]?.newestCommon?.creationMs).toBe(42);
  });

  it.each([
    ['another snapshot has its name', { guid: 6n, fails: false }],
    ['zfs does not answer', { guid: 5n, fails: true }],
  ])('stays unknown where %s', async (_, how) => {
    const zfs = Object.assign(new Details(), how);
    const creations = new NewestCreations();
    const safety = [row('tank/a', '5', null)];
    await creations.read(zfs, sender('tank/a', 'snapshot', 5n), safety, NEVER);
    expect(zfs.asked).toHaveLength(1);
    expect(creations.complete(safety)[0]?.newestCommon?.creationMs).toBeNull();
  });
});
