/** What stands that a person should be told of, each under a key that is the same for as long as it is the same cause. Pure. */
import { type DriveOfJobs, drivesOf, isFreshlySafe } from '../../core/api/drive-status.ts';
import { lateLevelOf, missedARun } from '../../core/api/lateness.ts';
import { type Language, MESSAGES } from '../../core/api/messages/languages.ts';
import { problemIn } from '../../core/api/messages/problem-text.ts';
import type { Problem, ProblemCode } from '../../core/api/problem.ts';
import { isDecision } from '../../core/api/problem-weight.ts';
import { sayOutlook, sayPlace } from '../../core/api/say-space.ts';
import { sayBroken, sayRow } from '../../core/api/sentence.ts';
import type { NoticeKind } from '../../core/api/shell-desk.ts';
import { isSoonFull, spaceKey, spacesOf } from '../../core/api/space.ts';
import type { DaemonStatus, JobStatus } from '../../core/api/status.ts';
import { ageMsOf, behindRows, onlyPruningFailed } from '../../core/api/verdict.ts';
import { visible } from '../../core/api/visible.ts';
import { SHELL_MESSAGES } from '../messages/languages.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const WEEK_MS = 7 * DAY_MS;
/** A service that is started anew is back before this. */
export const LOST_AFTER_MS = 30_000;

/** A person has to do something about a drive that was unplugged. */
const PULLED: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'drive-pulled',
  'drive-restart-needed',
  'drive-blocks-zfs',
]);

/** What a program is called that was not built, and so has no version. */
const DEVELOPMENT = 'development';

export type NoticeAction =
  | { readonly kind: 'open' }
  | { readonly kind: 'back-up'; readonly job: string }
  | { readonly kind: 'snooze'; readonly key: string; readonly durationMs: number };

export interface NoticeButton {
  readonly label: string;
  readonly action: NoticeAction;
}

export interface Cause {
  readonly kind: NoticeKind;
  readonly key: string;
  /** Told again when it grows. */
  readonly level: number;
  readonly urgency: 'low' | 'normal' | 'critical';
  readonly summary: string;
  readonly body: string;
  readonly buttons: readonly NoticeButton[];
  /** Told again after so long while it stands; null: never. */
  readonly againAfterMs: number | null;
  /** One that has healed and comes back is not told again for so long after it was told; absent: an hour. */
  readonly coolDownMs?: number;
}

/** All causes that stand in a status. `version` is that of this program. */
export function causesOf(
  status: DaemonStatus,
  { nowMs, version }: { readonly nowMs: number; readonly version: string },
  language: Language,
): readonly Cause[] {
  const jobs = status.jobs.flatMap((job) => [
    ...brokenIn(job, language),
    ...questionIn(job, language),
    ...failedIn(job, nowMs, language),
    ...overdueIn(job, nowMs, language),
    ...waitingIn(job, nowMs, language),
  ]);
  return [
    ...jobs,
    ...drivesOf(status).flatMap((one) => driveCauses(one, language)),
    ...spaceCauses(status, nowMs, language),
    ...otherVersion(status, version, language),
  ];
}

/** A forecast that lies about the border comes and goes with it: within a week it is told once all the same. */
function spaceCauses(status: DaemonStatus, nowMs: number, language: Language): readonly Cause[] {
  const messages = MESSAGES[language];
  return spacesOf(status)
    .filter(({ place }) => isSoonFull(place, nowMs))
    .map(({ place, jobs }) => ({
      kind: 'space-soon',
      key: `space ${spaceKey(place)}`,
      level: 1,
      urgency: 'normal',
      summary: messages.spaceSoon(sayPlace(place, jobs)),
      body: messages.spaceSoonBody(sayOutlook(place, nowMs, language), place.side),
      buttons: [show(language)],
      againAfterMs: WEEK_MS,
      coolDownMs: WEEK_MS,
    }));
}

