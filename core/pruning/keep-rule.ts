import type { GridBucket } from './grid.ts';

/** A rule as the configuration delivers it. */
export type KeepRule =
  | { readonly type: 'not_replicated'; readonly keepSnapshotAtCursor: boolean }
  /** The youngest `count` of those whose name is found; an empty expression finds every name. */
  | { readonly type: 'last_n'; readonly count: number; readonly regex: string }
  /** Buckets one by one, the youngest first. */
  | { readonly type: 'grid'; readonly grid: readonly GridBucket[]; readonly regex: string }
  | { readonly type: 'regex'; readonly regex: string; readonly negate: boolean };
