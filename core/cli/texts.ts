/** Everything the command line says in words, by subject. Numbers come in raw and are formatted here. */
import type { HistoryEntry, SkipReason } from '../api/history.ts';
import type { DatasetReport, Guarantee, JobPlan, JobStatus, PruningReport, SnapshottingStatus } from '../api/status.ts';
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
  notRemembered: (reason: string): string => `Nothing is remembered beyond the end of the daemon: ${reason}`,
  damagedLines: (count: number): string =>
    `${formatCount(count, 'line')} of the history could not be read and ${count === 1 ? 'was' : 'were'} left out`,
  noJobs: 'The configuration has no jobs: nothing is backed up.',
  noSuchJob: (job: string): string => `There is no job named ${job}.`,
  moreLines: (count: number): string => `… ${formatCount(count, 'more line')}: enlarge the terminal, or use --job`,
};

export const jobTexts = {
  neverSucceeded: 'no complete run is known',
  lastSuccess: (atMs: number, nowMs: number): string => `last success ${formatAgo(atMs, nowMs)}`,
  lastRunFailed: 'last run failed',
  nextRun: (atMs: number, nowMs: number): string => `next run ${formatIn(atMs, nowMs)}`,
  queued: 'another run is queued',
  due: 'a run is due',
  stopping: 'ends after the steps that have begun',
  started: (reason: WakeReason, atMs: number, nowMs: number): string =>
    `started ${wakeReason[reason]} ${formatAgo(atMs, nowMs)}`,
  attempt: (number: number): string =>
    `attempt ${number}: ${number === 2 ? 'one before' : `${number - 1} before`} failed`,
  planning: 'looking at both sides',
  cancelled: 'the last run was cancelled',
  waking: (untilMs: number, nowMs: number): string =>
    `it was woken up over the network and has time to start: asked again and again, over ${formatIn(untilMs, nowMs)}`,
  metAt: (address: string, first: string): string =>
    `met at ${address}; ${first} did not answer. Put ${address} first (host) if that stays so, and ${first} into also_at`,
  waiting: (nextTryMs: number, untilMs: number, nowMs: number): string =>
    `waiting: next try ${formatIn(nextTryMs, nowMs)}, gives up ${formatIn(untilMs, nowMs)}`,
};

type WakeReason = HistoryEntry['cause'];

const wakeReason: Readonly<Record<WakeReason, string>> = {
  snapshots: 'by new snapshots',
  wakeup: 'by wakeup',
  run: 'by hand',
  continued: 'to go on after a pause',
  plugged: 'because a drive was plugged in',
};

export const safetyTexts = {
  nothingThere: 'nothing there yet',
  /** The newest snapshot on both sides. */
  asOf: (creationMs: number, nowMs: number): string => `as of ${formatAgo(creationMs, nowMs)}`,
  ageUnknown: (snapshot: string): string => `up to ${snapshot}, age unknown`,
  newerWaits: 'newer not there yet',
  /** How much of a job stands at one destination, and since when. */
  summary: (destination: string, there: number, all: number, oldest: string | null): string => {
    const age = oldest ?? 'of unknown age';
    if (there === 0) return `On ${destination}: nothing yet.`;
    if (all === 1) return `On ${destination}: ${age}.`;
    const some = there === all ? `all ${all} datasets` : `${there} of ${all} datasets`;
    return `On ${destination}: ${some}, the oldest ${age}.`;
  },
};

export const spaceTexts = {
  label: 'space',
  free: (place: string, availableBytes: number): string => `${place}: ${formatBytes(availableBytes)} free`,
  unknown: (place: string): string => `${place}: free space not known`,
};

export const datasetTexts = {
  planning: 'planning',
  failed: 'failed',
  /** Finished by what is known now. */
  done: 'done',
  pending: 'waiting',
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
  remedy: (sentence: string): string => `→ ${sentence}`,
  more: (count: number): string => `… ${formatCount(count, 'more line')}`,
};

/** Turns of events, one line each. */
export const changeTexts = {
  queued: 'another run is queued',
  runStarted: (reason: WakeReason): string => `a run was started ${wakeReason[reason]}`,
  waiting: (why: string): string => `waiting: ${why}`,
  runEnded: 'the run has ended well',
  runFailed: 'the run has ended with problems',
  stepStarted: (dataset: string, index: number, count: number, from: string | null, to: string): string =>
    `${dataset}: step ${index}/${count}, ${from === null ? `full to ${to}` : `${from} → ${to}`}`,
  datasetDone: (dataset: string): string => `${dataset}: done`,
  datasetFailed: (dataset: string, why: string): string => `${dataset}: failed: ${why}`,
  pruned: (side: PruningReport['side'], destroyed: number): string =>
    `pruned (${sideText[side]}): ${pruningTexts.done(destroyed)}`,
  pruningStopped: (side: PruningReport['side'], state: 'error' | 'paused', why: string): string =>
    `pruning (${sideText[side]}) ${state === 'paused' ? 'is paused' : 'failed'}${why === '' ? '' : `: ${why}`}`,
};

export const watchTexts = {
  keys: 'q quits',
  lost: (sinceMs: number, nowMs: number): string =>
    `The daemon has not answered for ${formatDuration(nowMs - sinceMs)}; what you see is from then. Trying again.`,
};

