/**
 * A run: attempts until everything is done, nothing can be helped by trying again, or the run is cancelled. Datasets that
 * succeeded or failed for good are not tried again; only those that a new attempt can help are.
 */
import type { Clock } from '../api/clock.ts';
import { asProblemError, ProblemError } from '../api/problem.ts';
import type { ReplicationReport } from '../api/status.ts';
import type { Receiver, Sender } from '../endpoint/types.ts';
import { isBelow } from '../zfs/names.ts';
import { type AttemptResult, isFailure, runAttempt } from './attempt.ts';
import { isSilence, nextPeerStep } from './peer-wait.ts';
import type { ReplicationPolicy } from './policy.ts';
import { StepQueue } from './queue.ts';
import { AttemptProgress, RunProgress } from './report.ts';
import { nextAttempt, type RetryPolicy } from './retry.ts';
import type { TidyMemory } from './tidy-memory.ts';

/** A peer that does not answer within this time counts as away. */
const PING_DEADLINE_MS = 30_000;

export interface RunOptions {
  /** Fresh endpoints for every attempt: what one knew of the disk must not outlive it. */
  readonly endpoints: () => { readonly sender: Sender; readonly receiver: Receiver };
  readonly jobId: string;
  readonly policy: ReplicationPolicy;
  /** Steps at once, at least 1. */
  readonly concurrency: number;
  readonly retry: RetryPolicy;
  readonly memory: TidyMemory;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Without it nobody is woken in this run. */
  readonly wake?: PeerWake | undefined;
  /** No step begins any more once it is aborted; those at work go on to their end. */
  readonly soon?: AbortSignal;
  /** Called whenever the report changed. */
  readonly onChange: (report: () => ReplicationReport) => void;
}

/** Wakes the machine of the receiver up. */
export interface PeerWake {
  /** Time that it gets to come up. */
  readonly waitMs: number;
  /** True when something was sent. Never rejects. */
  send(): Promise<boolean>;
}

/** Once a run is enough: a machine that does not come up after that has another reason. */
interface WakeMemory {
  wokenAtMs: number | null;
}

interface Away {
  readonly firstWaitMs: number;
  /** Monotonic. */
  readonly untilMs: number;
  readonly cause: ProblemError;
  readonly memory: WakeMemory;
}

/** Runs to the end and returns the final report. Rejects only for a defect. */
export async function replicate(options: RunOptions): Promise<ReplicationReport> {
  const { clock, signal } = options;
  const soon = options.soon ?? signal;
  const over = () => signal.aborted || soon.aborted;
  const progress = new RunProgress(clock.nowMs());
  const report = () => progress.snapshot(clock.nowMs());
  const changed = () => options.onChange(report);
  const queue = new StepQueue(options.concurrency);
  const outcomes = new Map<string, ProblemError | null>();
  const targets = new Map<string, bigint>();
  let only: ReadonlySet<string> | undefined;
  let fruitless = 0;
  let awaySinceMs: number | null = null;
  let global: ProblemError | null = null;
  const wakeMemory: WakeMemory = { wokenAtMs: null };

  while (!over()) {
    const attempt = new AttemptProgress(clock.nowMs());
    progress.attempts.push(attempt);
    changed();
    const { sender, receiver } = options.endpoints();
    const result = await runAttempt(
      {
        sender,
        receiver,
        jobId: options.jobId,
        policy: options.policy,
        queue,
        clock,
        signal,
        soon,
        changed,
        only,
        upTo: targets,
        memory: options.memory,
        warn: (text) => {
          if (!progress.warnings.includes(text)) progress.warnings.push(text);
        },
      },
      attempt,
    );
    global = result.problem;
    for (const [dataset, problem] of result.problems) outcomes.set(dataset, problem);
    for (const [dataset, guid] of result.targets) if (!targets.has(dataset)) targets.set(dataset, guid);
    if (over()) break;
    fruitless = result.progressed ? 0 : fruitless + 1;
    if (result.progressed) awaySinceMs = null;

    const retriable = retriableOf(result);
    const next = nextAttempt(
      retriable.map(([, problem]) => problem.retry),
      fruitless,
      options.retry,
      options.random,
    );
    if (next.kind === 'end') break;
    if (result.problem === null) only = new Set(retriable.map(([dataset]) => dataset));
    if (next.kind === 'after') {
      const cause =
        retriable.find(([, problem]) => problem.retry === 'soon')?.[1] ?? new ProblemError('connection-lost');
      // Counted from when it was noticed: a machine that slept through the night has not waited yet.
      awaySinceMs ??= clock.monotonicMs();
      const untilMs = awaySinceMs + options.retry.hardFailMs;
      const away: Away = { firstWaitMs: next.waitMs, untilMs, cause, memory: wakeMemory };
      const waited = await waitForPeers(options, progress, away, changed);
      if (waited === 'answers') continue;
      // What the peer said last is why nothing more is tried, and not what went wrong before.
      if (waited instanceof ProblemError) {
        global = waited;
        attempt.problem = waited;
        break;
      }
      if (waited === 'gave-up' && wakeMemory.wokenAtMs !== null && attempt.problem?.code === 'host-unreachable') {
        const { facts, detail, place } = attempt.problem;
        attempt.problem = new ProblemError('host-not-woken', facts, { detail, place });
      }
      break;
    }
  }
  progress.finishedAtMs = clock.nowMs();
  progress.waiting = null;
  const failed = global !== null || [...outcomes.values()].some((problem) => problem !== null && isFailure(problem));
  progress.outcome = over() ? 'cancelled' : failed ? 'failed' : 'done';
  changed();
  return report();
}

