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
  readonly state: unknown;
}

const NOTHING = 'nothing';

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

async function send(fixture: Fixture, operation: Operation & { kind: 'send' }): Promise<string> {
  const { source, target } = fixture;
  const { path, from, fromBookmark, range, force, savePartial, cutAfterBlocks } = operation;
  const state = await find(source, path);
  const snapshots = state?.snapshots ?? [];
  const to = operation.to === 'newest' ? snapshots.at(-1) : pickOf(snapshots, operation.to);
  if (state === undefined || to === undefined) return NOTHING;
  const candidates = fromBookmark && !range ? state.bookmarks : snapshots;
  const copy = await find(target, path);
  const there = new Set(copy?.snapshots.map(({ guid }) => guid));
  const common = copy === undefined ? null : candidates.findLast(({ guid }) => there.has(guid));
  const base = from === null ? null : from === 'common' ? common : pickOf(candidates, from);
  if (base === undefined) return NOTHING;
  const type: Version['type'] = fromBookmark && !range ? 'bookmark' : 'snapshot';
  const request: SendRequest = {
    dataset: at(source, path),
    to: { name: to.name, guid: BigInt(to.guid) },
    range: range && base !== null,
    flags: PLAIN,
    ...(base === null ? {} : { from: { type, name: base.name, guid: BigInt(base.guid) } }),
  };
  const sender = cutAfterBlocks === null ? source.zfs : source.cutting(cutAfterBlocks);
  return codeOf(receive(target, path, sender, request, { force: force && base === null, savePartial }));
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
async function perform(fixture: Fixture, operation: Operation): Promise<string> {
  if (operation.kind === 'send') return send(fixture, operation);
  if (operation.kind === 'resume') return resume(fixture, operation);
  if (operation.kind === 'abort') return codeOf(fixture.target.zfs.abortReceive(at(fixture.target, operation.path)));
  const place = fixture[operation.place];
  if (operation.kind === 'snapshot') {
    const there = new Set(await place.paths());
    const paths = operation.paths.filter((path) => there.has(path));
    const targets = paths.map((path) => ({ dataset: at(place, path), name: operation.name }));
    return targets.length === 0 ? NOTHING : codeOf(place.zfs.snapshot(targets));
  }
  return performOn(place, operation);
}

async function performOn(
  { zfs, operator, ...place }: Place,
  operation: Exclude<Operation, { kind: 'send' | 'resume' | 'abort' | 'snapshot' }>,
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
  const state = await find({ zfs, operator, ...place }, operation.path);
  if (state === undefined) return NOTHING;
  switch (operation.kind) {
    case 'hold':
    case 'release': {
      const snapshots = picksOf(state, operation.picks).map(({ name }) => ({ dataset, name }));
      return codeOf(zfs[operation.kind](operation.tag, snapshots));
    }
    case 'bookmark':
    case 'copy-bookmark': {
      const type = operation.kind === 'bookmark' ? 'snapshot' : 'bookmark';
      const version = pickOf<{ readonly name: string; readonly guid: string }>(state[`${type}s`], operation.pick);
      if (version === undefined) return NOTHING;
      return codeOf(zfs.bookmark(dataset, { type, name: version.name, guid: BigInt(version.guid) }, operation.name));
    }
    case 'destroy-bookmark': {
      const bookmark = pickOf(state.bookmarks, operation.pick);
      return bookmark === undefined ? NOTHING : codeOf(zfs.destroyBookmark(dataset, bookmark.name));
    }
    case 'destroy': {
      const refs = picksOf(state, operation.picks).map(({ name, guid }) => ({ dataset, name, guid: BigInt(guid) }));
      const outcomes = await zfs.destroySnapshots(refs);
      return outcomes.map((outcome) => (outcome.kind === 'kept' ? outcome.code : outcome.kind)).join(' ') || NOTHING;
    }
    case 'rename-snapshot':
    case 'rollback': {
      const snapshot = pickOf(state.snapshots, operation.pick);
      if (snapshot === undefined) return NOTHING;
      const name = `${dataset}@${snapshot.name}`;
      return operated(
        operation.kind === 'rollback' ? operator.rollback(name) : operator.renameSnapshot(name, operation.name),
      );
    }
  }
}

/** Runs the whole sequence; with `everyMoment` off the state is looked at only after the last operation. */
export async function runSequence(
  fixture: Fixture,
  operations: readonly Operation[],
  everyMoment = true,
): Promise<readonly Moment[]> {
  const moments: Moment[] = [];
  for (const [index, operation] of operations.entries()) {
    const outcome = await perform(fixture, operation);
    const looks = everyMoment || index === operations.length - 1;
    const state = looks
      ? canonicalStates({ source: await fixture.source.observe(), target: await fixture.target.observe() })
      : null;
    moments.push({ operation, outcome, state });
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
