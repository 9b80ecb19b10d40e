import { useCallback, useEffect, useMemo } from 'react';
import type { Params } from '../../../core/api/contract.ts';
import { useLive } from '../../app-state.ts';
import { lookParams } from '../../model/setup/first-look.ts';
import { useChosen, useSetup } from '../../setup-state.ts';
import { type Asking, useAsk } from './use-ask.ts';

/** Both sides are listed, and sizes asked for. */
export const LOOK_TIMEOUT_MS = 300_000;

export interface FirstLooking extends Omit<Asking<'destination/look'>, 'ask' | 'forget'> {
  readonly again: () => void;
}

/** What is at the destination, and what the first run sends: looked at as soon as there is somebody to ask. */
export function useFirstLook(): FirstLooking {
  const { ask, forget: _, ...look } = useAsk('destination/look', LOOK_TIMEOUT_MS);
  const live = useLive();
  const nas = useSetup(({ draft }) => draft.nas);
  const encryptedAs = useSetup(({ draft }) => draft.encryptedAs);
  const { datasets } = useChosen();
  const params = useMemo(
    () => JSON.stringify(lookParams({ nas, encryptedAs }, datasets)),
    [nas, encryptedAs, datasets],
  );
  const again = useCallback(() => {
    const wanted = JSON.parse(params) as Params<'destination/look'> | null;
    if (wanted !== null) void ask(wanted);
  }, [ask, params]);
  useEffect(() => {
    if (live) again();
  }, [live, again]);
  return { ...look, again };
}
