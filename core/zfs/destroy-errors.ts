/** What a failed `zfs destroy DATASET@a,b,...` says about each snapshot. Pure. */
import type { DestroyOutcome } from './types.ts';

export interface DestroyArgument {
  readonly dataset: string;
  /** Short names, as they stand in the command. */
  readonly names: readonly string[];
}

export interface Undestroyed {
  readonly name: string;
  readonly reason: string;
}

export type DestroyFailure =
  /** None of the snapshots exists any more, or their dataset does not. */
  | { readonly kind: 'gone' }
  /** These members could not be destroyed; nothing is said of the others. */
  | { readonly kind: 'undestroyable'; readonly snapshots: readonly Undestroyed[] }
  | { readonly kind: 'other' };

const NOTHING_TO_DESTROY = 'could not find any snapshots to destroy; check snapshot names.';
const BUSY = 'dataset is busy';
const HELD = /^it's being held\. Run 'zfs holds -r .*' to see holders\.$/;
const CLONED = new Set(['snapshot is cloned', 'snapshot has dependent clones']);
const CLONE_LIST = /^use '-R' to destroy the following datasets:$/;

/** What a reason of zfs means for the snapshot. Held snapshots are called busy, too: in both forms somebody needs them. */
export function keptCode(reason: string): 'snapshot-held' | 'has-clones' | 'undestroyable' {
  if (reason === BUSY || HELD.test(reason)) return 'snapshot-held';
  return CLONED.has(reason) ? 'has-clones' : 'undestroyable';
}

export function keptOutcome(reason: string): DestroyOutcome {
  return { kind: 'kept', code: keptCode(reason), reason };
}

/** The one argument of the command. */
export function formatDestroyArgument(argument: DestroyArgument): string {
  return `${argument.dataset}@${argument.names.join(',')}`;
}

/**
 * The requested snapshot that a line speaks of. Names may contain ": ", so a line is never taken apart from the left: it is
 * compared with what was requested, and a known reason decides between two candidates, then the longer name.
 */
function readLine(line: string, argument: DestroyArgument): Undestroyed | null {
  const candidates: Undestroyed[] = [];
  for (const name of argument.names) {
    const full = `${argument.dataset}@${name}`;
    for (const prefix of [`cannot destroy snapshot ${full}: `, `cannot destroy '${full}': `]) {
      if (line.startsWith(prefix) && line.length > prefix.length) {
        candidates.push({ name, reason: line.slice(prefix.length) });
      }
    }
  }
  candidates.sort((a, b) => b.name.length - a.name.length);
  return candidates.find(({ reason }) => keptCode(reason) !== 'undestroyable') ?? candidates[0] ?? null;
}

/** Reads the error output of a destroy. One line that is not understood makes the whole of it "other". */
export function parseDestroyFailure(argument: DestroyArgument, stderr: string): DestroyFailure {
  const text = stderr.trimEnd();
  if (text.startsWith(NOTHING_TO_DESTROY)) return { kind: 'gone' };
  for (const what of ['dataset does not exist', 'no such pool or dataset']) {
    if (text.startsWith(`cannot open '${argument.dataset}': ${what}`)) return { kind: 'gone' };
  }
  const snapshots: Undestroyed[] = [];
  const lines = text === '' ? [] : text.split('\n');
  for (const line of lines) {
    // Only names of clones follow.
    if (CLONE_LIST.test(line) && snapshots.length > 0) break;
    const undestroyed = readLine(line, argument);
    if (undestroyed === null) return { kind: 'other' };
    snapshots.push(undestroyed);
  }
  return snapshots.length === 0 ? { kind: 'other' } : { kind: 'undestroyable', snapshots };
}

/** Whether the error output says that this bookmark, or its dataset, does not exist. */
export function saysBookmarkGone(dataset: string, fullName: string, stderr: string): boolean {
  return (
    stderr.startsWith(`bookmark '${fullName}' does not exist`) ||
    stderr.startsWith(`cannot open '${dataset}': dataset does not exist`)
  );
}
