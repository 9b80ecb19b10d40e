/**
 * Where a receiver keeps what a sender calls by its own names. Pure. Nothing at or above the root is ever created or received
 * into, and no name from the other side leads out of the subtree.
 */

import { ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import { checkComponent, checkDataset, isBelow } from '../zfs/names.ts';

export interface ReceivingRoot {
  /** Dataset that must exist. */
  readonly rootFs: string;
  /** One component below it, for receivers that serve several clients; null for none. */
  readonly clientIdentity: string | null;
}

/** The dataset below which everything of this client lies. */
export function clientRoot(root: ReceivingRoot): string {
  checkDataset(root.rootFs);
  if (root.clientIdentity === null) return root.rootFs;
  return checkDataset(`${root.rootFs}/${checkComponent(root.clientIdentity)}`);
}

/** The receiver's name of a dataset that the sender calls `dataset`. Throws `name-invalid`. */
export function toLocalName(root: ReceivingRoot, dataset: string): string {
  const base = clientRoot(root);
  const local = checkDataset(`${base}/${checkDataset(dataset)}`);
  if (!isBelow(local, base)) throw new ProblemError('name-invalid', { name: dataset, reason: remark('root-left') });
  return local;
}

/** The sender's name of a dataset of the receiver; null for the root itself and for what lies elsewhere. */
export function toSenderName(root: ReceivingRoot, local: string): string | null {
  const base = clientRoot(root);
  return isBelow(local, base) ? local.slice(base.length + 1) : null;
}

/** Proper ancestors of a receiver dataset that are missing and may be created, topmost first. */
export function missingAncestors(
  root: ReceivingRoot,
  local: string,
  exists: (dataset: string) => boolean,
): readonly string[] {
  const parts = local.split('/');
  const missing: string[] = [];
  for (let length = 1; length < parts.length; length++) {
    const ancestor = parts.slice(0, length).join('/');
    if (isBelow(ancestor, root.rootFs) && !exists(ancestor)) missing.push(ancestor);
  }
  return missing;
}
