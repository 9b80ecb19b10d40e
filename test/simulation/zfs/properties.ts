/** Properties of datasets, snapshots and bookmarks with their sources, as zfsprops(7) has them. */
import { datasetOf, entityTypeOf } from '../../../core/zfs/names.ts';
import type { PropertyValue } from '../../../core/zfs/types.ts';
import { encryptionRootOf, findBookmark, findDataset, findPool, findSnapshot, originOf, parentIn } from './lookup.ts';
import { tokenTextOf } from './partial-token.ts';
import { availableBytes, referencedBytes, usedBytes } from './space.ts';
import { BLOCK_BYTES, type Dataset, type Machine, type OwnValue, type Pool } from './world.ts';

interface Native {
  readonly value: string;
  readonly inherits: boolean;
  readonly on: 'all' | 'filesystem' | 'volume';
}

const native = (value: string, inherits = true, on: Native['on'] = 'all'): Native => ({ value, inherits, on });

/** What can be set, with the value that holds while nobody has. */
const SETTABLE: ReadonlyMap<string, Native> = new Map([
  ['readonly', native('off')],
  ['compression', native('on')],
  ['copies', native('1')],
  ['canmount', native('on', false, 'filesystem')],
  ['mountpoint', native('/', true, 'filesystem')],
  ['setuid', native('on', true, 'filesystem')],
  ['exec', native('on', true, 'filesystem')],
  ['devices', native('on', true, 'filesystem')],
  ['atime', native('on', true, 'filesystem')],
  ['recordsize', native('131072', true, 'filesystem')],
  ['sharenfs', native('off', true, 'filesystem')],
  ['sharesmb', native('off', true, 'filesystem')],
  ['quota', native('0', false, 'filesystem')],
  ['refquota', native('0', false, 'filesystem')],
  ['volsize', native(String(64 * BLOCK_BYTES), false, 'volume')],
]);

const NO_VALUES: OwnValue = { local: null, received: null };

export function isUserProperty(property: string): boolean {
  return property.includes(':');
}

/** Whether the property can stand on such a dataset. */
export function applies(property: string, kind: Dataset['kind']): boolean {
  const on = SETTABLE.get(property)?.on ?? 'all';
  return on === 'all' || on === kind;
}

export function isSettable(property: string): boolean {
  return isUserProperty(property) || SETTABLE.has(property);
}

export function setOwn(dataset: Dataset, property: string, change: Partial<OwnValue>): void {
  const value = { ...(dataset.properties.get(property) ?? NO_VALUES), ...change };
  if (value.local === null && value.received === null) dataset.properties.delete(property);
  else dataset.properties.set(property, value);
}

function ownValue(dataset: Dataset, property: string): PropertyValue | null {
  const own = dataset.properties.get(property);
  if (own === undefined) return null;
  if (own.local !== null) return { value: own.local, source: 'local' };
  return own.received === null ? null : { value: own.received, source: 'received' };
}

/** What holds on a dataset; null where there is no such value. */
export function propertyOf(pool: Pool, dataset: Dataset, property: string): PropertyValue | null {
  const fixed = fixedProperty(pool, dataset, property);
  if (fixed !== undefined) return fixed;
  const info = SETTABLE.get(property);
  if (info === undefined && !isUserProperty(property)) return null;
  if (info !== undefined && info.on !== 'all' && info.on !== dataset.kind) return null;
  const own = ownValue(dataset, property);
  if (own !== null) return own;
  if (info === undefined || info.inherits) {
    for (let above = parentIn(pool, dataset.name); above !== undefined; above = parentIn(pool, above.name)) {
      const value = ownValue(above, property)?.value;
      if (value !== undefined) return { value, source: 'inherited' };
    }
  }
  return info === undefined ? null : { value: info.value, source: 'default' };
}

function none(value: string): PropertyValue {
  return { value, source: 'none' };
}

/** Properties that nobody sets; undefined where the property is not one of them. */
function fixedProperty(pool: Pool, dataset: Dataset, property: string): PropertyValue | null | undefined {
  switch (property) {
    case 'type':
      return none(dataset.kind);
    case 'guid':
      return none(dataset.guid.toString());
    case 'createtxg':
      return none(dataset.createtxg.toString());
    case 'creation':
      return none(dataset.creationS.toString());
    case 'mounted':
      return dataset.kind === 'volume' ? null : none(dataset.mounted ? 'yes' : 'no');
    case 'encryption':
      return dataset.encryption === null ? { value: 'off', source: 'default' } : none('aes-256-gcm');
    case 'encryptionroot':
      return dataset.encryption === null ? null : none(encryptionRootOf(pool, dataset)?.name ?? '-');
    case 'keystatus':
      if (dataset.encryption === null) return null;
      return none(encryptionRootOf(pool, dataset)?.encryption?.keyLoaded === true ? 'available' : 'unavailable');
    case 'keyformat':
      return dataset.encryption === null
        ? { value: 'none', source: 'default' }
        : none(dataset.encryption.wrapping.format);
    case 'pbkdf2salt':
      return dataset.encryption?.wrapping.format === 'passphrase' ? none(`${dataset.encryption.wrapping.salt}`) : null;
    case 'receive_resume_token': {
      const text = tokenTextOf(dataset);
      return text === null ? null : none(text);
    }
    case 'snapshots_changed':
      return dataset.snapshotsChangedS === null ? null : none(dataset.snapshotsChangedS.toString());
    case 'origin': {
      const origin = dataset.originGuid === null ? null : originOf(pool, dataset.originGuid);
      return origin === null ? null : none(`${origin.dataset.name}@${origin.snapshot.name}`);
    }
    case 'referenced':
      return none(referencedBytes(dataset).toString());
    case 'used':
      return none(usedBytes(pool, dataset.name).toString());
    case 'available': {
      const bytes = availableBytes(pool, dataset.name);
      return bytes === null ? null : none(bytes.toString());
    }
    case 'userrefs':
      return null;
    default:
      return undefined;
  }
}

/** Of a dataset, snapshot or bookmark; undefined when there is none of that name. */
export function propertyReader(
  machine: Machine,
  fullName: string,
): ((property: string) => PropertyValue | null) | undefined {
  const pool = findPool(machine, fullName);
  const dataset = findDataset(machine, datasetOf(fullName));
  if (pool === undefined || dataset === undefined) return undefined;
  const type = entityTypeOf(fullName);
  if (type === 'filesystem') return (property) => propertyOf(pool, dataset, property);
  const snapshot = type === 'snapshot' ? findSnapshot(machine, fullName) : undefined;
  const version = snapshot ?? (type === 'bookmark' ? findBookmark(machine, fullName) : undefined);
  if (version === undefined) return undefined;
  return (property) => {
    switch (property) {
      case 'type':
        return none(type);
      case 'guid':
        return none(version.guid.toString());
      case 'createtxg':
        return none(version.createtxg.toString());
      case 'creation':
        return none(version.creationS.toString());
      case 'userrefs':
        return snapshot === undefined ? null : none(snapshot.tags.size.toString());
      default:
        break;
    }
    if (snapshot === undefined) return null;
    if (property === 'encryption') return propertyOf(pool, dataset, property);
    if (!isUserProperty(property)) return null;
    const above = propertyOf(pool, dataset, property);
    return above === null ? null : { value: above.value, source: 'inherited' };
  };
}
