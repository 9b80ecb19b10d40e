/** Which snapshots a push sends. Pure. Regular expressions are RE2's, unanchored, on the name behind the "@". */
import { RE2JS } from 're2js';

export interface SnapshotPatterns {
  /** Empty: all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** A name is sent if one of `include` finds it (or there is none) and none of `exclude` does. */
export function snapshotFilter(patterns: SnapshotPatterns): (name: string) => boolean {
  const include = patterns.include.map((pattern) => RE2JS.compile(pattern));
  const exclude = patterns.exclude.map((pattern) => RE2JS.compile(pattern));
  const finds = (expressions: readonly RE2JS[], name: string) =>
    expressions.some((expression) => expression.matcher(name).find());
  return (name) => (include.length === 0 || finds(include, name)) && !finds(exclude, name);
}