/** Each stands for as long as the drive is in that state, and goes with it. */
function driveCauses({ drive, jobs }: DriveOfJobs, language: Language): readonly Cause[] {
  const { notices } = SHELL_MESSAGES[language];
  const messages = MESSAGES[language];
  const name = visible(drive.name);
  const common = { level: 1, againAfterMs: null } as const;
  if (drive.asks) {
    const key = `drive asks ${drive.poolGuid}`;
    const begin = jobs.map(
      (job): NoticeButton => ({
        label: jobs.length === 1 ? notices.backUpNow : visible(job.name),
        action: { kind: 'back-up', job: job.name },
      }),
    );
    const later: NoticeButton = { label: notices.notToday, action: { kind: 'snooze', key, durationMs: DAY_MS } };
    const body = notices.driveAsksBody;
    const buttons = [...begin, later];
    return [
      { ...common, kind: 'drive-asks', key, urgency: 'normal', summary: messages.driveAsks(name), body, buttons },
    ];
  }
  if (drive.state === 'safe') {
    const key = `drive safe ${drive.poolGuid}`;
    return [
      {
        ...common,
        kind: 'drive-safe',
        key,
        urgency: 'normal',
        summary: messages.driveSafe(name, isFreshlySafe(drive)),
        body: '',
        buttons: [],
      },
    ];
  }
  if (drive.problem !== null && PULLED.has(drive.problem.code)) {
    const { happened, meaning, remedy } = problemIn(language, drive.problem);
    const key = `${drive.problem.code} ${drive.poolGuid}`;
    const body = `${meaning}\n${remedy}`;
    const buttons = [show(language)];
    return [{ ...common, kind: 'drive-pulled', key, urgency: 'critical', summary: happened, body, buttons }];
  }
  return [];
}

export function serviceLost(language: Language): Cause {
  const { notices } = SHELL_MESSAGES[language];
  return {
    kind: 'service',
    key: 'service',
    level: 1,
    urgency: 'normal',
    summary: MESSAGES[language].unreachable,
    body: notices.serviceLost,
    buttons: [show(language)],
    againAfterMs: null,
  };
}

/** After an update this program is the one of before until somebody starts it anew. */
function otherVersion(status: DaemonStatus, version: string, language: Language): readonly Cause[] {
  if (status.version === version || status.version === DEVELOPMENT || version === DEVELOPMENT) return [];
  const { notices } = SHELL_MESSAGES[language];
  return [
    {
      kind: 'update',
      key: `versions ${status.version} ${version}`,
      level: 1,
      urgency: 'low',
      summary: notices.otherVersion,
      body: notices.otherVersionBody(visible(status.version), visible(version)),
      buttons: [],
      againAfterMs: null,
    },
  ];
}

function brokenIn(job: JobStatus, language: Language): readonly Cause[] {
  const broken = job.safety.filter(({ standing }) => standing === 'not-kept');
  const [first] = broken;
  if (first === undefined) return [];
  const { notices } = SHELL_MESSAGES[language];
  return [
    {
      kind: 'broken',
      key: `broken ${job.name}`,
      level: 1,
      urgency: 'critical',
      summary: notices.broken(visible(job.name)),
      body: andMore(sayBroken(first, MESSAGES[language]), broken.length, language),
      buttons: [show(language)],
      againAfterMs: DAY_MS,
    },
  ];
}

function questionIn(job: JobStatus, language: Language): readonly Cause[] {
  const problem = problemsOf(job).find(isDecision);
  if (problem === undefined) return [];
  const { notices } = SHELL_MESSAGES[language];
  const review = { label: notices.review, action: { kind: 'open' } } as const;
  return [
    {
      kind: 'question',
      key: `question ${job.name} ${problem.code}`,
      level: 1,
      urgency: 'critical',
      summary: notices.question(visible(job.name)),
      body: sayProblem(problem, language),
      buttons: [review],
      againAfterMs: null,
    },
  ];
}

/** It will not be tried again, or has been tried for a day. What is at work may still do it. */
function failedIn(job: JobStatus, nowMs: number, language: Language): readonly Cause[] {
  if (!job.lastRunFailed || job.stage !== 'idle' || onlyPruningFailed(job)) return [];
  const problems = problemsOf(job).filter((problem) => !isDecision(problem));
  const [problem] = problems;
  if (problem === undefined && problemsOf(job).length > 0) return [];
  const final = problems.some(({ retry }) => retry === 'never');
  const recent = job.lastSuccessMs !== null && nowMs - job.lastSuccessMs < DAY_MS;
  if (!final && recent) return [];
  const { notices } = SHELL_MESSAGES[language];
  const tryNow = { label: notices.tryNow, action: { kind: 'back-up', job: job.name } } as const;
  return [
    {
      kind: isSpace(problem) ? 'space' : 'failed',
      key: `failed ${job.name} ${problem?.code ?? ''}`,
      level: 1,
      urgency: 'normal',
      summary: MESSAGES[language].runFailed(visible(job.name)),
      body: problem === undefined ? '' : sayProblem(problem, language),
      buttons: [tryNow, show(language)],
      againAfterMs: null,
    },
  ];
}

