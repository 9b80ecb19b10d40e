/** What is asked of the destination before the first run, and what follows from the answer. Pure. */
import type { Params, Reply } from '../../../core/api/contract.ts';
import { LOOK_DATASETS_MAX } from '../../../core/api/destination.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { plainIdentityOf } from '../../../core/api/wizard/parts.ts';
import { isRoomFor } from '../../../core/api/wizard/space.ts';
import type { SetupDraft } from './draft.ts';
import { isDriveNamed } from './drive.ts';
import { isDataset, isIdentity, type NasDraft, reachOf } from './nas.ts';
import type { FoundDataset } from './tree.ts';

export type FirstLook = Reply<'destination/look'>;

/** Encrypted datasets get a job and a place of their own, because others were chosen with them. */
export function hasTwoPlaces(
  encryptedAs: SetupDraft['encryptedAs'],
  chosen: readonly Pick<FoundDataset, 'encrypted'>[],
): boolean {
  return encryptedAs === 'raw' && chosen.some(({ encrypted }) => encrypted) && !chosen.every((one) => one.encrypted);
}

/** The place of what is not encrypted, where it has one of its own; null where that cannot be said yet. */
export function plainPlace({ clientIdentity, plainIdentity }: Pick<NasDraft, 'clientIdentity' | 'plainIdentity'>) {
  return plainIdentityOf({ clientIdentity: orNull(clientIdentity), plainIdentity: orNull(plainIdentity) });
}

const orNull = (text: string): string | null => (text === '' ? null : text);

/** The same for a drive; null while something is missing. */
export function lookDriveParams(
  { drive, encryptedAs }: Pick<SetupDraft, 'drive' | 'encryptedAs'>,
  chosen: readonly FoundDataset[],
): Params<'drive/look'> | null {
  const { pool, poolGuid, rootFs, clientIdentity } = drive;
  if (poolGuid === '' || !isDriveNamed(drive) || chosen.length === 0) return null;
  const plain = hasTwoPlaces(encryptedAs, chosen) ? plainPlace(drive) : null;
  return {
    pool,
    poolGuid,
    rootFs,
    clientIdentity: orNull(clientIdentity),
    ...(plain === null ? {} : { plainIdentity: plain }),
    datasets: largest(chosen).map(({ name }) => name),
    encryptedAs,
  };
}

/** Null while something is missing. Of more datasets than fit, those that are largest. */
export function lookParams(
  { nas, encryptedAs }: Pick<SetupDraft, 'nas' | 'encryptedAs'>,
  chosen: readonly FoundDataset[],
): Params<'destination/look'> | null {
  const reach = reachOf(nas);
  const { rootFs, clientIdentity, plainIdentity } = nas;
  if (reach === null || chosen.length === 0) return null;
  if (!isDataset(rootFs) || !isIdentity(clientIdentity) || !isIdentity(plainIdentity)) return null;
  const plain = hasTwoPlaces(encryptedAs, chosen) ? plainPlace(nas) : null;
  return {
    ...reach,
    rootFs,
    clientIdentity: orNull(clientIdentity),
    ...(plain === null ? {} : { plainIdentity: plain }),
    datasets: largest(chosen).map(({ name }) => name),
    encryptedAs,
  };
}

function largest(chosen: readonly FoundDataset[]): readonly FoundDataset[] {
  if (chosen.length <= LOOK_DATASETS_MAX) return chosen;
  return chosen.toSorted((a, b) => (b.referencedBytes ?? 0) - (a.referencedBytes ?? 0)).slice(0, LOOK_DATASETS_MAX);
}

/** What the first run sends, and how that is known: numbers of datasets. */
export interface FirstSend {
  /** Of those that are known; null where none is. */
  readonly bytes: number | null;
  readonly byDryRun: number;
  readonly byReferenced: number;
  /** Nobody can say; or it was not asked. */
  readonly unknown: number;
  /** Only what is new is sent. */
  readonly adopted: number;
}

/** @param chosen how many datasets take part */
export function firstSendOf(look: FirstLook, chosen: number): FirstSend {
  const usable = look.datasets.filter(({ state }) => state !== 'unusable' && state !== 'unreadable');
  const known = usable.filter(({ bytes }) => bytes !== null);
  const by = (way: 'dry-run' | 'referenced') => known.filter(({ bytesBy }) => bytesBy === way).length;
  return {
    bytes: known.length === 0 ? null : known.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    byDryRun: by('dry-run'),
    byReferenced: by('referenced'),
    unknown: usable.length - known.length + Math.max(0, chosen - look.datasets.length),
    adopted: look.adopted,
  };
}

export interface Space {
  /** Null where it is not known. */
  readonly availableBytes: number | null;
  /** After the first run. */
  readonly afterBytes: number | null;
  readonly state: 'fits' | 'too-small' | 'unknown';
}

export function spaceOf({ availableBytes = null }: Pick<FirstLook, 'availableBytes'>, bytes: number | null): Space {
  if (availableBytes === null || bytes === null) return { availableBytes, afterBytes: null, state: 'unknown' };
  const state = isRoomFor(bytes, availableBytes) ? 'fits' : 'too-small';
  return { availableBytes, afterBytes: Math.max(0, availableBytes - bytes), state };
}

type Checks = Reply<'destination/test'>['checks'];

/** The test, with what is known of the space since: whether what is sent fits. */
export function checksWith(
  checks: Checks,
  look: FirstLook | null,
  { rootFs, host }: Pick<NasDraft, 'rootFs' | 'host'>,
  chosen: number,
): Checks {
  if (look === null) return checks;
  const { state } = spaceOf(look, firstSendOf(look, chosen).bytes);
  if (state === 'unknown') return checks;
  const problem = state === 'fits' ? null : new ProblemError('no-space', { name: rootFs, host }).toProblem();
  return checks.map((one) =>
    one.check === 'space' ? { ...one, state: state === 'fits' ? 'ok' : 'failed', problem } : one,
  );
}

type Adoption = FirstLook['adoptions'][number];

/** Where the copies lie that would be gone on with. */
export function placesOf({ rootFs, clientIdentity, plainIdentity }: Adoption): readonly string[] {
  const identities = plainIdentity === undefined ? [clientIdentity] : [clientIdentity, plainIdentity];
  return identities.map((identity) => (identity === null ? rootFs : `${rootFs}/${identity}`));
}

/** The settings with which they are found. */
export function adoptedNas({ rootFs, clientIdentity, plainIdentity }: Adoption): Partial<NasDraft> {
  const made = plainPlace({ clientIdentity: clientIdentity ?? '', plainIdentity: '' });
  return {
    rootFs,
    clientIdentity: clientIdentity ?? '',
    plainIdentity: plainIdentity === undefined || plainIdentity === made ? '' : plainIdentity,
    proven: null,
  };
}
