/** What may be destroyed: what the call named by guid, and nothing that a rule, a guarantee or a transfer needs. */
import { jobOf } from '../config-text.ts';
import { countMarks, ELSEWHERE, hasVersion, isMarked, markNameOf, type Pair, stepTag } from '../pairs.ts';
import { GRIDS, type GridText, type Keep } from '../scenario.ts';
import type { Change, SeenSnapshot } from '../shadow.ts';
import type { Sim } from '../sim.ts';
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
  const isUnseen = base !== undefined && pair.unseen.has(base);
  const isAway = sim.drives?.isAway(pair.job) === true;
  const isUnknown = isAway || pair.unlisted || (isUnseen && mayLinger(sim));
  // Without a cursor, and without a look at the receiver, nothing at all is known of what it has.
  const goesByCursor = isUnseen || countMarks(pair, sim.source(pair), undefined).cursors > 0;
  const isUnprotected =
    isUnknown && ((!isPromised && goesByCursor) || isMarked(pair, sim.source(pair), sim.target(pair)));
  checkOccasion(subject, pair, before.snapshots);
  for (const snapshot of change.gone) {
    if (snapshot.guid === newest?.guid) complain('newest-is-kept', snapshot, 'it was the newest');
    if (snapshot.guid === base && !isUnprotected)
      complain('base-is-kept', snapshot, 'the next increment starts from it');
    const rule = keptBy(keep, snapshot, before.snapshots);
    if (rule !== null) complain('rules-are-kept', snapshot, `the rule ${rule} keeps it`);
    const isReplicated = () => onDrives(sim, pair).some((one) => isPastArrival(one, snapshot, before.snapshots));
    if (side === 'source' && keep.notReplicated && !isReplicated()) {
      complain('not-replicated-is-kept', snapshot, 'nothing as new as it has ever arrived');
    }
    if (side === 'source') checkUnfinished(subject, pair, snapshot);
    if (side === 'source') checkElsewhere(subject, pair, snapshot);
  }
}

/** Commands of a process that is no more may bring what nobody has asked for any more. */
function mayLinger({ scenario }: Sim): boolean {
  return scenario.faults.some(({ kind }) => kind === 'crash-lingering' || kind.startsWith('yank'));
}

const DAY_MS = 24 * 3_600_000;
const SLACK_MS = 120_000;

/** When nothing may be destroyed at all. */
function checkOccasion({ sim, process, side }: Subject, pair: Pair, listed: readonly SeenSnapshot[]): void {
  if (side === 'target' && sim.source(pair) === undefined) {
    sim.violate('orphans-are-kept', `${pair.target}: the sender has no such dataset`);
  }
  const newestMs = Math.max(...listed.map(({ creationS }) => creationS)) * 1000;
  if (newestMs > Math.max(sim.time.wallMs(), pair.listedAtWallMs) + SLACK_MS) {
    sim.violate('no-pruning-by-a-wrong-clock', `${pair[side]} has a snapshot of the future`);
  }
  // A process that has known the right time all along, and no snapshot anywhere that was taken while it was wrong: one that is
  // there at the first look may be older than the process, and then it was the process that was wrong at its start.
  const rightMs = sim.time.wallMs() - sim.time.wallErrorMs;
  const pool = side === 'target' ? pair.targetPool : sim.sourcePool;
  const latestMs = Math.max(
    newestMs,
    ...[...pool.datasets.values()].flatMap(({ snapshots }) => snapshots.map(({ creationS }) => creationS * 1000)),
  );
  if (process.startedWallErrorMs !== 0 || latestMs > rightMs + SLACK_MS) return;
  if (Math.min(Math.abs(sim.time.wallErrorMs), Math.abs(pair.listedWallErrorMs)) > DAY_MS + SLACK_MS) {
    sim.violate('no-pruning-by-a-wrong-clock', `${pair[side]}: the clock has jumped since the process began`);
  }
}

/** Whether what was planned was planned on what there is now. */
function isAsPlanned({ process }: Subject, pair: Pair, { gone }: Change): boolean {
  const plans = [...process.destroys].filter(({ refs }) => refs.some(({ guid }) => guid === gone[0]?.guid));
  // What nobody meant has come to have the name between the last look and the destruction.
  return plans.length > 0 && plans.every(({ undisturbed }) => undisturbed.get(pair) === pair.touched);
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
  if (last.some(({ guid }) => guid === snapshot.guid)) return `last_n ${keep.lastN}`;
  return keep.grid !== null && isOnGrid(keep.grid, snapshot, listed) ? `grid ${keep.grid}` : null;
}

/** Buckets reach back from the youngest, each from its begin to right before its end; of each the oldest stay. */
function isOnGrid(grid: GridText, snapshot: SeenSnapshot, listed: readonly SeenSnapshot[]): boolean {
  const youngestS = Math.max(...listed.map(({ creationS }) => creationS));
  const ageS = ({ creationS }: SeenSnapshot) => youngestS - creationS;
  let fromS = 0;
  for (const [lengthS, count] of GRIDS[grid]) {
    const within = listed.filter((one) => ageS(one) >= fromS && ageS(one) < fromS + lengthS);
    fromS += lengthS;
    if (!within.some(({ guid }) => guid === snapshot.guid)) continue;
    const older = within.filter((one) => isOlder(one, snapshot));
    return count === 'all' || older.length < count;
  }
  return false;
}

/** Of two of one second, the one with the higher createtxg counts as older: so says the manual. */
function isOlder(one: SeenSnapshot, other: SeenSnapshot): boolean {
  if (one.creationS !== other.creationS) return one.creationS < other.creationS;
  return one.createtxg > other.createtxg;
}

/** Another program goes on from its own bookmarks: what lies between them is not taken from it. */
function checkElsewhere({ sim, job }: Subject, pair: Pair, snapshot: SeenSnapshot): void {
  const bookmarks = sim.source(pair)?.bookmarks ?? [];
  const marks = bookmarks.filter(({ name }) => markNameOf(name)?.job === ELSEWHERE);
  const txgs = marks.map(({ createtxg }) => createtxg);
  const isInside = txgs.some((txg) => txg <= snapshot.createtxg) && txgs.some((txg) => txg >= snapshot.createtxg);
  if (isInside && !marks.some(({ guid }) => guid === snapshot.guid)) {
    sim.violate('others-ranges-are-kept', `${job} destroyed @${snapshot.name}, which another program is sending`);
  }
}

/** The dataset on every drive of the job: what is on one of them counts as replicated. */
function onDrives(sim: Sim, pair: Pair): readonly Pair[] {
  return [...sim.pairs.values()].filter(({ job, source }) => source === pair.source && jobOf(job) === jobOf(pair.job));
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
