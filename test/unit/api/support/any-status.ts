/** Statuses of every kind that a daemon could tell, for laws that hold of all of them. */
import fc from 'fast-check';
import { DRIVE_STATES } from '../../../../core/api/drive.ts';
import { PROBLEMS, type ProblemCode, ProblemError } from '../../../../core/api/problem.ts';
import type { DaemonStatus, DatasetReport, DatasetSafety, JobStatus } from '../../../../core/api/status.ts';
import {
  common,
  DAY,
  daemon,
  dataset,
  drive,
  finished,
  job,
  NOW_MS,
  replicating,
  safety,
  space,
  step,
} from '../../cli/support/example-status.ts';

const anyProblem = fc
  .constantFrom(...(Object.keys(PROBLEMS) as ProblemCode[]))
  .map((code) => new ProblemError(code, { name: 'rpool/home', host: 'nas' }).toProblem());
const mostlyNone = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: of });

const anyCommon: fc.Arbitrary<DatasetSafety['newestCommon']> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: DAY }).map((agoMs) => common(agoMs)) },
  { weight: 1, arbitrary: fc.integer({ min: -DAY, max: 9 * DAY }).map((agoMs) => common(agoMs)) },
  { weight: 1, arbitrary: fc.constant({ ...common(0), creationMs: null }) },
  { weight: 1, arbitrary: fc.constant(null) },
);

const anyRow = fc
  .record({ newestCommon: anyCommon, destination: fc.constantFrom('root@nas:tank/backup', 'Blue:backup', 'pool/x') })
  .map((change) => safety('rpool/home', change));

const anyReport: fc.Arbitrary<DatasetReport> = fc
  .record({
    state: fc.constantFrom<DatasetReport['state']>('planning', 'planning-error', 'stepping', 'step-error', 'done'),
    problem: mostlyNone(anyProblem),
    steps: fc.array(
      fc
        .record({
          bytesExpected: fc.option(fc.nat()),
          bytesReplicated: fc.nat(),
          resumedFromBytes: fc.option(fc.nat()),
          bytesPerSecond: fc.option(fc.nat()),
          finishedAtMs: fc.option(fc.constant(NOW_MS)),
        })
        .map(step),
      { maxLength: 3 },
    ),
  })
  .map((change) => dataset('rpool/home', change));

const anyReplication: fc.Arbitrary<JobStatus['replication']> = fc.oneof(
  fc.constant(null),
  fc.array(anyReport, { maxLength: 3 }).map(replicating),
  fc
    .tuple(fc.array(anyReport, { maxLength: 3 }), fc.constantFrom('done' as const, 'failed', 'cancelled'))
    .map(([reports, outcome]) => finished(reports, outcome)),
  fc.tuple(fc.array(anyReport, { maxLength: 3 }), anyProblem).map(([reports, problem]) => {
    const running = replicating(reports);
    const waiting = { sinceMs: NOW_MS, untilMs: NOW_MS + DAY, nextTryMs: NOW_MS, problem };
    return running === null ? null : { ...running, waiting };
  }),
);

/** At a destination that some rows have. */
const anyDrive = fc
  .record({ state: fc.constantFrom(...DRIVE_STATES), asks: fc.boolean(), problem: mostlyNone(anyProblem) })
  .map(({ state, ...change }) => drive(state, { ...change, destination: 'pool/x' }));

const anySpace = fc
  .record({
    side: fc.constantFrom('source' as const, 'destination' as const),
    seen: fc.option(
      fc.record({
        atMs: fc.integer({ min: NOW_MS - 60 * DAY, max: NOW_MS + DAY }),
        availableBytes: fc.nat(),
        usedBytes: fc.nat(),
      }),
    ),
    forecast: fc.oneof(
      fc.constant({ kind: 'unknown' as const }),
      fc.constant({ kind: 'steady' as const, overMs: 30 * DAY }),
      fc
        .integer({ min: -60, max: 700 })
        .map((days) => ({ kind: 'full' as const, atMs: NOW_MS + days * DAY, overMs: 30 * DAY })),
    ),
  })
  .map(space);

const anyJob: fc.Arbitrary<JobStatus> = fc
  .record({
    type: fc.constantFrom<JobStatus['type']>('push', 'push', 'push', 'pull', 'snap', 'sink', 'source'),
    stage: fc.constantFrom<JobStatus['stage']>('idle', 'idle', 'snapshotting', 'replicating', 'pruning-sender'),
    refusal: mostlyNone(anyProblem),
    lastRunFailed: mostlyNone(fc.constant(true)).map((failed) => failed === true),
    replication: anyReplication,
    safety: fc.array(anyRow, { maxLength: 4 }),
    drives: fc.array(anyDrive, { maxLength: 1 }),
    space: fc.array(anySpace, { maxLength: 3 }),
  })
  .map((change) => job('j', change));

/** With up to four jobs, each in a state of its own. */
export function anyStatus(): fc.Arbitrary<DaemonStatus> {
  return fc
    .record({ jobs: fc.array(anyJob, { maxLength: 4 }), abandoned: fc.constantFrom(0, 0, 0, 2) })
    .map(({ jobs, abandoned }) => ({ ...daemon(...jobs), commands: { active: 0, abandoned } }));
}
