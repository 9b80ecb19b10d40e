/** Finds the marks that jobs set on a host, and removes them on a person's order. */
import { asProblemError, type ProblemError } from '../api/problem.ts';
import { bookmarkMarkOf, LEGACY_CURSOR_NAME, parseHoldMark } from '../zfs/marks.ts';
import type { Ctx, DatasetVersions, Version, Zfs } from '../zfs/types.ts';
import type { Abstraction } from './staleness.ts';
import type { TxgRange } from './txg-range.ts';

export interface AbstractionQuery {
  /** Marks of this job only; marks that name no job always match. Undefined: every job. */
  readonly jobId?: string;
  /** By createtxg of the version. */
  readonly txgRange?: TxgRange;
}

/**
 * All marks on some datasets, from a listing with details. One process for the holds of everything that is held.
 * @param listed must carry `userrefs`; without it every snapshot is asked
 */
export async function listAbstractions(
  zfs: Zfs,
  listed: readonly DatasetVersions[],
  query: AbstractionQuery,
  ctx: Ctx,
): Promise<readonly Abstraction[]> {
  const inRange = (version: Version) => query.txgRange === undefined || query.txgRange.contains(version.createtxg);
  const ofJob = (jobId: string | null) => query.jobId === undefined || jobId === null || jobId === query.jobId;
  const found: Abstraction[] = [];
  const held = new Map<string, { readonly dataset: string; readonly version: Version }>();
  for (const { dataset, versions } of listed) {
    for (const version of versions.filter(inRange)) {
      if (version.type === 'snapshot') {
        if (version.userrefs !== 0) held.set(`${dataset}@${version.name}`, { dataset, version });
        continue;
      }
      const mark = bookmarkMarkOf(dataset, version);
      if (mark !== null && ofJob(mark.jobId)) {
        const type =
          mark.kind === 'cursor' ? 'replication-cursor-bookmark-v2' : 'tentative-replication-cursor-bookmark-v2';
        found.push({ type, dataset, version, tag: null, jobId: mark.jobId });
      } else if (version.name === LEGACY_CURSOR_NAME) {
        found.push({ type: 'replication-cursor-bookmark-v1', dataset, version, tag: null, jobId: null });
      }
    }
  }
  if (held.size === 0) return found;
  const rows = await zfs.holds(
    [...held.values()].map(({ dataset, version }) => ({ dataset, name: version.name })),
    ctx,
  );
  for (const { dataset, snapshot, tag } of rows) {
    const target = held.get(`${dataset}@${snapshot}`);
    const mark = parseHoldMark(tag);
    if (target === undefined || mark === null || !ofJob(mark.jobId)) continue;
    found.push({ type: mark.kind, dataset, version: target.version, tag, jobId: mark.jobId });
  }
  return found;
}

/**
 * Releases holds (one process per tag) and destroys bookmarks. What fails is reported and stops nothing else.
 * @returns the problem of each mark that could not be removed
 */
export async function releaseAbstractions(
  zfs: Zfs,
  marks: readonly Abstraction[],
  ctx: Ctx,
): Promise<ReadonlyMap<Abstraction, ProblemError>> {
  const failed = new Map<Abstraction, ProblemError>();
  const attempt = async (some: readonly Abstraction[], work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      const problem = asProblemError(error, { phase: 'cleanup' });
      for (const mark of some) failed.set(mark, problem);
    }
  };
  const holds = Map.groupBy(
    marks.filter((mark) => mark.tag !== null),
    (mark) => mark.tag ?? '',
  );
  for (const [tag, some] of holds) {
    const snapshots = some.map((mark) => ({ dataset: mark.dataset, name: mark.version.name }));
    await attempt(some, () => zfs.release(tag, snapshots, ctx));
  }
  for (const mark of marks) {
    if (mark.tag === null) await attempt([mark], () => zfs.destroyBookmark(mark.dataset, mark.version.name, ctx));
  }
  return failed;
}
