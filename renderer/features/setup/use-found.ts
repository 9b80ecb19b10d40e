import { useCallback, useEffect } from 'react';
import type { Problem } from '../../../core/api/problem.ts';
import type { Discovered } from '../../../core/api/surroundings.ts';
import { useLive } from '../../app-state.ts';
import { useAsk } from './use-ask.ts';

/** Listing thousands of datasets and snapshots takes a while on a busy machine. */
const DISCOVER_TIMEOUT_MS = 120_000;

export interface Found {
  readonly reply: Discovered | null;
  readonly problem: Problem | null;
  readonly asking: boolean;
  readonly look: () => void;
}

/** What is on this machine; looked for as soon as there is somebody to ask, and again when asked for. */
export function useFound(): Found {
  const { reply, problem, asking, ask } = useAsk('discover', DISCOVER_TIMEOUT_MS);
  const live = useLive();
  const look = useCallback(() => void ask({}), [ask]);
  useEffect(() => {
    if (live) look();
  }, [live, look]);
  return { reply, problem, asking, look };
}
