/** A dataset path as a pattern of a configuration writes it: components, possibly none. Pure. */
import { checkDataset } from './names.ts';

/** Components from the pool down; empty for the empty path, which stands above all pools. */
export type DatasetPath = readonly string[];

/** Reads a path strictly; the empty text is the empty path. @throws ProblemError `name-invalid` */
export function parseDatasetPath(text: string): DatasetPath {
  return text === '' ? [] : checkDataset(text).split('/');
}

export function formatDatasetPath(path: DatasetPath): string {
  return path.join('/');
}

/** The path without its first `count` components; what is not there cannot be missed. */
export function dropLeading(path: DatasetPath, count: number): DatasetPath {
  return path.slice(count);
}

/** Whether `path` begins with all components of `prefix`. Every path begins with the empty path. */
export function hasPrefix(path: DatasetPath, prefix: DatasetPath): boolean {
  return prefix.length <= path.length && prefix.every((component, index) => path[index] === component);
}
