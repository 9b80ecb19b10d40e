/** What would be written for a draft. Pure. */
import type { ConfigEdit } from '../../../core/api/config.ts';
import { newJobName } from '../../../core/api/wizard/draft.ts';
import { editsOf } from '../../../core/api/wizard/jobs.ts';
import { type DraftFault, draftFaults, partsOf } from '../../../core/api/wizard/parts.ts';
import { finishedDraft, nameOf, type SetupDraft } from './draft.ts';
import type { TreeNode } from './tree.ts';

export interface Planned {
  /** Of the first job. */
  readonly name: string;
  readonly nameFits: boolean;
  /** Of every job that it becomes. */
  readonly names: readonly string[];
  readonly edits: readonly ConfigEdit[];
  readonly faults: readonly DraftFault[];
}

/** @param jobs names of all that there are */
export function plannedOf(
  draft: SetupDraft,
  roots: readonly TreeNode[],
  ticked: ReadonlySet<string>,
  jobs: readonly string[],
): Planned {
  const name = nameOf(draft, jobs);
  const nameFits = newJobName.safeParse(name).success;
  const finished = finishedDraft(draft, roots, ticked, jobs);
  if (finished === null) return { name, nameFits, names: [], edits: [], faults: [] };
  const known = roots.flatMap(({ all }) => all);
  return {
    name,
    nameFits,
    names: partsOf(finished, known).map((part) => part.name),
    edits: editsOf(finished, known),
    faults: draftFaults(finished, known, jobs),
  };
}
