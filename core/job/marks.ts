/** The marks of a job, on every host where it sets some. */
import type { AbstractionRelease, AbstractionRow } from '../api/contract.ts';
import { asProblemError } from '../api/problem.ts';
import { listAbstractions, releaseAbstractions } from '../endpoint/abstractions.ts';
import type { FilesystemFilter } from '../endpoint/filter.ts';
import { type Abstraction, staleAbstractions } from '../endpoint/staleness.ts';
import type { ListingRoot } from '../endpoint/survey.ts';
import { versionName } from '../zfs/names.ts';
import type { Ctx, Zfs } from '../zfs/types.ts';

/** One place where marks of a job lie. */
export interface MarkSide {
  readonly side: AbstractionRow['side'];
  readonly zfs: Zfs;
  readonly jobId: string;
  /** Null: all imported pools. */
  readonly roots: readonly ListingRoot[] | null;
  readonly filter: FilesystemFilter | null;
}

interface Found {
  readonly place: MarkSide;
  readonly mark: Abstraction;
  readonly row: AbstractionRow;
}

/** All marks of the job. Rejects when a side cannot be listed: half a list would mislead. */
export async function listMarks(sides: readonly MarkSide[], ctx: Ctx): Promise<readonly AbstractionRow[]> {
  return (await findAll(sides, ctx)).map(({ row }) => row);
}

/** Removes stale marks, or all of them. */
export async function releaseMarks(
  sides: readonly MarkSide[],
  which: 'stale' | 'all',
  dryRun: boolean,
  ctx: Ctx,
): Promise<readonly AbstractionRelease[]> {
  const found = (await findAll(sides, ctx)).filter(({ row }) => which === 'all' || row.stale);
  if (dryRun) return found.map(({ row }) => ({ row, outcome: 'would-release', problem: null }));
  const releases: AbstractionRelease[] = [];
  for (const place of sides) {
    const here = found.filter((entry) => entry.place === place);
    const failed = await releaseAbstractions(
      place.zfs,
      here.map(({ mark }) => mark),
      ctx,
    );
    for (const { mark, row } of here) {
      const problem = failed.get(mark);
      releases.push({
        row,
        outcome: problem === undefined ? 'released' : 'failed',
        problem: problem === undefined ? null : asProblemError(problem, { phase: 'cleanup' }).toProblem(),
      });
    }
  }
  return releases;
}

async function findAll(sides: readonly MarkSide[], ctx: Ctx): Promise<readonly Found[]> {
  const perSide = await Promise.all(sides.map((place) => findOn(place, ctx)));
  return perSide.flat();
}

async function findOn(place: MarkSide, ctx: Ctx): Promise<readonly Found[]> {
  const { zfs, roots, filter, jobId } = place;
  const listed = await listWithHolds(zfs, roots, ctx);
  const inScope = listed.filter((entry) => filter === null || filter.matches(entry.dataset));
  const marks = (await listAbstractions(zfs, inScope, { jobId }, ctx)).filter((mark) => mark.jobId !== null);
  const stale = staleAbstractions(marks);
  return marks.map((mark) => ({
    place,
    mark,
    row: {
      type: mark.type,
      side: place.side,
      host: zfs.label,
      dataset: mark.dataset,
      fullName: versionName(mark.dataset, mark.version),
      tag: mark.tag,
      job: mark.jobId ?? '',
      guid: mark.version.guid.toString(),
      createtxg: mark.version.createtxg.toString(),
      stale: stale.has(mark),
    },
  }));
}

async function listWithHolds(zfs: Zfs, roots: readonly ListingRoot[] | null, ctx: Ctx) {
  if (roots === null) return zfs.listVersions([], { recursive: true, details: true }, ctx);
  const lists = [];
  for (const recursive of [true, false]) {
    const names = roots.filter((root) => root.recursive === recursive).map((root) => root.dataset);
    if (names.length > 0) lists.push(await zfs.listVersions(names, { recursive, details: true }, ctx));
  }
  return lists.flat();
}
