/** What happens once and does not stand: told when it is seen, never taken back. Pure. */
import { type Language, MESSAGES } from '../../core/api/messages/languages.ts';
import type { NoticeKind } from '../../core/api/shell-desk.ts';
import type { DaemonStatus, JobStatus } from '../../core/api/status.ts';
import { visible } from '../../core/api/visible.ts';
import { SHELL_MESSAGES } from '../messages/languages.ts';
import type { NoticeButton } from './causes.ts';
import type { NoticeMemory } from './memory.ts';

export interface Happening {
  readonly kind: NoticeKind;
  readonly key: string;
  readonly urgency: 'low' | 'normal';
  readonly summary: string;
  readonly body: string;
  readonly buttons: readonly NoticeButton[];
}

interface Seen {
  readonly status: DaemonStatus | null;
  /** Null: none since the service was reached. */
  readonly previous: DaemonStatus | null;
}

export function happenings({ status, previous }: Seen, memory: NoticeMemory, language: Language): readonly Happening[] {
  if (status === null) return [];
  const before = new Map(previous?.jobs.map((job) => [job.name, job]));
  const jobs = status.jobs.flatMap((job) => {
    const was = before.get(job.name);
    if (was === undefined) return [];
    const first = firstDone(was, job, memory, language);
    return first === null ? runDone(was, job, language) : [first];
  });
  return [...jobs, ...updated(status, memory, language)];
}

/** The last dataset of a job has just arrived for the first time. */
function firstDone(was: JobStatus, job: JobStatus, memory: NoticeMemory, language: Language): Happening | null {
  const key = `first ${job.name} ${job.destination ?? ''}`;
  if (isWhole(was) || !isWhole(job) || memory.firstsDone.includes(key)) return null;
  // What was never seen missing may have been there all the time.
  if (!was.safety.some(({ newestCommon }) => newestCommon === null)) return null;
  const { notices } = SHELL_MESSAGES[language];
  return {
    kind: 'first-done',
    key,
    urgency: 'normal',
    summary: notices.firstDone(visible(job.name)),
    body: MESSAGES[language].everything([visible(job.destination ?? job.name)], 0),
    buttons: [{ label: notices.show, action: { kind: 'open' } }],
  };
}

/** A run has just ended well. */
function runDone(was: JobStatus, job: JobStatus, language: Language): readonly Happening[] {
  if (job.lastSuccessMs === null || job.lastSuccessMs === was.lastSuccessMs || job.lastRunFailed) return [];
  const { notices } = SHELL_MESSAGES[language];
  const summary = notices.runDone(visible(job.name));
  return [{ kind: 'run-done', key: `done ${job.name}`, urgency: 'low', summary, body: '', buttons: [] }];
}

/** The service has another version than when it was seen last. */
function updated({ version }: DaemonStatus, memory: NoticeMemory, language: Language): readonly Happening[] {
  if (memory.version === null || memory.version === version) return [];
  const { notices } = SHELL_MESSAGES[language];
  const summary = notices.updated(visible(version));
  return [{ kind: 'update', key: 'update', urgency: 'low', summary, body: notices.updatedBody, buttons: [] }];
}

function isWhole(job: JobStatus): boolean {
  return job.safety.length > 0 && job.safety.every(({ newestCommon }) => newestCommon !== null);
}
