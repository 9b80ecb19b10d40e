/** Facts of datasets out of their properties. Pure. */
import { parseSeconds, parseU64, readable } from './parse-common.ts';
import { propertyOrder } from './parse-properties.ts';
import { TOKEN_TEXT_LENGTH_MAX } from './token.ts';
import type { DatasetFacts, PropertyValue } from './types.ts';

export interface FactSupport {
  readonly nativeEncryption: boolean;
  readonly resumableReceive: boolean;
  readonly snapshotsChanged: boolean;
}

/** Properties that came with native encryption (0.8.0): before, a command that names one of them fails as a whole. */
const ENCRYPTION_PROPERTIES: ReadonlySet<string> = new Set([
  'encryption',
  'encryptionroot',
  'keyformat',
  'keylocation',
  'keystatus',
  'pbkdf2iters',
  'pbkdf2salt',
]);

/** Whether any of the properties is known only to a zfs with encryption. */
export function needEncryption(properties: readonly string[]): boolean {
  return properties.some((property) => ENCRYPTION_PROPERTIES.has(property));
}

/** The properties that this zfs knows; to leave out the others is to find them absent. */
export function knownProperties(
  support: Pick<FactSupport, 'nativeEncryption'>,
  wanted: readonly string[],
): readonly string[] {
  return support.nativeEncryption ? wanted : wanted.filter((property) => !ENCRYPTION_PROPERTIES.has(property));
}

/** What to ask for so that `readDatasetFacts` can answer, in the order in which to ask. */
export function factProperties(support: FactSupport, wanted: readonly string[]): readonly string[] {
  return propertyOrder([
    'type',
    'guid',
    'mounted',
    ...(support.nativeEncryption ? ['encryption', 'encryptionroot', 'keystatus'] : []),
    ...(support.resumableReceive ? ['receive_resume_token'] : []),
    ...(support.snapshotsChanged ? ['snapshots_changed'] : []),
    ...knownProperties(support, wanted),
  ]);
}

interface EncryptionFacts {
  readonly encrypted: boolean;
  readonly encryptionRoot: string | null;
  readonly keyLoaded: boolean | null;
}

function encryptionFacts(
  dataset: string,
  properties: ReadonlyMap<string, PropertyValue>,
  support: FactSupport,
): EncryptionFacts {
  const plain: EncryptionFacts = { encrypted: false, encryptionRoot: null, keyLoaded: null };
  if (!support.nativeEncryption) return plain;
  const encryption = properties.get('encryption')?.value ?? '';
  // Unknown is not "plain": what is not known to be clear text must not be treated as such, nor the other way round.
  readable(/^[a-z0-9-]*[a-z0-9]$/.test(encryption), 'a dataset says nothing of its encryption', dataset);
  if (encryption === 'off') return plain;
  const keyStatus = properties.get('keystatus')?.value;
  return {
    encrypted: true,
    encryptionRoot: properties.get('encryptionroot')?.value ?? null,
    keyLoaded: keyStatus === 'available' ? true : keyStatus === 'unavailable' ? false : null,
  };
}

/**
 * @param properties all that `factProperties` asked for
 * @throws ProblemError `output-unreadable`
 */
export function readDatasetFacts(
  dataset: string,
  properties: ReadonlyMap<string, PropertyValue>,
  support: FactSupport,
  wanted: readonly string[],
): DatasetFacts {
  const text = (property: string): string => properties.get(property)?.value ?? '';
  const kind = text('type');
  readable(kind === 'filesystem' || kind === 'volume', 'a dataset has an unknown type', `${dataset} ${kind}`);
  const guid = parseU64(text('guid'));
  readable(guid !== null, 'a dataset has an invalid guid', `${dataset} ${text('guid')}`);
  const changed = properties.get('snapshots_changed');
  const token = properties.get('receive_resume_token')?.value ?? null;
  return {
    dataset,
    guid,
    kind,
    ...encryptionFacts(dataset, properties, support),
    // One character too many is enough for the decoder to refuse it, and only this dataset suffers.
    resumeToken: token === null ? null : token.slice(0, TOKEN_TEXT_LENGTH_MAX + 1),
    snapshotsChangedS: changed === undefined ? null : parseSeconds(changed.value),
    mounted: text('mounted') === 'yes',
    properties: new Map(
      wanted.flatMap((property) => {
        const value = properties.get(property);
        return value === undefined ? [] : [[property, value] as const];
      }),
    ),
  };
}
