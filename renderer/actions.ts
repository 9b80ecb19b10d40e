/** What a person can make the daemon do. Nothing is shown as done before the daemon says so. */
import type { ConfigChange } from '../core/api/config.ts';
import type { PauseUntil, StopHow } from '../core/api/control.ts';
import { asProblemError } from '../core/api/problem.ts';
import type { JobStatus } from '../core/api/status.ts';
import { visible } from '../core/api/visible.ts';
import { say } from './app-state.ts';
import type { Translator } from './i18n/translator.ts';
import { pauseText } from './model/next-text.ts';
import type { Session } from './session/session.ts';

/** A plan lists both sides, which takes a while with many snapshots. */
export const PLAN_TIMEOUT_MS = 120_000;

/** Longer than anything waits for an administrator. */
const CONSENT_TIMEOUT_MS = 15 * 60 * 1000;
/** Writing the file and reading it again. */
const CONFIG_TIMEOUT_MS = 30_000;
/** Lists this side, and releases what it finds. */
export const FORGET_TIMEOUT_MS = 30 * 60 * 1000;
/** It is imported first. */
const SCRUB_TIMEOUT_MS = 10 * 60 * 1000;
/** All that may be waiting to be written on a slow disk. */
const EJECT_TIMEOUT_MS = 15 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;

/** How long one may pause, as a menu offers it. */
export const PAUSES = {
  hour: { kind: 'for', durationMs: HOUR_MS },
  tomorrow: { kind: 'tomorrow' },
  told: { kind: 'told' },
} as const satisfies Readonly<Record<string, PauseUntil>>;
export type PauseChoice = keyof typeof PAUSES;
export const PAUSE_CHOICES = ['hour', 'tomorrow', 'told'] as const satisfies readonly PauseChoice[];

/** Each says what came of it, and resolves with whether it was done. */
export interface Actions {
  readonly backUp: (job: string) => Promise<boolean>;
  /** Exports the pool of a drive, so that it may be unplugged. */
  readonly eject: (poolGuid: string, drive: string) => Promise<boolean>;
  /** Has everything on a drive read by ZFS. */
  readonly scrub: (poolGuid: string, drive: string) => Promise<boolean>;
  readonly stopScrub: (poolGuid: string, drive: string) => Promise<boolean>;
  /** Takes a drive out of its set; resolves with whether that is done now. */
  readonly forget: (poolGuid: string, drive: string) => Promise<boolean>;
  readonly stop: (job: string, how: StopHow) => Promise<boolean>;
  /** Null: all jobs. Transfers rest after the step at work; snapshots go on. */
  readonly pause: (job: string | null, choice: PauseChoice) => Promise<boolean>;
  readonly resume: (job: string | null) => Promise<boolean>;
  /** Resolves with whether it is saved now: not while an administrator has yet to agree. */
  readonly saveConfig: (digest: string, change: ConfigChange) => Promise<boolean>;
  /** The machine of a job is asked for at this address first from now on. */
  readonly putFirst: (job: string, address: string) => Promise<boolean>;
  readonly retryConnection: () => void;
}

/** Jobs that a person can start: those that only answer others start with them. */
export function canStart(job: JobStatus): boolean {
  return job.refusal === null && job.type !== 'sink' && job.type !== 'source';
}

export function actionsOf(session: Session, translator: Translator): Actions {
  const { t } = translator;
  /** Resolves with whether it was done. */
  const attempt = async (act: () => Promise<string>): Promise<boolean> => {
    try {
      say(await act());
      return true;
    } catch (thrown) {
      const problem = asProblemError(thrown).toProblem();
      say(t(problem.code === 'confirmation-needed' ? 'consent.needed' : 'trouble.title'), problem);
      return problem.code === 'confirmation-needed' && (await awaitConsent(problem.facts.nonce ?? ''));
    }
  };
  /** What an administrator said to it, whenever that is. A lost connection shows by itself. */
  const awaitConsent = async (nonce: string): Promise<boolean> => {
    try {
      const { state, problem } = await session.request('consent/wait', { nonce }, CONSENT_TIMEOUT_MS);
      if (state === 'failed') say(t('trouble.title'), problem);
      else say(t(`consent.${state}`));
      return state === 'done';
    } catch (thrown) {
      say(t('trouble.title'), asProblemError(thrown).toProblem());
      return false;
    }
  };
  return {
    backUp: (job) =>
      attempt(async () => {
        const { queued } = await session.request('run', { job, snapshot: true });
        return t(queued ? 'job.startedQueued' : 'job.started', { job: visible(job) });
      }),
    eject: (poolGuid, drive) =>
      attempt(async () => {
        await session.request('drive/eject', { poolGuid }, EJECT_TIMEOUT_MS);
        return t('drives.ejected', { drive: visible(drive) });
      }),
    scrub: (poolGuid, drive) =>
      attempt(async () => {
        await session.request('drive/scrub', { poolGuid }, SCRUB_TIMEOUT_MS);
        return t('drivePage.scrub.started', { drive: visible(drive) });
      }),
    stopScrub: (poolGuid, drive) =>
      attempt(async () => {
        await session.request('drive/scrub-stop', { poolGuid }, SCRUB_TIMEOUT_MS);
        return t('drivePage.scrub.stopped', { drive: visible(drive) });
      }),
    forget: (poolGuid, drive) =>
      attempt(async () => {
        await session.request('drive/forget', { poolGuid, dryRun: false }, FORGET_TIMEOUT_MS);
        return t('drivePage.forget.done', { drive: visible(drive) });
      }),
    stop: (job, how) =>
      attempt(async () => {
        const { stopping } = await session.request('stop', { job, how });
        const said = how === 'now' ? 'job.stopped' : 'job.stoppedAfterStep';
        return t(stopping.length > 0 ? said : 'job.nothingToStop', { job: visible(job) });
      }),
    pause: (job, choice) =>
      attempt(async () => {
        const { pause, kept } = await session.request('pause', { job, until: PAUSES[choice], stop: 'after-step' });
        const done = t('pause.done', { until: pauseText(pause, Date.now(), translator) });
        return kept ? done : `${done} ${t('pause.notKept')}`;
      }),
    resume: (job) =>
      attempt(async () => {
        const { done, stillPaused } = await session.request('resume', { job });
        if (stillPaused.length > 0) return t('pause.stillPaused', { jobs: stillPaused.map(visible).join(', ') });
        return t(done ? 'pause.resumed' : 'pause.nothing');
      }),
    saveConfig: (digest, change) =>
      attempt(async () => {
        const { keptAs } = await session.request('config/put', { digest, change }, CONFIG_TIMEOUT_MS);
        return t('config.saved', { file: visible(keptAs) });
      }),
    putFirst: (job, address) =>
      attempt(async () => {
        const { digest, jobs } = await session.request('config/get', {});
        if (digest === null || jobs.find(({ name }) => name === job)?.movable !== true) return t('job.notMovable');
        const change: ConfigChange = { kind: 'edits', edits: [{ op: 'put-first', job, address }] };
        const { keptAs } = await session.request('config/put', { digest, change }, CONFIG_TIMEOUT_MS);
        return t('config.saved', { file: visible(keptAs) });
      }),
    retryConnection: () => session.start(),
  };
}
