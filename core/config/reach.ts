/** Which datasets patterns reach, asked without a list of the datasets there are. Pure. */
import { compileFilter } from '../endpoint/filter.ts';
import { ancestorsOf } from '../zfs/names.ts';
import type { FilesystemPatterns } from './types.ts';

/** A component that no dataset can have: stands for whatever is below and not named by any pattern. */
const ANYTHING = '%';

export interface Reach {
  /** Whether the dataset, or anything that could be below it, is taken. */
  takesPartOf(dataset: string): boolean;
  /** A dataset that both take, `*` at its end standing for what is below; null when they have none in common. */
  sharedWith(other: Reach): string | null;
  takes(dataset: string): boolean;
  /** Datasets that stand for all that are taken: those the patterns name, and an unnamed one below each `<`. */
  readonly taken: readonly string[];
}

/** What good patterns reach. Any dataset is taken exactly if one of `taken` is in the same place with regard to all patterns. */
export function reachOf(patterns: FilesystemPatterns): Reach {
  const filter = compileFilter(patterns);
  const named = [...patterns.keys()].flatMap((pattern) => {
    const path = pattern.replace(/<$/, '');
    if (!pattern.endsWith('<')) return [path];
    return path === '' ? [ANYTHING] : [path, `${path}/${ANYTHING}`];
  });
  const taken = named.filter((dataset) => filter.matches(dataset));
  const above = new Set(taken.flatMap((dataset) => [dataset, ...ancestorsOf(dataset)]));
  const takes = (dataset: string) => filter.matches(dataset);
  return {
    takes,
    taken,
    takesPartOf: (dataset) => above.has(dataset) || takes(dataset) || takes(`${dataset}/${ANYTHING}`),
    sharedWith: (other) => {
      const shared = taken.find((dataset) => other.takes(dataset)) ?? other.taken.find(takes);
      return shared === undefined ? null : shared.replace(ANYTHING, '*');
    },
  };
}
