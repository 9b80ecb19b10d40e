/**
 * Where a form may change a job: only what is written in the job itself, and that nobody else refers to. An anchor means that the
 * same node is used elsewhere; an alias and a merge key, that it is written elsewhere. Pure.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { KeepSide } from '../api/config-forms.ts';
import { ProblemError } from '../api/problem.ts';
import { jobOf, jobsOf, nodeOf, openDocument } from './document.ts';

/** Null where it may not be changed by a form. Throws `job-unknown`. */
export function scheduleNode(document: Document, jobName: string): YAMLMap | null {
  const job = ownJob(document, jobName);
  const node = job === null ? null : ownMap(job.get('snapshotting', true));
  if (node === null) return null;
  const simple = node.items.every(({ key, value }) => keyText(key) === 'hooks' || isOwn(value, isScalar));
  return simple ? node : null;
}

const KEEP_KEY: Readonly<Record<KeepSide, string>> = {
  sender: 'keep_sender',
  receiver: 'keep_receiver',
  local: 'keep',
};

/** Null where it may not be changed by a form. Throws `job-unknown`. */
export function keepNode(document: Document, jobName: string, side: KeepSide): YAMLSeq<Node> | null {
  const job = ownJob(document, jobName);
  const pruning = job === null ? null : ownMap(job.get('pruning', true));
  const list: unknown = pruning?.get(KEEP_KEY[side], true);
  if (!isOwn(list, isSeq<Node>)) return null;
  let shared = false;
  visit(list, {
    Alias: () => {
      shared = true;
    },
    Node: (_, node) => {
      if ('anchor' in node && node.anchor !== undefined) shared = true;
    },
  });
  return shared || !list.items.every((item) => ownMap(item) !== null) ? null : list;
}

export interface EditablePlaces {
  readonly schedule: boolean;
  readonly keep: readonly KeepSide[];
}

const NOTHING: EditablePlaces = { schedule: false, keep: [] };

/** What forms may change of each of these jobs; nothing of a job that is in another file. */
export function editablePlaces(text: string, jobNames: readonly string[]): (jobName: string) => EditablePlaces {
  const document = openDocument(text);
  const places = new Map(jobNames.map((name) => [name, placesOf(document, name)]));
  return (name) => places.get(name) ?? NOTHING;
}

function placesOf(document: Document, job: string): EditablePlaces {
  try {
    const sides = (['sender', 'receiver', 'local'] as const).filter((side) => keepNode(document, job, side) !== null);
    return { schedule: scheduleNode(document, job) !== null, keep: sides };
  } catch (thrown) {
    if (thrown instanceof ProblemError) return NOTHING;
    throw thrown;
  }
}

/** What a scalar of the map says; null where there is none. */
export function textIn(map: YAMLMap, key: string): string | null {
  const node: unknown = map.get(key, true);
  return isScalar(node) ? String(node.value) : null;
}

/** Another value for the key. What was written beside the old one stays beside the new one. */
export function putText(document: Document, map: YAMLMap, key: string, value: string): void {
  const before: unknown = map.get(key, true);
  const node = nodeOf(document, value);
  if (isNode(before)) {
    node.comment = before.comment ?? null;
    node.commentBefore = before.commentBefore ?? null;
  }
  map.set(key, node);
}

/** It may take keys from elsewhere: those are not found in it, and what it says itself wins. */
export function ownJob(document: Document, name: string): YAMLMap | null {
  const job = jobOf(document, name);
  return isOwn(jobsOf(document, false), isSeq) && isOwn(job, isMap) ? job : null;
}

function ownMap(node: unknown): YAMLMap | null {
  if (!isOwn(node, isMap)) return null;
  return node.items.some(({ key }) => keyText(key) === '<<') ? null : node;
}

/** An anchor means that the node is used elsewhere, too; an alias, that it is written elsewhere. */
export function isOwn<N extends Node>(node: unknown, is: (node: unknown) => node is N): node is N {
  return is(node) && !isAlias(node) && (!('anchor' in node) || node.anchor === undefined);
}

function keyText(key: unknown): string | null {
  return isScalar(key) ? (key.source ?? String(key.value)) : null;
}
