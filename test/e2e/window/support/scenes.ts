/** Households whose state is told to windows: for tests, and for the pictures in the user guide. */

import type { ConfigChange } from '../../../../core/api/config.ts';
import type { Reply } from '../../../../core/api/contract.ts';
import type { DriveHealth } from '../../../../core/api/drive.ts';
import type { HistoryEntry } from '../../../../core/api/history.ts';
import { EMPTY_TALLY } from '../../../../core/api/history.ts';
import { ProblemError } from '../../../../core/api/problem.ts';
import type { DatasetSafety } from '../../../../core/api/safety.ts';
import type { SpacePlace } from '../../../../core/api/space.ts';
import type {
  DaemonStatus,
  DatasetReport,
  DriveReport,
  JobPlan,
  JobStatus,
  StepReport,
} from '../../../../core/api/status.ts';
import { applyEdits } from '../../../../core/config/edit.ts';
import { effectsOf } from '../../../../core/config/effects.ts';
import { configJobs } from '../../../../core/config/job-forms.ts';
import { parseConfig } from '../../../../core/config/parse-config.ts';
import {
  DAY,
  daemon,
  dataset,
  drive,
  finished,
  HOUR,
  job,
  MIN,
  NOW_MS,
  replicating,
  safety,
  space,
  step,
} from '../../../unit/cli/support/example-status.ts';

export { NOW_MS };

const GIB = 2 ** 30;
const MIB = 2 ** 20;
export const NAS = 'root@nas:tank/backup/desk';
export const BLUE = 'this machine:blue/desk';

const DATASETS = [
  'rpool/home',
  'rpool/home/ada',
  'rpool/home/ada/photos',
  'rpool/home/ada/projects',
  'rpool/home/grace',
  'rpool/root',
  'rpool/var/lib/postgres',
  'rpool/vm/builder',
] as const;

const at = (agoMs: number): string => {
  const [day = '', time = ''] = new Date(NOW_MS - agoMs).toISOString().replaceAll(/[-:]/g, '').split('T');
  return `snapferry_${day}_${time.slice(0, 6)}_000`;
};

const version = (agoMs: number, guid: string) => ({ name: `@${at(agoMs)}`, guid, creationMs: NOW_MS - agoMs });

/** A copy of so old a snapshot. */
export function copy(
  name: string,
  destination: string,
  agoMs: number,
  change: Partial<DatasetSafety> = {},
): DatasetSafety {
  const guid = String(10_000_000_000n + BigInt(name.length) * 7_919n + BigInt(agoMs));
  const localAgoMs = Math.min(agoMs, 12 * MIN);
  const newest = agoMs === localAgoMs;
  return safety(name, {
    destination,
    newestCommon: version(agoMs, guid),
    newestLocal: newest ? version(agoMs, guid) : version(localAgoMs, `${guid}1`),
    seenAtMs: NOW_MS - 11 * MIN,
    receiverSeenAtMs: NOW_MS - 11 * MIN,
    atRisk: {
      everything: false,
      sinceMs: NOW_MS - agoMs,
      snapshots: newest ? 0 : Math.round(agoMs / HOUR),
      bytes: newest ? 0 : 4.1 * GIB,
    },
    keptBy: [
      {
        kind: 'cursor',
        side: 'sender',
        host: 'this machine',
        fullName: `${name}#zrepl_CURSOR_G_${BigInt(guid).toString(16)}_J_${destination === NAS ? 'nas' : 'blue'}`,
        tag: null,
        proof: 'listed',
      },
    ],
    ...change,
  });
}

/** Where the job needs room: there, and in the pool it sends from. */
function placesOf(destination: string): SpacePlace[] {
  const [host = '', dataset = ''] = destination.split(':');
  return [
    space({
      destination,
      host,
      dataset,
      seen: { atMs: NOW_MS - 11 * MIN, availableBytes: 812 * GIB, usedBytes: 2.4 * 1024 * GIB },
      forecast: { kind: 'full', atMs: NOW_MS + 35 * DAY, overMs: 30 * DAY },
    }),
    space({
      side: 'source',
      destination: null,
      host: 'this machine',
      dataset: 'rpool',
      seen: { atMs: NOW_MS - 11 * MIN, availableBytes: 310 * GIB, usedBytes: 590 * GIB },
    }),
  ];
}

function idle(name: string, destination: string, copies: readonly DatasetSafety[]): JobStatus {
  return job(name, {
    destination,
    safety: [...copies],
    space: placesOf(destination),
    nextRun: { state: 'scheduled', atMs: NOW_MS + 8 * MIN, why: 'schedule' },
    replication: finished(copies.map((one) => dataset(one.dataset, { state: 'done', currentStep: 0, steps: [] }))),
  });
}

