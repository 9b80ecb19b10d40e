/** Pruning of one side as a job runs it: rules compiled once, and what guards must remember from run to run. */
import type { Clock } from '../api/clock.ts';
import type { Problem } from '../api/problem.ts';
import type { PruningReport } from '../api/status.ts';
import { ClockGuard } from '../pruning/clock-guard.ts';
import type { Relist } from '../pruning/confirm.ts';
import { CreationCache } from '../pruning/creation-cache.ts';
import type { KeepRule } from '../pruning/keep-rule.ts';
import { type ListingCount, ListingGuard } from '../pruning/listing-guard.ts';
import { type PruneParts, type PruneRequest, planPruning, prune } from '../pruning/prune.ts';
import { compileRules } from '../pruning/rules.ts';
import type { ListedDataset, OtherTransfers, PrunePlan, PruneSide } from '../pruning/types.ts';
import { tentativeCursorName } from '../zfs/marks.ts';
import type { Zfs } from '../zfs/types.ts';

export class Pruner {
  readonly #zfs: Zfs;
  readonly #side: PruneSide;
  readonly #rules: ReturnType<typeof compileRules>;
  readonly #clock: Clock;
  readonly #creations = new CreationCache();
  readonly #clockGuard: ClockGuard;
  readonly #others: OtherTransfers | undefined;
  readonly #listingGuard = new ListingGuard();

  /** Throws `config-invalid` for a rule that cannot be compiled. */
  constructor(zfs: Zfs, side: PruneSide, rules: readonly KeepRule[], clock: Clock, others?: OtherTransfers) {
    this.#zfs = zfs;
    this.#side = side;
    this.#rules = compileRules(rules);
    this.#clock = clock;
    this.#others = others;
    this.#clockGuard = new ClockGuard(clock);
  }

  /** What a pass would do now; reads only. */
  plan(datasets: readonly ListedDataset[], other: readonly ListingCount[], signal: AbortSignal): Promise<PrunePlan> {
    // A dry run must not count as the second look that a real pass waits for.
    const guards = { clockGuard: new ClockGuard(this.#clock), listingGuard: new ListingGuard() };
    return planPruning({ ...this.#partsOf(signal), ...guards }, this.#request(datasets, other));
  }

  /**
   * One pass. Never rejects; returns what a person has to know of.
   * @param other listings of the other side that the datasets' targets were made from
   * @param relist for what is only remembered
   */
  async run(
    datasets: readonly ListedDataset[],
    other: readonly ListingCount[],
    signal: AbortSignal,
    onReport: (report: PruningReport) => void,
    relist?: Relist,
  ): Promise<readonly Problem[]> {
    const parts = { ...this.#partsOf(signal), onProgress: onReport, ...(relist === undefined ? {} : { relist }) };
    const report = await prune(parts, this.#request(datasets, other));
    onReport(report);
    if (signal.aborted) return [];
    return [report.problem, ...report.datasets.map((dataset) => dataset.problem)].filter((problem) => problem !== null);
  }

  /** So many of the other side's snapshots were destroyed on purpose: its next listing may show that much less. */
  expectFewer(listing: ListingCount['key'], count: number): void {
    this.#listingGuard.destroyed(listing, count);
  }

  /** Hands over when a snapshot was created, where a pass has asked for it. */
  takeCreation(datasetGuid: bigint, snapshotGuid: bigint): number | undefined {
    return this.#creations.take(datasetGuid, snapshotGuid);
  }

  #partsOf(signal: AbortSignal): PruneParts {
    return {
      zfs: this.#zfs,
      clock: this.#clock,
      creations: this.#creations,
      clockGuard: this.#clockGuard,
      listingGuard: this.#listingGuard,
      signal,
      ...(this.#others === undefined ? {} : { others: this.#others }),
      makeTentative: async (dataset, snapshot, jobIds, ctx) => {
        for (const jobId of jobIds) {
          const name = tentativeCursorName(snapshot.guid, jobId);
          await this.#zfs.bookmark(dataset, { type: 'snapshot', name: snapshot.name, guid: snapshot.guid }, name, ctx);
        }
      },
    };
  }

  #request(datasets: readonly ListedDataset[], other: readonly ListingCount[]): PruneRequest {
    const count = datasets.reduce((sum, { versions }) => sum + versions.length, 0);
    return {
      side: this.#side,
      rules: this.#rules,
      replicatedOn: 'any',
      datasets,
      listing: { key: this.#side, host: this.#zfs.label, count },
      otherListings: other,
    };
  }
}
