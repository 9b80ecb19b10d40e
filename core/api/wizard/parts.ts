/** Which jobs a draft becomes, and what is wrong with it. Pure. */
import type { Draft } from './draft.ts';
import { type Chosen, halfOf, type KnownDataset, type Patterns, patternOf, patternsOf, verdictOf } from './patterns.ts';

/** One job of a draft: which datasets, where to, and how they are sent. */
export interface DraftPart {
  readonly name: string;
  /** They are sent as they are on disk, and nothing else is. */
  readonly raw: boolean;
  readonly clientIdentity: string | null;
  /** What takes part of it today, in the order of the names. */
  readonly datasets: readonly string[];
  readonly filesystems: Patterns;
}

export type PartedDraft = Pick<Draft, 'name' | 'chosen' | 'leftOut' | 'encryptedAs'> & {
  readonly destination: Pick<Draft['destination'], 'rootFs' | 'clientIdentity' | 'plainIdentity'>;
};

export type DraftFault =
  | 'name-taken'
  /** Nothing that exists takes part. */
  | 'nothing-chosen'
  /** The same is chosen and left out. */
  | 'contradiction'
  /** Encrypted and other datasets need a job each, and those a place each: without an identity there is only one. */
  | 'identity-needed'
  /** Both would have the same place. */
  | 'same-place'
  /** No room for the names of snapshots behind the names of the copies. */
  | 'place-too-long';

const PLAIN_SUFFIX = '-plain';
/** Leaves room for the longest name that we give a snapshot or bookmark; a full name has 255 bytes. */
const COPY_BYTES_MAX = 140;

/**
 * The jobs that a draft becomes: one, or two where encrypted datasets are to be sent as they are and others were chosen with
 * them, since a job sends encrypted data only, or decrypts.
 */
export function partsOf(draft: PartedDraft, known: readonly KnownDataset[]): readonly DraftPart[] {
  const { name, encryptedAs } = draft;
  const { clientIdentity } = draft.destination;
  const filesystems = patternsOf(draft);
  const taken = takenOf(draft, known);
  const namesOf = (datasets: readonly KnownDataset[]) => datasets.map((one) => one.name);
  const encrypted = taken.filter((one) => one.encrypted);
  const plain = taken.filter((one) => !one.encrypted);
  if (encryptedAs === 'plain' || encrypted.length === 0 || plain.length === 0) {
    const raw = encryptedAs === 'raw' && encrypted.length > 0;
    return [{ name, raw, clientIdentity, datasets: namesOf(taken), filesystems }];
  }
  return [
    { name, raw: true, clientIdentity, datasets: namesOf(encrypted), filesystems: halfOf(filesystems, known, true) },
    {
      name: `${name}${PLAIN_SUFFIX}`,
      raw: false,
      clientIdentity: plainIdentityOf(draft.destination),
      datasets: namesOf(plain),
      filesystems: halfOf(filesystems, known, false),
    },
  ];
}

/** Where what is not encrypted goes, while encrypted datasets are sent as they are; null where that is not said. */
export function plainIdentityOf({
  clientIdentity,
  plainIdentity,
}: Pick<Draft['destination'], 'clientIdentity' | 'plainIdentity'>): string | null {
  return plainIdentity ?? (clientIdentity === null ? null : `${clientIdentity}${PLAIN_SUFFIX}`);
}

/** What takes part of it today, in the order of the names. */
export function takenOf(chosen: Chosen, known: readonly KnownDataset[]): readonly KnownDataset[] {
  const patterns = patternsOf(chosen);
  return known.filter(({ name }) => verdictOf(patterns, name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What stands in the way of making jobs of it. @param jobs names of those that are configured */
export function draftFaults(
  draft: PartedDraft,
  known: readonly KnownDataset[],
  jobs: readonly string[],
): readonly DraftFault[] {
  const parts = partsOf(draft, known);
  const out = new Set(draft.leftOut.map(patternOf));
  const { rootFs } = draft.destination;
  const identities = parts.map(({ clientIdentity }) => clientIdentity);
  const copies = parts.flatMap(({ clientIdentity, datasets }) =>
    datasets.map((name) => [rootFs, ...(clientIdentity === null ? [] : [clientIdentity]), name].join('/')),
  );
  const faults: readonly (readonly [DraftFault, boolean])[] = [
    ['name-taken', parts.some(({ name }) => jobs.includes(name))],
    ['nothing-chosen', copies.length === 0],
    ['contradiction', draft.chosen.some((choice) => out.has(patternOf(choice)))],
    ['identity-needed', parts.length > 1 && identities.includes(null)],
    ['same-place', parts.length > 1 && identities[0] !== null && identities[0] === identities[1]],
    ['place-too-long', copies.some((copy) => copy.length > COPY_BYTES_MAX)],
  ];
  return faults.flatMap(([fault, is]) => (is ? [fault] : []));
}
