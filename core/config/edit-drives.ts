/** Puts a drive into the set of a job, and takes one out. Pure. */
import { type Document, isMap, isScalar, isSeq, type Node, type Pair, YAMLMap, YAMLSeq } from 'yaml';
import type { NewDrive } from '../api/drive-making.ts';
import type { ProblemError } from '../api/problem.ts';
import { misfit, nodeOf } from './document.ts';
import { isOwn, ownJob, textIn } from './edit-place.ts';

/** What is said of one drive; all else in the connection is said of the set. */
const DRIVE_KEYS: ReadonlySet<string> = new Set(['name', 'pool', 'pool_guid', 'root_fs', 'key_file']);

/**
 * The job backs up to this drive, too. Where it had one, that becomes the first of a set, as it was written. Throws `job-unknown`,
 * and `edit-refused` where only the file can change it, or the drive is of the job already.
 */
export function addDrive(document: Document, jobName: string, drive: NewDrive): void {
  const connect = ownConnect(document, jobName);
  const list = setIn(connect, jobName) ?? becomeSet(connect, jobName);
  if (list.items.some((item) => isMap(item) && textIn(item, 'pool_guid') === drive.poolGuid)) {
    throw misfit('edit-drive-already', { job: jobName, guid: drive.poolGuid });
  }
  const added = nodeOf(document, wordsOf(drive));
  const last = list.items.at(-1);
  if (isMap(added) && isMap(last) && last.flow === true) added.flow = true;
  list.items.push(added);
}

/**
 * The drive goes with what is written beside it; the others stay as they were written. Throws `job-unknown`, and `edit-refused`
 * where only the file can change it, or it is the only one.
 */
export function forgetDrive(document: Document, jobName: string, poolGuid: string): void {
  const list = setIn(ownConnect(document, jobName), jobName);
  if (list === null) throw inFile(jobName);
  const at = list.items.findIndex((item) => isMap(item) && textIn(item, 'pool_guid') === poolGuid);
  if (at === -1) throw misfit('edit-drive-unknown', { job: jobName, guid: poolGuid });
  if (list.items.length === 1) throw misfit('edit-only-drive', { job: jobName });
  list.items.splice(at, 1);
}

function wordsOf({ title, pool, poolGuid, rootFs, keyFile }: NewDrive): Record<string, string> {
  return {
    ...(title === pool ? {} : { name: title }),
    pool,
    pool_guid: poolGuid,
    root_fs: rootFs,
    ...(keyFile === null ? {} : { key_file: keyFile }),
  };
}

function ownConnect(document: Document, jobName: string): YAMLMap {
  const connect: unknown = ownJob(document, jobName)?.get('connect', true);
  if (!isOwn(connect, isMap) || textIn(connect, 'type') !== 'drive') throw inFile(jobName);
  return connect;
}

/** Null where there is one drive, which the connection itself is about. */
function setIn(connect: YAMLMap, jobName: string): YAMLSeq<Node> | null {
  const list: unknown = connect.get('drives', true);
  if (list === undefined) return null;
  if (!isOwn(list, isSeq<Node>)) throw inFile(jobName);
  return list;
}

/** What is said of the one drive moves into a list, with what is written beside it; all else keeps its place. */
function becomeSet(connect: YAMLMap, jobName: string): YAMLSeq<Node> {
  const moved = driveOf(connect);
  if (moved === null) throw inFile(jobName);
  const at = connect.items.findIndex((pair) => moved.includes(pair));
  const first = new YAMLMap();
  first.items = [...moved];
  const list = new YAMLSeq<Node>();
  list.items.push(first);
  const place = new YAMLMap();
  place.set('drives', list);
  connect.items = connect.items.flatMap((pair, index) => {
    if (index === at) return place.items;
    return moved.includes(pair) ? [] : [pair];
  });
  return list;
}

/** The parts about its one drive; null where others share them, or they come from elsewhere: moved, they might mean something else. */
function driveOf(connect: YAMLMap): readonly Pair[] | null {
  if (connect.items.some(({ key }) => isScalar(key) && key.value === '<<')) return null;
  const parts = connect.items.filter(({ key }) => isScalar(key) && DRIVE_KEYS.has(String(key.value)));
  const plain = parts.every(({ value }) => isOwn(value, isScalar));
  return plain && textIn(connect, 'pool_guid') !== null ? parts : null;
}

function inFile(jobName: string): ProblemError {
  return misfit('edit-shared-drives', { job: jobName });
}