/** Problems that another attempt may help; one that concerned the whole attempt stands for every dataset. */
function retriableOf(result: AttemptResult): readonly (readonly [dataset: string, problem: ProblemError])[] {
  const helped = (problem: ProblemError) => problem.retry === 'soon' || problem.retry === 'replan';
  if (result.problem !== null) return helped(result.problem) ? [['', result.problem]] : [];
  const retried = [...result.problems].flatMap(([dataset, problem]) =>
    problem !== null && helped(problem) ? [[dataset, problem] as const] : [],
  );
  // Children that only waited for a parent go again together with it; without it a stand-in would take its place.
  const parents = new Set(retried.map(([dataset]) => dataset));
  const failed = [...result.problems].flatMap(([dataset, problem]) =>
    problem !== null && isFailure(problem) && problem.code !== 'parent-failed' ? [dataset] : [],
  );
  const children = [...result.problems].flatMap(([dataset, problem]) => {
    const above = failed.filter((parent) => isBelow(dataset, parent));
    const goesAgain = problem?.code === 'parent-failed' && above.every((parent) => parents.has(parent));
    return goesAgain && above.length > 0 ? [[dataset, problem] as const] : [];
  });
  return [...retried, ...children];
}

/** Waits, then until both ends answer; wakes the receiver up where it may. A problem: more waiting does not help. */
async function waitForPeers(
  options: RunOptions,
  progress: RunProgress,
  { firstWaitMs, untilMs, cause, memory }: Away,
  changed: () => void,
): Promise<'answers' | 'over' | 'gave-up' | ProblemError> {
  const { clock, signal, wake } = options;
  const soon = options.soon ?? signal;
  const sinceMs = clock.nowMs();
  let problem = cause;
  let pauseMs = firstWaitMs;
  let failures = 1;
  let mayWake = wake !== undefined;
  for (;;) {
    const monotonicMs = clock.monotonicMs();
    const { wokenAtMs } = memory;
    const step = nextPeerStep({
      nowMs: monotonicMs,
      untilMs,
      pauseMs,
      silent: mayWake && isSilence(problem),
      wakeMs: wake?.waitMs ?? null,
      wokenAtMs,
    });
    if (step.kind === 'give-up') return 'gave-up';
    if (step.kind === 'wake') {
      // What could not be sent (no network yet) has woken nobody: another time.
      mayWake = (await wake?.send()) === true;
      if (mayWake) memory.wokenAtMs = clock.monotonicMs();
      continue;
    }
    mayWake = wake !== undefined;
    const nowMs = clock.nowMs();
    const atMs = (time: number) => nowMs + time - monotonicMs;
    progress.waiting = {
      sinceMs,
      untilMs: atMs(step.untilMs),
      nextTryMs: nowMs + step.pauseMs,
      problem,
      ...(step.wakingUntilMs === null ? {} : { wakingUntilMs: atMs(step.wakingUntilMs) }),
    };
    changed();
    try {
      await clock.sleep(step.pauseMs, soon);
      await pingBoth(options);
      progress.waiting = null;
      changed();
      return 'answers';
    } catch (error) {
      if (signal.aborted || soon.aborted) return 'over';
      problem = asProblemError(error, { phase: 'connect' });
      if (problem.retry !== 'soon') return problem;
      failures += 1;
      const next = nextAttempt(
        ['soon'],
        failures,
        { ...options.retry, fruitlessAttempts: Number.POSITIVE_INFINITY },
        options.random,
      );
      pauseMs = next.kind === 'after' ? next.waitMs : pauseMs;
    }
  }
}

async function pingBoth(options: RunOptions): Promise<void> {
  const { sender, receiver } = options.endpoints();
  const signal = AbortSignal.any([
    options.signal,
    options.soon ?? options.signal,
    AbortSignal.timeout(PING_DEADLINE_MS),
  ]);
  await Promise.all([sender.ping({ signal }), receiver.ping({ signal })]);
}
