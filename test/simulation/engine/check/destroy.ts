/** What may be destroyed: what the call named by guid, and nothing that a rule, a guarantee or a transfer needs. */
import { hasVersion, isMarked, type Pair, stepTag } from '../pairs.ts';
import type { Keep } from '../scenario.ts';
import type { Change, SeenSnapshot } from '../shadow.ts';
import type { Subject } from './subject.ts';

export function checkDestroyed(subject: Subject, change: Change): void {
  const { sim, process, pair, side, effect } = subject;
  if (pair === null) {
    sim.violate('inside-the-root', `destroy of ${effect.name}`);
    return;
  }
  checkMeant(subject, change);
  if (side === 'source')
    for (const one of sim.pairs.values()) if (one.source === pair.source) one.destroyed += change.gone.length;
  if (process.dead || !isAsPlanned(subject, pair, change)) return;
  const { before } = change;
  const keep = side === 'source' ? process.settings.keepSender : process.settings.keepReceiver;
  const complain = (rule: string, snapshot: SeenSnapshot, why: string) =>
    sim.violate(rule, `${subject.job} destroyed ${side} ${pair[side]}@${snapshot.name}: ${why}`);
  const newest = before.snapshots.at(-1);
  const base = newestCommon(subject, pair, before.snapshots);
  // What came without the engine seeing it is kept by its bookmark. Known: where nothing is promised the sender is pruned
  // by what was known before a transfer of unknown end, or by an old cursor.
  const { initial, incremental } = process.settings;
  const isPromised = ![initial, incremental].includes('guarantee_nothing');
  const isUnknown = pair.unlisted || (base !== undefined && pair.unseen.has(base));
  const isUnprotected = isUnknown && (!isPromised || isMarked(pair, sim.source(pair), sim.target(pair)));
  for (const snapshot of change.gone) {
    if (snapshot.guid === newest?.guid) complain('newest-is-kept', snapshot, 'it was the newest');
    if (snapshot.guid === base && !isUnprotected)
      complain('base-is-kept', snapshot, 'the next increment starts from it');
    const rule = keptBy(keep, snapshot, before.snapshots);
    if (rule !== null) complain('rules-are-kept', snapshot, `the rule ${rule} keeps it`);
    if (side === 'source' && keep.notReplicated && !isPastArrival(pair, snapshot, before.snapshots)) {
      complain('not-replicated-is-kept', snapshot, 'nothing as new as it has ever arrived');
    }
    if (side === 'source') checkUnfinished(subject, pair, snapshot);
  }
}

/** Whether what was planned was planned on what there is now. */
function isAsPlanned({ process }: Subject, pair: Pair, { gone }: Change): boolean {
  const plans = [...process.destroys].filter(({ refs }) => refs.some(({ guid }) => guid === gone[0]?.guid));
  return plans.every(({ undisturbed }) => undisturbed.get(pair) === pair.touched);
}

/** Exactly what was asked for, by guid. */
function checkMeant({ sim, process, effect }: Subject, { gone }: Change): void {
  const running = [...process.destroys];
  const meant = new Set(running.flatMap(({ refs }) => refs.map(({ guid }) => guid)));
  const isFresh = running.every(({ deeds }) => deeds === sim.deeds);
  for (const { guid, name } of gone) {
    if (!meant.has(guid) && isFresh) sim.violate('destroyed-by-guid', `${effect.name}: @${name} was another snapshot`);
  }
}

function newestCommon({ sim, side }: Subject, pair: Pair, listed: readonly SeenSnapshot[]): bigint | undefined {
  const other = side === 'source' ? sim.target(pair) : sim.source(pair);
  return listed.findLast(({ guid }) =>
    side === 'source' ? other?.snapshots.some((snapshot) => snapshot.guid === guid) : hasVersion(other, guid),
  )?.guid;
}

/** The rule that keeps a snapshot, by the letter of the manual; null when none does. */
function keptBy(keep: Keep, snapshot: SeenSnapshot, listed: readonly SeenSnapshot[]): string | null {
  if (keep.regex !== null && new RegExp(keep.regex).test(snapshot.name)) return `regex ${keep.regex}`;
  const byYouth = (a: SeenSnapshot, b: SeenSnapshot) => b.creationS - a.creationS || (a.name < b.name ? 1 : -1);
  const last = keep.lastN === null ? [] : listed.toSorted(byYouth).slice(0, keep.lastN);
  return last.some(({ guid }) => guid === snapshot.guid) ? `last_n ${keep.lastN}` : null;
}

function isPastArrival(pair: Pair, snapshot: SeenSnapshot, listed: readonly SeenSnapshot[]): boolean {
  if (pair.arrivals.has(snapshot.guid)) return true;
  if (listed.some(({ guid, createtxg }) => createtxg > snapshot.createtxg && pair.arrivals.has(guid))) return true;
  return !listed.some(({ guid }) => pair.arrivals.has(guid)) && pair.arrivals.size > 0;
}

/** What an unfinished transfer of this job goes on from is held where that was promised. */
function checkUnfinished({ sim, job, process }: Subject, pair: Pair, snapshot: SeenSnapshot): void {
  const partial = sim.target(pair)?.partial ?? null;
  const { initial, incremental } = process.settings;
  const kinds = new Set([pair.partialUnder, initial, incremental]);
  if (partial === null || kinds.size > 1 || !kinds.has('guarantee_resumability')) return;
  if (snapshot.guid !== partial.toGuid && snapshot.guid !== partial.fromGuid) return;
  if (!snapshot.tags.includes(stepTag(job))) {
    sim.violate('unfinished-is-kept', `${pair.source}@${snapshot.name} is gone, and partial state needs it`);
  }
}
