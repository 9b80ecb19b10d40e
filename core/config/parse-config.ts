/** The text of a configuration to a `Config`, or to everything that is wrong with it. */

import { configFault } from '../api/config-fault.ts';
import { checkDrives } from './checks/drives.ts';
import { checkListeners } from './checks/listeners.ts';
import { checkNames } from './checks/names.ts';
import { checkRoots } from './checks/roots.ts';
import { type Complaint, Complaints } from './complaint.ts';
import { Cursor } from './decode.ts';
import { type ReadInclude, readIncludes } from './include.ts';
import { type ConfigFile, decodeFile } from './schema/file.ts';
import type { Config } from './types.ts';
import { entryOf, isNull, type YamlNode } from './yaml/nodes.ts';
import { parseYaml } from './yaml/parse.ts';

export interface ParseOptions {
  /** Path of the file, as complaints name it. Relative includes start at its directory. */
  readonly fileName: string;
  /** Reads what an `include` entry names; without it every entry is an error. */
  readonly readInclude?: ReadInclude;
}

export interface ParsedConfig {
  /** Null when there is an error; warnings do not count. */
  readonly config: Config | null;
  /** Errors and warnings of all files, in the order of files and lines. */
  readonly problems: readonly Complaint[];
  /** Text of every file that was read, by the name that complaints use; for `formatComplaints`. */
  readonly texts: ReadonlyMap<string, string>;
}

interface ReadFile {
  readonly node: YamlNode;
  readonly at: Cursor;
  readonly content: ConfigFile;
}

function readFile(text: string, file: string, complaints: Complaints): ReadFile {
  const at = new Cursor('', complaints);
  const empty: YamlNode = { kind: 'map', entries: [], place: { file, line: 1, column: 1 } };
  const node = parseYaml(text, file, complaints) ?? empty;
  return { node, at, content: decodeFile(node, at) };
}

/** What a main file may say and an included one may not. */
function checkIncluded({ node, at, content }: ReadFile): void {
  const include = entryOf(node, 'include');
  if (include !== undefined && content.include.length > 0) {
    at.key('include').complain(include.keyPlace, configFault('include-in-include'));
  }
  const global = entryOf(node, 'global');
  if (global !== undefined && !isNull(global.value)) {
    at.key('global').complain(global.keyPlace, configFault('include-global'), {
      severity: 'warning',
      hint: configFault('include-global-hint'),
    });
  }
}

/**
 * Reads a configuration with everything it includes. Never throws: whatever is wrong is among `problems`, each with its
 * place, and all at once. An empty text is a configuration without jobs.
 */
export function parseConfig(text: string, options: ParseOptions): ParsedConfig {
  const complaints = new Complaints();
  const texts = new Map([[options.fileName, text]]);
  const main = readFile(text, options.fileName, complaints);
  const read: ReadInclude = options.readInclude ?? (() => ({ kind: 'fault', reason: configFault('include-none') }));

  const included: ReadFile[] = [];
  for (const { file, text: content } of readIncludes(options.fileName, main.content.include, read, main)) {
    texts.set(file, content);
    const next = readFile(content, file, complaints);
    checkIncluded(next);
    included.push(next);
  }

  const jobs = [main, ...included].flatMap((file) => file.content.jobs);
  checkNames(jobs);
  checkListeners(jobs);
  checkDrives(jobs);
  checkRoots(jobs);

  const problems = complaints.sorted();
  const global = main.content.global;
  const good = jobs.flatMap(({ job }) => job ?? []);
  const failed = problems.some(({ severity }) => severity === 'error') || global === null || good.length < jobs.length;
  return { config: failed ? null : { global, jobs: good }, problems, texts };
}