/** Once for each threshold of lateness, by the copy that is latest. */
function overdueIn(job: JobStatus, nowMs: number, language: Language): readonly Cause[] {
  const old = behindRows([job], nowMs).filter((row) => ageMsOf(row, nowMs) !== null);
  const [worst] = old;
  if (worst === undefined || job.stage !== 'idle') return [];
  const { notices } = SHELL_MESSAGES[language];
  const key = `overdue ${job.name}`;
  return [
    {
      kind: 'overdue',
      key,
      level: lateLevelOf(job, worst.destination, ageMsOf(worst, nowMs) ?? 0),
      urgency: 'normal',
      summary: notices.overdue(visible(job.name)),
      body: andMore(sayRow(worst, nowMs, MESSAGES[language]), old.length, language),
      buttons: [
        { label: notices.backUpNow, action: { kind: 'back-up', job: job.name } },
        { label: notices.snoozeDay, action: { kind: 'snooze', key, durationMs: DAY_MS } },
      ],
      againAfterMs: null,
    },
  ];
}

/** It waits, and a whole interval of its schedule has passed in which it could have run. Told once for each reason. */
function waitingIn(job: JobStatus, nowMs: number, language: Language): readonly Cause[] {
  const waiting = waitingReason(job, language);
  if (waiting === null || !isLateByOneInterval(job, nowMs)) return [];
  const { notices } = SHELL_MESSAGES[language];
  return [
    {
      kind: 'waiting',
      key: `waiting ${job.name} ${waiting.reason}`,
      level: 1,
      urgency: 'low',
      summary: notices.waitsLong(visible(job.name)),
      body: waiting.text,
      buttons: [{ label: notices.runAnyway, action: { kind: 'back-up', job: job.name } }],
      againAfterMs: null,
    },
  ];
}

/** What a person is told anyway, because they asked for it, is no reason: a pause. */
function waitingReason(job: JobStatus, language: Language): { readonly reason: string; readonly text: string } | null {
  const problem = job.replication?.waiting?.problem ?? null;
  if (problem !== null) return { reason: problem.code, text: sayProblem(problem, language) };
  const { state, why } = job.nextRun;
  if (state !== 'held' || !job.queued) return null;
  if (why !== 'on-battery' && why !== 'metered' && why !== 'just-woke') return null;
  return { reason: why, text: MESSAGES[language].heldBecause[why](visible(job.name)) };
}

/** Something newer is here than there, and a run would have brought it. */
function isLateByOneInterval(job: JobStatus, nowMs: number): boolean {
  return job.safety.some((row) => {
    const ageMs = ageMsOf(row, nowMs);
    return ageMs !== null && row.newestLocal?.guid !== row.newestCommon?.guid && missedARun(job, ageMs);
  });
}

function isSpace(problem: Problem | undefined): boolean {
  return problem?.code === 'no-space' || problem?.code === 'quota-exceeded';
}

function problemsOf(job: JobStatus): readonly Problem[] {
  const attempt = job.replication?.attempts.at(-1);
  if (attempt === undefined || job.replication?.waiting !== null) return [];
  return [attempt.problem, ...attempt.datasets.map(({ problem }) => problem)].filter((problem) => problem !== null);
}

function sayProblem(problem: Problem, language: Language): string {
  const { happened, remedy } = problemIn(language, problem);
  return `${happened}\n${remedy}`;
}

function andMore(text: string, count: number, language: Language): string {
  return count > 1 ? `${text} ${MESSAGES[language].moreBehind(count - 1)}` : text;
}

function show(language: Language): NoticeButton {
  return { label: SHELL_MESSAGES[language].notices.show, action: { kind: 'open' } };
}
