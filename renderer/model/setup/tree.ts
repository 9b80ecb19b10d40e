/** The datasets of this machine as a tree in which one chooses. Pure. */
import type { Discovered } from '../../../core/api/surroundings.ts';

export type FoundDataset = Discovered['datasets'][number];

export interface TreeNode {
  readonly dataset: FoundDataset;
  /** What follows the name of its parent. */
  readonly label: string;
  readonly children: readonly TreeNode[];
  /** Itself and everything below, parents first. */
  readonly all: readonly FoundDataset[];
}

/** Of a node and what is below it. */
export type ChoiceState =
  | 'all'
  /** Itself, but not everything below. */
  | 'with-exceptions'
  /** Something below, not itself. */
  | 'only-below'
  | 'none';

interface Growing {
  readonly dataset: FoundDataset;
  readonly label: string;
  readonly children: Growing[];
}

/** A dataset whose parent was left out of the list stands at the top. */
export function treeOf(datasets: readonly FoundDataset[]): readonly TreeNode[] {
  const sorted = datasets.toSorted((a, b) => compareNames(a.name, b.name));
  const nodes = new Map<string, Growing>();
  const roots: Growing[] = [];
  for (const dataset of sorted) {
    const cut = dataset.name.lastIndexOf('/');
    const parent = cut < 0 ? undefined : nodes.get(dataset.name.slice(0, cut));
    const label = parent === undefined ? dataset.name : dataset.name.slice(cut + 1);
    const node = { dataset, label, children: [] };
    nodes.set(dataset.name, node);
    (parent?.children ?? roots).push(node);
  }
  return roots.map(grown);
}

function grown({ dataset, label, children }: Growing): TreeNode {
  const below = children.map(grown);
  return { dataset, label, children: below, all: [dataset, ...below.flatMap(({ all }) => all)] };
}

/** A parent comes right before what is below it, whatever characters its neighbours have. */
function compareNames(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const [x = '', y = ''] = [left[at], right[at]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return left.length - right.length;
}

export function choiceState(node: TreeNode, chosen: ReadonlySet<string>): ChoiceState {
  const count = node.all.reduce((sum, { name }) => sum + (chosen.has(name) ? 1 : 0), 0);
  if (count === 0) return 'none';
  if (count === node.all.length) return 'all';
  return chosen.has(node.dataset.name) ? 'with-exceptions' : 'only-below';
}

/** A dataset goes with everything below it; where something of that was missing, all of it is chosen. */
function toggled(node: TreeNode, chosen: ReadonlySet<string>): ReadonlySet<string> {
  const next = new Set(chosen);
  const add = choiceState(node, chosen) !== 'all';
  for (const { name } of node.all) {
    if (add) next.add(name);
    else next.delete(name);
  }
  return next;
}

export interface ChosenTotal {
  readonly datasets: number;
  /** Of the newest states, where they are known. */
  readonly bytes: number;
  readonly encrypted: number;
  /** Some sizes are not known: it is at least that much. */
  readonly atLeast: boolean;
}

export function totalOf(datasets: readonly FoundDataset[], chosen: ReadonlySet<string>): ChosenTotal {
  const those = datasets.filter(({ name }) => chosen.has(name));
  return {
    datasets: those.length,
    bytes: those.reduce((sum, { referencedBytes }) => sum + (referencedBytes ?? 0), 0),
    encrypted: those.filter(({ encrypted }) => encrypted).length,
    atLeast: those.some(({ referencedBytes }) => referencedBytes === null),
  };
}

/** Everything by its name. */
export function nodesByName(roots: readonly TreeNode[]): ReadonlyMap<string, TreeNode> {
  const found = new Map<string, TreeNode>();
  const visit = (node: TreeNode): void => {
    found.set(node.dataset.name, node);
    node.children.forEach(visit);
  };
  roots.forEach(visit);
  return found;
}

/**
 * What is chosen after a person has changed which rows are ticked. One row takes what is below it along; several at once, as when
 * a range is chosen, are meant one by one.
 */
export function chosenAfter(
  before: ReadonlySet<string>,
  ticked: ReadonlySet<string>,
  nodes: ReadonlyMap<string, TreeNode>,
): ReadonlySet<string> {
  const changed = [
    ...[...ticked].filter((name) => !before.has(name)),
    ...[...before].filter((name) => !ticked.has(name)),
  ];
  const [only] = changed;
  const node = changed.length === 1 && only !== undefined ? nodes.get(only) : undefined;
  return node === undefined ? ticked : toggled(node, before);
}

/** Rows that are open at first: every one in which not everything is chosen alike. */
export function openAtFirst(roots: readonly TreeNode[], chosen: ReadonlySet<string>): readonly string[] {
  return roots.flatMap((node) => {
    if (node.children.length === 0) return [];
    const state = choiceState(node, chosen);
    const mixed = state === 'with-exceptions' || state === 'only-below';
    return mixed ? [node.dataset.name, ...openAtFirst(node.children, chosen)] : [];
  });
}
