/**
 * Releases the marks that interrupted work left behind and that no later run of the same dataset will tidy: after the first
 * run since the start, once a day, and after a run that could not clean up. Trouble goes to the log: sweeping fails no run.
 */
import type { Clock } from '../api/clock.ts';
import { asProblemError } from '../api/problem.ts';
import { releaseAbstractions } from '../endpoint/abstractions.ts';
import type { Abstraction } from '../endpoint/staleness.ts';
import type { Log } from '../monitoring/log.ts';
import type { Ctx } from '../zfs/types.ts';
import { type FoundMark, findMarks, type MarkSide } from './marks.ts';

export const SWEEP_INTERVAL_MS = 24 * 3_600_000;

/** What the run at hand knows of datasets of the sender. Of all others nothing is known but their marks. */
export interface RunDatasets {
  /** Everything has arrived and was completed: no transfer needs anything. */
  readonly settled: ReadonlySet<string>;
  /** A transfer may go on. */
  readonly unsettled: ReadonlySet<string>;
}

export class Sweeper {
  readonly #sides: readonly MarkSide[];
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #sweptAtMs = new Map<MarkSide, number>();
  #left = false;

  /** @param sides of one job; each is swept by itself */
  constructor(sides: readonly MarkSide[], clock: Clock, log: Log) {
    this.#sides = sides;
    this.#clock = clock;
    this.#log = log;
  }

  /** Cleaning up failed in the run at work: what it left is looked for after it. */
  noteLeft(): void {
    this.#left = true;
  }

  /**
   * Sweeps the sides whose time has come; one that cannot be listed is due again after the next run. Never rejects.
   * @returns whether marks may have changed: what was listed before no longer tells which there are
   */
  async afterRun(datasets: RunDatasets, ctx: Ctx): Promise<boolean> {
    const left = this.#left;
    let changed = false;
    this.#left = false;
    for (const side of this.#sides) {
      const sweptAtMs = this.#sweptAtMs.get(side);
      const overdue = sweptAtMs === undefined || this.#clock.monotonicMs() - sweptAtMs >= SWEEP_INTERVAL_MS;
      if (!left && !overdue) continue;
      try {
        const marks = await this.#staleOn(side, datasets, ctx);
        changed ||= marks.length > 0;
        await this.#release(side, marks, ctx);
        this.#sweptAtMs.set(side, this.#clock.monotonicMs());
      } catch (thrown) {
        this.#sweptAtMs.delete(side);
        if (ctx.signal?.aborted === true) {
          this.#left = left;
          break;
        }
        this.#log.warn({ host: side.zfs.label, err: asProblemError(thrown, { phase: 'cleanup' }) }, 'sweeping failed');
      }
    }
    return changed;
  }

  async #staleOn(side: MarkSide, datasets: RunDatasets, ctx: Ctx): Promise<readonly Abstraction[]> {
    const found = await findMarks(side, ctx);
    return found.filter((one) => isNeedless(one, found, datasets)).map(({ mark }) => mark);
  }

  async #release({ zfs }: MarkSide, marks: readonly Abstraction[], ctx: Ctx): Promise<void> {
    const failed = await releaseAbstractions(zfs, marks, ctx);
    ctx.signal?.throwIfAborted();
    for (const [{ dataset, type }, problem] of failed) {
      this.#log.warn({ host: zfs.label, dataset, type, err: problem }, 'a stale mark could not be removed');
    }
    const count = marks.length - failed.size;
    if (count > 0) this.#log.info({ host: zfs.label, count }, 'stale marks were removed');
  }
}

/** Whether nothing needs the mark: a step hold by what the run knows of its dataset, anything else by the marks alone. */
function isNeedless(
  { mark, stale }: FoundMark,
  found: readonly FoundMark[],
  { settled, unsettled }: RunDatasets,
): boolean {
  const { type, dataset } = mark;
  if (type !== 'step-hold') return stale;
  if (settled.has(dataset)) return true;
  // No run looks after it any more. Without a cursor, any of its holds may keep what the receiver has; where there is one, the
  // cursor does.
  const hasCursor = found.some(
    (one) => one.mark.type === 'replication-cursor-bookmark-v2' && one.mark.dataset === dataset,
  );
  return stale && hasCursor && !unsettled.has(dataset);
}
