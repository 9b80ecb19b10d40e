/** What the tray shows: of all states that hold, the strongest, with its tooltip. Pure. */
import type { HoldReason } from './conditions.ts';
import { drivesOf, isBusy, isFreshlySafe, isOnlyScrubbing } from './drive-status.ts';
import type { Messages } from './messages/keys.ts';
import { type Language, MESSAGES } from './messages/languages.ts';
import { problemIn } from './messages/problem-text.ts';
import type { Problem } from './problem.ts';
import { isRisk, needsPerson } from './problem-weight.ts';
import { type RunProgress, runProgress } from './run-progress.ts';
import { sayBroken, sayRow, sayVerdict } from './sentence.ts';
import type { DaemonStatus, JobStatus } from './status.ts';
import { behindRows, onlyPruningFailed, snapshotsFailed, verdictOf } from './verdict.ts';
import { visible } from './visible.ts';

/** Strongest first. */
export const TRAY_STATES = [
  'unreachable',
  'at-risk',
  'failed',
  'overdue',
  'needs-you',
  'drive-busy',
  'drive-safe',
  'running',
  'waiting',
  'paused',
  'well',
] as const;
export type TrayState = (typeof TRAY_STATES)[number];

export interface Tray {
  readonly state: TrayState;
  readonly tooltip: string;
  /** How far the run is; null unless the state is `running` or `drive-busy`. */
  readonly progress: RunProgress | null;
}

type Look = (status: DaemonStatus, nowMs: number, messages: Messages, language: Language) => Tray | null;

/** Null: the daemon does not answer, and for longer than a restart takes. */
export function trayState(status: DaemonStatus | null, nowMs: number, language: Language = 'en'): Tray {
  const messages = MESSAGES[language];
  if (status === null) return { state: 'unreachable', tooltip: messages.unreachable, progress: null };
  for (const look of LOOKS) {
    const tray = look(status, nowMs, messages, language);
    if (tray !== null) return tray;
  }
  // Nothing is wrong; where the sentence cannot say that all is there, neither does the icon.
  const verdict = verdictOf(status, nowMs);
  const tooltip = sayVerdict(verdict, nowMs, messages);
  return { state: verdict.kind === 'everything' ? 'well' : 'waiting', tooltip, progress: null };
}

const atRisk: Look = (status, _nowMs, messages, language) => {
  const { abandoned } = status.commands;
  if (abandoned > 0) return { state: 'at-risk', tooltip: messages.stuck(abandoned), progress: null };
  const refused = status.jobs.find((job) => job.refusal !== null);
  if (refused !== undefined) {
    return { state: 'at-risk', tooltip: messages.jobRefused(visible(refused.name)), progress: null };
  }
  const known = problemTray('at-risk', status, (job) => problemsOf(job).find(isRisk), language);
  if (known !== null) return known;
  const broken = status.jobs.flatMap(({ safety }) => safety).find(({ standing }) => standing === 'not-kept');
  if (broken === undefined) return null;
  return { state: 'at-risk', tooltip: sayBroken(broken, messages), progress: null };
};

const failed: Look = (status, _nowMs, messages, language) => {
  const known = problemTray('failed', status, (job) => failures(job)[0], language);
  if (known !== null) return known;
  const job = status.jobs.find(
    (one) => one.lastRunFailed && !onlyPruningFailed(one) && (problemsOf(one).length === 0 || snapshotsFailed(one)),
  );
  if (job !== undefined) return { state: 'failed', tooltip: messages.runFailed(visible(job.name)), progress: null };
  const without = status.jobs.find(snapshotsFailed);
  if (without === undefined) return null;
  return { state: 'failed', tooltip: messages.snapshotsFailed(visible(without.name)), progress: null };
};

/** A first copy on its way is not overdue. */
const overdue: Look = (status, nowMs, messages) => {
  const rows = status.jobs.flatMap((job) =>
    behindRows([job], nowMs).filter((row) => row.newestCommon !== null || !isRunning(job)),
  );
  const worst = behindRows(status.jobs, nowMs).find((row) => rows.includes(row));
  if (worst === undefined) return null;
  return { state: 'overdue', tooltip: sayRow(worst, nowMs, messages), progress: null };
};

const needsYou: Look = (status, _nowMs, _messages, language) =>
  problemTray('needs-you', status, (job) => problemsOf(job).find(needsPerson), language);

/** A drive that waits for an answer. */
const driveAsks: Look = (status, _nowMs, messages) => {
  const asking = drivesOf(status).find(({ drive }) => drive.asks);
  if (asking === undefined) return null;
  return { state: 'needs-you', tooltip: messages.driveAsks(visible(asking.drive.name)), progress: null };
};

