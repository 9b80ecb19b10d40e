/** The datasets of a job on this machine, for its snapshots. */
import type { FilesystemFilter } from '../endpoint/filter.ts';
import { isPlaceholderFlag, PLACEHOLDER_PROPERTY } from '../endpoint/placeholder.ts';
import { type ListingRoot, listFacts, listVersionsOf } from '../endpoint/survey.ts';
import type { SnapshotScope } from '../snapshotting/run.ts';
import type { Zfs } from '../zfs/types.ts';

/** What a filter selects; stand-ins have nothing worth a snapshot. */
export function snapshotScope(zfs: Zfs, filter: FilesystemFilter, roots: readonly ListingRoot[] | null): SnapshotScope {
  return {
    datasets: async (signal) => {
      const facts = await listFacts(zfs, roots, [PLACEHOLDER_PROPERTY], { signal });
      return facts
        .filter((fact) => filter.matches(fact.dataset))
        .filter((fact) => !isPlaceholderFlag(fact.dataset, fact.properties.get(PLACEHOLDER_PROPERTY)))
        .map((fact) => fact.dataset)
        .sort();
    },
    versions: async (signal) =>
      (await listVersionsOf(zfs, roots, { signal })).filter((entry) => filter.matches(entry.dataset)),
  };
}
