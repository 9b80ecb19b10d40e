import { UNKNOWN_CONDITIONS } from '../../../../core/api/conditions.ts';
import { ProblemError } from '../../../../core/api/problem.ts';
import type { SpacePlace } from '../../../../core/api/space.ts';
import type {
  DaemonStatus,
  DatasetReport,
  DatasetSafety,
  DriveReport,
  JobStatus,
  PrunedDataset,
  StepReport,
} from '../../../../core/api/status.ts';
import { GOOD_STATE, idleStatus } from '../../helper/support/fake-job.ts';

export const NOW_MS = Date.UTC(2026, 9, 1, 12, 0, 0);
export const MIN = 60_000;
export const HOUR = 60 * MIN;
export const DAY = 24 * HOUR;
const GIB = 2 ** 30;
const MIB = 2 ** 20;

export function step(change: Partial<StepReport> = {}): StepReport {
  return {
    kind: 'incremental',
    from: '@snapferry_20261001_110000_000',
    to: '@snapferry_20261001_115000_000',
    snapshotCount: 1,
    resumedFromBytes: null,
    bytesExpected: 2.4 * GIB,
    bytesReplicated: 1.2 * GIB,
    bytesPerSecond: 84.1 * MIB,
    remainingMs: 14_000,
    startedAtMs: NOW_MS - 15_000,
    finishedAtMs: null,
    ...change,
  };
}

export const common = (agoMs: number, guid = '1') => ({
  name: 'snapferry_20261001_115000_000',
  guid,
  creationMs: NOW_MS - agoMs,
});

export function dataset(name: string, change: Partial<DatasetReport> = {}): DatasetReport {
  return {
    dataset: name,
    state: 'stepping',
    blockedOn: 'nothing',
    problem: null,
    guarantee: 'guarantee_resumability',
    discardedBytes: 0,
    newestCommon: common(70 * MIN),
    currentStep: 0,
    steps: [step()],
    ...change,
  };
}

export const done = (name: string, agoMs: number): DatasetReport =>
  dataset(name, { state: 'done', currentStep: 1, newestCommon: common(agoMs) });

export function safety(name: string, change: Partial<DatasetSafety> = {}): DatasetSafety {
  return {
    dataset: name,
    destination: 'root@nas:tank/backup',
    newestCommon: common(10 * MIN),
    newestLocal: common(10 * MIN),
    guarantee: 'guarantee_resumability',
    basis: 'compared',
    seenAtMs: NOW_MS - MIN,
    receiverSeenAtMs: NOW_MS - MIN,
    atRisk: { everything: false, sinceMs: NOW_MS - 10 * MIN, snapshots: 0, bytes: null },
    standing: 'kept',
    keptBy: [],
    ...change,
  };
}

export function pruned(name: string, change: Partial<PrunedDataset> = {}): PrunedDataset {
  return {
    dataset: name,
    state: 'done',
    skipReason: '',
    problem: null,
    snapshotCount: 40,
    destroyCount: 4,
    destroyedCount: 4,
    keptAnyway: [],
    ...change,
  };
}

export function job(name: string, change: Partial<JobStatus> = {}): JobStatus {
  return {
    ...idleStatus(name),
    lastSuccessMs: NOW_MS - 52 * MIN,
    snapshotting: {
      type: 'periodic',
      state: 'waiting',
      nextAtMs: NOW_MS + 8 * MIN,
      problem: null,
      items: [],
    },
    ...change,
  };
}

export function replicating(datasets: readonly DatasetReport[]): JobStatus['replication'] {
  return {
    startedAtMs: NOW_MS - 2 * MIN,
    finishedAtMs: null,
    outcome: 'running',
    warnings: [],
    waiting: null,
    attempts: [
      {
        state: 'fan-out-filesystems',
        startedAtMs: NOW_MS - 2 * MIN,
        finishedAtMs: null,
        problem: null,
        datasets: [...datasets],
      },
    ],
  };
}

export function finished(datasets: readonly DatasetReport[], outcome: 'done' | 'failed' | 'cancelled' = 'done') {
  const running = replicating(datasets);
  return running === null ? null : { ...running, outcome, finishedAtMs: NOW_MS - MIN };
}

