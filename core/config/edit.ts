/** Changes of a configuration's text that leave everything else in it as it was written, comments above all. Pure. */
import { type Document, isAlias, isMap, isScalar, isSeq, parseDocument, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ConfigEdit, ConfigValue } from '../api/config.ts';
import { invariant } from '../api/problem.ts';
import { jobOf, jobsOf, misfit, nodeOf, openDocument } from './document.ts';
import { addDrive, forgetDrive } from './edit-drives.ts';
import { setKeep } from './edit-keep.ts';
import { putFirst } from './edit-reach.ts';
import { setSchedule } from './edit-schedule.ts';

/**
 * The text after these edits. Throws `job-unknown` for a job that the text itself does not have (it may be in an included
 * file), `edit-refused` for an edit that has no place in it, and `config-invalid` for a text that is no YAML.
 */
export function applyEdits(text: string, edits: readonly ConfigEdit[]): string {
  const document = openDocument(text);
  for (const edit of edits) applyEdit(document, edit);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function applyEdit(document: Document, edit: ConfigEdit): void {
  switch (edit.op) {
    case 'set':
      setIn(document, jobOf(document, edit.job), edit.path, edit.value);
      break;
    case 'unset':
      unsetIn(jobOf(document, edit.job), edit.path);
      break;
    case 'add': {
      const jobs = jobsOf(document, true);
      // Nobody would write a job into the brackets of "jobs: []".
      if (jobs.items.length === 0) jobs.flow = false;
      jobs.add(nodeOf(document, edit.job));
      break;
    }
    case 'remove': {
      const jobs = jobsOf(document, false);
      jobs.items.splice(jobs.items.indexOf(jobOf(document, edit.job)), 1);
      break;
    }
    case 'disable':
      setOrUnset(document, edit.job, 'disabled', edit.disabled ? 'true' : null);
      break;
    case 'title':
      setOrUnset(document, edit.job, 'title', edit.title === '' ? null : edit.title);
      break;
    case 'put-first':
      putFirst(document, edit.job, edit.address);
      break;
    case 'add-drive':
      addDrive(document, edit.job, edit.drive);
      break;
    case 'forget-drive':
      forgetDrive(document, edit.job, edit.poolGuid);
      break;
    case 'schedule':
      setSchedule(document, edit.job, edit.schedule);
      break;
    case 'keep':
      setKeep(document, edit.job, edit.side, edit.rules);
      break;
  }
}

function setOrUnset(document: Document, jobName: string, key: string, value: string | null): void {
  const job = jobOf(document, jobName);
  if (value === null) job.delete(key);
  else setIn(document, job, [key], value);
}

function setIn(document: Document, job: YAMLMap, path: readonly (string | number)[], value: ConfigValue): void {
  let owner: YAMLMap | YAMLSeq = job;
  for (const key of path.slice(0, -1)) {
    let next: unknown = owner.get(keyIn(owner, key), true);
    if (next === undefined && isMap(owner)) {
      next = document.createNode({});
      owner.set(String(key), next);
    }
    owner = collection(next, key);
  }
  const last = path.at(-1);
  invariant(last !== undefined, 'an edit has a path');
  if (isSeq(owner) && (typeof last !== 'number' || last > owner.items.length))
    throw misfit('edit-no-place', { key: String(last) });
  const before: unknown = owner.get(keyIn(owner, last), true);
  const node = nodeOf(document, value);
  // What was written beside the value belongs to the key.
  if (isScalar(before) && isScalar(node)) node.comment = before.comment ?? null;
  owner.set(keyIn(owner, last), node);
}

function unsetIn(job: YAMLMap, path: readonly (string | number)[]): void {
  let owner: YAMLMap | YAMLSeq = job;
  for (const key of path.slice(0, -1)) owner = collection(owner.get(keyIn(owner, key), true), key);
  const last = path.at(-1);
  if (last === undefined || !owner.delete(keyIn(owner, last))) throw misfit('edit-no-key', { key: String(last ?? '') });
}

/** Every key of a map is a text here. */
function keyIn(owner: YAMLMap | YAMLSeq, key: string | number): string | number {
  return isMap(owner) ? String(key) : key;
}

/** An alias stands for what is written elsewhere: changing it here would change it there. */
function collection(node: unknown, key: string | number): YAMLMap | YAMLSeq {
  if (isMap(node) || isSeq(node)) return node;
  throw misfit('edit-no-map', { key: String(key) });
}

const NOT_SHOWN = '(not shown)';

/** A password that was put out of use stays one. */
const IN_COMMENT = /^([^#\n]*#.*?\bdsn["']?[ \t]*:[ \t]*)\S.*$/gm;

/** The text with passwords of databases left out; the same text where there are none, and null where it is no YAML. */
export function maskSecrets(text: string): string | null {
  const document = parseDocument(text, { schema: 'failsafe', version: '1.1', logLevel: 'silent' });
  if (document.errors.length > 0) return null;
  const ranges = new Map<number, number>();
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || key.value !== 'dsn') return undefined;
      // An alias stands for what is written elsewhere: there it is secret, too.
      const secret = isAlias(value) ? value.resolve(document) : value;
      if (!isNodeWithRange(secret)) return undefined;
      ranges.set(secret.range[0], secret.range[1]);
      return visit.SKIP;
    },
  });
  const masked = [...ranges]
    .sort(([a], [b]) => b - a)
    .reduce((rest, [from, to]) => rest.slice(0, from) + NOT_SHOWN + rest.slice(to), text);
  return masked.replace(IN_COMMENT, `$1${NOT_SHOWN}`);
}

function isNodeWithRange(value: unknown): value is { readonly range: readonly [number, number, number] } {
  return typeof value === 'object' && value !== null && 'range' in value && Array.isArray(value.range);
}
