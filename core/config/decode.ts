/**
 * Decoders: functions from a YAML node to a typed value that complain instead of throwing. Small ones are put together to
 * large ones; a decoder with one bad part still reads the others, so that every complaint appears at once.
 */
import { configFault } from '../api/config-fault.ts';
import { fieldFault } from '../api/field-fault.ts';
import type { ComplaintOptions, Complaints } from './complaint.ts';
import { hintFor, hintForKey } from './suggest.ts';
import type { Place } from './types.ts';
import { quote } from './values/parsed.ts';
import { entryOf, isNull, type MapEntry, type YamlNode } from './yaml/nodes.ts';
import { itemPath, keyPath } from './yaml/path.ts';

/** The result of a decoder that has complained. */
export const INVALID: unique symbol = Symbol('invalid');
export type Invalid = typeof INVALID;

/** Where a decoder stands: the path of its value, and whom it complains to. */
export class Cursor {
  readonly path: string;
  readonly #complaints: Complaints;

  constructor(path: string, complaints: Complaints) {
    this.path = path;
    this.#complaints = complaints;
  }

  complain(place: Place, message: string, options?: ComplaintOptions): Invalid {
    this.#complaints.add(place, this.path, message, options);
    return INVALID;
  }

  key(key: string): Cursor {
    return new Cursor(keyPath(this.path, key), this.#complaints);
  }

  item(index: number, node: YamlNode): Cursor {
    const name = entryOf(node, 'name')?.value;
    return new Cursor(itemPath(this.path, index, name?.kind === 'scalar' ? name.text : undefined), this.#complaints);
  }
}

export type Decoder<T> = (node: YamlNode, at: Cursor) => T | Invalid;

/** One key of an object: how it is written, how its value is read, and what its absence gives. */
export interface Field<T> {
  readonly key: string;
  readonly decode: Decoder<T>;
  /** @param owner where the object stands */
  readonly absent: (owner: Place, at: Cursor) => T | Invalid;
}

function hasNothing(node: YamlNode): boolean {
  if (node.kind === 'list') return node.items.length === 0;
  if (node.kind === 'map') return node.entries.length === 0;
  return isNull(node) || (node.kind === 'scalar' && node.text === '');
}

/** A key that must be there and must not be empty. */
export function required<T>(key: string, decode: Decoder<T>): Field<T> {
  return {
    key,
    decode: (node, at) =>
      hasNothing(node) ? at.complain(node.place, fieldFault('key-empty', { key })) : decode(node, at),
    absent: (owner, at) => at.complain(owner, fieldFault('key-missing', { key })),
  };
}

/** A key with a default. Given without a value it is not absent: the decoder of its value says what that means. */
export function optional<T>(key: string, decode: Decoder<T>, fallback: T): Field<T> {
  return { key, decode, absent: () => fallback };
}

/** An object whose keys all have defaults: leaving it out is the same as giving it empty. */
export function defaulted<T>(key: string, decode: Decoder<T>): Field<T> {
  return { key, decode, absent: (owner, at) => decode({ kind: 'map', entries: [], place: owner }, at) };
}

/** The key `type` of an object that `byType` has chosen. */
export function typeIs<T extends string>(type: T): Field<T> {
  return { key: 'type', decode: () => type, absent: () => type };
}

/** Entries of a map; null counts as an empty one. */
function entriesOf(node: YamlNode, at: Cursor): readonly MapEntry[] | Invalid {
  if (node.kind === 'map') return node.entries;
  if (node.kind === 'broken') return INVALID;
  return isNull(node) ? [] : at.complain(node.place, configFault('no-map'));
}

/** An object with exactly these keys. The names on the left are those of the result. */
export function object<T extends object>(fields: { readonly [K in keyof T]: Field<T[K]> }): Decoder<T> {
  const list = Object.entries<Field<unknown>>(fields);
  const known = list.map(([, field]) => field.key);
  return (node, at) => {
    const entries = entriesOf(node, at);
    if (entries === INVALID) return INVALID;
    const byKey = new Map(entries.map((entry) => [entry.key, entry]));
    let complete = true;
    for (const { key, keyPlace } of entries) {
      if (known.includes(key)) continue;
      const left = known.filter((candidate) => !byKey.has(candidate));
      const given = known.filter((candidate) => byKey.has(candidate));
      const hint = hintForKey(key, left, given);
      at.key(key).complain(keyPlace, configFault('key-unknown', { key: quote(key) }), { hint });
      complete = false;
    }
    const result: Record<string, unknown> = {};
    for (const [name, field] of list) {
      const entry = byKey.get(field.key);
      const inner = at.key(field.key);
      const value = entry === undefined ? field.absent(node.place, inner) : field.decode(entry.value, inner);
      if (value === INVALID) complete = false;
      else result[name] = value;
    }
    // Every key of T has a field of its type, and each gave a value.
    return complete ? (result as T) : INVALID;
  };
}

/** An object whose key `type` says which of the variants it is. */
export function byType<T>(variants: Readonly<Record<string, Decoder<T>>>): Decoder<T> {
  const types = Object.keys(variants);
  const decoders = new Map(Object.entries(variants));
  return (node, at) => {
    const entries = entriesOf(node, at);
    if (entries === INVALID) return INVALID;
    const type = entries.find((entry) => entry.key === 'type');
    const inner = at.key('type');
    if (type === undefined) {
      return inner.complain(node.place, configFault('type-missing'), {
        hint: configFault('known', { words: types.join(', ') }),
      });
    }
    if (type.value.kind === 'broken') return INVALID;
    const written = type.value.kind === 'scalar' ? type.value.text : '';
    const decode = decoders.get(written);
    if (decode !== undefined) return decode(node, at);
    const message =
      written === '' ? configFault('type-no-word') : configFault('type-unknown', { type: quote(written) });
    return inner.complain(type.value.place, message, { hint: hintFor(written, types) });
  };
}

/** A list; null counts as an empty one. */
export function list<T>(item: Decoder<T>): Decoder<readonly T[]> {
  return (node, at) => {
    if (node.kind === 'broken') return INVALID;
    if (isNull(node)) return [];
    if (node.kind !== 'list') return at.complain(node.place, configFault('no-list'));
    const values: T[] = [];
    let complete = true;
    for (const [index, element] of node.items.entries()) {
      const value = item(element, at.item(index, element));
      if (value === INVALID) complete = false;
      else values.push(value);
    }
    return complete ? values : INVALID;
  };
}

/** A map with free keys, in their order; null counts as an empty one. `check` says why a key is refused, or null. */
export function mapping<T>(check: (key: string) => string | null, value: Decoder<T>): Decoder<ReadonlyMap<string, T>> {
  return (node, at) => {
    const entries = entriesOf(node, at);
    if (entries === INVALID) return INVALID;
    const values = new Map<string, T>();
    let complete = true;
    for (const entry of entries) {
      const inner = at.key(entry.key);
      const reason = check(entry.key);
      if (reason !== null) inner.complain(entry.keyPlace, reason);
      const decoded = value(entry.value, inner);
      if (reason !== null || decoded === INVALID) complete = false;
      else values.set(entry.key, decoded);
    }
    return complete ? values : INVALID;
  };
}

/** Goes on with a value that was read well: turns it into another, or complains. */
export function andThen<A, B>(
  decode: Decoder<A>,
  next: (value: A, node: YamlNode, at: Cursor) => B | Invalid,
): Decoder<B> {
  return (node, at) => {
    const value = decode(node, at);
    return value === INVALID ? INVALID : next(value, node, at);
  };
}

/** Adds a check on what is written. It runs even when the value has other faults, so that its complaint is not held back. */
export function also<T>(decode: Decoder<T>, check: (node: YamlNode, at: Cursor) => Invalid | null): Decoder<T> {
  return (node, at) => {
    const value = decode(node, at);
    return check(node, at) === INVALID ? INVALID : value;
  };
}