export function daemon(...jobs: readonly JobStatus[]): DaemonStatus {
  return {
    revision: 7,
    version: '0.1.0',
    startedAtMs: NOW_MS - 3 * DAY - 4 * HOUR,
    nowMs: NOW_MS,
    configFile: '/etc/snapferry/snapferry.yml',
    jobs: [...jobs],
    commands: { active: 2, abandoned: 0 },
    state: GOOD_STATE,
    paused: null,
    conditions: UNKNOWN_CONDITIONS,
  };
}

/** One of everything that can be seen. */
export function exampleStatus(): DaemonStatus {
  const busy = new ProblemError(
    'busy',
    { name: 'rpool/vm', host: 'root@nas' },
    {
      detail: 'cannot receive incremental stream: dataset is busy\n',
    },
  );
  return daemon(
    job('laptop-to-nas', {
      stage: 'replicating',
      lastWake: { atMs: NOW_MS - 2 * MIN, reason: 'run' },
      queued: true,
      replication: replicating([
        dataset('rpool/home', {
          currentStep: 0,
          steps: [step({ resumedFromBytes: 12.3 * MIB }), step(), step()],
        }),
        dataset('rpool/home/anna', { blockedOn: 'parent-initial-repl' }),
        dataset('rpool/srv', { steps: [step({ kind: 'full', from: null, bytesExpected: null, remainingMs: null })] }),
        done('rpool/data', 10 * MIN),
        dataset('rpool/vm', { state: 'step-error', newestCommon: common(3 * DAY), problem: busy.toProblem() }),
      ]),
      safety: [
        safety('rpool/home', { newestCommon: common(70 * MIN), newestLocal: common(10 * MIN, '2') }),
        safety('rpool/home/anna', { newestCommon: null }),
        safety('rpool/srv', { newestCommon: null }),
        safety('rpool/data'),
        safety('rpool/vm', { newestCommon: common(3 * DAY), newestLocal: common(10 * MIN, '2') }),
      ],
      pruning: [
        {
          side: 'sender',
          state: 'done',
          startedAtMs: NOW_MS - HOUR,
          finishedAtMs: NOW_MS - HOUR,
          problem: null,
          datasets: [
            pruned('rpool/home', {
              destroyedCount: 3,
              keptAnyway: [{ snapshot: 'snapferry_20260901_110000_000', reason: 'it is held' }],
            }),
            pruned('rpool/data'),
            pruned('rpool/vm', {
              state: 'skipped',
              destroyedCount: 0,
              destroyCount: 0,
              skipReason: 'not replicated yet',
            }),
          ],
        },
        {
          side: 'receiver',
          state: 'running',
          startedAtMs: NOW_MS - HOUR,
          finishedAtMs: null,
          problem: null,
          datasets: [pruned('tank/backup/rpool/home', { state: 'running', destroyCount: 20, destroyedCount: 14 })],
        },
      ],
    }),
    job('photos-to-drive', {
      destination: 'Blue:backup/photos',
      lastSuccessMs: null,
      lastRunFailed: true,
      snapshotting: { type: 'manual', state: 'manual', nextAtMs: null, problem: null, items: [] },
      safety: [safety('rpool/写真/夏休み', { destination: 'Blue:backup/photos', newestCommon: common(6 * DAY) })],
    }),
    job('tidy-local', { type: 'snap', destination: null }),
    {
      ...idleStatus('offsite', 'pull'),
      stage: 'refused',
      refusal: new ProblemError('config-not-runnable', {
        job: 'offsite',
        reason: 'connections of type tls are not built yet',
      }).toProblem(),
    },
  );
}

/** The room at a destination, as the status of a job tells it. */
export function space(change: Partial<SpacePlace> = {}): SpacePlace {
  return {
    side: 'destination',
    destination: 'root@nas:tank/backup',
    host: 'root@nas',
    dataset: 'tank/backup',
    seen: { atMs: NOW_MS - 2 * HOUR, availableBytes: 1.2 * 1024 * GIB, usedBytes: 2.5 * 1024 * GIB },
    forecast: { kind: 'steady', overMs: 30 * DAY },
    ...change,
  };
}

/** An external drive of a job, as its status tells it. */
export function drive(state: DriveReport['state'], change: Partial<DriveReport> = {}): DriveReport {
  return {
    name: 'Blue',
    pool: 'blue',
    poolGuid: '1234567890123456789',
    destination: 'this machine:blue/desk',
    state,
    sinceMs: NOW_MS - MIN,
    problem: null,
    asks: false,
    lastSuccessMs: null,
    staleAfterMs: 7 * DAY,
    sizeBytes: null,
    freeBytes: null,
    ...change,
  };
}
