/** One snapshot run: which datasets, under which name, with what result. Runs of one job never overlap. */
import type { Clock } from '../api/clock.ts';
import { asProblemError, type Problem } from '../api/problem.ts';
import type { SnapshotItem } from '../api/status.ts';
import type { DatasetVersions, Zfs } from '../zfs/types.ts';
import { snapshotName } from './names.ts';
import type { Naming } from './plan.ts';
import { takeSnapshots } from './take.ts';

/** The datasets of a job. Both listings are of this moment, and whole or an error. */
export interface SnapshotScope {
  datasets(signal: AbortSignal): Promise<readonly string[]>;
  /** With all versions; creation may be absent. */
  versions(signal: AbortSignal): Promise<readonly DatasetVersions[]>;
}

/** What came of a run. */
export interface SnapshotRun {
  /** Null when it did not come to a name. */
  readonly name: string | null;
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly items: readonly SnapshotItem[];
  /** What kept the whole run from happening. */
  readonly problem: Problem | null;
}

export type RunPhase = 'idle' | 'planning' | 'snapshotting';

export interface RunnerParts {
  readonly zfs: Zfs;
  readonly scope: SnapshotScope;
  readonly clock: Clock;
  readonly naming: Naming;
  readonly onChange: () => void;
}

/** Whether anything went wrong in a run. */
export function hadError(run: SnapshotRun): boolean {
  return run.problem !== null || run.items.some((item) => item.state === 'error');
}

/** Names have a resolution of a second. */
const NAME_STEP_MS = 1000;

export class SnapshotRunner {
  readonly #parts: RunnerParts;
  #phase: RunPhase = 'idle';
  #items: readonly SnapshotItem[] = [];
  #lastName: string | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #pending = 0;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** A run is at work or waits for the one before it. */
  get busy(): boolean {
    return this.#pending > 0;
  }

  get phase(): RunPhase {
    return this.#phase;
  }

  /** Items of the run at work, or of the last one. */
  get items(): readonly SnapshotItem[] {
    return this.#items;
  }

  /** Runs once the runs before have ended. Never rejects: trouble stands in the result. `onListed` comes before the first command. */
  run(signal: AbortSignal, onListed: () => void = () => {}): Promise<SnapshotRun> {
    this.#pending += 1;
    const mine = this.#last.then(() => this.#once(signal, onListed));
    this.#last = mine;
    return mine;
  }

  /** Resolves when nothing is at work. */
  async settled(): Promise<void> {
    while (this.busy) await this.#last;
  }

  async #once(signal: AbortSignal, onListed: () => void): Promise<SnapshotRun> {
    const { clock, scope, zfs } = this.#parts;
    const startedMs = clock.nowMs();
    let name: string | null = null;
    let problem: Problem | null = null;
    this.#items = [];
    this.#enter('planning');
    try {
      const datasets = await scope.datasets(signal);
      name = await this.#freshName(signal);
      this.#lastName = name;
      this.#phase = 'snapshotting';
      onListed();
      this.#parts.onChange();
      const onProgress = (items: readonly SnapshotItem[]): void => {
        this.#items = items;
        this.#parts.onChange();
      };
      this.#items = await takeSnapshots(zfs, datasets, name, { signal, onProgress });
    } catch (error) {
      problem = asProblemError(error, { phase: 'snapshot' }).toProblem();
    }
    this.#pending -= 1;
    this.#enter('idle');
    return { name, startedMs, finishedMs: clock.nowMs(), items: this.#items, problem };
  }

  /** A run right after another one waits for the next second rather than meeting its own names. */
  async #freshName(signal: AbortSignal): Promise<string> {
    const { clock, naming } = this.#parts;
    const name = snapshotName(naming.prefix, naming.format, clock.nowMs());
    if (name !== this.#lastName) return name;
    await clock.sleep(NAME_STEP_MS - (clock.nowMs() % NAME_STEP_MS), signal);
    return snapshotName(naming.prefix, naming.format, clock.nowMs());
  }

  #enter(phase: RunPhase): void {
    this.#phase = phase;
    this.#parts.onChange();
  }
}
