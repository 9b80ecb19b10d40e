/** When nothing goes wrong any more: everything arrives, or what a person has to change is told by its code; and marks are few. */
import type { RunOutcome } from '../../../../core/api/contract.ts';
import type { Dataset } from '../../zfs/world.ts';
import { jobNames, jobOf } from '../config-text.ts';
import { countMarks, type Pair } from '../pairs.ts';
import type { Sim } from '../sim.ts';

/** Codes that a run must tell of a dataset; empty: it must be done; null: that cannot be said from here. */
export function expectedCodes(sim: Sim, pair: Pair): readonly string[] | null {
  const source = sim.source(pair);
  const target = sim.target(pair);
  if (source === undefined) return [];
  // What was received below an unfinished dataset meanwhile keeps it from being discarded.
  if (target?.inconsistent === true && hasChildren(pair, target)) return ['unfinished-has-children'];
  const wanted = source.snapshots.filter(({ name }) => isWantedSnapshot(sim, name));
  if (source.snapshots.length === 0 && source.bookmarks.length === 0) return ['no-sender-versions'];
  const copies = target?.snapshots ?? [];
  const newest = copies.at(-1);
  const fingerprint = target?.properties.get('snapferry:key')?.local ?? null;
  if (fingerprint !== null) {
    const key = sim.keys.get(fingerprint);
    if (key === undefined) return null;
    if (key !== sim.keyOf(pair)) return ['encryption-root-changed'];
  }
  if (target === undefined || newest === undefined) {
    if (wanted.length === 0) return ['no-sender-versions'];
    // zfs receive -F puts nothing encrypted in the place of a stand-in.
    if (sim.scenario.encrypted && target !== undefined && target.partial === null) {
      return ['placeholder-cannot-be-replaced', 'destination-exists'];
    }
    return mayReceiveInto(pair, target)
      ? []
      : ['destination-exists', 'encryption-mismatch', 'placeholder-cannot-be-replaced'];
  }
  const versions = new Map([...source.bookmarks, ...source.snapshots].map(({ guid, createtxg }) => [guid, createtxg]));
  const baseTxg = versions.get(newest.guid);
  if (baseTxg === undefined) {
    const conflict = copies.some(({ guid }) => versions.has(guid)) ? 'diverged' : 'no-common-ancestor';
    return sim.scenario.encrypted && target.encryption === null ? ['received-unencrypted'] : [conflict];
  }
  const missing = wanted.filter(({ guid, createtxg }) => createtxg > baseTxg && guid !== newest.guid);
  // Another snapshot has the name there that this one is to get. Where both hold, either is true.
  const isTaken = missing.some(({ name }) => copies.some((copy) => copy.name === name));
  const taken = isTaken ? ['destination-name-taken'] : [];
  return missing.length > 0 && isModified(target) ? ['destination-modified', ...taken] : taken;
}

function isWantedSnapshot({ settings }: Sim, name: string): boolean {
  return settings.include === null || new RegExp(settings.include).test(name);
}

function hasChildren({ targetPool }: Pair, { name }: Dataset): boolean {
  return [...targetPool.datasets.keys()].some((other) => other.startsWith(`${name}/`));
}

function mayReceiveInto(pair: Pair, target: Dataset | undefined): boolean {
  if (target === undefined || target.partial !== null) return true;
  if (target.properties.get('zrepl:placeholder')?.local === 'on') return true;
  if (hasChildren(pair, target)) return false;
  return [...target.properties.keys()].some((name) => name.startsWith('snapferry:'));
}

function isModified({ content, snapshots }: Dataset): boolean {
  const newest = snapshots.at(-1)?.content ?? [];
  return newest.length !== content.length || newest.some((block, index) => block !== content[index]);
}

/** Whether everything that the sender wants sent is there. */
export function hasAll(sim: Sim, pair: Pair): boolean {
  const source = sim.source(pair);
  const newestWanted = source?.snapshots.findLast(({ name }) => isWantedSnapshot(sim, name));
  const newest = sim.target(pair)?.snapshots.at(-1);
  if (source === undefined || newestWanted === undefined) return true;
  if (newest?.guid === newestWanted.guid) return true;
  const versions = [...source.bookmarks, ...source.snapshots];
  const base = versions.find(({ guid }) => guid === newest?.guid);
  return base !== undefined && base.createtxg > newestWanted.createtxg;
}

