/** `zfs hold`, `zfs release` and `zfs bookmark`. */
import { datasetOf, entityTypeOf, holdTagFault, poolOf } from '../../../core/zfs/names.ts';
import { destroyDeferred } from './destroying.ts';
import { type Call, enact } from './effects.ts';
import { findBookmark, findDataset, findPool, findSnapshot } from './lookup.ts';
import { endWith, fail, type Output, openComplaint, openDatasetComplaint } from './output.ts';
import { freeBlocks } from './space.ts';
import type { Dataset, Snapshot } from './world.ts';

interface HeldSnapshot {
  readonly dataset: Dataset;
  readonly snapshot: Snapshot;
}

/** Why a tag cannot be changed, or how. */
type ChangeTag = (held: HeldSnapshot) => string | (() => void);

/** One transaction group for every snapshot. What is refused of one stops none of the others. */
async function eachHold(
  call: Call,
  effect: 'hold' | 'release',
  names: readonly string[],
  words: string,
  tagFault: () => string | null,
  change: ChangeTag,
): Promise<Output> {
  const { machine } = call;
  const complaints: string[] = [];
  for (const name of names) {
    const closed = openDatasetComplaint(machine, datasetOf(name));
    if (closed !== null) {
      complaints.push(closed);
      continue;
    }
    const refusal = await enact(call, effect, name, () => {
      if (machine.denied.has(effect)) return 'permission denied';
      const fault = tagFault();
      if (fault !== null) return fault;
      const dataset = findDataset(machine, datasetOf(name));
      const snapshot = findSnapshot(machine, name);
      if (snapshot === undefined || dataset === undefined) return 'dataset does not exist';
      return change({ dataset, snapshot });
    });
    if (refusal !== null) complaints.push(`cannot ${words} '${name}': ${refusal}`);
  }
  return endWith(complaints);
}

export async function holdCommand(call: Call, operands: readonly string[]): Promise<Output> {
  const [tag = '', ...names] = operands;
  if (tag.startsWith('.')) return fail("tag may not start with '.'");
  const tagFault = () => (holdTagFault(tag) === null ? null : 'tag too long');
  return eachHold(call, 'hold', names, 'hold snapshot', tagFault, ({ dataset, snapshot }) => {
    if (snapshot.tags.has(tag)) return 'tag already exists on this dataset';
    return () => {
      snapshot.tags.add(tag);
      dataset.revision += 1;
    };
  });
}

export async function releaseCommand(call: Call, operands: readonly string[]): Promise<Output> {
  const [tag = '', ...names] = operands;
  return eachHold(
    call,
    'release',
    names,
    'release hold from snapshot',
    () => null,
    ({ dataset, snapshot }) => {
      if (!snapshot.tags.has(tag)) return 'no such tag on this dataset';
      return () => {
        snapshot.tags.delete(tag);
        dataset.revision += 1;
        destroyDeferred(call.world, dataset, snapshot);
      };
    },
  );
}

/** The source may be a snapshot or another bookmark. That the bookmark exists is an error whatever it marks. */
export async function bookmarkCommand(call: Call, operands: readonly string[]): Promise<Output> {
  const [source = '', target = ''] = operands;
  const { machine } = call;
  const find = () =>
    entityTypeOf(source) === 'snapshot' ? findSnapshot(machine, source) : findBookmark(machine, source);
  const complaint = openComplaint(machine, source, find() !== undefined);
  if (complaint !== null) return fail(`${complaint}\nusage:\n\tbookmark <snapshot|bookmark> <newbookmark>`, 2);
  const refusal = await enact(call, 'bookmark', target, () => {
    const dataset = findDataset(machine, datasetOf(target));
    const pool = findPool(machine, poolOf(target));
    const version = find();
    if (dataset === undefined || version === undefined || pool === undefined) return 'dataset does not exist';
    if (machine.denied.has('bookmark')) return 'permission denied';
    if (!pool.bookmarks) return 'bookmark feature not enabled';
    if (findBookmark(machine, target) !== undefined) return 'bookmark exists';
    if (freeBlocks(pool) <= 0) return 'out of space';
    return () => {
      const { guid, createtxg, creationS, content, ivset } = version;
      const name = target.slice(dataset.name.length + 1);
      dataset.bookmarks.push({ name, guid, createtxg, creationS, content, ivset });
      dataset.revision += 1;
    };
  });
  return refusal === null ? endWith([]) : fail(`cannot create bookmark '${target}': ${refusal}`);
}

export async function destroyBookmarkCommand(call: Call, target: string): Promise<Output> {
  const { machine } = call;
  const closed = openDatasetComplaint(machine, datasetOf(target));
  if (closed !== null) return fail(closed);
  if (findBookmark(machine, target) === undefined) return fail(`bookmark '${target}' does not exist.`);
  const refusal = await enact(call, 'destroy-bookmark', target, () => {
    const dataset = findDataset(machine, datasetOf(target));
    const bookmark = findBookmark(machine, target);
    if (dataset === undefined || bookmark === undefined) return 'dataset does not exist';
    if (machine.denied.has('destroy')) return 'permission denied';
    return () => {
      dataset.bookmarks = dataset.bookmarks.filter((other) => other !== bookmark);
      dataset.revision += 1;
    };
  });
  return refusal === null ? endWith([]) : fail(`cannot destroy bookmark '${target}': ${refusal}`);
}
