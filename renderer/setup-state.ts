/** The backup that is being set up, shared by its steps. It survives a reload and a crash: every change is stored. */
import { useMemo } from 'react';
import { create } from 'zustand';
import type { Kept } from '../core/api/shell-desk.ts';
import type { Discovered } from '../core/api/surroundings.ts';
import { EMPTY_DRAFT, parseDraft, type SetupDraft } from './model/setup/draft.ts';
import type { DriveDraft } from './model/setup/drive.ts';
import { type Making, NOTHING_MADE } from './model/setup/making.ts';
import { changedNas, type NasDraft } from './model/setup/nas.ts';
import type { SetupFacts } from './model/setup/steps.ts';
import { NOTHING_SUGGESTED, suggestedOf } from './model/setup/ticked.ts';
import { totalOf, treeOf } from './model/setup/tree.ts';
import { store, stored } from './stored.ts';

interface SetupState {
  readonly draft: SetupDraft;
  /** Null while nothing has been found in this window. */
  readonly found: Discovered | null;
  /** A pool that is being thought about in this window; never its passphrase. */
  readonly making: Making;
}

/** Never anything secret: a password is not part of the draft. */
const DRAFT_KEY = 'setup';

const useSetup = create<SetupState>()(() => ({
  draft: parseDraft(stored(DRAFT_KEY)),
  found: null,
  making: NOTHING_MADE,
}));

export { useSetup };

export function changeDraft(change: Partial<SetupDraft>): void {
  const draft = { ...useSetup.getState().draft, ...change };
  store(DRAFT_KEY, JSON.stringify(draft));
  useSetup.setState({ draft });
}

export function changeNas(change: Partial<NasDraft>): void {
  changeDraft({ nas: changedNas(useSetup.getState().draft.nas, change) });
}

export function changeDrive(change: Partial<DriveDraft>): void {
  changeDraft({ drive: { ...useSetup.getState().draft.drive, ...change } });
}

export function keepMaking(making: Making): void {
  useSetup.setState({ making: { ...making, passphrase: '', again: '' } });
}

/** Whether the first run of a job is to be asked for now: said once, also to a window that is opened again. */
export function claimFirstRun(job: string): boolean {
  const { begun } = useSetup.getState().draft;
  if (begun.includes(job)) return false;
  changeDraft({ begun: [...begun, job] });
  return true;
}

/** Begins anew; nothing that was answered is kept. */
export function forgetDraft(): void {
  store(DRAFT_KEY, null);
  useSetup.setState({ draft: EMPTY_DRAFT, making: NOTHING_MADE });
}

export function setFound(found: Discovered): void {
  useSetup.setState({ found });
}

/** What an earlier window had begun, and was stored here just now. */
export function applySetup(news: Kept): void {
  if (news.setup !== undefined) useSetup.setState({ draft: parseDraft(stored(DRAFT_KEY)) });
}

/** Whether there is something to go on with. */
export const isBegun = (draft: SetupDraft): boolean => draft !== EMPTY_DRAFT;

/** What is chosen, with what is known of it. */
export function useChosen() {
  const found = useSetup((state) => state.found);
  const chosen = useSetup(({ draft }) => draft.chosen);
  return useMemo(() => {
    const datasets = found?.datasets ?? [];
    const suggested = found === null ? NOTHING_SUGGESTED : suggestedOf(found);
    const known = new Set(datasets.map(({ name }) => name));
    // What was ticked once and is gone since is not counted.
    const ticked = chosen === null ? suggested.ticked : new Set(chosen.filter((name) => known.has(name)));
    return {
      roots: treeOf(datasets),
      ticked,
      reasons: suggested.reasons,
      datasets: datasets.filter(({ name }) => ticked.has(name)),
      total: totalOf(datasets, ticked),
    };
  }, [found, chosen]);
}

/** What the steps depend on beside the draft. */
export function useFacts(): SetupFacts {
  const found = useSetup((state) => state.found);
  const { ticked } = useChosen();
  return found === null ? { datasets: null, chosen: null } : { datasets: found.datasets.length, chosen: ticked.size };
}
