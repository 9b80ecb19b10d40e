/**
 * The two ends of a replication. A sender has the source data, a receiver stores it; both work on whole sides at once, so
 * that planning costs a fixed number of processes whatever the number of datasets. Datasets are named as on the sender;
 * only the receiver knows where it keeps them.
 */
import type { ProblemError } from '../api/problem.ts';
import type { Guarantee } from '../api/status.ts';
import type { ResumeToken } from '../zfs/token.ts';
import type { Ctx, OutgoingStream, TransferProgress, Version } from '../zfs/types.ts';

/** Protection while and after a send, separately for full sends and increments. */
export interface ProtectionPolicy {
  readonly initial: Guarantee;
  readonly incremental: Guarantee;
}

/** A dataset of the sender, as one survey saw it. */
export interface SenderDataset {
  readonly dataset: string;
  readonly guid: bigint;
  readonly kind: 'filesystem' | 'volume';
  /** A stand-in that has no data of its own. */
  readonly isPlaceholder: boolean;
  readonly encrypted: boolean;
  /** Null where not encrypted or unknown. */
  readonly keyLoaded: boolean | null;
  /** Changes whenever the key or the encryption root of the dataset does; null where not encrypted. */
  readonly keyFingerprint: string | null;
  /** All versions in the order of createtxg. */
  readonly versions: readonly Version[];
  /**
   * The versions were not listed by this survey but by an earlier one, and nothing told of a change since. That is enough to
   * leave the dataset alone; before anything is done with it, `refine` lists it anew.
   */
  readonly remembered?: boolean;
}

/** A dataset of the receiver, as one survey saw it. */
export interface ReceiverDataset {
  /** Named as on the sender. */
  readonly dataset: string;
  /** Named as on the receiver. */
  readonly localName: string;
  readonly guid: bigint;
  /** The placeholder mark is set on this very dataset. Never the only evidence for anything destructive. */
  readonly placeholderFlag: boolean;
  readonly hasChildren: boolean;
  /** It was received by us: it carries the chain mark. */
  readonly ours: boolean;
  /** Send flags this copy was made with; null where not remembered. */
  readonly chain: string | null;
  /** Fingerprint of the sender's key when last received; null where not remembered. */
  readonly key: string | null;
  readonly encrypted: boolean;
  readonly resumeToken: string | null;
  readonly versions: readonly Version[];
  /** As of the sender's datasets. */
  readonly remembered?: boolean;
}

/** One `zfs send | zfs receive`. */
export interface TransferStep {
  readonly dataset: string;
  /** Null: full. */
  readonly from: Version | null;
  readonly to: Version;
  /** Snapshots strictly between `from` and `to` that travel in the same stream, oldest first. */
  readonly between: readonly Version[];
  /** The receiver holds the first part of this step. */
  readonly resume: { readonly text: string; readonly token: ResumeToken } | null;
}

export interface ReceiveOutcome {
  /** Stream bytes of this session. */
  readonly bytes: number;
  /** What is worth a person's attention although the data arrived. */
  readonly problems: readonly ProblemError[];
}

export interface ReceiveOptions extends Ctx {
  readonly guarantee: Guarantee;
  readonly onProgress?: (progress: TransferProgress) => void;
}

/** Why a filter pattern was of no use. */
export interface SurveyNote {
  readonly pattern: string;
}

export interface SenderSurvey {
  readonly datasets: ReadonlyMap<string, SenderDataset>;
  /** Patterns of the filter that name no existing dataset. */
  readonly unmatched: readonly SurveyNote[];
}

export interface Sender {
  readonly label: string;
  /** Every dataset of this job. A fixed number of processes. */
  survey(ctx: Ctx): Promise<SenderSurvey>;
  /** Creation and holds of the versions of these datasets, where the survey did not ask for them, or did not list at all. */
  refine(datasets: readonly string[], ctx: Ctx): Promise<void>;
  /** Something went wrong with the dataset: a later survey lists it, whatever is remembered of it. */
  distrust(dataset: string): void;
  /** The dataset as last seen, own effects included. */
  dataset(name: string): SenderDataset | undefined;
  /**
   * Protects what the step needs, drops stale marks of this job on the dataset, and re-reads that `from` and `to` are still
   * the versions planned. `later` are the steps of the same dataset after this one: their marks stay.
   */
  prepare(step: TransferStep, later: readonly TransferStep[], guarantee: Guarantee, ctx: Ctx): Promise<OutgoingStream>;
  /** The receiver has confirmed `to`: sets the cursor, then drops what only protected the step. Idempotent. */
  completed(
    dataset: string,
    to: Version,
    later: readonly TransferStep[],
    guarantee: Guarantee,
    ctx: Ctx,
  ): Promise<void>;
  ping(ctx: Ctx): Promise<void>;
}

export interface Receiver {
  readonly label: string;
  survey(ctx: Ctx): Promise<ReadonlyMap<string, ReceiverDataset>>;
  /** Lists one dataset anew, e.g. after its partial state was discarded. */
  resurvey(dataset: string, ctx: Ctx): Promise<ReceiverDataset | undefined>;
  refine(datasets: readonly string[], ctx: Ctx): Promise<void>;
  distrust(dataset: string): void;
  dataset(name: string): ReceiverDataset | undefined;
  receive(
    step: TransferStep,
    source: SenderDataset,
    stream: OutgoingStream,
    options: ReceiveOptions,
  ): Promise<ReceiveOutcome>;
  /** `version` is confirmed as the newest: holds it, then drops older holds of this job. Idempotent. */
  confirmed(dataset: string, version: Version, guarantee: Guarantee, ctx: Ctx): Promise<void>;
  /** Throws away partial state, but only if it still is what the plan saw. */
  abandonPartial(dataset: string, expectedToken: string, ctx: Ctx): Promise<void>;
  ping(ctx: Ctx): Promise<void>;
}

/** What a job that sends tells the others. */
export interface OwnTransfers {
  /**
   * The snapshots with these guids are needed from now on, until `end` or the next `begin` for the dataset. Resolves when no
   * destruction that knew nothing of it is under way; `undo` takes it back where nothing was sent after all.
   * Throws `command-aborted`.
   */
  begin(dataset: string, guids: ReadonlySet<bigint>, signal: AbortSignal | undefined): Promise<{ undo(): void }>;
  /** The transfer has been completed. */
  end(dataset: string): void;
}
