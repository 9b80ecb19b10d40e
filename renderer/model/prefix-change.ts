/** What another prefix means for the snapshots that bear the one of before. Pure. */
import type { ConfigJob } from '../../core/api/config.ts';
import type { JobKeep, KeepSide } from '../../core/api/config-forms.ts';
import type { JobPlan } from '../../core/api/status.ts';
import type { ConfigDraft } from './config-draft.ts';

/**
 * thinned: rules with times go on thinning them out; kept: they stay for good, nothing thins them out any more; goes: no rule keeps
 * them, so they go at the next prune, but for what is needed.
 */
export type OldFate = 'thinned' | 'kept' | 'goes';

/** By what the daemon says of the rules as they would be; null where it has not said it. */
export function oldFate({ rules }: JobKeep): OldFate | null {
  if (rules.some(({ ownBefore }) => ownBefore === undefined)) return null;
  if (rules.length === 0) return 'kept';
  const about = rules.filter(({ rule, ownBefore }) => ownBefore === true && rule?.type !== 'not_replicated');
  if (about.length === 0) return 'goes';
  return about.some(({ rule }) => rule?.type === 'regex') ? 'kept' : 'thinned';
}

/** How many there are on one side, as a plan of the job lists them; null where that side could not be listed. */
export function oldCount(plan: JobPlan, side: KeepSide, prefix: string): number | null {
  const found = plan.pruning.find((one) => one.side === side);
  if (found === undefined || found.problem !== null || found.datasets.some(({ problem }) => problem !== null))
    return null;
  return found.datasets.flatMap(({ snapshots }) => snapshots).filter(({ name }) => bare(name).startsWith(prefix))
    .length;
}

const bare = (name: string): string => name.slice(name.indexOf('@') + 1);

/** The prefix of before, where a draft would change it; null where it stays, or there was none. */
export function prefixBefore(job: ConfigJob, draft: ConfigDraft): string | null {
  const saved = job.schedule?.schedule ?? null;
  const wanted = draft.kind === 'forms' ? draft.jobs[job.name]?.schedule : undefined;
  if (saved === null || saved.kind === 'manual' || wanted === undefined || wanted.kind === 'manual') return null;
  return wanted.prefix === saved.prefix ? null : saved.prefix;
}

/** Whether somebody has yet to agree to what another prefix means. */
export function awaitsAgreement(draft: ConfigDraft, jobs: readonly ConfigJob[]): boolean {
  if (draft.kind === 'text') return false;
  return jobs.some((job) => {
    const drafted = draft.jobs[job.name];
    return drafted?.removed !== true && prefixBefore(job, draft) !== null && drafted?.prefixAgreed !== true;
  });
}
