/**
 * Which datasets take part. A pattern is a dataset path, or one followed by `<`: that dataset and everything below; `<` alone
 * is everything. An exact pattern beats all others, then the `<` pattern with the longest path decides, and what nothing
 * matches does not take part. Paths match by whole components: `tank/foo<` says nothing about `tank/foobar`. The order of the
 * patterns does not matter.
 */
import { configFault } from '../api/config-fault.ts';
import { ProblemError } from '../api/problem.ts';
import { entityFault } from '../zfs/names.ts';

export interface FilesystemFilter {
  matches(dataset: string): boolean;
  /** Patterns whose path is none of the existing datasets; `<` alone is never among them. In the order of the map. */
  unmatchedPatterns(existing: Iterable<string>): readonly string[];
}

const FORBIDDEN = /[@#|\t<>*]/;

/** The path of a pattern, without its `<`. */
function pathOf(pattern: string): string {
  return pattern.endsWith('<') ? pattern.slice(0, -1) : pattern;
}

/** Why a pattern is no pattern; null when it is one. The reason completes a sentence that names the pattern. */
export function checkPattern(pattern: string): string | null {
  const path = pathOf(pattern);
  if (path.includes('<')) return configFault('pattern-once');
  const forbidden = FORBIDDEN.exec(path);
  if (forbidden !== null) {
    const character = forbidden[0] === '\t' ? configFault('character-tab') : `"${forbidden[0]}"`;
    return configFault('pattern-character', { character });
  }
  if (path.endsWith('/')) return configFault('pattern-end');
  if (path.startsWith('/')) return configFault('pattern-slash');
  // A pattern that no dataset can ever match would leave something out of the backup without a word.
  return path === '' ? null : entityFault(path, 'filesystem');
}

/** Compiles patterns and their verdicts. Throws `name-invalid` for the first pattern that is none. */
export function compileFilter(patterns: ReadonlyMap<string, boolean>): FilesystemFilter {
  const exact = new Map<string, boolean>();
  const subtrees = new Map<string, boolean>();
  for (const [pattern, verdict] of patterns) {
    const reason = checkPattern(pattern);
    if (reason !== null) throw new ProblemError('name-invalid', { name: pattern, reason });
    (pattern.endsWith('<') ? subtrees : exact).set(pathOf(pattern), verdict);
  }

  return {
    matches: (dataset) => {
      if (dataset === '') return false;
      const verdict = exact.get(dataset);
      if (verdict !== undefined) return verdict;
      for (let end = dataset.length; end > 0; end = dataset.lastIndexOf('/', end - 1)) {
        const inherited = subtrees.get(dataset.slice(0, end));
        if (inherited !== undefined) return inherited;
      }
      return subtrees.get('') ?? false;
    },
    unmatchedPatterns: (existing) => {
      const known = new Set(existing);
      return [...patterns.keys()].filter((pattern) => pattern !== '<' && !known.has(pathOf(pattern)));
    },
  };
}
