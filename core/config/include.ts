/** Which files an `include` entry brings in. */
import { dirname, isAbsolute, join } from 'node:path';
import { configFault } from '../api/config-fault.ts';
import type { Cursor } from './decode.ts';
import { quote } from './values/parsed.ts';
import { entryOf, itemOf, type YamlNode } from './yaml/nodes.ts';

/** What stands at a path. */
export type IncludeFound =
  | { readonly kind: 'file'; readonly text: string }
  /** Names of what is directly inside. */
  | { readonly kind: 'directory'; readonly names: readonly string[] }
  /** `reason` completes "<path> cannot be included: ". */
  | { readonly kind: 'fault'; readonly reason: string };

export type ReadInclude = (path: string) => IncludeFound;

export interface IncludedFile {
  readonly file: string;
  readonly text: string;
}

const MAX_FILES = 200;

/** A directory brings in its `*.yml`, by name; what is no file is passed over, and folders inside are not entered. */
function readDirectory(path: string, names: readonly string[], read: ReadInclude): readonly IncludedFile[] | string {
  const files: IncludedFile[] = [];
  for (const name of names.filter((candidate) => candidate.endsWith('.yml')).toSorted()) {
    const file = join(path, name);
    const found = read(file);
    if (found.kind === 'fault') return configFault('include-inside', { file: quote(name), reason: found.reason });
    if (found.kind === 'file') files.push({ file, text: found.text });
  }
  return files;
}

function readEntry(path: string, read: ReadInclude): readonly IncludedFile[] | string {
  const found = read(path);
  if (found.kind === 'fault') return found.reason;
  if (found.kind === 'directory') return readDirectory(path, found.names, read);
  return path.endsWith('.yml') ? [{ file: path, text: found.text }] : configFault('include-name');
}

/**
 * Reads all entries in their order. Relative ones start at the directory of the main file, wherever the daemon was started.
 * Complains about what cannot be read.
 */
export function readIncludes(
  mainFile: string,
  entries: readonly string[],
  read: ReadInclude,
  top: { readonly node: YamlNode; readonly at: Cursor },
): readonly IncludedFile[] {
  const files: IncludedFile[] = [];
  const written = entryOf(top.node, 'include')?.value ?? top.node;
  for (const [index, entry] of entries.entries()) {
    const path = isAbsolute(entry) ? entry : join(dirname(mainFile), entry);
    const result = entry.includes('\0') ? configFault('include-path') : readEntry(path, read);
    const item = itemOf(written, index);
    const at = top.at.key('include').item(index, item);
    if (typeof result === 'string')
      at.complain(item.place, configFault('include-fault', { file: quote(path), reason: result }));
    else if (files.length + result.length > MAX_FILES)
      at.complain(item.place, configFault('include-too-many', { count: `${MAX_FILES}` }));
    else files.push(...result);
  }
  return files;
}
