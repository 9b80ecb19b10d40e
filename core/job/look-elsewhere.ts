/** Copies that lie below a target, but not where a job with these settings would look for them. Pure. */
import { ADOPTIONS_MAX, type DestinationLook, ELSEWHERE_MAX, type Elsewhere } from '../api/destination.ts';
import { type ReceivingRoot, toLocalName } from '../endpoint/mapping.ts';
import type { SenderDataset } from '../endpoint/types.ts';
import { isAtOrBelow, parentOf } from '../zfs/names.ts';
import type { DatasetVersions, Version } from '../zfs/types.ts';
import { describeCommon } from './look-judge.ts';

interface Known {
  readonly dataset: string;
  readonly version: Version;
}

/** @param copies everything below the root, versions in the order of createtxg */
export function elsewhereOf(
  sources: readonly SenderDataset[],
  copies: readonly DatasetVersions[],
  root: ReceivingRoot,
): Elsewhere[] {
  const known = new Map<bigint, Known[]>();
  for (const { dataset, versions } of sources) {
    for (const version of versions) {
      const same = known.get(version.guid) ?? [];
      const others = same.filter((one) => one.dataset !== dataset);
      const mine = same.find((one) => one.dataset === dataset);
      // A snapshot says more than a bookmark of it.
      const better = mine?.version.type === 'snapshot' ? mine : { dataset, version };
      known.set(version.guid, [...others, better]);
    }
  }
  const found = copies.flatMap(({ dataset: copy, versions }): Elsewhere[] => {
    const newest = versions.findLast(({ type, guid }) => type === 'snapshot' && known.has(guid));
    return (known.get(newest?.guid ?? -1n) ?? [])
      .filter(({ dataset }) => toLocalName(root, dataset) !== copy)
      .map(({ dataset, version }) => ({
        dataset,
        copy,
        common: describeCommon(version),
        adopt: adoptionOf(dataset, copy, root.rootFs),
      }));
  });
  return found.slice(0, ELSEWHERE_MAX);
}

/** With which root a job finds the copy; null where none leads there, as where the copy has another name. */
export function adoptionOf(dataset: string, copy: string, rootFs: string): Elsewhere['adopt'] {
  if (!copy.endsWith(`/${dataset}`)) return null;
  const base = copy.slice(0, -dataset.length - 1);
  if (!isAtOrBelow(base, rootFs)) return null;
  return parentOf(base) === rootFs
    ? { rootFs, clientIdentity: base.slice(rootFs.length + 1) }
    : { rootFs: base, clientIdentity: null };
}

/** The settings that occur, those of the most datasets first. */
export function adoptionsOf(elsewhere: readonly Elsewhere[]): DestinationLook['adoptions'] {
  const found = new Map<string, { rootFs: string; clientIdentity: string | null; names: Set<string> }>();
  for (const { dataset, adopt } of elsewhere) {
    if (adopt === null) continue;
    const key = JSON.stringify([adopt.rootFs, adopt.clientIdentity]);
    const entry = found.get(key) ?? { ...adopt, names: new Set<string>() };
    entry.names.add(dataset);
    found.set(key, entry);
  }
  return [...found.values()]
    .map(({ rootFs, clientIdentity, names }) => ({ rootFs, clientIdentity, datasets: names.size }))
    .sort((a, b) => b.datasets - a.datasets || (a.rootFs < b.rootFs ? -1 : 1))
    .slice(0, ADOPTIONS_MAX);
}
