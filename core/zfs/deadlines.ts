/** How long each kind of command may take before it is lost. */
export interface ZfsDeadlines {
  /** `zfs version`, usage texts, pool features: nothing that waits for a disk. */
  readonly probeMs: number;
  /** Recursive listings: unmounted datasets with many snapshots take minutes. */
  readonly listMs: number;
  /** One change that waits for a transaction group. */
  readonly changeMs: number;
  /** Added to `changeMs` for every snapshot held or released: each waits for a transaction group of its own. */
  readonly changePerNameMs: number;
  /** One destroy command, a comma list included. */
  readonly destroyMs: number;
  /** A dry send; estimates of resumed sends walk the whole dataset. */
  readonly estimateMs: number;
  /** A transfer in which no byte moves is given up after this. */
  readonly transferStallMs: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

export const ZFS_DEADLINES: ZfsDeadlines = {
  probeMs: 30 * SECOND_MS,
  listMs: 10 * MINUTE_MS,
  changeMs: 2 * MINUTE_MS,
  changePerNameMs: SECOND_MS,
  destroyMs: 10 * MINUTE_MS,
  estimateMs: 10 * MINUTE_MS,
  transferStallMs: 30 * MINUTE_MS,
};

/** Output of a listing: about a million snapshots. */
export const LISTING_BYTES_MAX = 256 * 1024 * 1024;
/** Output of anything else. */
export const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;
