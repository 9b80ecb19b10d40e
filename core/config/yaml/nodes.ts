/** A YAML document as a tree of what was written, each piece with its place. No scalar is given a meaning yet. */
import type { Place } from '../types.ts';

export interface ScalarNode {
  readonly kind: 'scalar';
  /** The text as written, escapes resolved. */
  readonly text: string;
  /** Quoted, a block scalar, or tagged as a string: never null, a number or a boolean. */
  readonly quoted: boolean;
  readonly place: Place;
}

export interface MapEntry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: YamlNode;
}

export interface MapNode {
  readonly kind: 'map';
  /** Keys are unique. */
  readonly entries: readonly MapEntry[];
  readonly place: Place;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly place: Place;
}

/** Something that was complained about already: whoever meets it keeps quiet. */
export interface BrokenNode {
  readonly kind: 'broken';
  readonly place: Place;
}

export type YamlNode = ScalarNode | MapNode | ListNode | BrokenNode;

const NULL_WORDS = new Set(['', '~', 'null', 'Null', 'NULL']);

/** Whether it stands for "nothing": no text at all, or an unquoted word for null. */
export function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && !node.quoted && NULL_WORDS.has(node.text);
}

/** The entry of a key, or undefined where the node is no map or has no such key. */
export function entryOf(node: YamlNode | undefined, key: string): MapEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** The item of a list; the node itself where there is none. */
export function itemOf(node: YamlNode, index: number): YamlNode {
  return (node.kind === 'list' ? node.items[index] : undefined) ?? node;
}

/** The place of what stands below a chain of keys; the nearest that exists when a key is not there. */
export function placeOf(node: YamlNode, ...keys: readonly string[]): Place {
  let current = node;
  let place = node.place;
  for (const key of keys) {
    const entry = entryOf(current, key);
    if (entry === undefined) return place;
    current = entry.value;
    place = current.place;
  }
  return place;
}
