/** What becomes of the runs of a job: what its status says of the last ones, and what whoever keeps the history is told. */
import type { RunOutcome } from '../api/contract.ts';
import type { DrivenRun, RunTally, SkipReason } from '../api/history.ts';
import type { Problem } from '../api/problem.ts';
import type { SnapshotRun } from '../snapshotting/run.ts';
import type { LoopEvent, WakeReason } from './run-loop.ts';
import { snapshotProblems } from './status-parts.ts';

/** One turn in the life of a run. Times are Unix milliseconds; `runId` counts from 1 in every process. */
export type RunEvent =
  | { readonly kind: 'began'; readonly runId: number; readonly cause: WakeReason; readonly startMs: number }
  | {
      readonly kind: 'ended';
      readonly runId: number;
      readonly cause: WakeReason;
      readonly startMs: number;
      readonly endMs: number;
      readonly outcome: RunOutcome;
      /** Trouble with the snapshots by which the schedule woke the run. */
      readonly snapshotProblems: readonly Problem[];
      /** There was something to bring over or to prune, and all of it worked. */
      readonly success: boolean;
      readonly tally: RunTally;
      /** The drives that it went to; only where there was one. */
      readonly drives?: readonly DrivenRun[];
    }
  /** The job was due and did not run. */
  | {
      readonly kind: 'skipped';
      readonly cause: WakeReason;
      readonly reason: SkipReason;
      readonly atMs: number;
      readonly problem: Problem | null;
    };

interface Taken {
  readonly count: number;
  readonly problems: readonly Problem[];
}

const NOTHING: Taken = { count: 0, problems: [] };

function add(before: Taken, run: SnapshotRun | null, problems: readonly Problem[]): Taken {
  const done = run?.items.filter(({ state }) => state === 'done').length ?? 0;
  return { count: before.count + done, problems: [...before.problems, ...problems] };
}

export class RunRecord {
  readonly #tally: (snapshotsTaken: number) => RunTally;
  readonly #listeners = new Set<(event: RunEvent) => void>();
  #lastSuccessMs: number | null = null;
  #lastRunFailed = false;
  #success = false;
  /** Of the run at work. */
  #taken: Taken = NOTHING;
  #drives: readonly DrivenRun[] = [];
  /** By the schedule, for the run that comes next. */
  #scheduled: Taken = NOTHING;

  /** @param tally what the run at work, or the one that has just ended, has done */
  constructor(tally: (snapshotsTaken: number) => RunTally) {
    this.#tally = tally;
  }

  /** End of the last run that did all there was to do; null when there was none in this process. */
  get lastSuccessMs(): number | null {
    return this.#lastSuccessMs;
  }

  get lastRunFailed(): boolean {
    return this.#lastRunFailed;
  }

  /** What the run at work has done so far, or the last one did. */
  get tally(): RunTally {
    return this.#tally(this.#taken.count);
  }

  onRun(listener: (event: RunEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Snapshots that the schedule has taken: they belong to the run that they wake. */
  takenBySchedule(run: SnapshotRun): void {
    this.#scheduled = add(this.#scheduled, run, snapshotProblems(run));
  }

  /** Snapshots that the run at work has taken; what went wrong with them stands in its outcome. */
  takenByRun(run: SnapshotRun | null): void {
    this.#taken = add(this.#taken, run, []);
  }

  /** The run at work was at a drive. */
  wentTo(drive: DrivenRun): void {
    this.#drives = [...this.#drives, drive];
  }

  /** The schedule came to no snapshots, and so to no run. */
  leftOut(reason: SkipReason, atMs: number, problem: Problem | null): void {
    this.#tell({ kind: 'skipped', cause: 'snapshots', reason, atMs, problem });
  }

  /** How the run at work has ended; `considered`: there was any dataset to look after. */
  settle(outcome: RunOutcome, considered: boolean, nowMs: number): void {
    this.#lastRunFailed = !outcome.ok && !outcome.cancelled;
    // Where there was nothing to bring over, nothing is safe because of it.
    this.#success = outcome.ok && considered;
    if (this.#success) this.#lastSuccessMs = nowMs;
  }

  /** What the loop of the job's runs tells. */
  hear(event: LoopEvent): void {
    const { runId, reason: cause } = event.wake;
    switch (event.kind) {
      case 'began':
        this.#success = false;
        this.#drives = [];
        this.#taken = this.#scheduled;
        this.#scheduled = NOTHING;
        this.#tell({ kind: 'began', runId, cause, startMs: event.startMs });
        break;
      case 'ended': {
        const { startMs, endMs, outcome } = event;
        const { tally } = this;
        const snapshotProblems = this.#taken.problems;
        const drives = this.#drives;
        this.#tell({
          kind: 'ended',
          runId,
          cause,
          startMs,
          endMs,
          outcome,
          snapshotProblems,
          success: this.#success,
          tally,
          ...(drives.length === 0 ? {} : { drives }),
        });
        break;
      }
      case 'skipped':
        this.#tell({ kind: 'skipped', cause, reason: event.reason, atMs: event.atMs, problem: null });
        break;
    }
  }

  #tell(event: RunEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
