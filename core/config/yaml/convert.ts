/**
 * The library's tree to ours: keys unique, merge keys (`<<`) applied, aliases replaced by what they stand for. An alias shares
 * the node of its anchor, so nothing is copied; how large the tree would be when written out is counted and bounded, because
 * whoever walks it visits every use.
 */
import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { configFault } from '../../api/config-fault.ts';
import type { Complaints } from '../complaint.ts';
import type { Place } from '../types.ts';
import { quote } from '../values/parsed.ts';
import type { MapEntry, YamlNode } from './nodes.ts';
import { itemPath, keyPath } from './path.ts';

const MAX_DEPTH = 40;
/** Values of the document with all aliases written out. */
const MAX_VALUES = 50_000;

const KNOWN_TAGS = new Set(
  ['str', 'int', 'bool', 'null', 'float', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);
const STRING_TAGS = new Set(['!', 'tag:yaml.org,2002:str']);

/** Where in the tree the work is; `place` is where a value without text of its own is said to stand. */
interface Spot {
  readonly place: Place;
  readonly path: string;
  readonly depth: number;
}

/** The name of a list item, as far as it can be told before the tree is whole. */
function nameOf(item: unknown): string | undefined {
  if (!isMap(item)) return undefined;
  const pair = item.items.find(({ key }) => isScalar(key) && key.source === 'name');
  return isScalar(pair?.value) ? pair.value.source : undefined;
}

class Converter {
  readonly #place: (offset: number) => Place;
  readonly #complaints: Complaints;
  readonly #anchors = new Map<string, YamlNode>();
  /** Anchors whose node is being read: an alias to one of them would contain itself. */
  readonly #open = new Set<string>();
  /** Written-out size of lists and maps. */
  readonly #sizes = new WeakMap<YamlNode, number>();
  #tooLarge = false;

  constructor(place: (offset: number) => Place, complaints: Complaints) {
    this.#place = place;
    this.#complaints = complaints;
  }

  #broken(spot: Spot, message: string, hint: string | null = null): YamlNode {
    this.#complaints.add(spot.place, spot.path, message, { hint });
    return { kind: 'broken', place: spot.place };
  }

  /** Notes the size of a list or map; one that would be too large is replaced. */
  #measured(node: YamlNode, parts: readonly YamlNode[], spot: Spot): YamlNode {
    const size = parts.reduce((sum, part) => sum + (this.#sizes.get(part) ?? 1), 1);
    if (size <= MAX_VALUES) {
      this.#sizes.set(node, size);
      return node;
    }
    if (this.#tooLarge) return { kind: 'broken', place: node.place };
    this.#tooLarge = true;
    return this.#broken(spot, configFault('yaml-too-large', { count: `${MAX_VALUES}` }));
  }

  convert(node: unknown, parent: Spot): YamlNode {
    if (!isAlias(node) && !isScalar(node) && !isCollection(node)) {
      return { kind: 'scalar', text: '', quoted: false, place: parent.place };
    }
    const spot = { ...parent, place: this.#placeOf(node, parent.place) };
    if (spot.depth > MAX_DEPTH) return this.#broken(spot, configFault('yaml-too-deep'));
    if (isAlias(node)) return this.#resolve(node.source, spot);
    const { tag, anchor } = node;
    if (tag !== undefined && !KNOWN_TAGS.has(tag) && !STRING_TAGS.has(tag)) {
      return this.#broken(spot, configFault('yaml-tag', { tag: quote(tag) }));
    }
    if (anchor === undefined) return this.#convertContent(node, spot);
    this.#open.add(anchor);
    const converted = this.#convertContent(node, spot);
    this.#open.delete(anchor);
    this.#anchors.set(anchor, converted);
    return converted;
  }

  #convertContent(node: Node, spot: Spot): YamlNode {
    const { place, path } = spot;
    const depth = spot.depth + 1;
    if (isScalar(node)) {
      const quoted = node.type !== 'PLAIN' || (node.tag !== undefined && STRING_TAGS.has(node.tag));
      return { kind: 'scalar', text: node.source ?? '', quoted, place };
    }
    if (isSeq(node)) {
      const items = node.items.map((item, index) =>
        this.convert(item, { place, path: itemPath(path, index, nameOf(item)), depth }),
      );
      return this.#measured({ kind: 'list', items, place }, items, spot);
    }
    const entries = isMap(node) ? this.#entries(node.items, { place, path, depth }) : [];
    const values = entries.map((entry) => entry.value);
    return this.#measured({ kind: 'map', entries, place }, values, spot);
  }

  #resolve(name: string, spot: Spot): YamlNode {
    if (this.#open.has(name)) return this.#broken(spot, configFault('yaml-alias-inside', { name }));
    const target = this.#anchors.get(name);
    if (target !== undefined) return target;
    return this.#broken(spot, configFault('yaml-no-anchor', { name }), configFault('yaml-star-hint'));
  }

  #entries(pairs: readonly Pair[], spot: Spot): readonly MapEntry[] {
    const own = new Map<string, MapEntry>();
    const merged: YamlNode[] = [];
    for (const pair of pairs) {
      const written = this.convert(pair.key, spot);
      const keyPlace = written.place;
      const key = written.kind === 'scalar' ? written.text : '';
      const path = keyPath(spot.path, key);
      const value = this.convert(pair.value, { place: keyPlace, path, depth: spot.depth });
      const isMerge = written.kind === 'scalar' && key === '<<' && !written.quoted;
      if (written.kind !== 'scalar') {
        if (written.kind !== 'broken') this.#complaints.add(keyPlace, spot.path, configFault('yaml-key'));
      } else if (isMerge ? merged.length > 0 : own.has(key)) {
        const hint = isMerge
          ? configFault('yaml-merge-list')
          : configFault('key-first-at', { line: `${own.get(key)?.keyPlace.line ?? 1}` });
        this.#complaints.add(keyPlace, path, configFault('key-twice', { key: quote(key) }), { hint });
      } else if (isMerge) {
        merged.push(value);
      } else {
        own.set(key, { key, keyPlace, value });
      }
    }
    for (const source of merged) this.#mergeInto(own, source, spot);
    return [...own.values()];
  }

  /** Keys that are there already win, so of several merged maps the earlier one does. */
  #mergeInto(own: Map<string, MapEntry>, source: YamlNode, spot: Spot): void {
    for (const map of source.kind === 'list' ? source.items : [source]) {
      if (map.kind === 'map') {
        for (const entry of map.entries) if (!own.has(entry.key)) own.set(entry.key, entry);
      } else if (map.kind !== 'broken') {
        this.#complaints.add(map.place, spot.path, configFault('yaml-merge'));
      }
    }
  }

  #placeOf(node: Node, fallback: Place): Place {
    const range = node.range;
    return range === null || range === undefined || range[0] === range[1] ? fallback : this.#place(range[0]);
  }
}

/** The tree of a document without syntax errors. What is wrong with it is complained about and replaced by a broken node. */
export function convertDocument(
  document: Document,
  place: (offset: number) => Place,
  complaints: Complaints,
): YamlNode {
  return new Converter(place, complaints).convert(document.contents, { place: place(0), path: '', depth: 0 });
}
