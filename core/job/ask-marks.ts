/**
 * Questions about marks to one job, to all jobs, or about a job that is not configured any more: then all jobs are asked for
 * its marks, on this machine and where their own copies lie.
 */
import type { AbstractionRow, Reply } from '../api/contract.ts';
import { asProblemError, type Problem, ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import { isConfigured } from './job-marks.ts';
import type { Job } from './types.ts';

export interface AskableJobs {
  /** All that are configured, also those that cannot run. */
  readonly names: readonly string[];
  /** Throws why a configured job cannot be asked, or `job-unknown`. */
  job(name: string): Job;
}

/** Null asks every job. A name that is neither configured nor found in a mark: `job-unknown`. */
export async function listMarksOf(
  jobs: AskableJobs,
  name: string | null,
  signal: AbortSignal,
): Promise<Reply<'abstractions/list'>> {
  const asked = await ask(jobs, name, (job, jobId) => job.abstractions(signal, jobId));
  const { problems } = asked;
  const rows = distinct(asked.answers, (row) => row).filter((row) => !isForgotten(jobs, name) || row.job === name);
  // Nothing of that name although everybody was asked: it is no job but a slip of the pen.
  if (isForgotten(jobs, name) && rows.length + problems.length === 0)
    throw new ProblemError('job-unknown', { job: name });
  return { rows, problems };
}

/** The same for releasing. Marks of a drive of a configured job are its own: `request-invalid`. */
export async function releaseMarksOf(
  jobs: AskableJobs,
  name: string | null,
  which: 'stale' | 'all',
  dryRun: boolean,
  signal: AbortSignal,
): Promise<Reply<'abstractions/release'>> {
  if (isForgotten(jobs, name) && isConfigured(name, jobs.names)) {
    throw new ProblemError('request-invalid', { reason: remark('marks-of-drive', { name }) });
  }
  const asked = await ask(jobs, name, (job, jobId) => job.releaseAbstractions(which, dryRun, signal, jobId));
  const { problems } = asked;
  const releases = distinct(asked.answers, ({ row }) => row);
  if (isForgotten(jobs, name) && releases.length === 0) await listMarksOf(jobs, name, signal);
  return { releases, problems };
}

function isForgotten(jobs: AskableJobs, name: string | null): name is string {
  return name !== null && !jobs.names.includes(name);
}

/** One job that is asked alone rejects; of several, one that cannot answer does not hide what the others say. */
async function ask<T>(
  jobs: AskableJobs,
  name: string | null,
  question: (job: Job, jobId?: string) => Promise<readonly T[]>,
): Promise<{ answers: T[]; problems: Problem[] }> {
  if (name !== null && !isForgotten(jobs, name))
    return { answers: [...(await question(jobs.job(name)))], problems: [] };
  const answers: T[] = [];
  const problems: Problem[] = [];
  for (const one of jobs.names) {
    try {
      const job = jobs.job(one);
      answers.push(...(await (name === null ? question(job) : question(job, name))));
    } catch (thrown) {
      problems.push(asProblemError(thrown).toProblem());
    }
  }
  return { answers, problems };
}

/** Jobs that share a place tell the same marks; the last word counts. */
function distinct<T>(answers: readonly T[], rowOf: (answer: T) => AbstractionRow): T[] {
  const keyOf = ({ host, fullName, tag }: AbstractionRow) => JSON.stringify([host, fullName, tag]);
  return [...new Map(answers.map((answer) => [keyOf(rowOf(answer)), answer])).values()];
}
