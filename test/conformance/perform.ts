/** Runs sequences on a fixture and compares what two fixtures made of the same one. */
import { isDeepStrictEqual } from 'node:util';
import { decodeResumeToken } from '../../core/zfs/token.ts';
import type { SendRequest, Version } from '../../core/zfs/types.ts';
import { canonicalStates } from './canonical.ts';
import type { Fixture, Glance, Place } from './fixture.ts';
import type { Operation } from './sequence.ts';
import { at, codeOf, PLAIN, receive } from './support.ts';

/** How one operation ended, and what there is after it. */
export interface Moment {
  readonly operation: Operation;
  /** `ok`, a problem code, the outcomes of a destroy, `refused` by the operator's zfs, or `nothing` to do it with. */
  readonly outcome: string;
  /** Names of what it was done with, where an operation picks; null where it does not, or there was nothing. */
  readonly picked: Picked;
  readonly state: unknown;
}

type Picked = readonly string[] | null;
/** Has something picked by a look at what is there; or says what was picked before, when the same was done elsewhere. */
type Picking = (look: () => Promise<Picked>) => Promise<Picked>;

const NOTHING = 'nothing';
/** The commands that are tried by names alone never see one. */
const NO_GUID = 0n;

async function find(place: Place, path: string): Promise<Glance | undefined> {
  return (await place.glance()).find((dataset) => dataset.path === path);
}

/** One of those that are there. */
function pickOf<T>(items: readonly T[], index: number): T | undefined {
  return items.length === 0 ? undefined : items[index % items.length];
}

function picksOf(state: Glance | undefined, indices: readonly number[]) {
  const snapshots = state?.snapshots ?? [];
  return [...new Set(indices.flatMap((index) => pickOf(snapshots, index) ?? []))];
}

async function operated(work: Promise<void>): Promise<string> {
  return work.then(
    () => 'ok',
    () => 'refused',
  );
}

/** What is sent, and its base where there is one. */
async function pickSend({ source, target }: Fixture, operation: Operation & { kind: 'send' }): Promise<Picked> {
  const { path, from, fromBookmark, range } = operation;
  const state = await find(source, path);
  const snapshots = state?.snapshots ?? [];
  const to = operation.to === 'newest' ? snapshots.at(-1) : pickOf(snapshots, operation.to);
  if (state === undefined || to === undefined) return null;
  const candidates = fromBookmark && !range ? state.bookmarks : snapshots;
  const copy = await find(target, path);
  const there = new Set(copy?.snapshots.map(({ guid }) => guid));
  const common = copy === undefined ? null : candidates.findLast(({ guid }) => there.has(guid));
  const base = from === null ? null : from === 'common' ? common : pickOf(candidates, from);
  if (base === undefined) return null;
  return base === null ? [to.name] : [to.name, base.name];
}

async function send(fixture: Fixture, operation: Operation & { kind: 'send' }, picking: Picking): Promise<string> {
  const { source, target } = fixture;
  const { path, fromBookmark, range, force, savePartial, cutAfterBlocks } = operation;
  const [to, base] = (await picking(() => pickSend(fixture, operation))) ?? [];
  if (to === undefined) return NOTHING;
  const type: Version['type'] = fromBookmark && !range ? 'bookmark' : 'snapshot';
  const request: SendRequest = {
    dataset: at(source, path),
    to: { name: to, guid: NO_GUID },
    range: range && base !== undefined,
    flags: PLAIN,
    ...(base === undefined ? {} : { from: { type, name: base, guid: NO_GUID } }),
  };
  const sender = cutAfterBlocks === null ? source.zfs : source.cutting(cutAfterBlocks);
  return codeOf(receive(target, path, sender, request, { force: force && base === undefined, savePartial }));
}

async function resume(fixture: Fixture, { path, cutAfterBlocks }: Operation & { kind: 'resume' }): Promise<string> {
  const { source, target } = fixture;
  const [facts] = await target.zfs
    .listDatasets([at(target, path)], { recursive: false, properties: [] })
    .catch(() => []);
  if (facts === undefined || facts.resumeToken === null) return NOTHING;
  const { toGuid, toName } = decodeResumeToken(facts.resumeToken);
  const request: SendRequest = {
    dataset: at(source, path),
    to: { name: toName.slice(toName.indexOf('@') + 1), guid: toGuid },
    range: false,
    flags: PLAIN,
    resumeToken: facts.resumeToken,
  };
  const sender = cutAfterBlocks === null ? source.zfs : source.cutting(cutAfterBlocks);
  return codeOf(receive(target, path, sender, request, { force: false }));
}

