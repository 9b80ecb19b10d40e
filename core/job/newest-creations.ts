/**
 * When the newest snapshots of both sides were created. Cheap listings do not tell, and what is shown as safe has an age: so
 * the few that matter are read once, all in one command, and remembered for as long as they matter.
 */
import type { DatasetSafety } from '../api/status.ts';
import type { SenderDataset } from '../endpoint/types.ts';
import type { Zfs } from '../zfs/types.ts';

interface Unknown {
  readonly dataset: string;
  readonly name: string;
  readonly guid: bigint;
}

export class NewestCreations {
  /** Unix milliseconds, by guid. */
  #known = new Map<string, number>();

  /** What the listing does not tell, from memory. */
  complete(safety: readonly DatasetSafety[]): readonly DatasetSafety[] {
    return safety.map((row) => ({
      ...row,
      newestCommon: this.#dated(row.newestCommon),
      newestLocal: this.#dated(row.newestLocal),
      atRisk:
        row.newestCommon === null ? row.atRisk : { ...row.atRisk, sinceMs: this.#dated(row.newestCommon).creationMs },
    }));
  }

  /** Reads what is still missing. What cannot be read stays unknown: nobody's run fails for it. */
  async read(
    zfs: Pick<Zfs, 'snapshotDetails'>,
    sender: ReadonlyMap<string, SenderDataset>,
    safety: readonly DatasetSafety[],
    signal: AbortSignal,
  ): Promise<void> {
    const known = new Map<string, number>();
    for (const version of versionsOf(this.complete(safety))) {
      if (version.creationMs !== null) known.set(version.guid, version.creationMs);
    }
    this.#known = known;
    const unknown = unknownIn(sender, safety, known);
    if (unknown.length === 0) return;
    const details = await zfs.snapshotDetails(unknown, { signal }).catch(() => null);
    for (const { dataset, name, guid } of unknown) {
      const detail = details?.get(`${dataset}@${name}`);
      // Another snapshot may bear the name by now.
      if (detail?.guid === guid) known.set(guid.toString(), detail.creationS * 1000);
    }
  }

  #dated<V extends DatasetSafety['newestCommon']>(version: V): V {
    if (version === null || version.creationMs !== null) return version;
    return { ...version, creationMs: this.#known.get(version.guid) ?? null };
  }
}

function versionsOf(safety: readonly DatasetSafety[]): readonly NonNullable<DatasetSafety['newestCommon']>[] {
  return safety.flatMap(({ newestCommon, newestLocal }) => [newestCommon, newestLocal]).filter((one) => one !== null);
}

/** Snapshots of the sender that are newest somewhere, and of which nobody knows when they were created. */
function unknownIn(
  sender: ReadonlyMap<string, SenderDataset>,
  safety: readonly DatasetSafety[],
  known: ReadonlyMap<string, number>,
): readonly Unknown[] {
  return safety.flatMap((row) => {
    const guids = new Set(versionsOf([row]).map(({ guid }) => guid));
    const versions = sender.get(row.dataset)?.versions ?? [];
    return versions
      .filter(({ type, guid }) => type === 'snapshot' && guids.has(guid.toString()) && !known.has(guid.toString()))
      .map(({ name, guid }) => ({ dataset: row.dataset, name, guid }));
  });
}
