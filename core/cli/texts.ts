/** Everything the command line says in words, by subject. Numbers come in raw and are formatted here. */
import type { DatasetReport, Guarantee, JobStatus, PruningReport, SnapshottingStatus } from '../api/status.ts';
import { formatAgo, formatBytes, formatCount, formatDuration, formatIn, formatRate } from './text/format.ts';

/** One word or two for what a job does. */
export const stageText: Readonly<Record<JobStatus['stage'], string>> = {
  refused: 'does not run',
  idle: 'idle',
  snapshotting: 'taking snapshots',
  replicating: 'replicating',
  'pruning-sender': 'pruning the sender',
  'pruning-receiver': 'pruning the receiver',
  'pruning-local': 'pruning',
};

export const sideText: Readonly<Record<PruningReport['side'], string>> = {
  sender: 'sender',
  receiver: 'receiver',
  local: 'here',
};

export const guaranteeText: Readonly<Record<Guarantee, string>> = {
  guarantee_resumability: 'resuming guaranteed',
  guarantee_incremental: 'increments guaranteed',
  guarantee_nothing: 'no guarantee',
};

export const headerTexts = {
  jobs: (count: number): string => formatCount(count, 'job'),
  up: (startedAtMs: number, nowMs: number): string => `up ${formatDuration(nowMs - startedAtMs)}`,
  abandoned: (count: number): string =>
    `${formatCount(count, 'command')} hang in the kernel and had to be abandoned: see "zpool status"`,
  noJobs: 'The configuration has no jobs: nothing is backed up.',
  noSuchJob: (job: string): string => `There is no job named ${job}.`,
  moreLines: (count: number): string => `… ${formatCount(count, 'more line')}: enlarge the terminal, or use --job`,
};

export const jobTexts = {
  neverSucceeded: 'no complete run since the daemon started',
  lastSuccess: (atMs: number, nowMs: number): string => `last success ${formatAgo(atMs, nowMs)}`,
  lastRunFailed: 'last run failed',
  nextRun: (atMs: number, nowMs: number): string => `next run ${formatIn(atMs, nowMs)}`,
  queued: 'another run is queued',
  started: (reason: 'snapshots' | 'wakeup' | 'run', atMs: number, nowMs: number): string =>
    `started ${wakeReason[reason]} ${formatAgo(atMs, nowMs)}`,
  attempt: (number: number): string =>
    `attempt ${number}: ${number === 2 ? 'one before' : `${number - 1} before`} failed`,
  planning: 'looking at both sides',
  cancelled: 'the last run was cancelled',
  waiting: (nextTryMs: number, untilMs: number, nowMs: number): string =>
    `waiting: next try ${formatIn(nextTryMs, nowMs)}, gives up ${formatIn(untilMs, nowMs)}`,
};

const wakeReason = { snapshots: 'by new snapshots', wakeup: 'by wakeup', run: 'by hand' };

export const safetyTexts = {
  nothingThere: 'nothing there yet',
  /** The newest snapshot on both sides. */
  asOf: (creationMs: number, nowMs: number): string => `as of ${formatAgo(creationMs, nowMs)}`,
  ageUnknown: (snapshot: string): string => `up to ${snapshot}, age unknown`,
  newerWaits: 'newer not there yet',
  /** How much of a job stands at one destination, and since when. */
  summary: (destination: string, there: number, all: number, oldest: string | null): string => {
    if (there === 0) return `On ${destination}: nothing yet.`;
    const some = there === all ? `all of ${formatCount(all, 'dataset')}` : `${there} of ${formatCount(all, 'dataset')}`;
    return `On ${destination}: ${some}, the oldest ${oldest ?? 'of unknown age'}.`;
  },
};

export const datasetTexts = {
  planning: 'planning',
  failed: 'failed',
  /** Finished by what is known now. */
  done: 'done',
  pending: 'waits',
  blockedOn: {
    nothing: 'waits',
    'plan-queue': 'waits to be planned',
    'parent-initial-repl': 'waits for its parent',
    'repl-queue': 'waits for its turn',
  } satisfies Record<DatasetReport['blockedOn'], string>,
  step: (index: number, count: number): string => `step ${index}/${count}`,
  full: (to: string): string => `full to ${to}`,
  fromTo: (from: string, to: string): string => `${from} → ${to}`,
  range: (from: string, to: string, count: number): string => `${from} → ${to} (${formatCount(count, 'snapshot')})`,
  bytesOf: (bytes: number, expected: number): string => `${formatBytes(bytes)} of ${formatBytes(expected)}`,
  bytesBeyond: (bytes: number, expected: number): string =>
    `${formatBytes(bytes)}, more than the ${formatBytes(expected)} expected`,
  bytesOnly: (bytes: number): string => `${formatBytes(bytes)} sent, total unknown`,
  rate: formatRate,
  remaining: (ms: number): string => `${formatDuration(ms)} left`,
  resumed: (bytes: number): string => `resumed from ${formatBytes(bytes)}`,
  discarded: (bytes: number): string => `${formatBytes(bytes)} of partial data were discarded`,
  folded: (count: number, state: string): string => `${formatCount(count, 'dataset')} ${state}`,
};

export const snapshottingTexts = {
  label: 'snapshots',
  manual: 'taken by hand or by another program',
  due: (type: SnapshottingStatus['type'], atMs: number, nowMs: number): string =>
    `next ${formatIn(atMs, nowMs)} (${type})`,
  failedDue: (atMs: number | null, nowMs: number): string =>
    atMs === null ? 'failed' : `failed; next try ${formatIn(atMs, nowMs)}`,
  taking: (done: number, all: number): string => `taking: ${done} of ${formatCount(all, 'dataset')}`,
  planning: 'looking for datasets',
  stopped: 'stopped',
  nothingDue: 'nothing is scheduled',
  failedItems: (count: number): string => `${formatCount(count, 'dataset')} failed`,
};

export const pruningTexts = {
  label: 'pruning',
  planning: 'looking',
  running: (destroyed: number, all: number, datasets: number): string =>
    `destroyed ${destroyed} of ${formatCount(all, 'snapshot')} in ${formatCount(datasets, 'dataset')}`,
  done: (destroyed: number): string =>
    destroyed === 0 ? 'nothing to destroy' : `destroyed ${formatCount(destroyed, 'snapshot')}`,
  paused: 'paused',
  failed: 'failed',
  keptAnyway: (count: number): string => `${count} kept although the rules let them go`,
  skipped: (count: number): string => `${formatCount(count, 'dataset')} skipped`,
};

export const problemTexts = {
  meaning: (sentence: string): string => sentence,
  remedy: (sentence: string): string => `→ ${sentence}`,
  more: (count: number): string => `… ${formatCount(count, 'more line')}`,
};
