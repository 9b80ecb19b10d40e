/** `zfs list`, `zfs get` and `zfs holds`, as far as the engine uses them: text for programs (`-H -p`). */
import { datasetOf, entityTypeOf } from '../../../core/zfs/names.ts';
import type { PropertyValue } from '../../../core/zfs/types.ts';
import { findBookmark, findDataset, findPool, findSnapshot, subtreeOf } from './lookup.ts';
import {
  endWith,
  fail,
  type Options,
  type Output,
  openComplaint,
  openDatasetComplaint,
  optionValue,
} from './output.ts';
import { propertyReader } from './properties.ts';
import type { Bookmark, Dataset, Machine, Snapshot } from './world.ts';

/** Levels below a dataset that a listing goes down; versions are one level below their dataset. */
function depthOf(options: Options): number {
  if (options.flags.has('r')) return Number.POSITIVE_INFINITY;
  return Number(optionValue(options, 'd') ?? 0);
}

function rootsOf(machine: Machine, operands: readonly string[]): readonly string[] {
  if (operands.length > 0) return operands;
  return [...machine.pools.values()].filter(({ state }) => state !== 'vanished').map(({ name }) => name);
}

function datasetsIn(machine: Machine, root: string, depth: number): readonly Dataset[] {
  const pool = findPool(machine, root);
  const dataset = findDataset(machine, root);
  if (pool === undefined || dataset === undefined) return [];
  if (depth === 0) return [dataset];
  const level = root.split('/').length;
  return subtreeOf(pool, root).filter(({ name }) => name.split('/').length - level <= depth);
}

function levelsBelow(root: string, name: string): number {
  return name.split('/').length - root.split('/').length;
}

function versionRow(columns: readonly string[], fullName: string, version: Snapshot | Bookmark): string {
  const cells = columns.map((column) => {
    switch (column) {
      case 'name':
        return fullName;
      case 'guid':
        return version.guid;
      case 'createtxg':
        return version.createtxg;
      case 'creation':
        return version.creationS;
      default:
        return 'tags' in version ? version.tags.size : '-';
    }
  });
  return `${cells.join('\t')}\n`;
}

function datasetRow(columns: readonly string[], { name, guid, createtxg, creationS }: Dataset): string {
  const cells = { name, guid, createtxg, creation: creationS };
  const row = columns.map((column) => Object.entries(cells).find(([key]) => key === column)?.[1] ?? '-');
  return `${row.join('\t')}\n`;
}

export function listCommand(machine: Machine, options: Options): Output {
  const types = new Set((optionValue(options, 't') ?? 'filesystem,volume').split(','));
  const columns = (optionValue(options, 'o') ?? 'name').split(',');
  const depth = depthOf(options);
  const complaints: string[] = [];
  const told = new Set<string>();
  let stdout = '';
  // What several operands lead to is told once.
  const tell = (name: string, row: string): void => {
    if (!told.has(name)) stdout += row;
    told.add(name);
  };
  for (const root of rootsOf(machine, options.operands)) {
    const complaint = openComplaint(machine, root, propertyReader(machine, root) !== undefined);
    if (complaint !== null) {
      complaints.push(complaint);
      continue;
    }
    const version = findSnapshot(machine, root) ?? findBookmark(machine, root);
    if (entityTypeOf(root) !== 'filesystem' && version !== undefined) {
      tell(root, versionRow(columns, root, version));
      continue;
    }
    for (const dataset of datasetsIn(machine, root, depth)) {
      if (types.has(dataset.kind)) tell(dataset.name, datasetRow(columns, dataset));
      if (levelsBelow(root, dataset.name) >= depth) continue;
      for (const snapshot of types.has('snapshot') ? dataset.snapshots : []) {
        const name = `${dataset.name}@${snapshot.name}`;
        tell(name, versionRow(columns, name, snapshot));
      }
      for (const bookmark of types.has('bookmark') ? dataset.bookmarks : []) {
        const name = `${dataset.name}#${bookmark.name}`;
        tell(name, versionRow(columns, name, bookmark));
      }
    }
  }
  return endWith(complaints, stdout);
}

function sourceText(name: string, { source }: PropertyValue): string {
  if (source === 'none') return '-';
  return source === 'inherited' ? `inherited from ${datasetOf(name).split('/')[0]}` : source;
}

export function getCommand(machine: Machine, options: Options): Output {
  const [properties = '', ...operands] = options.operands;
  const depth = depthOf(options);
  const complaints: string[] = [];
  let stdout = '';
  for (const root of rootsOf(machine, operands)) {
    const complaint = openComplaint(machine, root, propertyReader(machine, root) !== undefined);
    if (complaint !== null) {
      complaints.push(complaint);
      continue;
    }
    const names = depth === 0 ? [root] : datasetsIn(machine, root, depth).map(({ name }) => name);
    for (const name of names) {
      const read = propertyReader(machine, name);
      for (const property of properties.split(',')) {
        const value = read?.(property) ?? { value: '-', source: 'none' };
        stdout += `${name}\t${property}\t${value.value}\t${sourceText(name, value)}\n`;
      }
    }
  }
  return endWith(complaints, stdout);
}

export function holdsCommand(machine: Machine, { operands }: Options): Output {
  const complaints: string[] = [];
  let stdout = '';
  for (const name of operands) {
    const snapshot = findSnapshot(machine, name);
    const complaint =
      openDatasetComplaint(machine, datasetOf(name)) ?? openComplaint(machine, name, snapshot !== undefined);
    if (complaint !== null) complaints.push(complaint);
    for (const tag of complaint === null ? (snapshot?.tags ?? []) : []) {
      stdout += `${name}\t${tag}\tThu Jan  1  0:00 1970\n`;
    }
  }
  return endWith(complaints, stdout);
}

export function zpoolGetCommand(machine: Machine, name: string): Output {
  const pool = findPool(machine, name);
  if (pool === undefined) return fail(`cannot open '${name}': no such pool`);
  return { code: 0, stdout: `${pool.extensibleDataset ? 'active' : 'disabled'}\n`, stderr: '' };
}
