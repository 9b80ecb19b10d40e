/** Copies that lie below a target, but not where a job with these settings would look for them. Pure. */
import { ADOPTIONS_MAX, ELSEWHERE_MAX, type Elsewhere } from '../api/destination.ts';
import { type ReceivingRoot, toLocalName } from '../endpoint/mapping.ts';
import type { SenderDataset } from '../endpoint/types.ts';
import { isAtOrBelow, parentOf } from '../zfs/names.ts';
import type { DatasetVersions, Version } from '../zfs/types.ts';
import { describeCommon } from './look-judge.ts';

/** A copy at another place. */
export type CopyElsewhere = Omit<Elsewhere, 'adopt'>;

export interface Adoptable {
  readonly adopt: NonNullable<Elsewhere['adopt']>;
  /** How many datasets would be gone on with. */
  readonly datasets: number;
  /** Their copies. */
  readonly takes: ReadonlySet<string>;
}

interface Known {
  readonly source: SenderDataset;
  readonly version: Version;
}

/**
 * @param copies everything below the root, versions in the order of createtxg
 * @param rootOf where the copy of a dataset is looked for
 */
export function elsewhereOf(
  sources: readonly SenderDataset[],
  copies: readonly DatasetVersions[],
  rootOf: (source: SenderDataset) => ReceivingRoot,
): readonly CopyElsewhere[] {
  const known = new Map<bigint, Known[]>();
  for (const source of sources) {
    for (const version of source.versions) {
      const same = known.get(version.guid) ?? [];
      const others = same.filter((one) => one.source !== source);
      const mine = same.find((one) => one.source === source);
      // A snapshot says more than a bookmark of it.
      const better = mine?.version.type === 'snapshot' ? mine : { source, version };
      known.set(version.guid, [...others, better]);
    }
  }
  const found = copies.flatMap(({ dataset: copy, versions }): CopyElsewhere[] => {
    const newest = versions.findLast(({ type, guid }) => type === 'snapshot' && known.has(guid));
    return (known.get(newest?.guid ?? -1n) ?? [])
      .filter(({ source }) => toLocalName(rootOf(source), source.dataset) !== copy)
      .map(({ source, version }) => ({ dataset: source.dataset, copy, common: describeCommon(version) }));
  });
  return found.slice(0, ELSEWHERE_MAX);
}

/** Below what the copy lies by the name of its dataset; null where it has another name, or that is not below the root. */
function baseOf(dataset: string, copy: string, rootFs: string): string | null {
  if (!copy.endsWith(`/${dataset}`)) return null;
  const base = copy.slice(0, -dataset.length - 1);
  return isAtOrBelow(base, rootFs) ? base : null;
}

/** With which root a job finds the copy; null where none leads there, as where the copy has another name. */
export function adoptionOf(dataset: string, copy: string, rootFs: string): ReceivingRoot | null {
  const base = baseOf(dataset, copy, rootFs);
  if (base === null) return null;
  return parentOf(base) === rootFs
    ? { rootFs, clientIdentity: base.slice(rootFs.length + 1) }
    : { rootFs: base, clientIdentity: null };
}

/** The settings of one job that occur, those of the most datasets first. */
export function adoptionsOf(elsewhere: readonly CopyElsewhere[], rootFs: string): readonly Adoptable[] {
  const found = new Map<string, { adopt: ReceivingRoot; rows: CopyElsewhere[] }>();
  for (const row of elsewhere) {
    const adopt = adoptionOf(row.dataset, row.copy, rootFs);
    if (adopt === null) continue;
    const key = JSON.stringify([adopt.rootFs, adopt.clientIdentity]);
    const entry = found.get(key) ?? { adopt, rows: [] };
    entry.rows.push(row);
    found.set(key, entry);
  }
  return ranked([...found.values()].map(({ adopt, rows }) => adoptable(adopt, rows)));
}

