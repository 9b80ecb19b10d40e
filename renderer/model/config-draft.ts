/** What a person has changed in the forms of the jobs, and not saved yet. Pure. */
import type { ConfigChange, ConfigComplaint, ConfigEdit, ConfigJob } from '../../core/api/config.ts';
import type { JobKeep, JobLimit, KeepSide, Schedule } from '../../core/api/config-forms.ts';
import type { Language } from '../../core/api/messages/languages.ts';
import { saidIn } from '../../core/api/messages/said.ts';
import { type RuleRow, rowsOf, rulesFault, wantedRules } from './keep-rules.ts';
import { limitEdits, quietFault } from './limit-form.ts';

export interface JobDraft {
  readonly title?: string;
  readonly disabled?: boolean;
  readonly removed?: boolean;
  readonly schedule?: Schedule;
  readonly limit?: JobLimit;
  readonly keeps?: Readonly<Partial<Record<KeepSide, readonly RuleRow[]>>>;
}

/** Either the forms, by job, or the whole text; the text wins from the moment it is touched. */
export type ConfigDraft =
  | { readonly kind: 'forms'; readonly jobs: Readonly<Record<string, JobDraft>> }
  | { readonly kind: 'text'; readonly text: string };

export const NO_DRAFT: ConfigDraft = { kind: 'forms', jobs: {} };

/** The draft after one more change of a form. */
export function draftJob(draft: ConfigDraft, job: string, change: JobDraft): ConfigDraft {
  const jobs = draft.kind === 'forms' ? draft.jobs : {};
  return { kind: 'forms', jobs: { ...jobs, [job]: { ...jobs[job], ...change } } };
}

/** A job as its form shows it. */
export function draftedJob(
  job: ConfigJob,
  draft: ConfigDraft,
): Required<Pick<JobDraft, 'title' | 'disabled' | 'removed'>> {
  return { title: job.title, disabled: job.disabled, removed: false, ...ownDraft(job, draft) };
}

/** Null where it sends nothing. */
export function draftedLimit(job: ConfigJob, draft: ConfigDraft): JobLimit | null {
  return job.limit === null ? null : (ownDraft(job, draft).limit ?? job.limit);
}

/** Null where the form has no words for it, or there is none. */
export function draftedSchedule(job: ConfigJob, draft: ConfigDraft): Schedule | null {
  return ownDraft(job, draft).schedule ?? job.schedule?.schedule ?? null;
}

export function draftedRules(job: ConfigJob, keep: JobKeep, draft: ConfigDraft): readonly RuleRow[] {
  return ownDraft(job, draft).keeps?.[keep.side] ?? rowsOf(keep);
}

export function draftRules(
  draft: ConfigDraft,
  job: string,
  rules: Readonly<Partial<Record<KeepSide, readonly RuleRow[]>>>,
): ConfigDraft {
  const keeps = draft.kind === 'forms' ? draft.jobs[job]?.keeps : {};
  return draftJob(draft, job, { keeps: { ...keeps, ...rules } });
}

/** Whether something in a form is wrong without asking. */
export function isFaulty(draft: ConfigDraft): boolean {
  if (draft.kind === 'text') return false;
  return Object.values(draft.jobs).some(
    ({ removed, keeps = {}, limit }) =>
      removed !== true &&
      (Object.values(keeps).some((rows) => rows !== undefined && rulesFault(rows) !== null) ||
        (limit !== undefined && limit.quiet !== null && quietFault(limit.quiet) !== null)),
  );
}

/** What is wrong with one key of a job, as its field says it. @param key as the configuration names it: `snapshotting.cron` */
export function complaintAt(
  problems: readonly ConfigComplaint[],
  job: string,
  key: string,
  language: Language,
): string | null {
  const found = problems.find(
    ({ severity, path }) => severity === 'error' && path.includes(` "${job}".`) && path.endsWith(`.${key}`),
  );
  return found === undefined ? null : saidIn(language, found.message);
}

function ownDraft(job: ConfigJob, draft: ConfigDraft): JobDraft {
  return draft.kind === 'forms' ? (draft.jobs[job.name] ?? {}) : {};
}

/** What is asked of the daemon; null where nothing is another way than it stands in the file. */
export function changeOf(draft: ConfigDraft, text: string, jobs: readonly ConfigJob[]): ConfigChange | null {
  if (draft.kind === 'text') return draft.text === text ? null : { kind: 'text', text: draft.text };
  const edits = jobs.flatMap((job) => editsOf(job, draft.jobs[job.name] ?? {}));
  return edits.length === 0 ? null : { kind: 'edits', edits };
}

function editsOf({ name, title, disabled, schedule, keeps, limit }: ConfigJob, draft: JobDraft): readonly ConfigEdit[] {
  if (draft.removed === true) return [{ op: 'remove', job: name }];
  return [
    ...(draft.title === undefined || draft.title === title
      ? []
      : [{ op: 'title', job: name, title: draft.title } as const]),
    ...(draft.disabled === undefined || draft.disabled === disabled
      ? []
      : [{ op: 'disable', job: name, disabled: draft.disabled } as const]),
    ...(draft.schedule === undefined || JSON.stringify(draft.schedule) === JSON.stringify(schedule?.schedule)
      ? []
      : [{ op: 'schedule', job: name, schedule: draft.schedule } as const]),
    ...(draft.limit === undefined || limit === null ? [] : limitEdits(name, limit, draft.limit)),
    ...keeps.flatMap((keep): readonly ConfigEdit[] => {
      const rows = draft.keeps?.[keep.side];
      const rules = rows === undefined ? null : wantedRules(keep, rows);
      return rules === null ? [] : [{ op: 'keep', job: name, side: keep.side, rules }];
    }),
  ];
}
