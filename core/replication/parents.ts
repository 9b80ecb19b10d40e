/** A child can be received only where its parents are. Pure. */
import { isBelow } from '../zfs/names.ts';

/** How far a dataset of the attempt has come. */
export interface ParentState {
  readonly dataset: string;
  readonly planned: boolean;
  /** Planning or a step failed. */
  readonly failed: boolean;
  /** Null until planned; false when there are no steps. */
  readonly startsWithFullSend: boolean | null;
  readonly stepsCompleted: number;
}

export type ParentVerdict =
  | { readonly kind: 'go' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'failed'; readonly parents: readonly string[] };

/** Whether the receiver has the dataset already, or will not need to get it in this attempt. */
function isPresent(state: ParentState): boolean {
  return state.planned && (state.startsWithFullSend === false || state.stepsCompleted > 0);
}

/** What a dataset has to do, given all datasets of the attempt: all its ancestors count, at every level. */
export function judgeParents(dataset: string, attempt: readonly ParentState[]): ParentVerdict {
  const ancestors = attempt.filter((state) => isBelow(dataset, state.dataset));
  const failed = ancestors.filter((state) => state.failed && !isPresent(state));
  if (failed.length > 0) return { kind: 'failed', parents: failed.map((state) => state.dataset).sort() };
  return ancestors.every(isPresent) ? { kind: 'go' } : { kind: 'wait' };
}
