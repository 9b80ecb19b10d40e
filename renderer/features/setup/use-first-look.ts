import { useCallback, useEffect, useMemo } from 'react';
import type { Params } from '../../../core/api/contract.ts';
import { useLive } from '../../app-state.ts';
import { lookDriveParams, lookParams } from '../../model/setup/first-look.ts';
import { useChosen, useSetup } from '../../setup-state.ts';
import { type Asking, useAsk } from './use-ask.ts';

/** Both sides are listed, and sizes asked for. */
export const LOOK_TIMEOUT_MS = 300_000;

export interface FirstLooking extends Omit<Asking<'destination/look'>, 'ask' | 'forget'> {
  readonly again: () => void;
}

/** What is at the destination, and what the first run sends: looked at as soon as there is somebody to ask. */
export function useFirstLook(): FirstLooking {
  const nas = useAsk('destination/look', LOOK_TIMEOUT_MS);
  const drive = useAsk('drive/look', LOOK_TIMEOUT_MS);
  const [askNas, askDrive] = [nas.ask, drive.ask];
  const live = useLive();
  const draft = useSetup((state) => state.draft);
  const { datasets } = useChosen();
  const isDrive = draft.place === 'drive';
  const params = useMemo(
    () => JSON.stringify(isDrive ? lookDriveParams(draft, datasets) : lookParams(draft, datasets)),
    [isDrive, draft, datasets],
  );
  const again = useCallback(() => {
    const wanted: unknown = JSON.parse(params);
    if (wanted === null) return;
    if (isDrive) void askDrive(wanted as Params<'drive/look'>);
    else void askNas(wanted as Params<'destination/look'>);
  }, [askNas, askDrive, params, isDrive]);
  useEffect(() => {
    if (live) again();
  }, [live, again]);
  const { asking, reply, problem } = isDrive ? drive : nas;
  return { asking, reply, problem, again };
}
