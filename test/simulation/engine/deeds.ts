/** What people and other programs do to the pools: work, and what the engine did not count on. */

import { datasetOf } from '../../../core/zfs/names.ts';
import { subtreeOf } from '../zfs/lookup.ts';
import type { Operator } from '../zfs/operator.ts';
import type { Dataset, Pool } from '../zfs/world.ts';
import { copiesRoot, jobNames } from './config-text.ts';
import { ELSEWHERE } from './pairs.ts';
import { type Chooser, chooser } from './random.ts';
import type { Sim } from './sim.ts';

interface Deed {
  readonly name: string;
  /** Returns the dataset whose subtree it has changed; null when there was nothing to do it to. */
  readonly perform: (at: Place, choose: Chooser) => string | null;
}

interface Place {
  readonly operator: Operator;
  readonly pool: Pool;
  readonly datasets: readonly Dataset[];
  /** Part of new names. */
  readonly serial: number;
  /** Short name of the snapshot at hand; empty: none is. */
  readonly snapshot: string;
}

/** What a command is about when somebody comes between. */
export interface AtHand {
  readonly pool: Pool;
  /** Full names, the first of them where there are many. */
  readonly name: string;
}

/** What zfs refuses does not happen. */
export function tryDeed(work: () => void): void {
  try {
    work();
  } catch {
    // A held snapshot, a busy dataset.
  }
}

/** Another program begins to send everything that the dataset has; bookmarks mark both ends. */
export function markRange(sim: Sim, name: string): void {
  const dataset = sim.sourcePool.datasets.get(name);
  const [first] = dataset?.snapshots ?? [];
  const last = dataset?.snapshots.at(-1);
  if (first === undefined || last === undefined) return;
  for (const { guid, name: short } of [first, last]) {
    const hex = guid.toString(16).padStart(16, '0');
    tryDeed(() => sim.atLaptop.bookmark(`${name}@${short}`, `zrepl_CURSORTENTATIVE__G_${hex}_J_${ELSEWHERE}`));
  }
}

const snapshotOf = (place: Place, choose: Chooser): { readonly dataset: Dataset; readonly full: string } | null => {
  const dataset = choose.any(place.datasets.filter(({ snapshots }) => snapshots.length > 0));
  const atHand = dataset?.snapshots.find(({ name }) => name === place.snapshot);
  const chosen = dataset === undefined ? undefined : choose.any(dataset.snapshots);
  const snapshot = atHand !== undefined && choose.chance(70) ? atHand : chosen;
  if (dataset === undefined || snapshot === undefined) return null;
  return { dataset, full: `${dataset.name}@${snapshot.name}` };
};

const onSnapshot =
  (work: (place: Place, full: string, dataset: Dataset, choose: Chooser) => void): Deed['perform'] =>
  (place, choose) => {
    const found = snapshotOf(place, choose);
    if (found === null) return null;
    work(place, found.full, found.dataset, choose);
    return found.dataset.name;
  };

const onDataset =
  (work: (place: Place, dataset: Dataset, choose: Chooser) => void): Deed['perform'] =>
  (place, choose) => {
    const dataset = choose.any(place.datasets);
    if (dataset === undefined) return null;
    work(place, dataset, choose);
    return dataset.name;
  };

const COMMON: readonly Deed[] = [
  { name: 'destroys a snapshot', perform: onSnapshot(({ operator }, full) => operator.destroySnapshot(full)) },
  {
    name: 'renames a snapshot',
    perform: onSnapshot(({ operator, serial }, full) => operator.renameSnapshot(full, `renamed_${serial}`)),
  },
  {
    name: 'puts another snapshot in its place',
    perform: onSnapshot(({ operator }, full, { name }) => {
      operator.destroySnapshot(full);
      operator.append(name, 1);
      operator.snapshot(full);
    }),
  },
  { name: 'holds a snapshot', perform: onSnapshot(({ operator }, full) => operator.hold('somebody', full)) },
  {
    name: 'releases all holds of a snapshot',
    perform: onSnapshot(({ operator }, full, dataset) => {
      const snapshot = dataset.snapshots.find(({ name }) => full.endsWith(`@${name}`));
      for (const tag of [...(snapshot?.tags ?? [])]) operator.release(tag, full);
    }),
  },
  { name: 'rolls back', perform: onSnapshot(({ operator }, full) => operator.rollback(full)) },
  {
    name: 'takes a foreign snapshot',
    perform: onDataset(({ operator, serial }, { name }) => operator.snapshot(`${name}@foreign_${serial}`)),
  },
  {
    name: 'destroys a bookmark',
    perform: onDataset(({ operator }, { name, bookmarks }, choose) => {
      const bookmark = choose.any(bookmarks);
      if (bookmark !== undefined) operator.destroyBookmark(`${name}#${bookmark.name}`);
    }),
  },
  {
    name: 'destroys a dataset',
    perform: onDataset(({ operator, pool }, { name }) => {
      for (const dataset of subtreeOf(pool, name)) {
        if (dataset.partial?.active === true || dataset.snapshots.some(({ readers }) => readers > 0)) {
          throw new Error(`${dataset.name} is busy`);
        }
      }
      operator.destroyDataset(name);
    }),
  },
];

