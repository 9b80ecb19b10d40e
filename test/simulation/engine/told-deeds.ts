/** What a plot has people do between two runs, to everything that it can be done to. */
import type { Dataset, PartialState } from '../zfs/world.ts';
import { copiesRoot, jobNames } from './config-text.ts';
import { markRange, tryDeed } from './deeds.ts';
import type { ToldDeed } from './scenario.ts';
import type { Sim } from './sim.ts';

const HOUR_MS = 3_600_000;

function sources({ sourcePool }: Sim) {
  return [...sourcePool.datasets.values()].filter(({ name }) => name === 'tank/data' || name.startsWith('tank/data/'));
}

function copies({ scenario, targetPool }: Sim) {
  const roots = jobNames(scenario).map((job) => `${copiesRoot(scenario, job)}/`);
  return [...targetPool.datasets.values()].filter(({ name }) => roots.some((root) => name.startsWith(root)));
}

/** Datasets of the sender with partial state of a copy. */
function halfSent(sim: Sim): readonly (readonly [Dataset, PartialState])[] {
  return [...sim.pairs.values()].flatMap((pair) => {
    const [source, partial] = [sim.source(pair), sim.target(pair)?.partial ?? null];
    return source === undefined || partial === null ? [] : [[source, partial] as const];
  });
}

/** With its holds and every bookmark of it. */
function destroyByForce(sim: Sim, { name, snapshots, bookmarks }: Dataset, guid: bigint): void {
  for (const bookmark of bookmarks.filter((one) => one.guid === guid)) {
    tryDeed(() => sim.atLaptop.destroyBookmark(`${name}#${bookmark.name}`));
  }
  const snapshot = snapshots.find((one) => one.guid === guid);
  if (snapshot === undefined) return;
  for (const tag of [...snapshot.tags]) sim.atLaptop.release(tag, `${name}@${snapshot.name}`);
  tryDeed(() => sim.atLaptop.destroySnapshot(`${name}@${snapshot.name}`));
}

export function performTold(sim: Sim, told: ToldDeed): void {
  const serial = ++sim.deeds;
  switch (told) {
    case 'holds all':
      for (const { name, snapshots } of sources(sim)) {
        for (const snapshot of snapshots) tryDeed(() => sim.atLaptop.hold('somebody', `${name}@${snapshot.name}`));
      }
      break;
    case 'releases all':
      for (const { name, snapshots } of sources(sim)) {
        for (const snapshot of snapshots) tryDeed(() => sim.atLaptop.release('somebody', `${name}@${snapshot.name}`));
      }
      break;
    case 'marks ranges for another program':
      for (const { name } of sources(sim)) markRange(sim, name);
      break;
    case 'snapshots but the middle':
      for (const { name } of sources(sim)) {
        sim.time.sleepThrough(1000);
        sim.atLaptop.snapshot(`${name}@${name === 'tank/data/leaf' ? 'other' : 'auto'}_${serial}`);
      }
      break;
    case 'snapshots all copies':
      for (const { name } of copies(sim)) tryDeed(() => sim.atNas.snapshot(`${name}@foreign_${serial}`));
      break;
    case 'rolls all copies back':
      for (const { name, snapshots } of copies(sim)) {
        const before = snapshots.at(-2);
        if (before !== undefined) tryDeed(() => sim.atNas.rollback(`${name}@${before.name}`));
      }
      break;
    case 'destroys what is half sent':
      for (const [source, { toGuid }] of halfSent(sim)) destroyByForce(sim, source, toGuid);
      break;
    case 'destroys what half sent increments start from':
      for (const [source, { fromGuid }] of halfSent(sim)) if (fromGuid !== null) destroyByForce(sim, source, fromGuid);
      break;
    case 'renames what is half sent':
      for (const [{ name }] of halfSent(sim)) {
        if (name !== 'tank/data') tryDeed(() => sim.atLaptop.renameDataset(name, `tank/data/moved_${serial}`));
      }
      break;
    case 'forbids bookmarks':
      sim.laptop.denied.add('bookmark');
      break;
    case 'changes the key':
      tryDeed(() => sim.atLaptop.changeKey('tank/data', `secret ${serial}`));
      break;
    case 'cuts the network for hours':
      sim.networkBackMs = sim.time.elapsedMs() + 3 * HOUR_MS;
      break;
  }
  for (const pair of sim.pairs.values()) {
    pair.robbed = true;
    pair.touched += 1;
  }
  sim.tell(() => `DEED: somebody ${told}`);
  sim.refreshAll();
}
