import { useCallback } from 'react';
import type { PastNotice } from '../../../core/api/shell-desk.ts';
import { useApp } from '../../app-state.ts';
import { useSession } from '../../session-context.ts';
import { type AskPage, PAGE, type Pages, usePages } from './use-pages.ts';

/** Notices come without a change of the status, too: an age that has grown. */
const AGAIN_MS = 15_000;

/** The notices that there were, newest first; asked again from time to time while they are looked at. */
export function useNotices(): Pages<PastNotice> {
  const session = useSession();
  const turn = useApp(({ view, nowMs }) => (view.link.kind === 'live' ? Math.floor(nowMs / AGAIN_MS) : null));
  const ask: AskPage<PastNotice> = useCallback(
    async (beforeId) => {
      const { notices, more } = await session.request('shell/notices', { beforeId, limit: PAGE });
      return { entries: notices, more };
    },
    [session],
  );
  return usePages(ask, turn);
}