/** Only what must not be unplugged: a drive that is merely connected is as a disk that is built in. */
const driveBusy: Look = (status, _nowMs, messages) => {
  const busy = drivesOf(status).find(({ drive }) => isBusy(drive));
  if (busy === undefined) return null;
  const name = visible(busy.drive.name);
  if (busy.drive.state !== 'busy') {
    const tooltip =
      busy.drive.state === 'ejecting'
        ? messages.driveEjecting(name)
        : `${name}: ${messages.driveStates[busy.drive.state]}.`;
    return { state: 'drive-busy', tooltip, progress: null };
  }
  if (isOnlyScrubbing(busy)) {
    const fraction = busy.drive.health?.scrub?.fraction ?? null;
    return { state: 'drive-busy', tooltip: messages.driveScrubbing(name, fraction), progress: null };
  }
  const job = busy.jobs.find(isRunning);
  const progress = job === undefined ? null : runProgress(job);
  return { state: 'drive-busy', tooltip: messages.driveBusy(name, progress?.fraction ?? null), progress };
};

const driveSafe: Look = (status, _nowMs, messages) => {
  const safe = drivesOf(status).find(({ drive }) => drive.state === 'safe');
  if (safe === undefined) return null;
  const tooltip = messages.driveSafe(visible(safe.drive.name), isFreshlySafe(safe.drive));
  return { state: 'drive-safe', tooltip, progress: null };
};

const running: Look = (status, _nowMs, messages) => {
  const job = status.jobs.find(isRunning);
  if (job === undefined) return null;
  const name = visible(job.name);
  const progress = runProgress(job);
  const tooltip =
    job.stage === 'snapshotting'
      ? messages.takingSnapshots(name)
      : messages.running(name, progress.fraction, progress.remainingMs);
  return { state: 'running', tooltip, progress };
};

const waiting: Look = (status, nowMs, messages, language) => {
  for (const job of status.jobs) {
    const away = job.replication?.waiting ?? null;
    if (away === null) continue;
    const name = visible(job.name);
    const { problem, wakingUntilMs } = away;
    const tooltip =
      wakingUntilMs === undefined
        ? messages.waiting(name, problemIn(language, problem).happened)
        : messages.waking(name, visible(problem.facts.host ?? ''), wakingUntilMs, nowMs);
    return { state: 'waiting', tooltip, progress: null };
  }
  return null;
};

/** Due, and held back by the state of the machine. */
const heldBack: Look = (status, _nowMs, messages) => {
  for (const job of status.jobs) {
    const { state, why } = job.nextRun;
    if (state !== 'held' || !job.queued || why === 'paused') continue;
    const reason = messages.heldBecause[why as Exclude<HoldReason, 'paused'>];
    if (reason !== undefined) return { state: 'waiting', tooltip: reason(visible(job.name)), progress: null };
  }
  return null;
};

const paused: Look = (status, nowMs, messages) => {
  if (status.paused !== null) {
    return { state: 'paused', tooltip: messages.allPaused(status.paused.untilMs, nowMs), progress: null };
  }
  const job = status.jobs.find((one) => one.paused !== null);
  if (job === undefined || job.paused === null) return null;
  const tooltip = messages.jobPaused(visible(job.name), job.paused.untilMs, nowMs);
  return { state: 'paused', tooltip, progress: null };
};

const LOOKS: readonly Look[] = [
  atRisk,
  failed,
  overdue,
  needsYou,
  driveAsks,
  driveBusy,
  driveSafe,
  running,
  waiting,
  heldBack,
  paused,
];

/** Housekeeping never changes the icon: only snapshots and replication count. */
function isRunning(job: JobStatus): boolean {
  if (job.stage === 'snapshotting') return true;
  return job.stage === 'replicating' && (job.replication?.waiting ?? null) === null;
}

function problemTray(
  state: TrayState,
  status: DaemonStatus,
  problemOf: (job: JobStatus) => Problem | undefined,
  language: Language,
): Tray | null {
  for (const job of status.jobs) {
    const problem = problemOf(job);
    if (problem === undefined) continue;
    const { happened } = problemIn(language, problem);
    return { state, tooltip: MESSAGES[language].problem(visible(job.name), happened), progress: null };
  }
  return null;
}

/** What the last attempt of a job met. */
function problemsOf(job: JobStatus): readonly Problem[] {
  const attempt = job.replication?.attempts.at(-1);
  const drives = (job.drives ?? []).map(({ problem }) => problem);
  const datasets = (attempt?.datasets ?? []).map(({ problem }) => problem);
  return [attempt?.problem ?? null, ...datasets, ...drives].filter((problem) => problem !== null);
}

/** What has failed for good, and is no question: what is tried again within the run has not failed yet. */
function failures(job: JobStatus): readonly Problem[] {
  const outcome = job.replication?.outcome;
  return problemsOf(job).filter((problem) => {
    const { code, retry } = problem;
    if (needsPerson(problem)) return false;
    if (outcome === 'cancelled' && code === 'command-aborted') return false;
    return outcome !== 'running' || retry === 'never';
  });
}
