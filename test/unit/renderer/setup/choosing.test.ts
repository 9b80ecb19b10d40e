import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternsOf, verdictOf } from '../../../../core/api/wizard/patterns.ts';
import { choicesOf } from '../../../../renderer/model/setup/choices.ts';
import { otherTools, poolsFound } from '../../../../renderer/model/setup/found.ts';
import { suggestedOf } from '../../../../renderer/model/setup/ticked.ts';
import {
  choiceState,
  chosenAfter,
  type FoundDataset,
  nodesByName,
  openAtFirst,
  totalOf,
  treeOf,
} from '../../../../renderer/model/setup/tree.ts';
import { someMachine } from '../../../e2e/window/support/wizard-machine.ts';

function dataset(name: string, change: Partial<FoundDataset> = {}): FoundDataset {
  return {
    name,
    kind: 'filesystem',
    usedBytes: 10,
    referencedBytes: 10,
    encrypted: false,
    keyLoaded: null,
    mountpoint: null,
    snapshots: [],
    ...change,
  };
}

/** Names with all their parents, in any order. */
const names = fc
  .array(fc.array(fc.constantFrom('a', 'b', 'c-', 'c'), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 12,
  })
  .chain((paths) => {
    const all = new Set(paths.flatMap((path) => path.map((_, index) => path.slice(0, index + 1).join('/'))));
    return fc.shuffledSubarray([...all], { minLength: all.size });
  });
const machine = names.chain((all) => fc.record({ all: fc.constant(all), ticked: fc.subarray(all) }));

describe('the tree of datasets', () => {
  it('has each dataset once, parents before what is below them', () => {
    fc.assert(
      fc.property(names, (all) => {
        const roots = treeOf(all.map((name) => dataset(name)));
        const flat = roots.flatMap((root) => root.all.map(({ name }) => name));
        expect(flat.toSorted()).toEqual(all.toSorted());
        for (const [index, name] of flat.entries()) {
          const parent = name.slice(0, Math.max(0, name.lastIndexOf('/')));
          if (parent !== '') expect(flat.indexOf(parent)).toBeLessThan(index);
        }
      }),
    );
  });

  it('shows a dataset without its parent at the top, by its whole name', () => {
    const roots = treeOf([dataset('tank'), dataset('tank/a/b')]);
    expect(roots.map(({ label }) => label)).toEqual(['tank', 'tank/a/b']);
  });

  it('ticks and unticks a dataset with everything below it, and nothing else', () => {
    fc.assert(
      fc.property(machine, fc.nat(), ({ all, ticked }, pick) => {
        const nodes = nodesByName(treeOf(all.map((name) => dataset(name))));
        const name = all[pick % all.length] ?? '';
        const node = nodes.get(name);
        if (node === undefined) throw new Error('it is in the tree');
        const before = new Set(ticked);
        const rows = new Set(before);
        if (!rows.delete(name)) rows.add(name);
        const after = chosenAfter(before, rows, nodes);
        const whole = choiceState(node, before) === 'all';
        for (const other of all) {
          const below = other === name || other.startsWith(`${name}/`);
          expect(after.has(other)).toBe(below ? !whole : before.has(other));
        }
      }),
    );
  });

  it('takes several at once one by one', () => {
    const nodes = nodesByName(treeOf(['a', 'a/b', 'c'].map((name) => dataset(name))));
    expect([...chosenAfter(new Set(), new Set(['a', 'c']), nodes)]).toEqual(['a', 'c']);
  });

  it('opens what is not chosen alike', () => {
    const roots = treeOf(['a', 'a/b', 'a/b/c', 'd', 'd/e'].map((name) => dataset(name)));
    expect(openAtFirst(roots, new Set(['a', 'a/b', 'd', 'd/e']))).toEqual(['a', 'a/b']);
  });

  it('adds up the newest states, and says where one is not known', () => {
    const all = [dataset('a'), dataset('a/b', { referencedBytes: null, encrypted: true }), dataset('c')];
    expect(totalOf(all, new Set(['a', 'a/b']))).toEqual({ datasets: 2, bytes: 10, encrypted: 1, atLeast: true });
  });
});

describe('the choices of a draft', () => {
  it('mean exactly what is ticked, and new datasets follow the one above them', () => {
    fc.assert(
      fc.property(machine, fc.boolean(), ({ all, ticked }, newChildren) => {
        const chosen = new Set(ticked);
        const patterns = patternsOf(choicesOf(treeOf(all.map((name) => dataset(name))), chosen, newChildren));
        for (const name of all) {
          expect(verdictOf(patterns, name)).toBe(chosen.has(name));
          expect(verdictOf(patterns, `${name}/new`)).toBe(newChildren && chosen.has(name));
        }
      }),
    );
  });

  it('are as few as a person would write', () => {
    const roots = treeOf(['a', 'a/b', 'a/b/c', 'a/d'].map((name) => dataset(name)));
    expect(choicesOf(roots, new Set(['a', 'a/b', 'a/b/c']), true)).toEqual({
      chosen: [{ dataset: 'a', below: true }],
      leftOut: [{ dataset: 'a/d', below: true }],
    });
  });
});

describe('what was found', () => {
  it('is told by pool', () => {
    const [rpool, scratch] = poolsFound(someMachine());
    expect(rpool).toMatchObject({ health: 'good', encrypted: 5, locked: 1 });
    expect(rpool?.tools.map(({ tool, count }) => [tool, count])).toEqual([
      ['zfs-auto-snapshot', 508],
      ['other', 2],
    ]);
    expect(scratch).toMatchObject({ health: 'degraded', datasets: 2, tools: [] });
    expect(otherTools(someMachine())).toEqual(['zfs-auto-snapshot']);
  });

  it('is ticked but for what can be made again, with the reason also for what is below', () => {
    const found = someMachine();
    const below = dataset('rpool/tmp/session');
    const { ticked, reasons } = suggestedOf({ ...found, datasets: [...found.datasets, below] });
    expect(ticked.has('rpool/home/ada/photos')).toBe(true);
    expect(ticked.has('rpool/tmp/session')).toBe(false);
    expect(reasons.get('rpool/tmp/session')).toBe('temporary');
    expect(reasons.has('rpool/home')).toBe(false);
  });
});
