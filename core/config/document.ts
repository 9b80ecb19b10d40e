/** A configuration's text as a document that keeps comments and order, and the jobs in it. */
import { type Document, isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ConfigValue } from '../api/config.ts';
import { invariant, ProblemError } from '../api/problem.ts';
import { type RemarkCode, remark } from '../api/remark.ts';
import type { SayingFacts } from '../api/sayings.ts';
import { Complaints } from './complaint.ts';
import { parseYaml } from './yaml/parse.ts';

/** Throws `config-invalid` for a text that is no YAML. */
export function openDocument(text: string): Document {
  const complaints = new Complaints();
  // Bounds first: what follows trusts the size and depth of the text.
  parseYaml(text, '', complaints);
  if (complaints.sorted().length > 0) throw new ProblemError('config-invalid');
  const document = parseDocument(text, { schema: 'failsafe', version: '1.1', logLevel: 'silent' });
  invariant(document.errors.length === 0, 'a text was parsed once and not twice');
  return document;
}

export function jobsOf(document: Document, create: boolean): YAMLSeq<Node> {
  const top: unknown = document.contents;
  const found = isMap(top) ? top.get('jobs', true) : undefined;
  if (isSeq<Node>(found)) return found;
  const empty = found === undefined || (isScalar(found) && found.value === '');
  if (!create || !empty) throw misfit('edit-no-jobs');
  const jobs: unknown = document.createNode([]);
  invariant(isSeq<Node>(jobs), 'a list became another node');
  if (isMap(top)) top.set('jobs', jobs);
  else document.contents = document.createNode({ jobs });
  return jobs;
}

/** Throws `job-unknown` for a job that the text itself does not have. */
export function jobOf(document: Document, name: string): YAMLMap {
  for (const item of jobsOf(document, false).items) {
    if (isMap(item) && item.get('name') === name) return item;
  }
  throw new ProblemError('job-unknown', { job: name });
}

/** Every scalar is the text that stands in the file: the place decides what a word means. */
export function nodeOf(document: Document, value: ConfigValue): Node {
  const node: Node = document.createNode(asText(value));
  return node;
}

function asText(value: ConfigValue): unknown {
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map(asText);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asText(inner)]));
}

/** Why an edit cannot be made. */
type EditRemark = Extract<RemarkCode, `edit-${string}`>;

/** An edit that has no place in the text, or would say what is not meant. */
export function misfit(code: EditRemark, facts: SayingFacts = {}): ProblemError {
  return new ProblemError('edit-refused', { reason: remark(code, facts) });
}