/** After runs without any fault. @param outcomes of the last run, by job @param what `tidy`: a step has succeeded since */
export function checkFinal(sim: Sim, outcomes: ReadonlyMap<string, RunOutcome>, what: 'arrived' | 'tidy'): void {
  if (sim.failed) return;
  for (const job of jobNames(sim.scenario)) {
    const outcome = outcomes.get(jobOf(job));
    const told = Map.groupBy(outcome?.problems ?? [], ({ dataset }) => dataset ?? '');
    const pairs = sim.wanted().map((source) => sim.pair(job, source));
    const broken = new Set<string>();
    for (const pair of pairs) {
      const mine = (told.get(pair.source) ?? []).map(({ code }) => code);
      const expected = expectedCodes(sim, pair);
      if (expected === null) {
        broken.add(pair.source);
        continue;
      }
      // A run to several drives tells of all of them, and what it tells of one is not about the other.
      const others = expected.length === 0 ? codesOfOthers(sim, job, pair.source) : [];
      const codes = mine.filter((code) => !others.includes(code) && !(code === 'parent-failed' && hasDrives(sim, job)));
      const isParentGone = [...broken].some((parent) => pair.source.startsWith(`${parent}/`));
      if (expected.length > 0) broken.add(pair.source);
      if (expected.length > 0) {
        if (!codes.some((code) => expected.includes(code))) {
          sim.violate(
            'conflicts-are-told',
            `${pair.source}: ${expected.join(' or ')} expected, told: ${codes.join(' ')}`,
          );
        }
        continue;
      }
      if (isParentGone && mine.includes('parent-failed')) continue;
      const target = sim.target(pair);
      if (!hasAll(sim, pair)) {
        sim.violate(
          'everything-arrives',
          `${pair.source} is not at ${pair.target}; told: ${codes.join(' ') || 'nothing'}`,
        );
      } else if (codes.some((code) => code !== 'received-unprotected' && code !== 'prune-cursor-missing')) {
        sim.violate('done-when-all-is-well', `${pair.source} has arrived; told: ${codes.join(' ')}`);
      } else if (what === 'tidy' && target !== undefined) checkLeftovers(sim, pair);
      else if (countMarks(pair, sim.source(pair), target).stepHolds > 0) {
        sim.violate('no-leftovers', `${pair.source} of ${pair.job} has arrived, and is still held for it`);
      }
    }
    checkCopies(sim, pairs);
  }
}

/** Of which drive a parent has failed is not told. */
function hasDrives({ drives }: Sim, lane: string): boolean {
  return drives?.diskOf(lane) !== undefined;
}

/** What a run of the same job has to tell of that dataset for the sake of its other drives. */
function codesOfOthers(sim: Sim, lane: string, source: string): readonly string[] {
  const others = jobNames(sim.scenario).filter((one) => one !== lane && jobOf(one) === jobOf(lane));
  return others.flatMap((one) => {
    const expected = expectedCodes(sim, sim.pair(one, source)) ?? [];
    return expected.length > 0 ? [...expected, 'parent-failed'] : [];
  });
}

/** Exactly the marks of a settled pair. */
function checkLeftovers(sim: Sim, pair: Pair): void {
  const counts = countMarks(pair, sim.source(pair), sim.target(pair));
  const keeps = sim.settings.incremental !== 'guarantee_nothing';
  // A snapshot that another job wants to destroy and cannot, for a clone, gets a bookmark of this job again and again.
  const isContended = sim.scenario.jobs === 2 && sim.source(pair)?.snapshots.some(({ clones }) => clones.size > 0);
  const isRight =
    (counts.tentative === 0 || isContended === true) &&
    counts.stepHolds === 0 &&
    (keeps ? counts.cursors === 1 && counts.receivedHolds === 1 : counts.cursors <= 1 && counts.receivedHolds <= 1);
  const target = sim.target(pair);
  if (target?.properties.get('zrepl:placeholder')?.local === 'on') {
    sim.violate('stand-in-no-more', `${pair.target} has snapshots, and bears the mark of a stand-in`);
  }
  if (!isRight) sim.violate('no-leftovers', `${pair.source} of ${pair.job}: ${JSON.stringify(counts)}`);
}

/** Every block of every copy, once more. */
function checkCopies(sim: Sim, pairs: readonly Pair[]): void {
  for (const pair of pairs) {
    for (const { guid, name, content } of sim.target(pair)?.snapshots ?? []) {
      if (!pair.arrivals.has(guid)) continue;
      const original = sim.shadows.contents.get(guid) ?? [];
      if (original.length !== content.length || content.some((block, index) => block !== original[index])) {
        sim.violate('copies-are-equal', `${pair.target}@${name} differs from what was sent`);
      }
    }
  }
}