/** Everything is where it should be; the drive has lain in a drawer for a day. */
export function calmHousehold(): DaemonStatus {
  return daemon(
    idle(
      'nas',
      NAS,
      DATASETS.map((name) => copy(name, NAS, 12 * MIN)),
    ),
    idle(
      'blue',
      BLUE,
      DATASETS.slice(0, 5).map((name) => copy(name, BLUE, 26 * HOUR)),
    ),
  );
}

/** The household with a drive in this state. */
export function driveHousehold(state: DriveReport['state'], change: Partial<DriveReport> = {}): DaemonStatus {
  const [nas, blue] = calmHousehold().jobs;
  if (nas === undefined || blue === undefined) throw new Error('the household has lost its jobs');
  const blueDrive = drive(state, {
    destination: BLUE,
    lastSuccessMs: NOW_MS - 26 * HOUR,
    sizeBytes: 2 * 1024 * GIB,
    freeBytes: 800 * GIB,
    ...change,
  });
  return daemon(nas, { ...blue, drives: [blueDrive] });
}

/** What is known of the health of a drive. */
export function driveHealth(change: Partial<DriveHealth> = {}): DriveHealth {
  return {
    seenMs: NOW_MS - 26 * HOUR,
    poolState: 'ONLINE',
    readCount: 0,
    writeCount: 0,
    checksumCount: 0,
    isDamaged: false,
    lastScrub: { endedMs: NOW_MS - 40 * 24 * HOUR, repairedBytes: 0, errorCount: 0 },
    neverScrubbed: false,
    scrub: null,
    ...change,
  };
}

/** A set of two: one is plugged in and was never checked, the other lies in a drawer for longer than it should. */
export function driveSet(): DaemonStatus {
  const household = driveHousehold('connected', { health: driveHealth() });
  const [nas, blue] = household.jobs;
  const [here] = blue?.drives ?? [];
  if (nas === undefined || blue === undefined || here === undefined)
    throw new Error('the household has lost its drive');
  const red = drive('away', {
    name: 'Red',
    pool: 'red',
    poolGuid: '7',
    destination: 'this machine:red/desk',
    lastSuccessMs: NOW_MS - 9 * 24 * HOUR,
    sizeBytes: 4 * 1024 * GIB,
    freeBytes: 90 * GIB,
    health: driveHealth({ readCount: 3, lastScrub: null, neverScrubbed: true, poolState: 'DEGRADED' }),
  });
  const space: SpacePlace = {
    side: 'destination',
    destination: here.destination,
    host: 'this machine',
    dataset: 'blue/desk',
    seen: { atMs: NOW_MS - HOUR, availableBytes: 800 * GIB, usedBytes: 1200 * GIB },
    forecast: { kind: 'full', atMs: NOW_MS + 90 * 24 * HOUR, overMs: 30 * 24 * HOUR },
  };
  return daemon(nas, { ...blue, drives: [here, red], space: [space] });
}

const done = (name: string, bytes: number): DatasetReport =>
  dataset(name, {
    state: 'done',
    currentStep: 1,
    steps: [
      step({
        bytesReplicated: bytes,
        bytesExpected: bytes,
        finishedAtMs: NOW_MS - MIN,
        from: `@${at(72 * MIN)}`,
        to: `@${at(12 * MIN)}`,
      }),
    ],
  });

/** The step that was cut off once and goes on. */
export function resumedStep(doneBytes: number, change: Partial<StepReport> = {}): StepReport {
  return step({
    kind: 'full',
    from: null,
    to: `@${at(12 * MIN)}`,
    resumedFromBytes: 18.4 * GIB,
    bytesExpected: 23.6 * GIB,
    bytesReplicated: doneBytes,
    bytesPerSecond: 96.4 * MIB,
    remainingMs: ((23.6 * GIB - doneBytes) / (96.4 * MIB)) * 1000,
    ...change,
  });
}

export function replicatingTo(doneBytes: number): JobStatus['replication'] {
  return replicating([
    done('rpool/home', 220 * MIB),
    done('rpool/home/ada', 1.3 * GIB),
    dataset('rpool/home/ada/photos', { steps: [resumedStep(doneBytes)], newestCommon: null }),
    dataset('rpool/home/ada/projects', {
      blockedOn: 'repl-queue',
      steps: [
        step({
          bytesReplicated: 0,
          bytesExpected: 340 * MIB,
          bytesPerSecond: null,
          startedAtMs: null,
          from: `@${at(72 * MIN)}`,
          to: `@${at(12 * MIN)}`,
        }),
      ],
    }),
    dataset('rpool/home/grace', {
      blockedOn: 'repl-queue',
      steps: [
        step({
          bytesReplicated: 0,
          bytesExpected: 1.1 * GIB,
          bytesPerSecond: null,
          startedAtMs: null,
          from: `@${at(72 * MIN)}`,
          to: `@${at(42 * MIN)}`,
          kind: 'range',
          snapshotCount: 3,
        }),
        step({
          bytesReplicated: 0,
          bytesExpected: 90 * MIB,
          bytesPerSecond: null,
          startedAtMs: null,
          from: `@${at(42 * MIN)}`,
          to: `@${at(12 * MIN)}`,
        }),
      ],
    }),
  ]);
}

