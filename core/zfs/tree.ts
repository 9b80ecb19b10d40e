/** Datasets as a tree. Pure. */

export interface TreeVisit {
  readonly dataset: string;
  /** Not among the datasets given: it only stands between two of them. */
  readonly filledIn: boolean;
}

interface Node {
  given: boolean;
  readonly children: Map<string, Node>;
}

/** Every dataset and what lies above it, parents before children; siblings in the order in which they were first named. */
export function walkTopDown(datasets: Iterable<string>): readonly TreeVisit[] {
  const roots = new Map<string, Node>();
  for (const dataset of datasets) {
    let level = roots;
    let node: Node | undefined;
    for (const component of dataset.split('/')) {
      node = level.get(component);
      if (node === undefined) {
        node = { given: false, children: new Map() };
        level.set(component, node);
      }
      level = node.children;
    }
    if (node !== undefined) node.given = true;
  }

  const visits: TreeVisit[] = [];
  const visit = (level: Map<string, Node>, above: string): void => {
    for (const [component, node] of level) {
      const dataset = above === '' ? component : `${above}/${component}`;
      visits.push({ dataset, filledIn: !node.given });
      visit(node.children, dataset);
    }
  };
  visit(roots, '');
  return visits;
}
