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
  /** What each of them sends below. */
  readonly places: readonly string[];
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
  if (finished === null) return { name, nameFits, names: [], places: [], edits: [], faults: [] };
  const known = roots.flatMap(({ all }) => all);
  const parts = partsOf(finished, known);
  const { rootFs } = finished.destination;
  return {
    name,
    nameFits,
    names: parts.map((part) => part.name),
    places: parts.map(({ clientIdentity }) => (clientIdentity === null ? rootFs : `${rootFs}/${clientIdentity}`)),
    edits: editsOf(finished, known),
    faults: draftFaults(finished, known, jobs),
  };
}
