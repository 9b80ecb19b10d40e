/** The marks of a job, on every host where it sets some. */
import type { AbstractionRelease, AbstractionRow } from '../api/contract.ts';
import { ProblemError } from '../api/problem.ts';
import { listAbstractions, releaseAbstractions } from '../endpoint/abstractions.ts';
import { type Abstraction, staleAbstractions } from '../endpoint/staleness.ts';
import { type ListingRoot, listDetails } from '../endpoint/survey.ts';
import { versionName } from '../zfs/names.ts';
import type { Ctx, Zfs } from '../zfs/types.ts';

/** One place where marks of a job lie. */
export interface MarkSide {
  readonly zfs: Zfs;
  readonly jobId: string;
  /**
   * Marks of this end of a replication only: where machines push to each other, jobs of the same name may mark the same pool
   * from both ends.
   */
  readonly end: 'sender' | 'receiver' | 'both';
  /** Null: all imported pools. */
  readonly roots: readonly ListingRoot[] | null;
  /** Where this exists, roots that do not exist hold no marks yet; without it they may lie in a pool that is not imported. */
  readonly above: string | null;
  /** Of a drive: whether it is there now. Marks on one that is not are left out. */
  readonly reachable?: () => boolean;
}

/** One mark where it was found. */
export interface FoundMark {
  readonly place: MarkSide;
  readonly mark: Abstraction;
  readonly stale: boolean;
}

/** All marks of the job, also those that name no job. Rejects when a side cannot be listed: half a list would mislead. */
export async function listMarks(sides: readonly MarkSide[], ctx: Ctx): Promise<readonly AbstractionRow[]> {
  return (await findAll(sides, ctx)).map(rowOf);
}

/** Removes stale marks, or all of them. Marks that name no job are nobody's to remove. */
export async function releaseMarks(
  sides: readonly MarkSide[],
  which: 'stale' | 'all',
  dryRun: boolean,
  ctx: Ctx,
): Promise<readonly AbstractionRelease[]> {
  const owned = (await findAll(sides, ctx)).filter(({ mark }) => mark.jobId !== null);
  const found = owned.filter(({ stale }) => which === 'all' || stale);
  if (dryRun) return found.map((one) => ({ row: rowOf(one), outcome: 'would-release', problem: null }));
  const releases: AbstractionRelease[] = [];
  for (const place of sides) {
    const here = found.filter((entry) => entry.place === place);
    const marks = here.map(({ mark }) => mark);
    const failed = await releaseAbstractions(place.zfs, marks, ctx);
    for (const one of here) {
      const problem = failed.get(one.mark)?.toProblem() ?? null;
      releases.push({ row: rowOf(one), outcome: problem === null ? 'released' : 'failed', problem });
    }
  }
  return releases;
}

async function findAll(sides: readonly MarkSide[], ctx: Ctx): Promise<readonly FoundMark[]> {
  const perSide = await Promise.all(sides.map((place) => findMarks(place, ctx)));
  return perSide.flat();
}

/** The marks of one place: one listing, and one process for the holds. */
export async function findMarks(place: MarkSide, ctx: Ctx): Promise<readonly FoundMark[]> {
  const { zfs, jobId } = place;
  const listed = await listPlace(place, ctx);
  const marks = (await listAbstractions(zfs, listed, { jobId }, ctx)).filter((mark) => isOfEnd(place, mark));
  const stale = staleAbstractions(marks);
  return marks.map((mark) => ({ place, mark, stale: stale.has(mark) }));
}

function isOfEnd({ end }: MarkSide, { type }: Abstraction): boolean {
  return end === 'both' || end === endOf(type);
}

function endOf(type: Abstraction['type']): 'sender' | 'receiver' {
  return type === 'last-received-hold' ? 'receiver' : 'sender';
}

function rowOf({ place, mark, stale }: FoundMark): AbstractionRow {
  return {
    type: mark.type,
    side: endOf(mark.type),
    host: place.zfs.label,
    dataset: mark.dataset,
    fullName: versionName(mark.dataset, mark.version),
    tag: mark.tag,
    job: mark.jobId,
    guid: mark.version.guid.toString(),
    createtxg: mark.version.createtxg.toString(),
    stale,
  };
}

/** A root that is missing must not hide the marks below the others; only where none is there, nothing can be said. */
async function listPlace({ zfs, roots, above }: MarkSide, ctx: Ctx) {
  const missing: string[] = [];
  const listed = await listDetails(zfs, roots, ctx, (root) => missing.push(root));
  const [first] = missing;
  if (first === undefined || missing.length < (roots ?? []).length) return listed;
  if (above === null) throw new ProblemError('not-found', { name: first, host: zfs.label });
  await zfs.listVersions([above], { recursive: false, details: false }, ctx);
  return listed;
}
