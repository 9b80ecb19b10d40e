import { useCallback, useEffect, useRef, useState } from 'react';
import { asProblemError, type Problem } from '../../../core/api/problem.ts';
import { mergePages } from '../../model/activity.ts';

/** Entries in one answer. */
export const PAGE = 100;

export interface Pages<T> {
  /** Newest first. */
  readonly entries: readonly T[];
  /** There are older ones. */
  readonly more: boolean;
  readonly loading: boolean;
  readonly problem: Problem | null;
  readonly loadOlder: () => void;
}

/** One page: the newest entries before this one, or of all (null). */
export type AskPage<T> = (
  beforeId: number | null,
) => Promise<{ readonly entries: readonly T[]; readonly more: boolean }>;

/**
 * A list that comes in pages. The newest page is asked for again whenever `turn` changes, unless it is null. Of several questions
 * for the newest page, or for older ones, only the last is heard.
 */
export function usePages<T extends { readonly id: number }>(
  askPage: AskPage<T>,
  turn: string | number | null,
): Pages<T> {
  const [state, setState] = useState<Omit<Pages<T>, 'loadOlder'>>({
    entries: [],
    more: false,
    loading: true,
    problem: null,
  });
  const newest = useRef({ first: 0, older: 0 });
  const ask = useCallback(
    (beforeId: number | null) => {
      // A first page that is asked for by itself must not undo that somebody wants to see more.
      const which = beforeId === null ? 'first' : 'older';
      newest.current[which] += 1;
      const asked = newest.current[which];
      askPage(beforeId).then(
        ({ entries, more }) => {
          if (asked !== newest.current[which]) return;
          setState((before) => ({
            entries: mergePages(before.entries, entries),
            // A fresh first page says nothing about what lies behind the pages that are there already.
            more: beforeId === null && before.entries.length > entries.length ? before.more : more,
            loading: false,
            problem: null,
          }));
        },
        (thrown: unknown) => {
          if (asked !== newest.current[which]) return;
          setState((before) => ({ ...before, loading: false, problem: asProblemError(thrown).toProblem() }));
        },
      );
    },
    [askPage],
  );
  useEffect(() => {
    if (turn !== null) ask(null);
  }, [turn, ask]);
  const oldest = state.entries.at(-1)?.id ?? null;
  return { ...state, loadOlder: () => ask(oldest) };
}
