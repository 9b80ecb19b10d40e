/**
 * Remembers, within one process, which marks were already looked at in vain. Holds of somebody else look like leftovers of
 * ours until one tries to release them; without this every idle cycle would try again.
 */
import type { Version } from '../zfs/types.ts';

const ENTRIES_MAX = 100_000;

export class TidyMemory {
  readonly #seen = new Map<string, string>();
  readonly #holdsKnown = new Set<string>();

  /** Whether these versions were tidied before and have not changed since. */
  isKnown(side: string, datasetGuid: bigint, versions: readonly Version[]): boolean {
    return this.#seen.get(`${side} ${datasetGuid}`) === signature(versions);
  }

  remember(side: string, datasetGuid: bigint, versions: readonly Version[]): void {
    if (this.#seen.size >= ENTRIES_MAX) this.#seen.clear();
    this.#seen.set(`${side} ${datasetGuid}`, signature(versions));
  }

  /** Whether a step of this process has looked at the holds of the dataset and released those of ours that it did not need. */
  holdsKnown(side: string, datasetGuid: bigint): boolean {
    return this.#holdsKnown.has(`${side} ${datasetGuid}`);
  }

  rememberHolds(side: string, datasetGuid: bigint): void {
    if (this.#holdsKnown.size >= ENTRIES_MAX) this.#holdsKnown.clear();
    this.#holdsKnown.add(`${side} ${datasetGuid}`);
  }
}

/** Everything that marks consist of: bookmarks, and how often each snapshot is held. */
function signature(versions: readonly Version[]): string {
  return versions
    .map((version) =>
      version.type === 'bookmark'
        ? `#${version.name}`
        : (version.userrefs ?? 0) > 0
          ? `${version.guid}:${version.userrefs}`
          : '',
    )
    .filter((part) => part !== '')
    .sort()
    .join(' ');
}
