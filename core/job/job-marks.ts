/** The marks that one job can list and release: its own, and those of jobs that are not configured any more. */
import type { AbstractionRelease, AbstractionRow } from '../api/contract.ts';
import { ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import { parseDriveJobId } from '../zfs/marks.ts';
import type { Ctx, Zfs } from '../zfs/types.ts';
import { listMarks, type MarkSide, releaseMarks } from './marks.ts';

/** Whether marks of this id belong to one of these jobs, or to a drive of one. */
export function isConfigured(jobId: string, jobs: readonly string[]): boolean {
  return jobs.includes(jobId) || jobs.includes(parseDriveJobId(jobId)?.jobName ?? '');
}

export interface JobMarksParts {
  /** Where the job's own marks lie. */
  readonly own: readonly MarkSide[];
  /** This machine. */
  readonly local: Zfs;
  /** Where the job puts its copies on another machine; null where it has none. */
  readonly remote: MarkSide | null;
  /** The name of the job, and of all that are configured at the moment. */
  readonly name: string;
  readonly configured: () => readonly string[];
}

export class JobMarks {
  readonly #parts: JobMarksParts;

  constructor(parts: JobMarksParts) {
    this.#parts = parts;
  }

  /** Where the job's own marks lie. */
  get own(): readonly MarkSide[] {
    return this.#parts.own;
  }

  list(ctx: Ctx, jobId: string = this.#parts.name): Promise<readonly AbstractionRow[]> {
    return listMarks(this.#places(jobId), ctx);
  }

  /** Rejects with `request-invalid` for another job that is configured: it alone knows whether a run needs its marks. */
  async release(
    which: 'stale' | 'all',
    dryRun: boolean,
    ctx: Ctx,
    jobId: string = this.#parts.name,
  ): Promise<readonly AbstractionRelease[]> {
    const { name, configured } = this.#parts;
    if (jobId !== name && isConfigured(jobId, configured())) {
      throw new ProblemError('request-invalid', {
        reason: remark('marks-of-other', { job: jobId }),
      });
    }
    return releaseMarks(this.#places(jobId), which, dryRun, ctx);
  }

  /** Releases all of the job's own marks at the sending end. */
  releaseHere(dryRun: boolean, ctx: Ctx): Promise<readonly AbstractionRelease[]> {
    const here = this.#parts.own.filter(({ end }) => end === 'sender');
    return releaseMarks(here, 'all', dryRun, ctx);
  }

  #places(jobId: string): readonly MarkSide[] {
    const { own, local, remote, name } = this.#parts;
    const here: MarkSide = { zfs: local, jobId, end: 'both', roots: null, above: null };
    const elsewhere = remote === null ? [here] : [here, { ...remote, jobId }];
    return (jobId === name ? own : elsewhere).filter(({ reachable }) => reachable?.() ?? true);
  }
}
