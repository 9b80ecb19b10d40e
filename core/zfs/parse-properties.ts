/**
 * Output of `zfs get -Hp -o name,property,value,source`. Pure. Values may hold tabs, so rows are read from both ends. Values
 * may hold newlines, too, and with them whole forged rows; therefore rows must come in exactly the order asked for, and the
 * last property asked for must be one that nobody can set (`LAST_PROPERTY`). See zfsprops(7), "User Properties".
 */
import { flatCopy } from './flat-text.ts';
import { checkPropertyName, entityFault, entityTypeOf } from './names.ts';
import { readable, wholeLines } from './parse-common.ts';
import type { PropertySource, PropertyValue } from './types.ts';

/** Asked for last. Datasets, snapshots and bookmarks all have it, and it is always a number. */
export const LAST_PROPERTY = 'createtxg';

const SOURCES: ReadonlyMap<string, PropertySource> = new Map<string, PropertySource>([
  ['local', 'local'],
  ['default', 'default'],
  ['inherited', 'inherited'],
  ['-', 'none'],
  ['temporary', 'temporary'],
  ['received', 'received'],
]);

/** The class of a source column; null when it is unknown. */
export function parseSource(text: string): PropertySource | null {
  const [word = ''] = text.split(' ', 1);
  // Only "inherited from X" has more than one word.
  if (text !== word && !text.startsWith('inherited from ')) return null;
  return SOURCES.get(word) ?? null;
}

/** The properties in the order in which to ask for them: each once, `LAST_PROPERTY` last. @throws `name-invalid` */
export function propertyOrder(properties: readonly string[]): readonly string[] {
  const wanted = new Set(properties.map(checkPropertyName));
  wanted.delete(LAST_PROPERTY);
  return [...wanted, LAST_PROPERTY];
}

/** A value that is really there: `-` without a source means that there is none. */
function isSet({ value, source }: PropertyValue): boolean {
  return value !== '-' || source !== 'none';
}

/**
 * Properties by full name.
 * @param order as given by `propertyOrder`
 * @throws ProblemError `output-unreadable`
 */
export function parsePropertyRows(
  stdout: string,
  order: readonly string[],
): ReadonlyMap<string, ReadonlyMap<string, PropertyValue>> {
  const found = new Map<string, ReadonlyMap<string, PropertyValue>>();
  let name = '';
  let values = new Map<string, PropertyValue>();
  let next = 0;
  for (const line of wholeLines(stdout)) {
    const fields = line.split('\t');
    readable(fields.length >= 4, 'a row has too few fields', line);
    const [rowName = '', rowProperty = ''] = fields;
    const property = order[next];
    const source = parseSource(fields.at(-1) ?? '');
    readable(source !== null, 'a row has an unknown source', line);
    readable(property !== undefined && rowProperty === property, 'a row is not the one expected', line);
    if (next === 0) {
      readable(entityFault(rowName, entityTypeOf(rowName)) === null, 'a row has an invalid name', line);
      readable(!found.has(rowName), 'a name stands twice', line);
      name = flatCopy(rowName);
      values = new Map();
      found.set(name, values);
    }
    readable(rowName === name, 'a row belongs to another name', line);
    const entry: PropertyValue = { value: flatCopy(fields.slice(2, -1).join('\t')), source };
    if (isSet(entry)) values.set(property, entry);
    next = (next + 1) % order.length;
    readable(next !== 0 || /^[0-9]+$/.test(entry.value), 'the last row of a name is not a number', line);
  }
  readable(next === 0, 'the last rows are missing', stdout.slice(-200));
  return found;
}
