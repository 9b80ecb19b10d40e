/** Which step of adding a backup is complete, and which may come next. Pure. */
import { snapshotIntervalS } from '../../../core/api/retention.ts';
import { keepFault } from '../keep-form.ts';
import { SETUP_STEPS, type SetupStep } from '../route.ts';
import type { SetupDraft } from './draft.ts';
import { type MissingOfDrive, missingOfDrive } from './drive.ts';
import { isDataset, isIdentity, isProven, type NasDraft, whereParts } from './nas.ts';

/** What is known beside the draft. */
export interface SetupFacts {
  /** How many datasets this machine has; null while nobody has looked in this window. */
  readonly datasets: number | null;
  /** How many of them are chosen; null while that is not known. */
  readonly chosen: number | null;
}

/** What a step still lacks. */
export type Missing =
  | 'not-looked'
  | 'no-datasets'
  | 'nothing-chosen'
  | 'later'
  | 'machine'
  | 'host-key'
  | 'account'
  | 'key'
  | MissingOfDrive
  | 'schedule'
  | 'keep'
  | 'not-saved';

/** The first thing that a step lacks; null where it is complete. */
export function missing(step: SetupStep, draft: SetupDraft, facts: SetupFacts): Missing | null {
  switch (step) {
    case 'look':
      // Looked at before a reload: it is looked at again, and meanwhile one may go on.
      if (facts.datasets === null) return draft.looked ? null : 'not-looked';
      return facts.datasets === 0 ? 'no-datasets' : null;
    case 'what':
      return facts.chosen === 0 ? 'nothing-chosen' : null;
    case 'where':
      if (draft.place === 'zrepl') return 'later';
      return draft.place === 'nas' ? missingOfNas(draft.nas) : missingOfDrive(draft.drive);
    case 'when':
      if (!snapshotIntervalS.safeParse(draft.intervalS).success) return 'schedule';
      return keepFault(draft.keepHere) === null && keepFault(draft.keepThere) === null ? null : 'keep';
    case 'plan':
      return draft.saved.length === 0 ? 'not-saved' : null;
    case 'run':
      return null;
  }
}

function missingOfNas(nas: NasDraft): Missing | null {
  const { fingerprint, account, target } = whereParts(nas);
  if (!fingerprint) return 'machine';
  if (!account) return 'host-key';
  if (!target) return nas.key === null ? 'key' : 'account';
  if (!isDataset(nas.rootFs) || !isIdentity(nas.clientIdentity) || !isIdentity(nas.plainIdentity)) return 'target';
  return isProven(nas) ? null : 'not-proven';
}

/** The last step that one may go to: the first that is not complete. */
export function furthestStep(draft: SetupDraft, facts: SetupFacts): SetupStep {
  return SETUP_STEPS.find((step) => missing(step, draft, facts) !== null) ?? 'run';
}

/** Null before the first. */
export function stepBefore(step: SetupStep): SetupStep | null {
  return SETUP_STEPS[SETUP_STEPS.indexOf(step) - 1] ?? null;
}

/** Null after the last. */
export function stepAfter(step: SetupStep): SetupStep | null {
  return SETUP_STEPS[SETUP_STEPS.indexOf(step) + 1] ?? null;
}
