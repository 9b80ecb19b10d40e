/**
 * Placeholders: empty stand-ins on a receiver for parents that are not replicated. Pure. The mark counts only where it is set
 * on the dataset itself, and never alone: what has a snapshot or partial state is not empty, whatever the mark says.
 */
import { createHash } from 'node:crypto';
import type { PropertyValue } from '../zfs/types.ts';
import type { ReceiverDataset, TransferStep } from './types.ts';

export const PLACEHOLDER_PROPERTY = 'zrepl:placeholder';

/** The value older installations wrote: a digest of the dataset's path, which breaks on rename. */
export function legacyPlaceholderValue(dataset: string): string {
  return createHash('sha512-256').update(dataset).digest('hex');
}

/** Whether the property says "placeholder". Only a value set on the dataset itself counts. */
export function isPlaceholderFlag(dataset: string, property: PropertyValue | undefined): boolean {
  if (property === undefined || property.source !== 'local') return false;
  return property.value === 'on' || property.value === legacyPlaceholderValue(dataset);
}

/** The mark is set and nothing on the dataset speaks against it. */
export function isEffectivePlaceholder(target: ReceiverDataset): boolean {
  return target.placeholderFlag && isEmpty(target) && target.resumeToken === null;
}

/** It has no snapshot: nothing can be lost by receiving into it. */
export function isEmpty(target: Pick<ReceiverDataset, 'versions'>): boolean {
  return !target.versions.some((version) => version.type === 'snapshot');
}

export type ForceVerdict =
  | { readonly kind: 'no' }
  /** `receive -F`, after reading the facts again. */
  | { readonly kind: 'force' }
  | { readonly kind: 'refuse'; readonly code: 'destination-exists' | 'destination-has-snapshots' };

/**
 * Whether a receive may use -F: only to put a full stream in the place of an effective placeholder (or of an empty, childless
 * dataset that carries our own mark), or to resume such a receive. Never onto a dataset with snapshots.
 */
export function judgeForce(
  target: ReceiverDataset | undefined,
  step: Pick<TransferStep, 'from' | 'resume'>,
): ForceVerdict {
  if (target === undefined || step.from !== null) return { kind: 'no' };
  if (!isEmpty(target)) return { kind: 'refuse', code: 'destination-has-snapshots' };
  // What was begun onto a dataset with -F goes on only with it: OpenZFS 2.2 says so at once, older ones after the last byte.
  // In a dataset that the interrupted receive itself created there is nothing to destroy.
  if (step.resume !== null) return { kind: 'force' };
  if (isEffectivePlaceholder(target)) return { kind: 'force' };
  if (target.ours && !target.hasChildren && target.resumeToken === null) return { kind: 'force' };
  return { kind: 'refuse', code: 'destination-exists' };
}
