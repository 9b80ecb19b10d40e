/** What was chosen, as the `filesystems` of a job. Pure. */
import type { Choice } from './draft.ts';

export interface Chosen {
  readonly chosen: readonly Choice[];
  readonly leftOut: readonly Choice[];
}

/** What has to be known of a dataset of this machine. */
export interface KnownDataset {
  readonly name: string;
  readonly encrypted: boolean;
}

/** A dataset, or with `<` behind it that and everything below; and whether it takes part. */
export type Patterns = ReadonlyMap<string, boolean>;

export function patternOf({ dataset, below }: Choice): string {
  return below ? `${dataset}<` : dataset;
}

/** As it was chosen. */
export function patternsOf({ chosen, leftOut }: Chosen): Patterns {
  const choices = [...chosen.map((one) => [patternOf(one), true] as const)];
  return new Map([...choices, ...leftOut.map((one) => [patternOf(one), false] as const)]);
}

/** Whether the dataset takes part: what is said of exactly this one decides, then what is said of the longest name above it. */
export function verdictOf(patterns: Patterns, dataset: string): boolean {
  const exact = patterns.get(dataset);
  if (exact !== undefined) return exact;
  for (let path: string | null = dataset; path !== null; path = parentOf(path)) {
    const tree = patterns.get(`${path}<`);
    if (tree !== undefined) return tree;
  }
  return false;
}

/**
 * The part of it that is encrypted, or the part that is not. What is made later inherits the encryption of what is above it, so a
 * tree belongs to the half of its top; where one of the other kind begins within it, that tree belongs to the other half.
 */
export function halfOf(patterns: Patterns, known: readonly KnownDataset[], encrypted: boolean): Patterns {
  const isOurs = new Map(known.map((one) => [one.name, one.encrypted === encrypted]));
  const tops = new Set(
    [...patterns.keys()].filter((pattern) => pattern.endsWith('<')).map((pattern) => pattern.slice(0, -1)),
  );
  for (const { name } of known) {
    const above = parentOf(name);
    if (above !== null && isOurs.has(above) && isOurs.get(above) !== isOurs.get(name)) tops.add(name);
  }
  const half = new Map<string, boolean>();
  // Shorter names first: what says the same as the tree that it lies in need not be said.
  for (const top of [...tops].sort(byLength)) {
    const verdict = treeVerdictOf(patterns, top) && (isOurs.get(top) ?? encrypted);
    if (verdict !== treeVerdictOf(half, top)) half.set(`${top}<`, verdict);
  }
  for (const { name } of known) {
    const wanted = verdictOf(patterns, name) && isOurs.get(name) === true;
    if (wanted !== verdictOf(half, name)) half.set(name, wanted);
  }
  return half;
}

/** For what is made below it. */
function treeVerdictOf(patterns: Patterns, dataset: string): boolean {
  return verdictOf(patterns, `${dataset}/`);
}

function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

function parentOf(dataset: string): string | null {
  const end = dataset.lastIndexOf('/');
  return end < 0 ? null : dataset.slice(0, end);
}