const AT_SOURCE: readonly Deed[] = [
  ...COMMON,
  {
    name: 'bookmarks a snapshot',
    perform: onSnapshot(({ operator, serial }, full) => operator.bookmark(full, `foreign_${serial}`)),
  },
  {
    name: 'creates a dataset',
    perform: ({ operator, serial }) => {
      const name = `tank/data/new_${serial}`;
      operator.create(name);
      operator.append(name, 1);
      operator.snapshot(`${name}@auto_${serial}`);
      return name;
    },
  },
  {
    name: 'renames a dataset',
    perform: ({ operator, serial, datasets }, choose) => {
      const below = datasets.filter(({ name }) => name.startsWith('tank/data/'));
      const dataset = choose.any(below);
      if (dataset === undefined) return null;
      const name = dataset.name;
      operator.renameDataset(name, `tank/data/moved_${serial}`);
      return 'tank/data';
    },
  },
  {
    name: 'clones a snapshot',
    perform: onSnapshot(({ operator, serial }, full) => operator.clone(full, `tank/clone_${serial}`)),
  },
  {
    name: 'changes a key',
    perform: onDataset(({ operator, serial }, { name, encryption }, choose) => {
      if (encryption === null) throw new Error(`${name} is not encrypted`);
      if (choose.chance(50)) operator.unloadKey(name);
      else operator.changeKey(name, `secret ${serial}`);
    }),
  },
  {
    name: 'writes and snapshots',
    perform: onDataset(({ operator, serial }, { name }) => {
      operator.append(name, 1);
      operator.snapshot(`${name}@auto_${serial}`);
    }),
  },
];

const AT_TARGET: readonly Deed[] = [
  ...COMMON,
  { name: 'writes', perform: onDataset(({ operator }, { name }) => operator.append(name, 1)) },
];

/** Something that was not to be expected, at either end. What zfs refuses does not happen. */
export function performDeed(sim: Sim, draw: number, atHand: AtHand | null = null, which: string | null = null): void {
  const choose = chooser(draw);
  const isElsewhere = choose.chance(which === null ? 35 : 0);
  const atSource = atHand === null ? !isElsewhere : (atHand.pool === sim.sourcePool) !== isElsewhere;
  const pool = atSource ? sim.sourcePool : sim.targetPool;
  const roots = atSource ? ['tank/data'] : jobNames(sim.scenario).map((job) => copiesRoot(sim.scenario, job));
  const all = [...pool.datasets.values()].filter(
    ({ name, inconsistent }) =>
      roots.some((root) => (name === root && atSource) || name.startsWith(`${root}/`)) && !inconsistent,
  );
  const names = atHand === null ? [] : counterparts(sim, datasetOf(atHand.name));
  const near = all.filter(({ name }) => names.includes(name));
  const datasets = near.length > 0 ? near : all;
  const deeds = atSource ? AT_SOURCE : AT_TARGET;
  const deed = choose.any(which === null ? deeds : deeds.filter((one) => one.name === which));
  if (deed === undefined) return;
  const operator = atSource ? sim.atLaptop : sim.atNas;
  const snapshot = /@([^,]+)/.exec(atHand?.name ?? '')?.[1] ?? '';
  const place: Place = { operator, pool, datasets, serial: ++sim.deeds, snapshot };
  let outcome: string;
  try {
    const changed = deed.perform(place, choose);
    if (changed !== null) sim.touch(pool, changed);
    for (const pair of sim.pairs.values()) pair.robbed = true;
    outcome = changed ?? 'nothing there';
    sim.coverage.fault('deed', deed.name);
  } catch (error) {
    for (const { name } of datasets) sim.touch(pool, name);
    outcome = `refused: ${error instanceof Error ? error.message : String(error)}`;
  }
  sim.tell(() => `DEED ${atSource ? 'sender' : 'receiver'}: somebody ${deed.name}: ${outcome}`);
  sim.refreshAll();
}

/** The dataset itself, what it is a copy of, and its copies. */
function counterparts(sim: Sim, dataset: string): readonly string[] {
  const related = [...sim.pairs.values()].filter(({ source, target }) => source === dataset || target === dataset);
  return [dataset, ...related.flatMap(({ source, target }) => [source, target])];
}

/** A day's work at the sender: something is written, and a snapshot taken. */
export function performWork(sim: Sim, draw: number): void {
  const choose = chooser(draw);
  const names = [...sim.sourcePool.datasets.keys()].filter(
    (name) => name === 'tank/data' || name.startsWith('tank/data/'),
  );
  const serial = ++sim.deeds;
  const { suffix } = sim.scenario;
  const prefix = choose.pick(['auto_', 'auto_', 'keep_', 'other_']);
  const some = choose.chance(50) ? names : names.filter(() => choose.chance(60));
  for (const name of some) {
    if (choose.chance(80)) sim.atLaptop.append(name, 1 + choose.below(3));
    else sim.atLaptop.overwrite(name);
  }
  // A second between any two, as the clock of a pool shows no less.
  sim.time.sleepThrough(1000);
  if (some.length > 0) sim.atLaptop.snapshot(...some.map((name) => `${name}@${prefix}${serial}${suffix}`));
  for (const name of some) sim.touch(sim.sourcePool, name);
  sim.tell(() => `WORK: ${some.map((name) => `${name}@${prefix}${serial}${suffix}`).join(' ')}`);
  sim.refreshAll();
}

/** A snapshot of everything, of the kind that all configurations send. */
export function performLastWork(sim: Sim, snapshot = 'auto_last'): void {
  const names = sim.wanted();
  sim.deeds += 1;
  sim.time.sleepThrough(1000);
  for (const name of names) sim.atLaptop.append(name, 1);
  if (names.length > 0) sim.atLaptop.snapshot(...names.map((name) => `${name}@${snapshot}`));
  for (const name of names) sim.touch(sim.sourcePool, name);
  sim.tell(() => `LAST WORK: ${names.map((name) => `${name}@${snapshot}`).join(' ')}`);
  sim.refreshAll();
}