/** A first backup of the photos goes on where it was cut off. */
export function busyHousehold(): DaemonStatus {
  const calm = calmHousehold();
  const photos = 'rpool/home/ada/photos';
  return {
    ...calm,
    jobs: calm.jobs.map((one) =>
      one.name !== 'nas'
        ? one
        : {
            ...one,
            stage: 'replicating',
            nextRun: { state: 'running', atMs: null, why: 'at-work' },
            lastWake: { atMs: NOW_MS - 2 * MIN, reason: 'snapshots' },
            replication: replicatingTo(6.2 * GIB),
            safety: one.safety.map((row) =>
              row.dataset === photos
                ? {
                    ...row,
                    newestCommon: null,
                    standing: 'nothing-there',
                    keptBy: [],
                    atRisk: { everything: true, sinceMs: null, snapshots: null, bytes: null },
                  }
                : copy(row.dataset, NAS, 72 * MIN),
            ),
          },
    ),
  };
}

const DIVERGED = new ProblemError(
  'login-refused',
  { host: 'nas', user: 'root', identityFile: '/etc/snapferry/id_nas' },
  { detail: 'root@nas: Permission denied (publickey).', place: { phase: 'connect', side: 'receiver' } },
);

/** The NAS refuses the login since three days, and the drive was never connected. */
export function troubledHousehold(): DaemonStatus {
  const problem = DIVERGED.toProblem();
  const failed = finished([], 'failed');
  return daemon(
    {
      ...idle(
        'nas',
        NAS,
        DATASETS.map((name) =>
          copy(name, NAS, 76 * HOUR, { basis: 'remembered', receiverSeenAtMs: NOW_MS - 75 * HOUR }),
        ),
      ),
      lastRunFailed: true,
      lastSuccessMs: NOW_MS - 76 * HOUR,
      replication:
        failed === null
          ? null
          : {
              ...failed,
              attempts: failed.attempts.map((attempt) => ({ ...attempt, state: 'planning-error', problem })),
            },
    },
    idle('blue', BLUE, [
      ...DATASETS.slice(0, 4).map((name) => copy(name, BLUE, 26 * HOUR)),
      safety('rpool/home/grace', {
        destination: BLUE,
        newestCommon: null,
        newestLocal: version(12 * MIN, '99'),
        standing: 'nothing-there',
        atRisk: { everything: true, sinceMs: null, snapshots: null, bytes: null },
      }),
    ]),
  );
}

/** So many datasets, each with its copy. */
export function largeHousehold(count: number): DaemonStatus {
  const names = Array.from({ length: count }, (_, index) => `rpool/data/project-${String(index).padStart(4, '0')}`);
  return daemon(
    idle(
      'nas',
      NAS,
      names.map((name, index) => copy(name, NAS, (10 + (index % 90)) * MIN)),
    ),
  );
}

/** Runs of some days, newest first. */
export function someHistory(): readonly HistoryEntry[] {
  const entry = (id: number, agoMs: number, change: Partial<HistoryEntry> = {}): HistoryEntry => ({
    id,
    job: 'nas',
    cause: 'snapshots',
    startMs: NOW_MS - agoMs,
    endMs: NOW_MS - agoMs + 41_000,
    outcome: 'ok',
    skipped: null,
    success: true,
    tally: {
      ...EMPTY_TALLY,
      datasets: 8,
      datasetsDone: 8,
      snapshotsTaken: 8,
      snapshotsSent: 8,
      bytesSent: 412 * MIB,
      snapshotsDestroyed: 6,
    },
    problems: [],
    problemsLeftOut: 0,
    ...change,
  });
  return [
    entry(60, 12 * MIN),
    entry(59, 72 * MIN, {
      tally: {
        ...EMPTY_TALLY,
        datasets: 8,
        datasetsDone: 8,
        snapshotsTaken: 8,
        snapshotsSent: 8,
        bytesSent: 5.2 * GIB,
        resumedFromBytes: 18.4 * GIB,
      },
    }),
    entry(58, 132 * MIN, {
      outcome: 'problems',
      success: false,
      tally: {
        ...EMPTY_TALLY,
        datasets: 8,
        datasetsDone: 7,
        snapshotsTaken: 8,
        snapshotsSent: 7,
        bytesSent: 18.9 * GIB,
      },
      problems: [
        { code: 'connection-lost', dataset: 'rpool/home/ada/photos', text: 'The connection to nas was lost.' },
      ],
    }),
    entry(57, 26 * HOUR, { job: 'blue', cause: 'run' }),
    entry(56, 27 * HOUR, {
      outcome: 'skipped',
      endMs: NOW_MS - 24 * HOUR,
      skipped: { reason: 'on-battery', times: 4 },
      tally: EMPTY_TALLY,
      success: false,
    }),
    entry(55, 76 * HOUR, {
      outcome: 'interrupted',
      endMs: null,
      success: false,
      tally: { ...EMPTY_TALLY, datasets: 8, datasetsDone: 2, bytesSent: 90 * MIB },
    }),
    ...Array.from({ length: 50 }, (_, index) =>
      entry(54 - index, (77 + index) * HOUR, {
        tally: {
          ...EMPTY_TALLY,
          datasets: 8,
          datasetsDone: 8,
          snapshotsTaken: 8,
          snapshotsSent: 8,
          bytesSent: ((index * 37) % 90) * MIB,
        },
      }),
    ),
  ];
}

