/** The plain data that pruning is decided on, and the decision. */
import type { Problem } from '../api/problem.ts';
import type { PruningReport } from '../api/status.ts';
import type { Version } from '../zfs/types.ts';

export type PruneSide = PruningReport['side'];

/** A snapshot of which everything is known that a decision needs. */
export interface PruneSnapshot {
  readonly name: string;
  readonly guid: bigint;
  readonly createtxg: bigint;
  /** Unix seconds. */
  readonly creationS: number;
  /** Number of holds; absent when not asked yet. */
  readonly userrefs?: number;
}

/** One destination (on the sender) or the origin (on the receiver), and what is known of the dataset there. */
export interface PruneTarget {
  /** As a person knows it. */
  readonly label: string;
  /** Guid of the replication cursor of this job; null when there is none. */
  readonly cursorGuid: bigint | null;
  /** Guids of the snapshots on the other side; null when it could not be listed. */
  readonly otherSide: ReadonlySet<bigint> | null;
  /** Newest guid known to be on both sides; null when none is known. */
  readonly baseGuid: bigint | null;
  /**
   * A drive that is not there, perhaps for months: a bookmark is base enough, since a snapshot would hold space for so long; and
   * that nothing is known of it yet is no failure.
   */
  readonly isAway?: boolean;
}

/** Snapshots between base and head of a send that has not been completed, as read from the marks on disk. */
export interface UnfinishedRange {
  readonly jobId: string;
  readonly guids: ReadonlySet<bigint>;
  readonly protection: 'resumability' | 'incremental';
}

/** What is decided on for one dataset. */
interface DatasetBasis {
  /** Full name on the side that is pruned. */
  readonly dataset: string;
  readonly guid: bigint;
  /** A stand-in without data of its own. */
  readonly isPlaceholder: boolean;
  /** The dataset exists on the sender. Always true on the sender and for local pruning. */
  readonly onSender: boolean;
  /** Empty for local pruning: nothing is replicated then. */
  readonly targets: readonly PruneTarget[];
  readonly unfinished: readonly UnfinishedRange[];
}

/** As listed: creation and holds may be absent, bookmarks are passed over. */
export interface ListedDataset extends DatasetBasis {
  readonly versions: readonly Version[];
  /** Something of this was not listed now but remembered: enough to keep by, never enough to destroy by. */
  readonly remembered?: boolean;
}

/** Transfers that other jobs have begun, perhaps after the listing that a plan rests on. */
export interface OtherTransfers {
  /** Ids of the jobs whose unfinished transfer needs the snapshot, sorted. */
  neededBy(dataset: string, guid: bigint): readonly string[];
  /** Does the work; transfers of these datasets that begin meanwhile wait until it has ended. */
  whileDestroying<T>(datasets: readonly string[], work: () => Promise<T>): Promise<T>;
}

export interface PruneDataset extends DatasetBasis {
  readonly snapshots: readonly PruneSnapshot[];
}

export type Guard = 'newest' | 'base' | 'unfinished' | 'held' | 'no-rules';

/** Why a snapshot is kept or not; the text is a whole clause for a person. */
export type Reason =
  /** `index` counts from 0 in the list of keep rules. */
  | { readonly kind: 'rule'; readonly index: number; readonly text: string }
  | { readonly kind: 'guard'; readonly guard: Guard; readonly text: string }
  | { readonly kind: 'unwanted'; readonly text: string };

export interface PlannedSnapshot extends PruneSnapshot {
  readonly verdict: 'keep' | 'destroy';
  /** Never empty. */
  readonly reasons: readonly Reason[];
  /** Job ids for which this must become a tentative cursor bookmark before it is destroyed. */
  readonly needsTentativeFirst: readonly string[];
}

export type DatasetPlan =
  | { readonly kind: 'planned'; readonly dataset: string; readonly snapshots: readonly PlannedSnapshot[] }
  | { readonly kind: 'skipped'; readonly dataset: string; readonly reason: string }
  | { readonly kind: 'problem'; readonly dataset: string; readonly problem: Problem };

export interface PrunePlan {
  readonly side: PruneSide;
  /** Why nothing at all is pruned now. */
  readonly problem: Problem | null;
  /** Sorted by dataset. */
  readonly datasets: readonly DatasetPlan[];
}