/** Where two jobs would look: encrypted datasets below the first, the others below the second. */
export interface TwoPlaces {
  readonly rootFs: string;
  readonly clientIdentity: string | null;
  readonly plainIdentity: string;
}

type ByIdentity = Map<string, CopyElsewhere[]>;

/** Of each kind, identities that are tried with each other. */
const TRIED = 5;
const PLAIN_SUFFIX = '-plain';
const ENCRYPTED_SUFFIX = '-encrypted';

/**
 * The settings of two jobs with one root, those of the most datasets first. The places are never the same: of copies of both
 * kinds that lie together, only one kind can be gone on with.
 */
export function adoptionsOfTwo(
  elsewhere: readonly CopyElsewhere[],
  encrypted: ReadonlySet<string>,
  now: TwoPlaces,
): readonly Adoptable[] {
  const roots = new Map<string, { secret: ByIdentity; plain: ByIdentity }>();
  for (const row of elsewhere) {
    const base = baseOf(row.dataset, row.copy, now.rootFs);
    const rootFs = base === null || base === now.rootFs ? null : parentOf(base);
    // What lies right below the root has no place of its own there.
    if (base === null || rootFs === null) continue;
    const kinds = roots.get(rootFs) ?? { secret: new Map(), plain: new Map() };
    roots.set(rootFs, kinds);
    const kind = encrypted.has(row.dataset) ? kinds.secret : kinds.plain;
    const identity = base.slice(rootFs.length + 1);
    kind.set(identity, [...(kind.get(identity) ?? []), row]);
  }
  return ranked(
    [...roots].flatMap(([rootFs, { secret, plain }]) =>
      pairsOf(mostFirst(secret), mostFirst(plain)).flatMap(([first, second]): Adoptable[] => {
        const clientIdentity = first ?? besideOf(second ?? '', now.rootFs === rootFs ? now.clientIdentity : null);
        const plainIdentity = second ?? plainBeside(clientIdentity, now.rootFs === rootFs ? now.plainIdentity : null);
        if (clientIdentity === plainIdentity) return [];
        const rows = [...(secret.get(first ?? '') ?? []), ...(plain.get(second ?? '') ?? [])];
        return [adoptable({ rootFs, clientIdentity, plainIdentity }, rows)];
      }),
    ),
  );
}

function mostFirst(found: ByIdentity): readonly string[] {
  return [...found]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, TRIED)
    .map(([identity]) => identity);
}

/** Each with each, and each alone. */
function pairsOf(first: readonly string[], second: readonly string[]) {
  return [...first, null].flatMap((one) =>
    [...second, null].flatMap((other): (readonly [string | null, string | null])[] =>
      one === null && other === null ? [] : [[one, other]],
    ),
  );
}

/** For encrypted datasets of which no copy was found, beside the place of the others: what is set, or a name that is made. */
function besideOf(plain: string, set: string | null): string {
  if (set !== null && set !== plain) return set;
  const stem = plain.slice(0, -PLAIN_SUFFIX.length);
  return plain.endsWith(PLAIN_SUFFIX) && stem !== '' ? stem : `${plain}${ENCRYPTED_SUFFIX}`;
}

function plainBeside(secret: string, set: string | null): string {
  return set !== null && set !== secret ? set : `${secret}${PLAIN_SUFFIX}`;
}

function adoptable(adopt: Adoptable['adopt'], rows: readonly CopyElsewhere[]): Adoptable {
  const datasets = new Set(rows.map(({ dataset }) => dataset)).size;
  return { adopt, datasets, takes: new Set(rows.map(({ copy }) => copy)) };
}

function ranked(found: readonly Adoptable[]): readonly Adoptable[] {
  return found
    .toSorted((a, b) => b.datasets - a.datasets || (a.adopt.rootFs < b.adopt.rootFs ? -1 : 1))
    .slice(0, ADOPTIONS_MAX);
}