/** What the next prune does with hourly snapshots of some weeks. */
export function somePlan(datasets: readonly string[] = DATASETS, snapshots = 90): JobPlan {
  const planned = Array.from({ length: snapshots }, (_, index) => {
    const agoMs = (snapshots - index) ** 1.55 * 25 * MIN;
    const kept = index > snapshots - 26 || index % 4 === 0;
    return {
      name: at(agoMs),
      verdict: kept ? ('keep' as const) : ('destroy' as const),
      because: kept
        ? index === snapshots - 1
          ? ['it is the newest snapshot of its dataset', 'rule 2 keeps it: the last 24']
          : ['rule 1 keeps it: grid 24x1h | 30x1d | 12x30d']
        : ['no rule keeps it'],
    };
  });
  return {
    job: 'nas',
    replication: datasets.map((name) => ({
      dataset: name,
      verdict: 'up-to-date' as const,
      problem: null,
      notes: [],
      steps: [],
    })),
    pruning: [
      {
        side: 'sender',
        problem: null,
        datasets: datasets.map((name) => ({ dataset: name, skipReason: '', problem: null, snapshots: planned })),
      },
    ],
  };
}

/** The file behind the households, as the daemon tells it. */
export function someConfig(): Reply<'config/get'> {
  const { jobs, problems } = judged(CONFIG_TEXT);
  return { file: CONFIG_FILE, text: CONFIG_TEXT, masked: false, digest: 'a'.repeat(64), jobs, problems };
}

/** What a change of it would mean, as the daemon works it out. */
export function lookAtSome(change: ConfigChange): Reply<'config/validate'> {
  const text = change.kind === 'text' ? change.text : applyEdits(CONFIG_TEXT, change.edits);
  const was = judged(CONFIG_TEXT).parsed.config;
  const { parsed, problems } = judged(text);
  const jobs = configJobs(parsed, text, NOW_MS, was);
  const effects = parsed.config === null ? [] : [...effectsOf(was, parsed.config)];
  return { text, valid: parsed.config !== null, jobs, problems, refused: [], effects };
}

function judged(text: string) {
  const parsed = parseConfig(text, { fileName: CONFIG_FILE });
  const problems = parsed.problems.map(({ secret: _, ...complaint }) => complaint);
  return { parsed, jobs: configJobs(parsed, text, NOW_MS), problems };
}

const CONFIG_FILE = '/etc/snapferry/snapferry.yml';

const CONFIG_TEXT = `jobs:
  - type: push
    name: nas
    connect:
      type: ssh
      host: nas
      user: root
      identity_file: /etc/snapferry/id_nas
      known_hosts: /etc/snapferry/known_hosts
      root_fs: tank/backup
      client_identity: desk
    filesystems: {"rpool<": true, "rpool/swap": false}
    snapshotting: {type: periodic, interval: 1h, prefix: snapferry_}
    pruning:
      keep_sender:
        - {type: not_replicated}
        - {type: last_n, count: 24}
      keep_receiver:
        # A year is enough for everything but the photos.
        - {type: grid, grid: 24x1h | 30x1d | 12x30d, regex: ".*"}
  - type: push
    name: blue
    title: Blue drive
    connect: {type: local, listener_name: blue, client_identity: desk}
    filesystems: {"rpool/home<": true}
    snapshotting: {type: manual}
    pruning:
      keep_sender: [{type: regex, regex: ".*"}]
      keep_receiver: [{type: grid, grid: 30x1d | 12x30d, regex: ".*"}]
  - type: sink
    name: drive
    serve: {type: local, listener_name: blue}
    root_fs: blue
`;
