/** What needs a person, or will soon: every problem once, however many datasets it meets. Pure. */
import type { Problem } from '../../core/api/problem.ts';
import type { DaemonStatus, JobStatus } from '../../core/api/status.ts';
import { lastAttempt } from './progress.ts';

export type AttentionKind = 'refused' | 'state' | 'failed' | 'snapshots' | 'pruning' | 'waiting';

export interface Attention {
  readonly key: string;
  readonly kind: AttentionKind;
  /** Null where it is about the daemon itself. */
  readonly job: string | null;
  readonly problem: Problem;
  readonly datasets: readonly string[];
  /** Unix milliseconds of the next try by itself; null where there is none. */
  readonly nextTryMs: number | null;
}

type Found = Omit<Attention, 'key' | 'datasets' | 'job'>;

/** Gravest first. */
export function attentionOf(status: DaemonStatus): readonly Attention[] {
  const own = status.state.problem;
  const ofDaemon: readonly Told[] = own === null ? [] : [[null, { kind: 'state', problem: own, nextTryMs: null }]];
  return gathered([...ofDaemon, ...status.jobs.flatMap((job) => problemsOf(job).map((one): Told => [job.name, one]))]);
}

type Told = readonly [job: string | null, found: Found];

/** The same problem of many datasets is told once. */
function gathered(told: readonly Told[]): readonly Attention[] {
  const found = new Map<string, Attention>();
  for (const [job, one] of told) {
    const key = `${job ?? ''}\n${one.kind}\n${one.problem.code}\n${one.problem.happened}`;
    const known = found.get(key);
    const datasets = one.problem.dataset === undefined ? [] : [one.problem.dataset];
    found.set(
      key,
      known === undefined ? { ...one, key, job, datasets } : { ...known, datasets: merged(known, datasets) },
    );
  }
  return [...found.values()].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

const ORDER: readonly AttentionKind[] = ['refused', 'state', 'failed', 'snapshots', 'pruning', 'waiting'];

function merged(known: Attention, datasets: readonly string[]): readonly string[] {
  return [...new Set([...known.datasets, ...datasets])];
}

function problemsOf(job: JobStatus): readonly Found[] {
  if (job.refusal !== null) return [{ kind: 'refused', problem: job.refusal, nextTryMs: null }];
  const { replication, snapshotting } = job;
  const waiting = replication?.waiting ?? null;
  const nextMs = job.nextRun.state === 'scheduled' ? job.nextRun.atMs : null;
  const attempt = lastAttempt(job);
  const failed = [
    // While a run waits for its peer, the attempt before it failed for that reason, and is told of as waiting.
    waiting === null ? (attempt?.problem ?? null) : null,
    ...(waiting === null ? (attempt?.datasets ?? []) : []).map(({ dataset, problem }) =>
      problem === null ? null : { ...problem, dataset },
    ),
  ];
  const snapshots = [
    snapshotting?.problem ?? null,
    ...(snapshotting?.items ?? []).map(({ dataset, problem }) => (problem === null ? null : { ...problem, dataset })),
  ];
  const pruning = job.pruning.flatMap((report) => [
    report.problem,
    ...report.datasets.map(({ dataset, problem }) => (problem === null ? null : { ...problem, dataset })),
  ]);
  const told = (kind: AttentionKind, problems: readonly (Problem | null)[], nextTryMs: number | null) =>
    problems.filter((problem) => problem !== null).map((problem) => ({ kind, problem, nextTryMs }));
  const drives = (job.drives ?? []).map(({ problem }) => problem);
  return [
    ...told('failed', failed, nextMs),
    // Nothing is tried before it is back.
    ...told('failed', drives, null),
    ...told('snapshots', snapshots, nextMs),
    ...told('pruning', pruning, null),
    ...(waiting === null ? [] : told('waiting', [waiting.problem], waiting.nextTryMs)),
  ];
}

/** The problems of one job. */
export function attentionOfJob(job: JobStatus): readonly Attention[] {
  return gathered(problemsOf(job).map((one) => [job.name, one]));
}
