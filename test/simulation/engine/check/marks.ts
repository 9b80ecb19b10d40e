/** Marks: only own ones go, new ones stand before old ones go, and there are never many. */

import { datasetOf } from '../../../../core/zfs/names.ts';
import type { Actor } from '../actor.ts';
import { jobNames, jobOf } from '../config-text.ts';
import { countMarks, ELSEWHERE, markNameOf, newestArrival, type Pair, receivedTag, stepTag } from '../pairs.ts';
import type { Change } from '../shadow.ts';
import type { Sim } from '../sim.ts';
import type { Subject } from './subject.ts';

export function checkMarksMade({ sim, process, job, pair, effect }: Subject, { bookmarksCame }: Change): void {
  for (const [name, guid] of bookmarksCame) {
    const mark = markNameOf(name);
    // A snapshot inside the unfinished range of another job becomes a bookmark of that one before it is destroyed.
    const isForOther = mark?.kind === 'tentative' && [...jobNames(sim.scenario), ELSEWHERE].includes(mark.job);
    if (mark === null || (mark.job !== job && !isForOther))
      sim.violate('own-marks-only', `${job} made the bookmark ${name}`);
    else if (mark.guid !== guid) process.mistaken.add(`${datasetOf(effect.name)}#${name}`);
    if (mark?.kind === 'tentative' && isPruning(process, job)) reserve(sim, mark.job, pair);
    if (mark !== null && mark.guid !== guid && !process.dead && pair?.touched === pair?.listedSource) {
      sim.violate('marks-tell-the-truth', `the bookmark ${name} marks ${guid}`);
    }
  }
}

/** Pruning sets bookmarks in place of snapshots that an unfinished transfer needs. */
function isPruning({ jobs }: Actor, job: string): boolean {
  return jobs.get(jobOf(job))?.status().stage.startsWith('pruning') === true;
}

function reserve(sim: Sim, job: string, pair: Pair | null): void {
  if (pair !== null && jobNames(sim.scenario).includes(job)) sim.pair(job, pair.source).reserved += 1;
}

export function checkMarksGone(subject: Subject, { bookmarksGone, released }: Change): void {
  const { sim, job, pair, side, process } = subject;
  for (const [name] of bookmarksGone) {
    if (markNameOf(name)?.job !== job) sim.violate('own-marks-only', `${job} destroyed the bookmark ${name}`);
  }
  checkCursors(subject, bookmarksGone);
  if (pair !== null && bookmarksGone.some(([name]) => markNameOf(name)?.kind === 'cursor')) pair.refusedSource = 0;
  if (pair !== null && side === 'target' && released.length > 0) {
    // Those that were refused before are tried again with the next snapshot; there are no more of them than are held now.
    const { receivedHolds } = countMarks(pair, sim.source(pair), sim.target(pair));
    pair.refusedTarget = Math.min(pair.refusedTarget, Math.max(0, receivedHolds - 2));
  }
  const received = pair === null ? '' : receivedTag(pair.receiverJob);
  for (const { tag } of released) {
    if (tag !== (side === 'source' ? stepTag(job) : received)) {
      sim.violate('own-marks-only', `${job} released ${tag} at the ${side}`);
    }
  }
  if (side === 'source' || released.length === 0 || pair === null || process.dead) return;
  const { initial, incremental } = process.settings;
  if (initial === 'guarantee_nothing' || incremental === 'guarantee_nothing') return;
  const target = sim.target(pair);
  const newest = newestArrival(pair, target);
  if (newest === undefined || newest.tags.has(received) || pair.touched !== pair.listedTarget) return;
  const guids = target?.snapshots.map(({ guid }) => guid) ?? [];
  const newestReleased = Math.max(...released.map(({ guid }) => guids.indexOf(guid)));
  const isHeldSince = target?.snapshots.slice(newestReleased + 1).some(({ tags }) => tags.has(received));
  if (isHeldSince !== true) {
    sim.violate('new-hold-before-old-goes', `the newest copy in ${pair.target} is not held, and its hold went`);
  }
}

/** Pruning asks the cursor what has arrived: the last one never goes. */
function checkCursors({ sim, process, pair, side }: Subject, gone: Change['bookmarksGone']): void {
  if (pair === null || side === 'target' || process.dead || pair.robbed) return;
  if (!gone.some(([name]) => markNameOf(name)?.kind === 'cursor')) return;
  if (countMarks(pair, sim.source(pair), sim.target(pair)).cursors === 0) {
    sim.violate('marks-are-replaced-first', `the last cursor of ${pair.source} went before there was another`);
  }
}

/** However many attempts have failed. Holds over a range are one for each of its snapshots, and its base. */
export function checkBounds({ sim }: Subject, pair: Pair): void {
  // Who may not take marks away has ever more of them.
  if (sim.scenario.faults.some(({ kind }) => kind === 'deny')) return;
  const counts = countMarks(pair, sim.source(pair), sim.target(pair));
  const snapshots = sim.source(pair)?.snapshots.length ?? 0;
  // Commands of a dead process may set marks that nobody knows of.
  // So may those that hung while a pool was away.
  const late = sim.scenario.faults.filter(({ kind }) => kind === 'crash-lingering' || kind.startsWith('yank')).length;
  const { refusedSource, refusedTarget } = pair;
  const bounds = {
    cursors: 2 + late + refusedSource,
    tentative: 4 + pair.reserved + 2 * late + refusedSource,
    // What somebody has renamed since it was listed is not found under the name whose hold is to go.
    receivedHolds: 2 + late + refusedTarget + (pair.touched === pair.listedTarget ? 0 : 1),
  };
  for (const [kind, most] of Object.entries(bounds)) {
    const count = kind === 'cursors' ? counts.cursors : kind === 'tentative' ? counts.tentative : counts.receivedHolds;
    if (count > most) sim.violate('few-marks', `${count} ${kind} of ${pair.job} on ${pair.source}`);
  }
  if (counts.stepHolds > snapshots) sim.violate('few-marks', `${counts.stepHolds} step holds on ${pair.source}`);
}