/** Does it and says how it ended. Rejects only with what is no problem of the closed list. */
async function perform(fixture: Fixture, operation: Operation, picking: Picking): Promise<string> {
  if (operation.kind === 'send') return send(fixture, operation, picking);
  if (operation.kind === 'resume') return resume(fixture, operation);
  if (operation.kind === 'abort') return codeOf(fixture.target.zfs.abortReceive(at(fixture.target, operation.path)));
  const place = fixture[operation.place];
  if (operation.kind === 'snapshot') {
    const there = new Set(await place.paths());
    const paths = operation.paths.filter((path) => there.has(path));
    const targets = paths.map((path) => ({ dataset: at(place, path), name: operation.name }));
    return targets.length === 0 ? NOTHING : codeOf(place.zfs.snapshot(targets));
  }
  return performOn(place, operation, picking);
}

async function performOn(
  { zfs, operator, ...place }: Place,
  operation: Exclude<Operation, { kind: 'send' | 'resume' | 'abort' | 'snapshot' }>,
  picking: Picking,
): Promise<string> {
  const dataset = at({ zfs, operator, ...place }, operation.path);
  switch (operation.kind) {
    case 'create':
      return operated(operator.create(dataset));
    case 'placeholder':
      return codeOf(zfs.createPlaceholder(dataset, { encryption: 'inherit' }));
    default:
      break;
  }
  if (!(await place.paths()).includes(operation.path)) return NOTHING;
  switch (operation.kind) {
    case 'destroy-dataset':
      return operated(operator.destroyDataset(dataset));
    case 'append':
      return operated(operator.append(dataset, operation.blocks));
    case 'overwrite':
    case 'clear':
      return operated(operator[operation.kind](dataset));
    case 'set':
      return codeOf(zfs.setProperties(dataset, [['user:word', operation.value]]));
    default:
      break;
  }
  const look = () => find({ zfs, operator, ...place }, operation.path);
  const pickOne = async (kind: 'snapshots' | 'bookmarks', pick: number): Promise<string | undefined> => {
    const picked = await picking(async () => {
      const one = pickOf<{ readonly name: string }>((await look())?.[kind] ?? [], pick);
      return one === undefined ? null : [one.name];
    });
    return picked?.[0];
  };
  switch (operation.kind) {
    case 'hold':
    case 'release': {
      const names = await picking(async () => picksOf(await look(), operation.picks).map(({ name }) => name));
      const snapshots = (names ?? []).map((name) => ({ dataset, name }));
      return codeOf(zfs[operation.kind](operation.tag, snapshots));
    }
    case 'rename-snapshot':
    case 'rollback': {
      const picked = await pickOne('snapshots', operation.pick);
      if (picked === undefined) return NOTHING;
      const name = `${dataset}@${picked}`;
      return operated(
        operation.kind === 'rollback' ? operator.rollback(name) : operator.renameSnapshot(name, operation.name),
      );
    }
    case 'destroy-bookmark': {
      const picked = await pickOne('bookmarks', operation.pick);
      return picked === undefined ? NOTHING : codeOf(zfs.destroyBookmark(dataset, picked));
    }
    default:
      break;
  }
  // Of the others the guids matter, which are others on each machine.
  const state = await look();
  if (state === undefined) return NOTHING;
  switch (operation.kind) {
    case 'bookmark':
    case 'copy-bookmark': {
      const type = operation.kind === 'bookmark' ? 'snapshot' : 'bookmark';
      const version = pickOf<{ readonly name: string; readonly guid: string }>(state[`${type}s`], operation.pick);
      if (version === undefined) return NOTHING;
      return codeOf(zfs.bookmark(dataset, { type, name: version.name, guid: BigInt(version.guid) }, operation.name));
    }
    case 'destroy': {
      const refs = picksOf(state, operation.picks).map(({ name, guid }) => ({ dataset, name, guid: BigInt(guid) }));
      const outcomes = await zfs.destroySnapshots(refs);
      return outcomes.map((outcome) => (outcome.kind === 'kept' ? outcome.code : outcome.kind)).join(' ') || NOTHING;
    }
  }
}

/**
 * Runs the whole sequence; with `everyMoment` off the state is looked at only after the last operation.
 * @param known what came of it elsewhere: what was picked there is picked here, too, and need not be looked for
 */
export async function runSequence(
  fixture: Fixture,
  operations: readonly Operation[],
  everyMoment = true,
  known: readonly Moment[] | null = null,
): Promise<readonly Moment[]> {
  const moments: Moment[] = [];
  for (const [index, operation] of operations.entries()) {
    let picked: Picked = null;
    const picking: Picking = async (look) => {
      picked = known === null ? await look() : (known[index]?.picked ?? null);
      return picked;
    };
    const outcome = await perform(fixture, operation, picking);
    const looks = everyMoment || index === operations.length - 1;
    const state = looks
      ? canonicalStates({ source: await fixture.source.observe(), target: await fixture.target.observe() })
      : null;
    moments.push({ operation, outcome, picked, state });
  }
  return moments;
}

/** The first operation after which two runs of one sequence differ; null when they never do. */
export function firstDifference(
  left: readonly Moment[],
  right: readonly Moment[],
): { readonly index: number; readonly left: Moment | undefined; readonly right: Moment | undefined } | null {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    if (!isDeepStrictEqual(left[index], right[index])) return { index, left: left[index], right: right[index] };
  }
  return null;
}
