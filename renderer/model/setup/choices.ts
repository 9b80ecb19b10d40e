/** Ticked datasets as the choices of a draft: as few as say the same. Pure. */
import type { Choice } from '../../../core/api/wizard/draft.ts';
import type { TreeNode } from './tree.ts';

export interface Choices {
  readonly chosen: readonly Choice[];
  readonly leftOut: readonly Choice[];
}

/**
 * With `newChildren` what is made later below a ticked dataset takes part, and what is made below one that is not does not: so a
 * choice is written wherever a dataset differs from the one above it. Without, each ticked dataset is named for itself.
 */
export function choicesOf(roots: readonly TreeNode[], ticked: ReadonlySet<string>, newChildren: boolean): Choices {
  if (!newChildren)
    return { chosen: [...ticked].toSorted().map((dataset) => ({ dataset, below: false })), leftOut: [] };
  const chosen: Choice[] = [];
  const leftOut: Choice[] = [];
  const visit = (node: TreeNode, above: boolean): void => {
    const { name } = node.dataset;
    const own = ticked.has(name);
    if (own !== above) (own ? chosen : leftOut).push({ dataset: name, below: true });
    for (const child of node.children) visit(child, own);
  };
  for (const root of roots) visit(root, false);
  return { chosen, leftOut };
}
