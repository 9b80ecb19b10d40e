import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { listAbstractions, releaseAbstractions } from '../../../core/endpoint/abstractions.ts';
import { parseTxgRange } from '../../../core/endpoint/txg-range.ts';
import { cursorName, lastReceivedHoldTag, stepHoldTag, tentativeCursorName } from '../../../core/zfs/marks.ts';
import { MemoryZfs } from '../doubles/memory-zfs.ts';

/** Two datasets with marks of jobs "a" and "b", and things that only look like marks. */
async function marked(): Promise<MemoryZfs> {
  const zfs = new MemoryZfs();
  for (const name of ['p', 'p/x', 'p/y']) zfs.addDataset(name);
  for (const name of ['s1', 's2', 's3']) zfs.addSnapshot('p/x', name);
  zfs.addSnapshot('p/y', 's1');
  const [s1, s2, s3] = zfs.datasets.get('p/x')?.snapshots ?? [];
  if (s1 === undefined || s2 === undefined || s3 === undefined) throw new Error('no snapshots');
  const bookmark = (name: string, { guid, name: from }: typeof s1) =>
    zfs.bookmark('p/x', { type: 'snapshot', name: from, guid }, name);
  await bookmark(cursorName(s1.guid, 'a'), s1);
  await bookmark(tentativeCursorName(s2.guid, 'a'), s2);
  await bookmark(cursorName(s1.guid, 'b'), s1);
  await bookmark('zrepl_replication_cursor', s1);
  await bookmark('mine', s1);
  // The name claims another guid than the bookmark has.
  await bookmark(cursorName(s3.guid, 'a'), s1);
  await zfs.hold(stepHoldTag('a'), [
    { dataset: 'p/x', name: 's2' },
    { dataset: 'p/x', name: 's3' },
  ]);
  await zfs.hold(lastReceivedHoldTag('b'), [{ dataset: 'p/y', name: 's1' }]);
  await zfs.hold('keep', [{ dataset: 'p/y', name: 's1' }]);
  zfs.calls.length = 0;
  return zfs;
}

async function list(zfs: MemoryZfs, query: Parameters<typeof listAbstractions>[2] = {}) {
  const listed = await zfs.listVersions(['p'], { recursive: true, details: true });
  return listAbstractions(zfs, listed, query, {});
}

describe('listing marks', () => {
  it('finds all kinds of all jobs, and nothing else', async () => {
    const zfs = await marked();
    const found = (await list(zfs)).map(({ type, dataset, version, tag, jobId }) => [
      `${type} ${dataset} ${version.type === 'snapshot' ? version.name : ''}`.trim(),
      tag,
      jobId,
    ]);
    expect(found.sort()).toEqual([
      ['last-received-hold p/y s1', 'zrepl_last_received_J_b', 'b'],
      ['replication-cursor-bookmark-v1 p/x', null, null],
      ['replication-cursor-bookmark-v2 p/x', null, 'a'],
      ['replication-cursor-bookmark-v2 p/x', null, 'b'],
      ['step-hold p/x s2', 'zrepl_STEP_J_a', 'a'],
      ['step-hold p/x s3', 'zrepl_STEP_J_a', 'a'],
      ['tentative-replication-cursor-bookmark-v2 p/x', null, 'a'],
    ]);
  });

  it('costs one process for the holds of everything that is held, and none where nothing is', async () => {
    const zfs = await marked();
    await list(zfs);
    expect(zfs.calls.map(({ method, names }) => [method, names])).toEqual([
      ['listVersions', ['p']],
      ['holds', ['p/x@s2', 'p/x@s3', 'p/y@s1']],
    ]);
    zfs.calls.length = 0;
    await listAbstractions(zfs, await zfs.listVersions(['p'], { recursive: false, details: true }), {}, {});
    expect(zfs.calls.map(({ method }) => method)).toEqual(['listVersions']);
  });

  it('asks about every snapshot where the listing did not count holds', async () => {
    const zfs = await marked();
    const listed = await zfs.listVersions(['p'], { recursive: true, details: false });
    await listAbstractions(zfs, listed, {}, {});
    expect(zfs.calls.at(-1)?.names).toEqual(['p/x@s1', 'p/x@s2', 'p/x@s3', 'p/y@s1']);
  });

  it('of one job includes what names no job', async () => {
    const found = await list(await marked(), { jobId: 'b' });
    expect(found.map(({ type, jobId }) => [type, jobId])).toEqual([
      ['replication-cursor-bookmark-v2', 'b'],
      ['replication-cursor-bookmark-v1', null],
      ['last-received-hold', 'b'],
    ]);
  });

  it('within a range looks at the versions in it alone', async () => {
    const zfs = await marked();
    const txg = zfs.datasets.get('p/x')?.snapshots[1]?.createtxg ?? 0n;
    const found = await list(zfs, { txgRange: parseTxgRange(`~,${txg}]`), jobId: 'a' });
    expect(found.map(({ type, version }) => [type, version.createtxg <= txg])).toEqual([
      ['replication-cursor-bookmark-v2', true],
      ['replication-cursor-bookmark-v1', true],
      ['tentative-replication-cursor-bookmark-v2', true],
      ['step-hold', true],
    ]);
    expect(zfs.calls.at(-1)?.names).toEqual(['p/x@s2']);
  });

  it('rejects when the holds cannot be read', async () => {
    const zfs = await marked();
    zfs.before = ({ method }) => {
      if (method === 'holds') throw new ProblemError('command-timeout', { host: 'x' });
    };
    await expect(list(zfs)).rejects.toMatchObject({ code: 'command-timeout' });
  });
});

describe('releasing marks', () => {
  it('takes one process per tag and one per bookmark, and touches nothing else', async () => {
    const zfs = await marked();
    const marks = await list(zfs, { jobId: 'a' });
    zfs.calls.length = 0;
    const failed = await releaseAbstractions(
      zfs,
      marks.filter(({ jobId }) => jobId === 'a'),
      {},
    );
    expect(failed.size).toBe(0);
    expect(zfs.calls.map(({ method }) => method)).toEqual(['release', 'destroyBookmark', 'destroyBookmark']);
    expect(zfs.holdsOn('p/x')).toEqual([]);
    expect(zfs.holdsOn('p/y')).toEqual(['s1 keep', 's1 zrepl_last_received_J_b']);
    expect(zfs.bookmarkNames('p/x')).toHaveLength(4);
  });

  it('reports what could not be removed, and goes on with the rest', async () => {
    const zfs = await marked();
    const marks = await list(zfs);
    zfs.before = ({ method, names }) => {
      if (method === 'release' && names.includes('p/x@s2')) throw new ProblemError('permission-denied', { host: 'x' });
      if (method === 'destroyBookmark' && names[0]?.endsWith('_J_b')) throw new TypeError('broken');
    };
    const failed = await releaseAbstractions(zfs, marks, {});
    expect([...failed].map(([{ type, jobId }, { code, place }]) => [type, jobId, code, place.phase])).toEqual([
      ['step-hold', 'a', 'permission-denied', 'cleanup'],
      ['step-hold', 'a', 'permission-denied', 'cleanup'],
      ['replication-cursor-bookmark-v2', 'b', 'internal', 'cleanup'],
    ]);
    expect(zfs.holdsOn('p/y')).toEqual(['s1 keep']);
  });
});
