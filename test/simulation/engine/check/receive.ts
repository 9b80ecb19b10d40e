/** What a receive needs before it begins, and what must be true when it has ended. */
import { datasetOf } from '../../../../core/zfs/names.ts';
import type { RunningReceive } from '../actor.ts';
import { hasVersion, isUndisturbed, markNameOf, stepTag } from '../pairs.ts';
import type { Guarantee, Settings } from '../scenario.ts';
import type { Change } from '../shadow.ts';
import type { Subject } from './subject.ts';

function runningOf({ process, job, effect }: Subject): RunningReceive | undefined {
  return process.receives.get(`${job} ${datasetOf(effect.name)}`);
}

function guaranteeOf({ initial, incremental }: Settings, { send }: RunningReceive): Guarantee {
  return send.from === undefined ? initial : incremental;
}

/** -F never meets a dataset that has snapshots. */
export function checkForce(subject: Subject): void {
  const { sim, pair, process } = subject;
  const running = runningOf(subject);
  if (pair === null || running === undefined || process.dead || !running.request.force) return;
  const target = sim.target(pair);
  if (target !== undefined && target.snapshots.length > 0 && pair.touched === running.touched) {
    sim.violate('force-only-onto-empty', `receive -F into ${target.name}, which has snapshots`);
  }
}

/** Marks stand before the first byte, and what promises encryption gets nothing in clear text. */
export function checkBegun(subject: Subject): void {
  const { sim, pair, process, job, effect } = subject;
  const running = runningOf(subject);
  if (pair === null || running === undefined || process.dead) return;
  pair.partialUnder = guaranteeOf(process.settings, running);
  const target = sim.target(pair);
  if (sim.scenario.encrypted && target?.encryption === null) {
    sim.violate('encrypted-only', `${effect.name} is received in clear text`);
  }
  const source = sim.source(pair);
  // Whatever has been going on: the key of a copy is that of the stream that finishes its first snapshot.
  if (running.send.from === undefined) pair.key = sim.keyOf(pair);
  if (source === undefined || pair.touched !== running.touched || !isUndisturbed(pair)) return;
  const fingerprint = target?.properties.get('snapferry:key')?.local ?? null;
  const key = sim.keyOf(pair);
  if (fingerprint !== null && key !== null) sim.keys.set(fingerprint, key);
  if (running.send.from !== undefined && pair.key !== null && key !== pair.key) {
    sim.violate('one-key-for-a-copy', `${pair.target} was received under another key`);
  }
  pair.key = key;
  checkFirst(subject, running);
  const { from, to } = running.send;
  const ends = from === undefined ? [to.guid] : [from.guid, to.guid];
  const guarantee = guaranteeOf(process.settings, running);
  for (const guid of ends) {
    const marked = source.bookmarks.some(
      (bookmark) => bookmark.guid === guid && markNameOf(bookmark.name)?.job === job,
    );
    const held = source.snapshots.find((snapshot) => snapshot.guid === guid)?.tags.has(stepTag(job));
    const stands = guarantee === 'guarantee_incremental' ? marked : held !== false;
    if (guarantee !== 'guarantee_nothing' && !stands) {
      sim.violate('protected-before-sending', `${guarantee}: nothing protects ${guid} of ${pair.source} at the start`);
    }
  }
}

/** Only what the filter takes in is sent; what was begun under another configuration is finished. */
function checkWanted({ sim, process, effect }: Subject, { send }: RunningReceive, name: string): void {
  const { include } = process.settings;
  if (include === null || send.resumeToken !== undefined || new RegExp(include).test(name)) return;
  if (name !== send.to.name && !send.range) return;
  sim.violate('only-what-is-wanted', `${effect.name}: the filter does not take in @${name}`);
}

/** Where everything is to be copied, the first copy is of the oldest. */
function checkFirst({ sim, pair, process }: Subject, { send }: RunningReceive): void {
  if (pair === null || send.from !== undefined || send.resumeToken !== undefined) return;
  const { include, initialReplication } = process.settings;
  if (initialReplication !== 'all') return;
  const oldest = sim.source(pair)?.snapshots.find(({ name }) => include === null || new RegExp(include).test(name));
  if (oldest !== undefined && oldest.guid !== send.to.guid) {
    sim.violate('first-copy-as-configured', `${pair.source}: @${oldest.name} comes before @${send.to.name}`);
  }
}

/** The copy is the original, block by block, and the next increment can start from it. */
export function checkArrived(subject: Subject, { came }: Change): void {
  const { sim, pair, process, effect } = subject;
  const target = pair === null ? undefined : sim.target(pair);
  if (pair === null || target === undefined) return;
  const running = runningOf(subject);
  for (const { guid, name } of came) {
    const copy = target.snapshots.find((snapshot) => snapshot.guid === guid)?.content ?? [];
    const original = sim.shadows.contents.get(guid);
    const same = original?.length === copy.length && copy.every((block, index) => block === original[index]);
    if (!same) sim.violate('copies-are-equal', `${effect.name}: @${name} differs from what was sent`);
    if (running !== undefined && !process.dead) checkWanted(subject, running, name);
    const wasMeant = running === undefined || running.send.range || running.send.to.guid === guid;
    if (!wasMeant && running.deeds === sim.deeds && !process.dead) {
      sim.violate('sent-as-planned', `${effect.name}: @${name} is another snapshot than was to be sent`);
    }
    pair.arrivals.add(guid);
    pair.unseen.add(guid);
    pair.robbed = false;
    if (running !== undefined) pair.arrivedUnder = guaranteeOf(process.settings, running);
  }
}

/** Partial state that could still be resumed is not thrown away. */
export function checkAbort({ sim, pair, process, effect }: Subject): void {
  if (pair === null) {
    sim.violate('inside-the-root', `receive -A of ${effect.name}`);
    return;
  }
  const source = sim.source(pair);
  const target = sim.target(pair);
  const partial = target?.partial;
  if (target === undefined || partial === undefined || partial === null || source === undefined) return;
  if (process.dead || !isUndisturbed(pair)) return;
  const toStands = source.snapshots.some(({ guid }) => guid === partial.toGuid);
  const fromStands = partial.fromGuid === null || hasVersion(source, partial.fromGuid);
  const newest = target.snapshots.at(-1)?.guid ?? null;
  const fits = partial.fromGuid === newest && partial.toName.startsWith(`${source.name}@`);
  if (toStands && fromStands && fits) {
    sim.violate('progress-is-kept', `${partial.blocks} blocks of ${target.name} that could be resumed are discarded`);
  }
}
