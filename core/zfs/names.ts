/**
 * What a name in ZFS may look like, and how names relate. Pure. Stricter than ZFS where ZFS is lax, because these names end
 * up in argument vectors: nothing that could be read as an option, a range or a list passes.
 * See zfsconcepts(7), "ZFS File System Hierarchy", for the rules of ZFS itself.
 */
import { configFault } from '../api/config-fault.ts';
import { fieldFault } from '../api/field-fault.ts';
import { ProblemError } from '../api/problem.ts';

export type EntityType = 'filesystem' | 'volume' | 'snapshot' | 'bookmark';

/** Longest full name, snapshot or bookmark part included (ZFS_MAX_DATASET_NAME_LEN less its NUL). */
export const NAME_BYTES_MAX = 255;
export const TAG_BYTES_MAX = 255;
export const PROPERTY_NAME_BYTES_MAX = 256;
/** Longest property value ZFS stores (ZAP_MAXVALUELEN less its NUL). */
export const PROPERTY_VALUE_BYTES_MAX = 8191;

const COMPONENT = /^[0-9A-Za-z_.: -]+$/;
const PLAIN_PART = '[0-9A-Za-z_:][0-9A-Za-z_.: -]*';
const PLAIN_PATH = `${PLAIN_PART}(?:/${PLAIN_PART})*`;
const PLAIN_COMPONENT = new RegExp(`^${PLAIN_PART}$`);
const PLAIN_DATASET = new RegExp(`^${PLAIN_PATH}$`);
const PROPERTY_NAME = /^[0-9A-Za-z_.:-]+$/;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const CONTROL = /[\x00-\x1f\x7f]/;

/** Why this is no component (part of a path, short name of a version, job id, client identity); null when it is one. */
export function componentFault(component: string): string | null {
  return component.length <= NAME_BYTES_MAX && PLAIN_COMPONENT.test(component) ? null : oddComponentFault(component);
}

function oddComponentFault(component: string): string | null {
  if (component === '') return fieldFault('name-empty');
  if (component === '.' || component === '..') return fieldFault('name-dots');
  if (!PRINTABLE_ASCII.test(component)) return fieldFault('name-ascii');
  if (!COMPONENT.test(component)) return fieldFault('name-character');
  if (component.length > NAME_BYTES_MAX) return fieldFault('name-too-long', { count: `${NAME_BYTES_MAX}` });
  return null;
}

/** What nearly all names look like. Every full name passes here many times in a run. */
const PLAIN: Readonly<Record<EntityType, RegExp>> = {
  filesystem: PLAIN_DATASET,
  volume: PLAIN_DATASET,
  snapshot: new RegExp(`^${PLAIN_PATH}@${PLAIN_PART}$`),
  bookmark: new RegExp(`^${PLAIN_PATH}#${PLAIN_PART}$`),
};

/** Why this is no full name of that type; null when it is one. */
export function entityFault(name: string, type: EntityType): string | null {
  return name.length <= NAME_BYTES_MAX && PLAIN[type].test(name) ? null : entityFaultByPart(name, type);
}

/** The same, one part after the other: it tells what is wrong, and decides of what merely looks unusual. */
export function entityFaultByPart(name: string, type: EntityType): string | null {
  const delimiter = type === 'snapshot' ? '@' : type === 'bookmark' ? '#' : null;
  for (const sign of ['@', '#']) {
    if (sign === delimiter && !name.includes(sign)) return `a ${type} needs a "${sign}"`;
    if (sign !== delimiter && name.includes(sign)) return `a ${type} has no "${sign}"`;
  }
  if (name.includes('%')) return fieldFault('name-percent');
  if (name.length > NAME_BYTES_MAX) return fieldFault('name-too-long', { count: `${NAME_BYTES_MAX}` });
  if (name === '') return fieldFault('name-empty');
  if (name.startsWith('-')) return fieldFault('name-dash');

  const components = name.split('/');
  const last = components.pop() ?? '';
  for (const component of components) {
    const fault = componentFault(component);
    if (fault !== null) return fault;
  }
  const parts = delimiter === null ? [last] : last.split(delimiter);
  if (parts.length > 2) return `it has more than one "${delimiter}"`;
  for (const part of parts) {
    const fault = componentFault(part);
    if (fault !== null) return fault;
  }
  return null;
}

/** Why this is no hold tag; null when it is one. zfs(8) refuses a leading "."; tabs and newlines would break listings. */
export function holdTagFault(tag: string): string | null {
  if (tag === '') return fieldFault('name-empty');
  if (Buffer.byteLength(tag) > TAG_BYTES_MAX) return `it is longer than ${TAG_BYTES_MAX} bytes`;
  if (tag.startsWith('.')) return fieldFault('name-dot');
  if (tag.startsWith('-')) return fieldFault('name-dash');
  if (CONTROL.test(tag)) return fieldFault('name-control');
  return null;
}

/** Why this is no property name; null when it is one. */
export function propertyNameFault(property: string): string | null {
  if (property === '') return fieldFault('name-empty');
  if (property.length > PROPERTY_NAME_BYTES_MAX)
    return fieldFault('name-too-long', { count: `${PROPERTY_NAME_BYTES_MAX}` });
  if (property.startsWith('-')) return fieldFault('name-dash');
  if (!PROPERTY_NAME.test(property)) return configFault('property-character');
  return null;
}

