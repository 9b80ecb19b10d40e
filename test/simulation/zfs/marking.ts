/** `zfs hold`, `zfs release` and `zfs bookmark`. */
import { datasetOf, entityTypeOf, holdTagFault, poolOf } from '../../../core/zfs/names.ts';
import { destroyDeferred } from './destroying.ts';
import { type Call, enact } from './effects.ts';
import { findBookmark, findDataset, findPool, findSnapshot } from './lookup.ts';
import { endWith, fail, type Output, openComplaint, openDatasetComplaint } from './output.ts';
import { freeBlocks } from './space.ts';

/** One transaction group for every snapshot. What cannot be held stops none of the others. */
export async function holdCommand(call: Call, operands: readonly string[]): Promise<Output> {
  const [tag = '', ...names] = operands;
  const { machine } = call;
  if (tag.startsWith('.')) return fail("tag may not start with '.'");
  const complaints: string[] = [];
  for (const name of names) {
    const closed = openDatasetComplaint(machine, datasetOf(name));
    if (closed !== null) {
      complaints.push(closed);
      continue;
    }
    const refusal = await enact(call, 'hold', name, () => {
      if (machine.denied.has('hold')) return 'permission denied';
      if (holdTagFault(tag) !== null) return 'tag too long';
      const dataset = findDataset(machine, datasetOf(name));
      const snapshot = findSnapshot(machine, name);
      if (snapshot === undefined || dataset === undefined) return 'dataset does not exist';
      if (snapshot.tags.has(tag)) return 'tag already exists on this dataset';
      return () => {
        snapshot.tags.add(tag);
        dataset.revision += 1;
      };
    });
    if (refusal !== null) complaints.push(`cannot hold snapshot '${name}': ${refusal}`);
  }
  return endWith(complaints);
}

export async function releaseCommand(call: Call, operands: readonly string[]): Promise<Output> {
  const [tag = '', ...names] = operands;
  const { machine } = call;
  const complaints: string[] = [];
  for (const name of names) {
    const closed = openDatasetComplaint(machine, datasetOf(name));
    if (closed !== null) {
      complaints.push(closed);
      continue;
    }
    const refusal = await enact(call, 'release', name, () => {
      if (machine.denied.has('release')) return 'permission denied';
      const dataset = findDataset(machine, datasetOf(name));
      const snapshot = findSnapshot(machine, name);
      if (snapshot === undefined || dataset === undefined) return 'dataset does not exist';
      if (!snapshot.tags.has(tag)) return 'no such tag on this dataset';
      return () => {
        snapshot.tags.delete(tag);
        dataset.revision += 1;
        destroyDeferred(call.world, dataset, snapshot);
      };
    });
    if (refusal !== null) complaints.push(`cannot release hold from snapshot '${name}': ${refusal}`);
  }
  return endWith(complaints);
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
