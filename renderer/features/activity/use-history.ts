import { useCallback } from 'react';
import type { HistoryEntry } from '../../../core/api/history.ts';
import { useApp } from '../../app-state.ts';
import { useSession } from '../../session-context.ts';
import { type AskPage, PAGE, type Pages, usePages } from './use-pages.ts';

/** The history of a job, or of all (null); asked again whenever a run begins or ends. */
export function useHistory(job: string | null): Pages<HistoryEntry> {
  const session = useSession();
  // What a new line of the history comes with.
  const turn = useApp(({ view }) => {
    if (view.link.kind !== 'live' || view.heard === null) return null;
    return view.heard.status.jobs
      .map(({ lastWake, stage, queued, lastSuccessMs }) => `${lastWake?.atMs} ${stage} ${queued} ${lastSuccessMs}`)
      .join('\n');
  });
  const ask: AskPage<HistoryEntry> = useCallback(
    (beforeId) => session.request('history', { job, beforeId, limit: PAGE }),
    [session, job],
  );
  return usePages(ask, turn);
}