/** Why a value cannot be set; null when it can. Control characters are refused: listings could not be read any more. */
export function propertyValueFault(value: string): string | null {
  if (Buffer.byteLength(value) > PROPERTY_VALUE_BYTES_MAX)
    return fieldFault('name-too-long', { count: `${PROPERTY_VALUE_BYTES_MAX}` });
  if (CONTROL.test(value)) return fieldFault('name-control');
  return null;
}

/** A name as it may be shown: bounded, without control characters. */
export function showName(name: string): string {
  const short = name.length > 300 ? `${name.slice(0, 300)}...` : name;
  return short.replace(/[^\x20-\x7e]/g, '?');
}

function refuse(name: string, fault: string | null): void {
  if (fault !== null) throw new ProblemError('name-invalid', { name: showName(name), reason: fault });
}

/** @throws ProblemError `name-invalid` */
export function checkComponent(component: string): string {
  refuse(component, componentFault(component));
  return component;
}

/** @throws ProblemError `name-invalid` */
export function checkEntity(name: string, type: EntityType): string {
  refuse(name, entityFault(name, type));
  return name;
}

/** A filesystem or a volume: both have the same form. @throws ProblemError `name-invalid` */
export function checkDataset(name: string): string {
  return checkEntity(name, 'filesystem');
}

/** Dataset, snapshot or bookmark, whichever its delimiter says. @throws ProblemError `name-invalid` */
export function checkAnyName(name: string): string {
  return checkEntity(name, entityTypeOf(name));
}

/** @throws ProblemError `name-invalid` */
export function checkHoldTag(tag: string): string {
  refuse(tag, holdTagFault(tag));
  return tag;
}

/** @throws ProblemError `name-invalid` */
export function checkPropertyName(property: string): string {
  refuse(property, propertyNameFault(property));
  return property;
}

/** `name=value` as zfs takes it. @throws ProblemError `name-invalid` */
export function propertyAssignment(property: string, value: string): string {
  checkPropertyName(property);
  const fault = propertyValueFault(value);
  refuse(property, fault === null ? null : `of its value: ${fault}`);
  return `${property}=${value}`;
}

/** Full name of a snapshot; dataset and short name are checked separately, so that neither can smuggle a delimiter. */
export function snapshotName(dataset: string, name: string): string {
  checkDataset(dataset);
  checkComponent(name);
  return checkEntity(`${dataset}@${name}`, 'snapshot');
}

/** Full name of a bookmark. @throws ProblemError `name-invalid` */
export function bookmarkName(dataset: string, name: string): string {
  checkDataset(dataset);
  checkComponent(name);
  return checkEntity(`${dataset}#${name}`, 'bookmark');
}

/** Full name of a version. @throws ProblemError `name-invalid` */
export function versionName(
  dataset: string,
  version: { readonly type: 'snapshot' | 'bookmark'; readonly name: string },
): string {
  return version.type === 'snapshot' ? snapshotName(dataset, version.name) : bookmarkName(dataset, version.name);
}

/** Which kind of thing a full name is by its first delimiter. */
export function entityTypeOf(name: string): 'filesystem' | 'snapshot' | 'bookmark' {
  const delimiter = /[@#]/.exec(name)?.[0];
  return delimiter === '@' ? 'snapshot' : delimiter === '#' ? 'bookmark' : 'filesystem';
}

export interface SplitName {
  readonly type: 'snapshot' | 'bookmark';
  readonly dataset: string;
  /** Short name, without delimiter. */
  readonly name: string;
}

/** Takes the full name of a snapshot or bookmark apart. @throws ProblemError `name-invalid` */
export function splitVersionName(fullName: string): SplitName {
  const type = entityTypeOf(fullName) === 'bookmark' ? 'bookmark' : 'snapshot';
  checkEntity(fullName, type);
  const at = fullName.search(/[@#]/);
  return { type, dataset: fullName.slice(0, at), name: fullName.slice(at + 1) };
}

/** The dataset of a snapshot or bookmark; a dataset is its own. */
export function datasetOf(name: string): string {
  const end = name.search(/[@#]/);
  return end < 0 ? name : name.slice(0, end);
}

/** The pool a dataset, snapshot or bookmark lives in. */
export function poolOf(name: string): string {
  const end = name.search(/[/@#]/);
  return end < 0 ? name : name.slice(0, end);
}

/** The dataset above; null for the root dataset of a pool. */
export function parentOf(dataset: string): string | null {
  const end = dataset.lastIndexOf('/');
  return end < 0 ? null : dataset.slice(0, end);
}

/** All datasets above, from the pool down, the dataset itself excluded. */
export function ancestorsOf(dataset: string): readonly string[] {
  const components = dataset.split('/');
  return components.slice(1).map((_, index) => components.slice(0, index + 1).join('/'));
}

/** Whether the dataset is the ancestor or below it, by components: `a/bc` is not below `a/b`. */
export function isAtOrBelow(dataset: string, ancestor: string): boolean {
  return dataset === ancestor || isBelow(dataset, ancestor);
}

/** Whether the dataset is strictly below the ancestor, by components. */
export function isBelow(dataset: string, ancestor: string): boolean {
  return dataset.startsWith(`${ancestor}/`);
}
