/** Forgets a drive: what that costs, and doing it. */
import type { Params, Reply } from '../api/contract.ts';
import { visible } from '../api/visible.ts';
import type { ConfigVerbs } from './config-verbs.ts';
import type { Supervisor } from './supervisor.ts';

export interface ForgetParts {
  readonly supervisor: Supervisor;
  readonly config: ConfigVerbs;
}

/**
 * Takes it out of the set of every job that names it, then releases what is kept here for its next increment. What is on the drive
 * stays. Should the second not come to pass, the marks stay and harm nothing. Throws `request-invalid` for a drive that no job names,
 * `drive-last` for the only one of a job, `drive-in-use`, and what writing the configuration throws.
 */
export async function forgetDrive(
  { supervisor, config }: ForgetParts,
  { poolGuid, dryRun }: Params<'drive/forget'>,
  signal: AbortSignal,
): Promise<Reply<'drive/forget'>> {
  const found = supervisor.withDrive(poolGuid);
  const planned = await Promise.all(found.map(({ job }) => job.forgetDrive?.(poolGuid, true, signal) ?? []));
  const jobs = found.map(({ name }) => name);
  const edits = jobs.map((job) => ({ op: 'forget-drive' as const, job, poolGuid }));
  if (dryRun) {
    config.check(edits);
    return { jobs, releases: planned.flat(), keptAs: null };
  }
  const { keptAs } = await config.edit(edits);
  const released = await Promise.all(found.map(({ job }) => job.forgetDrive?.(poolGuid, false, signal) ?? []));
  return { jobs, releases: released.flat(), keptAs };
}

/** The same for whoever has to agree. */
export async function describeForgetting(
  parts: ForgetParts,
  { poolGuid }: Params<'drive/forget'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { jobs, releases } = await forgetDrive(parts, { poolGuid, dryRun: true }, signal);
  return [
    ...jobs.map((job) => `Job ${visible(job)} does not back up to it any more.`),
    ...releases.map(({ row }) => `${row.host}: ${row.fullName}${row.tag === null ? '' : ` (${row.tag})`}`),
  ];
}
