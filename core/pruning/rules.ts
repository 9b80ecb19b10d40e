/**
 * Keep rules: each says of every snapshot of a dataset whether it keeps it. A snapshot goes only if no rule keeps it; what the
 * expression of a rule does not find is not kept by that rule.
 */
import { RE2JS } from 're2js';
import { ProblemError } from '../api/problem.ts';
import { describeRule } from './describe.ts';
import { keptByGrid } from './grid.ts';
import type { KeepRule } from './keep-rule.ts';

/** What rules look at. */
export interface RuleSnapshot {
  readonly name: string;
  readonly guid: bigint;
  readonly createtxg: bigint;
  /** Unix seconds. */
  readonly creationS: number;
  readonly replicated: boolean;
}

export interface CompiledRule {
  readonly rule: KeepRule;
  /** For a person: what the rule says. */
  readonly text: string;
  /** The snapshots it keeps; `nowS` moves the begin of a grid and is for tests of it. */
  keeps<S extends RuleSnapshot>(snapshots: readonly S[], nowS?: number): ReadonlySet<S>;
}

const MAX_REGEX = 1000;

/** A search for a name, anywhere in it, in RE2 syntax (linear in time). Throws `config-invalid`. */
export function compileNameSearch(regex: string): (name: string) => boolean {
  if (regex.length > MAX_REGEX)
    throw new ProblemError('config-invalid', { reason: 'a regular expression is too long' });
  try {
    const pattern = RE2JS.compile(regex);
    return (name) => pattern.test(name);
  } catch (error) {
    const reason = `the regular expression "${regex}" cannot be read`;
    const detail = error instanceof Error ? error.message : String(error);
    throw new ProblemError('config-invalid', { reason: `${reason}: ${detail}` }, { detail, cause: error });
  }
}

/** Youngest first; of two of the same second the larger name counts as younger. */
function byYouth(a: RuleSnapshot, b: RuleSnapshot): number {
  if (a.creationS !== b.creationS) return b.creationS - a.creationS;
  return a.name === b.name ? 0 : a.name > b.name ? -1 : 1;
}

function check(rule: KeepRule): void {
  const positive = (value: number): boolean => Number.isInteger(value) && value > 0;
  if (rule.type === 'last_n' && !positive(rule.count)) {
    throw new ProblemError('config-invalid', { reason: 'last_n: count must be a positive whole number' });
  }
  if (rule.type === 'grid') {
    const sound = rule.grid.every(({ lengthS, keep }) => lengthS > 0 && (keep === 'all' || positive(keep)));
    if (!sound || rule.grid.length === 0) {
      throw new ProblemError('config-invalid', { reason: 'grid: lengths and keep must be positive' });
    }
  }
}

/** Compiles one rule; throws `config-invalid`. */
export function compileRule(rule: KeepRule): CompiledRule {
  check(rule);
  const search = rule.type === 'not_replicated' ? () => true : compileNameSearch(rule.regex);
  return {
    rule,
    text: describeRule(rule),
    keeps(snapshots, nowS) {
      switch (rule.type) {
        case 'not_replicated':
          return new Set(snapshots.filter((snapshot) => !snapshot.replicated));
        case 'regex':
          return new Set(snapshots.filter((snapshot) => search(snapshot.name) !== rule.negate));
        case 'last_n': {
          const found = snapshots.filter((snapshot) => search(snapshot.name));
          return new Set(found.toSorted(byYouth).slice(0, rule.count));
        }
        case 'grid': {
          const found = snapshots.filter((snapshot) => search(snapshot.name));
          return keptByGrid(found, rule.grid, nowS);
        }
      }
    },
  };
}

/** Compiles all rules of a side once; throws `config-invalid`. */
export function compileRules(rules: readonly KeepRule[]): readonly CompiledRule[] {
  return rules.map(compileRule);
}

/** For every snapshot the indices of the rules that keep it, ascending. */
export function applyRules<S extends RuleSnapshot>(
  rules: readonly CompiledRule[],
  snapshots: readonly S[],
  nowS?: number,
): ReadonlyMap<S, readonly number[]> {
  const kept = rules.map((rule) => rule.keeps(snapshots, nowS));
  return new Map(
    snapshots.map((snapshot) => [snapshot, kept.flatMap((set, index) => (set.has(snapshot) ? [index] : []))]),
  );
}
