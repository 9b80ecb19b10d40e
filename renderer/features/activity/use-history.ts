import { useCallback, useEffect, useRef, useState } from 'react';
import type { HistoryEntry } from '../../../core/api/history.ts';
import { asProblemError, type Problem } from '../../../core/api/problem.ts';
import { useApp } from '../../app-state.ts';
import { mergePages } from '../../model/activity.ts';
import { useSession } from '../../session-context.ts';

const PAGE = 100;

export interface Loaded {
  readonly entries: readonly HistoryEntry[];
  /** There are older ones. */
  readonly more: boolean;
  readonly loading: boolean;
  readonly problem: Problem | null;
  readonly loadOlder: () => void;
}

/** The history of a job, or of all (null); asked again whenever a run begins or ends. */
export function useHistory(job: string | null): Loaded {
  const session = useSession();
  // What a new line of the history comes with.
  const turn = useApp(({ view }) => {
    if (view.link.kind !== 'live' || view.heard === null) return null;
    return view.heard.status.jobs
      .map(({ lastWake, stage, queued, lastSuccessMs }) => `${lastWake?.atMs} ${stage} ${queued} ${lastSuccessMs}`)
      .join('\n');
  });
  const [state, setState] = useState<Omit<Loaded, 'loadOlder'>>({
    entries: [],
    more: false,
    loading: true,
    problem: null,
  });
  const newest = useRef(0);

  const ask = useCallback(
    (beforeId: number | null) => {
      newest.current += 1;
      const asked = newest.current;
      session.request('history', { job, beforeId, limit: PAGE }).then(
        ({ entries, more }) => {
          if (asked !== newest.current) return;
          setState((before) => ({
            entries: mergePages(before.entries, entries),
            // A fresh first page says nothing about what lies behind the pages that are there already.
            more: beforeId === null && before.entries.length > entries.length ? before.more : more,
            loading: false,
            problem: null,
          }));
        },
        (thrown: unknown) => {
          if (asked !== newest.current) return;
          setState((before) => ({ ...before, loading: false, problem: asProblemError(thrown).toProblem() }));
        },
      );
    },
    [session, job],
  );

  useEffect(() => {
    if (turn !== null) ask(null);
  }, [turn, ask]);

  const oldest = state.entries.at(-1)?.id ?? null;
  return { ...state, loadOlder: () => ask(oldest) };
}
