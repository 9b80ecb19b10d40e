/** What a configuration says, as plain data: without comments, with the text of every value as it was written. */
import { Complaints } from './complaint.ts';
import type { YamlNode } from './yaml/nodes.ts';
import { parseYaml } from './yaml/parse.ts';

export type PlainTree = string | readonly PlainTree[] | { readonly [key: string]: PlainTree };

/** Null where it is empty or no YAML. Whoever shows it takes care of what must not be seen. */
export function plainTree(text: string): PlainTree | null {
  const tree = parseYaml(text, '', new Complaints());
  return tree === null ? null : plainNode(tree);
}

/** A part of it. */
export function plainNode(node: YamlNode): PlainTree {
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'list') return node.items.map(plainNode);
  if (node.kind === 'map') return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainNode(value)]));
  return '';
}