export const historyTexts = {
  none: 'No run is known yet.',
  more: (limit: number): string => `There are older ones: --limit shows more than these ${limit}.`,
  cause: {
    snapshots: 'schedule',
    wakeup: 'wakeup',
    run: 'by hand',
    continued: 'after pause',
    plugged: 'drive',
  } satisfies Record<HistoryEntry['cause'], string>,
  outcome: {
    running: 'running',
    ok: 'ok',
    problems: 'with problems',
    failed: 'failed',
    cancelled: 'cancelled',
    interrupted: 'interrupted',
    skipped: 'did not run',
  } satisfies Record<HistoryEntry['outcome'], string>,
  skipped: {
    'snapshots-failed': 'its datasets could not be listed',
    'still-at-work': 'the snapshots of the time before were still being taken',
    cancelled: 'cancelled before it began',
    'daemon-ended': 'the daemon ended before it began',
    paused: 'it was paused',
    'on-battery': 'the machine ran on its battery',
    metered: 'the network costs money',
    'just-woke': 'the machine had just woken up',
  } satisfies Record<SkipReason, string>,
  times: (count: number, until: string): string => `${count} times until ${until}`,
  interrupted: 'the daemon ended in the middle of it',
  datasets: (done: number, all: number): string =>
    done === all ? formatCount(all, 'dataset') : `${done} of ${formatCount(all, 'dataset')}`,
  sent: (snapshots: number, bytes: number): string =>
    `${formatBytes(bytes)} sent in ${formatCount(snapshots, 'snapshot')}`,
  onDrives: (names: readonly string[]): string => `to ${names.join(', ')}`,
  resumed: (bytes: number): string => `resumed from ${formatBytes(bytes)}`,
  taken: (count: number): string => `${count} taken`,
  destroyed: (count: number): string => `${count} destroyed`,
  moreProblems: (count: number): string => `… ${formatCount(count, 'more problem')}`,
};

export const runTexts = {
  started: (job: string, runId: number): string => `Run ${runId} of ${job} has started.`,
  queued: (job: string, runId: number): string => `Run ${runId} of ${job} is queued behind the one at work.`,
  noSnapshots: 'Snapshots of this job are taken by hand: this run replicates and prunes only.',
  ok: (job: string, bytes: string): string => `${job}: done, ${bytes} replicated.`,
  problems: (job: string, count: number): string => `${job}: finished with ${formatCount(count, 'problem')}.`,
  cancelled: (job: string): string => `${job}: the run was cancelled.`,
  goesOn: (job: string): string => `The run goes on in the daemon; "snapferry signal reset ${job}" cancels it.`,
};

export const signalTexts = {
  wakeup: (job: string): string => `${job} was woken up.`,
  wakeupQueued: (job: string): string => `${job} is at work; another run is queued behind it.`,
  reset: (job: string): string => `The run of ${job} is being cancelled.`,
  nothingToReset: (job: string): string => `Nothing of ${job} was running.`,
};

export const configTexts = {
  valid: (file: string, jobs: number): string => `${file}: the configuration is valid, ${formatCount(jobs, 'job')}.`,
  runs: 'can run',
  doesNotRun: (reasons: readonly string[]): string => `cannot run: ${reasons.join('; ')}`,
};

export const versionTexts = {
  client: (version: string): string => `client: ${version}`,
  daemon: (version: string): string => `daemon: ${version}`,
  noDaemon: (socket: string): string => `daemon: does not answer at ${socket}`,
  differ: 'The two differ: restart the daemon after an upgrade.',
};

export const localTexts = {
  /** Said when a command works without the daemon. */
  inProcess: (file: string): string => `The daemon does not answer; this comes from ${file}, read just now.`,
};

export const planTexts = {
  title: (job: string): string => `What a run of ${job} would do now`,
  replication: 'Replication',
  pruning: (side: string): string => `Pruning (${side})`,
  nothing: 'nothing to do',
  upToDate: 'up to date',
  steps: (count: number): string => formatCount(count, 'step'),
  problem: 'cannot be replicated',
  skipped: 'skipped',
  skippedBecause: (reason: string): string => `skipped: ${reason}`,
  counts: (kept: number, destroyed: number): string => `${kept} kept, ${destroyed} destroyed`,
  /** What one step sends; the first part is the route. */
  step: (step: JobPlan['replication'][number]['steps'][number]): string[] => [
    step.from === null ? `full to ${step.to}` : `${step.from} → ${step.to}`,
    ...(step.snapshotCount > 1 ? [formatCount(step.snapshotCount, 'snapshot')] : []),
    ...(step.bytesExpected === null ? [] : [`about ${formatBytes(step.bytesExpected)}`]),
    ...(step.resumedFromBytes === null ? [] : [`goes on at ${formatBytes(step.resumedFromBytes)}`]),
  ],
};

export const abstractionTexts = {
  none: 'No holds or bookmarks of jobs.',
  stale: 'stale',
  released: 'released',
  wouldRelease: 'would be released',
  failed: 'failed',
  summary: (released: number, failed: number, dryRun: boolean): string =>
    `${released} ${dryRun ? 'would be released' : 'released'}, ${failed} failed.`,
};

export const diagnosticsTexts = {
  written: (file: string): string => `Look through ${file} before you post it; only you can read it.`,
  notWritten: (file: string, reason: string): string => `Nothing was written to ${file}: ${reason}`,
  noDaemon: 'The daemon did not tell it. This is what can be seen without it.',
};
