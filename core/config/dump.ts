/** A configuration as text, with every default filled in: what the daemon will really do. */
import { stringify } from 'yaml';
import type { Config, GridBucket } from './types.ts';

function isBucket(value: object): value is GridBucket {
  return 'lengthS' in value && 'keep' in value;
}

/** Equal buckets in a row as one line: a grid of a year would fill pages otherwise. */
function plainList(list: readonly unknown[]): readonly unknown[] {
  const result: unknown[] = [];
  let run: { bucket: GridBucket; count: number } | null = null;
  for (const item of list) {
    if (typeof item !== 'object' || item === null || !isBucket(item)) {
      result.push(plain(item));
    } else if (run?.bucket.lengthS === item.lengthS && run.bucket.keep === item.keep) {
      run.count += 1;
      result[result.length - 1] = { count: run.count, ...run.bucket };
    } else {
      run = { bucket: item, count: 1 };
      result.push({ count: 1, ...item });
    }
  }
  return result;
}

/** Maps as objects; an address of a database without what may be a password in it. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return plainList(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [String(key), plain(inner)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'dsn' ? '(not shown)' : plain(inner)]),
  );
}

/** The whole configuration as YAML or JSON, for reading; it is not the dialect of the files and cannot be read back. */
export function dumpConfig(config: Config, format: 'yaml' | 'json'): string {
  const content = plain(config);
  return format === 'json'
    ? `${JSON.stringify(content, null, 2)}\n`
    : stringify(content, { aliasDuplicateObjects: false });
}
