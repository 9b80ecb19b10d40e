/** Which runs are shown, and how grave what became of them is. Pure. */
import type { HistoryEntry, HistoryOutcome } from '../../core/api/history.ts';

export const ACTIVITY_FILTERS = ['all', 'trouble', 'skippedOnly', 'notices'] as const;
export type ActivityFilter = (typeof ACTIVITY_FILTERS)[number];

export type OutcomeTone = 'good' | 'bad' | 'warn' | 'quiet' | 'active';

export function toneOf(outcome: HistoryOutcome): OutcomeTone {
  switch (outcome) {
    case 'ok':
      return 'good';
    case 'failed':
      return 'bad';
    case 'problems':
    case 'interrupted':
      return 'warn';
    case 'running':
      return 'active';
    case 'cancelled':
    case 'skipped':
      return 'quiet';
  }
}

export function isShown(entry: HistoryEntry, filter: ActivityFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'trouble':
      return entry.problems.length > 0 || entry.outcome === 'interrupted' || entry.outcome === 'failed';
    case 'skippedOnly':
      return entry.outcome === 'skipped';
    case 'notices':
      // They are no runs.
      return false;
  }
}

/** Whether the run went to this drive, by the guid of its pool; null: whichever. */
export function wentTo({ drives = [] }: Pick<HistoryEntry, 'drives'>, poolGuid: string | null): boolean {
  return poolGuid === null || drives.some((drive) => drive.poolGuid === poolGuid);
}

/** Pages put together: newest first, each once, by its newest word. */
export function mergePages<T extends { readonly id: number }>(known: readonly T[], newer: readonly T[]): readonly T[] {
  const byId = new Map([...known, ...newer].map((entry) => [entry.id, entry]));
  return [...byId.values()].sort((a, b) => b.id - a.id);
}
