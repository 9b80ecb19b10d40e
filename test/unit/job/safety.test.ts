import { describe, expect, it } from 'vitest';
import { evidenceCommand } from '../../../core/api/safety.ts';
import type { ReplicationReport } from '../../../core/api/status.ts';
import type { SenderDataset } from '../../../core/endpoint/types.ts';
import { safetyOf } from '../../../core/job/safety.ts';
import { cursorName } from '../../../core/zfs/marks.ts';

describe('how safe a dataset is', () => {
  const snapshot = (id: number) => ({
    type: 'snapshot' as const,
    name: `s${id}`,
    guid: BigInt(id),
    createtxg: BigInt(id),
    creationS: id,
  });
  const source = (name: string, changes: Partial<SenderDataset> = {}): SenderDataset => ({
    dataset: name,
    guid: 1n,
    kind: 'filesystem',
    isPlaceholder: false,
    encrypted: false,
    keyLoaded: null,
    keyFingerprint: null,
    versions: [snapshot(1), snapshot(2), snapshot(3)],
    ...changes,
  });
  const target = (versions: SenderDataset['versions']) => ({
    dataset: 'a',
    localName: 'backup/a',
    guid: 2n,
    placeholderFlag: false,
    hasChildren: false,
    ours: true,
    chain: null,
    key: null,
    encrypted: false,
    resumeToken: null,
    versions,
  });
  const basis = {
    destination: 'nas:backup',
    guarantee: 'guarantee_incremental',
    jobId: 'j',
    receiverJobId: 'j',
    senderHost: 'this machine',
    receiverHost: 'root@nas',
    nowMs: 9000,
    before: [],
    report: null,
  } as const;
  const map = <T extends { readonly dataset: string }>(...all: readonly T[]) =>
    new Map(all.map((one) => [one.dataset, one]));

  it('is told by guid: the newest on both sides, and the newest here', () => {
    const renamed = { ...snapshot(2), name: 'other' };
    // A bookmark on the receiver is no copy, and another guid under the same name is another snapshot.
    const there = [renamed, { ...snapshot(3), guid: 99n }, { ...snapshot(3), type: 'bookmark' as const }];
    expect(safetyOf(map(source('a')), map(target(there)), basis)).toEqual([
      {
        dataset: 'a',
        destination: 'nas:backup',
        newestCommon: { name: 's2', guid: '2', creationMs: 2000 },
        newestLocal: { name: 's3', guid: '3', creationMs: 3000 },
        guarantee: 'guarantee_incremental',
        basis: 'compared',
        seenAtMs: 9000,
        receiverSeenAtMs: 9000,
        atRisk: { everything: false, sinceMs: 2000, snapshots: 1, bytes: null },
        standing: 'not-kept',
        keptBy: [],
      },
    ]);
  });

  it('of a dataset that never arrived or has no snapshots is told as nothing; stand-ins are left out', () => {
    const senders = map(source('b', { versions: [] }), source('a'), source('c', { isPlaceholder: true }));
    expect(safetyOf(senders, new Map(), basis)).toMatchObject([
      { dataset: 'a', newestCommon: null, newestLocal: { name: 's3' }, standing: 'nothing-there' },
      { dataset: 'b', newestCommon: null, newestLocal: null, atRisk: { everything: true, snapshots: 0 } },
    ]);
  });

  it('prefers the snapshot to its bookmark, and takes the bookmark where the snapshot is gone', () => {
    const mark = { ...snapshot(2), type: 'bookmark' as const, name: cursorName(2n, 'j') };
    const there = map(target([snapshot(2)]));
    const both = map(source('a', { versions: [mark, snapshot(2), mark, snapshot(3)] }));
    expect(safetyOf(both, there, basis)).toMatchObject([{ newestCommon: { name: 's2' } }]);
    const one = map(source('a', { versions: [mark, snapshot(3)] }));
    expect(safetyOf(one, there, basis)).toMatchObject([{ newestCommon: { name: mark.name, guid: '2' } }]);
  });

  it('while the receiver is away is what was known, or what the cursor proves; never less than that, never more', () => {
    const mark = { ...snapshot(2), type: 'bookmark' as const, name: cursorName(2n, 'j') };
    const senders = map(source('a', { versions: [snapshot(1), snapshot(2), mark, snapshot(3)] }), source('b'));
    const unknown = safetyOf(senders, null, basis);
    expect(unknown).toMatchObject([
      { newestCommon: { name: 's2' }, newestLocal: { name: 's3' }, basis: 'cursor', receiverSeenAtMs: null },
      { newestCommon: null, newestLocal: { name: 's3' }, basis: 'cursor', atRisk: { everything: true, snapshots: 3 } },
    ]);
    const before = safetyOf(senders, map(target([snapshot(1)])), basis);
    expect(safetyOf(senders, null, { ...basis, before, nowMs: 10_000 })).toMatchObject([
      { newestCommon: { name: 's1' }, basis: 'remembered', seenAtMs: 10_000, receiverSeenAtMs: 9000 },
      { newestCommon: null, basis: 'remembered' },
    ]);
    // What only a cursor said is asked of the cursor again.
    const moved = { ...snapshot(3), type: 'bookmark' as const, name: cursorName(3n, 'j') };
    const later = map(source('a', { versions: [snapshot(1), snapshot(2), mark, snapshot(3), moved] }));
    expect(safetyOf(later, null, { ...basis, before: unknown })).toMatchObject([
      { newestCommon: { name: 's3' }, basis: 'cursor', atRisk: { snapshots: 0 } },
    ]);
  });

  it('is kept by what stands on disk for the common snapshot, and by nothing else', () => {
    const bookmark = (id: number, name: string) => ({ ...snapshot(id), type: 'bookmark' as const, name });
    const cursor = bookmark(2, cursorName(2n, 'j'));
    const senders = map(
      source('a', {
        versions: [
          snapshot(1),
          { ...snapshot(2), userrefs: 1 },
          cursor,
          // Of another job, of another snapshot, and one whose name lies.
          bookmark(2, cursorName(2n, 'other')),
          bookmark(1, cursorName(1n, 'j')),
          bookmark(2, cursorName(3n, 'j')),
          snapshot(3),
        ],
      }),
    );
    const there = map(target([{ ...snapshot(2), name: 'copy', userrefs: 2 }]));
    const [found] = safetyOf(senders, there, { ...basis, receiverJobId: 'sink' });
    expect(found?.standing).toBe('kept');
    expect(found?.keptBy).toEqual([
      {
        kind: 'cursor',
        side: 'sender',
        host: 'this machine',
        fullName: `a#${cursor.name}`,
        tag: null,
        proof: 'listed',
      },
      {
        kind: 'step-hold',
        side: 'sender',
        host: 'this machine',
        fullName: 'a@s2',
        tag: 'zrepl_STEP_J_j',
        proof: 'counted',
      },
      {
        kind: 'received-hold',
        side: 'receiver',
        host: 'root@nas',
        fullName: 'backup/a@copy',
        tag: 'zrepl_last_received_J_sink',
        proof: 'counted',
      },
    ]);
    // A hold on the copy alone does not keep this side's end of the next increment.
    const bare = map(source('a'));
    expect(safetyOf(bare, there, basis)).toMatchObject([{ standing: 'not-kept', keptBy: [{ kind: 'received-hold' }] }]);
    const nothing = { ...basis, guarantee: 'guarantee_nothing' } as const;
    expect(safetyOf(senders, there, nothing)).toMatchObject([{ standing: 'not-promised' }]);
  });

  it('at stake is what is newer than the copy, in bytes only where all of it was estimated', () => {
    const step = (to: string, bytesExpected: number | null) => ({
      kind: 'incremental' as const,
      from: '@s1',
      to,
      snapshotCount: 1,
      resumedFromBytes: null,
      bytesExpected,
      bytesReplicated: 0,
      bytesPerSecond: null,
      remainingMs: null,
      startedAtMs: null,
      finishedAtMs: null,
    });
    const bytesOf = (currentStep: number, ...steps: ReturnType<typeof step>[]) => {
      const attempt = {
        state: 'filesystem-error' as const,
        startedAtMs: 0,
        finishedAtMs: 1,
        problem: null,
        datasets: [
          {
            dataset: 'a',
            state: 'step-error' as const,
            blockedOn: 'nothing' as const,
            problem: null,
            guarantee: 'guarantee_incremental' as const,
            discardedBytes: 0,
            newestCommon: null,
            currentStep,
            steps,
          },
        ],
      };
      const report: ReplicationReport = {
        startedAtMs: 0,
        finishedAtMs: 1,
        outcome: 'failed',
        warnings: [],
        waiting: null,
        attempts: [attempt],
      };
      return safetyOf(map(source('a')), map(target([snapshot(1)])), { ...basis, report })[0]?.atRisk;
    };
    expect(bytesOf(0, step('@s2', 10), step('@s3', 5))).toEqual({
      everything: false,
      sinceMs: 1000,
      snapshots: 2,
      bytes: 15,
    });
    expect(bytesOf(1, step('@s2', 10), step('@s3', 5))?.bytes).toBe(5);
    expect(bytesOf(0, step('@s2', null), step('@s3', 5))?.bytes).toBeNull();
    // A snapshot that is newer than the plan is in no estimate.
    expect(bytesOf(0, step('@s2', 10))?.bytes).toBeNull();
    expect(bytesOf(2, step('@s2', 10), step('@s3', 5))?.bytes).toBeNull();
  });
});

describe('the command that shows a mark', () => {
  it('asks for the tags of a hold and for the guid of a bookmark, whatever the name', () => {
    const mark = {
      kind: 'cursor',
      side: 'sender',
      host: 'here',
      fullName: 'p/a#c',
      tag: null,
      proof: 'listed',
    } as const;
    expect(evidenceCommand(mark)).toBe('zfs get -H -o value guid p/a#c');
    expect(evidenceCommand({ ...mark, fullName: 'p/a@1', tag: 't' })).toBe('zfs holds p/a@1');
    expect(evidenceCommand({ ...mark, fullName: "p/my data's@1", tag: 't' })).toBe(`zfs holds 'p/my data'\\''s@1'`);
  });
});
