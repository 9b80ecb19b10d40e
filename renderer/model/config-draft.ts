/** What a person has changed in the forms of the jobs, and not saved yet. Pure. */
import type { ConfigChange, ConfigEdit, ConfigJob } from '../../core/api/config.ts';

export interface JobDraft {
  readonly title?: string;
  readonly disabled?: boolean;
  readonly removed?: boolean;
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
export function draftedJob(job: ConfigJob, draft: ConfigDraft): Required<JobDraft> {
  const own = draft.kind === 'forms' ? (draft.jobs[job.name] ?? {}) : {};
  return { title: job.title, disabled: job.disabled, removed: false, ...own };
}

/** What is asked of the daemon; null where nothing is another way than it stands in the file. */
export function changeOf(draft: ConfigDraft, text: string, jobs: readonly ConfigJob[]): ConfigChange | null {
  if (draft.kind === 'text') return draft.text === text ? null : { kind: 'text', text: draft.text };
  const edits = jobs.flatMap((job) => editsOf(job, draft.jobs[job.name] ?? {}));
  return edits.length === 0 ? null : { kind: 'edits', edits };
}

function editsOf({ name, title, disabled }: ConfigJob, draft: JobDraft): readonly ConfigEdit[] {
  if (draft.removed === true) return [{ op: 'remove', job: name }];
  return [
    ...(draft.title === undefined || draft.title === title
      ? []
      : [{ op: 'title', job: name, title: draft.title } as const]),
    ...(draft.disabled === undefined || draft.disabled === disabled
      ? []
      : [{ op: 'disable', job: name, disabled: draft.disabled } as const]),
  ];
}
