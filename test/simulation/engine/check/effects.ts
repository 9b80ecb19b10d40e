/** Every effect of the engine is looked at, right before and right after, by what the world is like and nothing else. */
import { datasetOf } from '../../../../core/zfs/names.ts';
import type { Effect } from '../../zfs/effects.ts';
import type { Actor } from '../actor.ts';
import { isWantedDataset, rootOf } from '../config-text.ts';
import { isMarked, isUndisturbed, markNameOf, newestArrival, type Pair, pairKey } from '../pairs.ts';
import type { Change } from '../shadow.ts';
import type { Sim } from '../sim.ts';
import { checkDestroyed } from './destroy.ts';
import { checkBounds, checkMarksGone, checkMarksMade } from './marks.ts';
import { checkAbort, checkArrived, checkBegun, checkForce } from './receive.ts';
import type { Subject } from './subject.ts';

interface Before {
  readonly linked: boolean;
  readonly marked: boolean;
  readonly deeds: number;
}

/** How pairs were before the effect at hand. */
const linkedBefore = new WeakMap<Sim, Map<Pair, Before>>();

function subjectOf(sim: Sim, process: Actor, job: string, effect: Effect): Subject {
  const side = effect.pool === sim.sourcePool.name ? 'source' : 'target';
  const dataset = datasetOf(effect.name);
  const pair =
    side === 'source'
      ? (sim.pairs.get(pairKey(job, dataset)) ?? sim.pair(job, dataset))
      : sim.pairOfTarget(job, dataset);
  return { sim, process, job, effect, side, pair };
}

export function checkBefore(sim: Sim, process: Actor, job: string, effect: Effect): void {
  const subject = subjectOf(sim, process, job, effect);
  checkReach(subject);
  if (effect.kind === 'receive-abort') checkAbort(subject);
  if (effect.kind === 'receive-begin') checkForce(subject);
  const links = linkedBefore.get(sim) ?? new Map<Pair, Before>();
  linkedBefore.set(sim, links);
  for (const pair of affected(sim, subject))
    links.set(pair, {
      linked: sim.isLinked(pair),
      marked: isMarked(pair, sim.source(pair), sim.target(pair)),
      deeds: sim.deeds,
    });
}

export function checkAfter(sim: Sim, process: Actor, job: string, effect: Effect): void {
  const subject = subjectOf(sim, process, job, effect);
  const pool = subject.side === 'source' ? sim.sourcePool : sim.poolOf(job);
  if (effect.kind === 'snapshot') {
    for (const dataset of pool.datasets.values()) {
      if (sim.shadows.refresh(dataset) !== null) sim.touch(pool, dataset.name);
    }
    return;
  }
  const dataset = pool.datasets.get(datasetOf(effect.name));
  const change = dataset === undefined ? null : sim.shadows.refresh(dataset);
  if (effect.kind === 'receive-begin') checkBegun(subject);
  if (change === null) return;
  if (effect.kind === 'receive-end') checkArrived(subject, change);
  if (effect.kind === 'destroy') checkDestroyed(subject, change);
  else if (change.gone.length > 0) {
    sim.violate('nothing-destroyed-by-the-way', `${effect.kind} of ${effect.name} destroyed ${names(change)}`);
  }
  checkMarksMade(subject, change);
  checkMarksGone(subject, change);
  for (const pair of affected(sim, subject)) {
    checkLink(subject, pair);
    checkBounds(subject, pair);
  }
  // Whoever shares the dataset plans with what was there before.
  if (subject.side === 'source') sim.touch(pool, datasetOf(effect.name), process.dead ? null : job);
  else if (process.dead) sim.touch(pool, datasetOf(effect.name));
}

function names({ gone }: Change): string {
  return gone.map(({ name }) => `@${name}`).join(' ');
}

function affected(sim: Sim, { side, pair, effect }: Subject): readonly Pair[] {
  if (side === 'target') return pair === null ? [] : [pair];
  const source = datasetOf(effect.name);
  return [...sim.pairs.values()].filter((one) => one.source === source);
}

/**
 * From the first arrival on the sender keeps something that the next increment can start from, whatever the engine does. Where
 * the configuration promises nothing, nothing is demanded; what a person broke is no effect of the engine.
 */
function checkLink({ sim, process, effect }: Subject, pair: Pair): void {
  const before = linkedBefore.get(sim)?.get(pair);
  if (before === undefined || before.deeds !== sim.deeds) return;
  if (process.dead) return;
  const { initial, incremental } = process.settings;
  if ([initial, incremental, pair.arrivedUnder].includes('guarantee_nothing')) return;
  // What the job has left out since is judged by its marks alone.
  const isUnmarking =
    !isInRange(sim, pair) &&
    isWantedDataset(process.settings, pair.source) &&
    ['release', 'destroy-bookmark'].includes(effect.kind);
  // A command of a dead process may have brought what nobody has seen yet.
  if (isUnmarking && isUndisturbed(pair) && before.marked && !isMarked(pair, sim.source(pair), sim.target(pair))) {
    sim.violate('marks-are-replaced-first', `${effect.kind} of ${effect.name} left no mark of what ${pair.target} has`);
  }
  if (!before.linked || sim.isLinked(pair)) return;
  // What a person renamed during a transfer still arrives under the name that it had.
  if (sim.source(pair) === undefined) return;
  sim.violate('common-base-kept', `${effect.kind} of ${effect.name} cut ${pair.source} off from ${pair.target}`);
}

/** In the middle of a range only its ends are marked where no holds are promised; an old hold may go late. */
function isInRange(sim: Sim, pair: Pair): boolean {
  const source = sim.source(pair);
  const guid = newestArrival(pair, sim.target(pair))?.guid;
  const atTxg = source?.snapshots.find((snapshot) => snapshot.guid === guid)?.createtxg;
  if (source === undefined || atTxg === undefined) return false;
  return source.bookmarks.some(({ name, createtxg }) => {
    const mark = markNameOf(name);
    return mark?.kind === 'tentative' && mark.job === pair.job && createtxg > atTxg;
  });
}

/** Nothing is changed outside the datasets of the job and below its root, but for taking own marks away. */
function checkReach({ sim, process, effect, side, job, pair }: Subject): void {
  const dataset = datasetOf(effect.name);
  if (side === 'target') {
    const root = `${rootOf(sim.scenario, job)}/`;
    if (!dataset.startsWith(root)) sim.violate('inside-the-root', `${effect.kind} of ${effect.name} by ${job}`);
    if (effect.kind === 'create' && pair !== null) checkStandIn(sim, process, pair);
    return;
  }
  const tidies = effect.kind === 'release' || effect.kind === 'destroy-bookmark';
  if (!tidies && !isWantedDataset(process.settings, dataset)) {
    sim.violate('inside-the-filter', `${effect.kind} of ${effect.name} by ${job}`);
  }
  if (!['snapshot', 'hold', 'release', 'bookmark', 'destroy-bookmark', 'destroy'].includes(effect.kind)) {
    sim.violate('sender-only-marked', `${effect.kind} of ${effect.name} by ${job}`);
  }
}

/** Where the dataset itself is to come, no stand-in is put in its place. */
function checkStandIn(sim: Sim, process: Actor, pair: Pair): void {
  if (process.dead || pair.touched !== pair.listedSource) return;
  const source = sim.source(pair);
  if (source === undefined || source.snapshots.length === 0) return;
  if (!isWantedDataset(process.settings, pair.source)) return;
  sim.violate('parents-first', `a stand-in for ${pair.source}, which is to be received itself`);
}
