import { useCallback, useEffect, useState } from 'react';
import { asProblemError, type Problem } from '../../../core/api/problem.ts';
import type { PastNotice } from '../../../core/api/shell-desk.ts';
import { useApp } from '../../app-state.ts';
import { mergePages } from '../../model/activity.ts';
import { useSession } from '../../session-context.ts';

const PAGE = 100;
/** Notices come without a change of the status, too: an age that has grown. */
const AGAIN_MS = 15_000;

export interface LoadedNotices {
  readonly notices: readonly PastNotice[];
  readonly more: boolean;
  readonly loading: boolean;
  readonly problem: Problem | null;
  readonly loadOlder: () => void;
}

/** The notices that there were, newest first; asked again from time to time while they are looked at. */
export function useNotices(): LoadedNotices {
  const session = useSession();
  const turn = useApp(({ view, nowMs }) => (view.link.kind === 'live' ? Math.floor(nowMs / AGAIN_MS) : null));
  const [state, setState] = useState<Omit<LoadedNotices, 'loadOlder'>>({
    notices: [],
    more: false,
    loading: true,
    problem: null,
  });
  const ask = useCallback(
    (beforeId: number | null) => {
      session.request('shell/notices', { beforeId, limit: PAGE }).then(
        ({ notices, more }) =>
          setState((before) => ({
            notices: mergePages(before.notices, notices),
            // A fresh first page says nothing about what lies behind the pages that are there already.
            more: beforeId === null && before.notices.length > notices.length ? before.more : more,
            loading: false,
            problem: null,
          })),
        (thrown: unknown) =>
          setState((before) => ({ ...before, loading: false, problem: asProblemError(thrown).toProblem() })),
      );
    },
    [session],
  );
  useEffect(() => {
    if (turn !== null) ask(null);
  }, [turn, ask]);
  const oldest = state.notices.at(-1)?.id ?? null;
  return { ...state, loadOlder: () => ask(oldest) };
}
