/** The keep rules of a job in a form: the timed ones as one grid and one number, the others one by one. Pure. */
import { type JobKeep, type KeepRuleForm, RULES_MAX, type WantedRules } from '../../core/api/config-forms.ts';
import type { Keep } from '../../core/api/keep.ts';
import { type KeepFault, keepFault } from './keep-form.ts';

/** A rule as it shall be, and its index in the file; null for a new one. A rule that a form has no words for stays. */
export interface RuleRow {
  readonly from: number | null;
  readonly rule: KeepRuleForm | null;
}

/** More than its fields take. */
const COUNT_MAX = 9999;

/** As they stand in the file. */
export function rowsOf({ rules }: JobKeep): readonly RuleRow[] {
  return rules.map(({ rule }, from) => ({ from, rule }));
}

/** What is asked of the daemon; null where nothing is another way than it stands in the file. */
export function wantedRules(keep: JobKeep, rows: readonly RuleRow[]): WantedRules | null {
  const before = rowsOf(keep);
  if (JSON.stringify(rows) === JSON.stringify(before)) return null;
  return rows.map(({ from, rule }) => ({
    from,
    rule: from !== null && isSame(rule, before[from]?.rule) ? null : rule,
  }));
}

/** The timed rules as the grid editor takes them; null where they are more than that, and only the file can change them. */
export function keepOf(rows: readonly RuleRow[]): Keep | null {
  const grids = rows.flatMap(({ rule }) => (rule?.type === 'grid' ? [rule.grid] : []));
  const lasts = rows.flatMap(({ rule }) => (rule?.type === 'last_n' ? [rule.count] : []));
  const untold = rows.some(({ rule }) => rule === null);
  const tooMany = [...lasts, ...grids.flat().flatMap(({ count, keep }) => [count, keep === 'all' ? 1 : keep])];
  if (untold || tooMany.some((count) => count > COUNT_MAX) || grids.length > 1 || lasts.length > 1) return null;
  return { grid: grids[0] ?? [], lastN: lasts[0] ?? null };
}

/**
 * The rules with other timed ones. One that comes back comes back as it was in the file; a new one is about the same snapshots as
 * the other timed rule, or else about those with the prefix of the job.
 */
export function withKeep(
  rows: readonly RuleRow[],
  keep: Keep,
  file: JobKeep,
  prefix: string | null,
): readonly RuleRow[] {
  const was = rowsOf(file);
  const ofType = (list: readonly RuleRow[], type: 'grid' | 'last_n') => list.find(({ rule }) => rule?.type === type);
  const rowOf = (type: 'grid' | 'last_n') => ofType(rows, type) ?? ofType(was, type) ?? { from: null, rule: null };
  const regexOf = ({ rule }: RuleRow): string | null => (rule !== null && 'regex' in rule ? rule.regex : null);
  const [grid, last] = [rowOf('grid'), rowOf('last_n')];
  const ours = prefix === null || prefix === '' ? '.*' : `^${prefix.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`;
  const timed: Readonly<Record<'grid' | 'last_n', KeepRuleForm | null>> = {
    // An empty expression finds every name for the newest, and is refused for a grid.
    grid:
      keep.grid.length === 0
        ? null
        : { type: 'grid', grid: [...keep.grid], regex: regexOf(grid) ?? (regexOf(last) || ours) },
    last_n:
      keep.lastN === null ? null : { type: 'last_n', count: keep.lastN, regex: regexOf(last) ?? regexOf(grid) ?? ours },
  };
  const kept = rows.flatMap((row): readonly RuleRow[] => {
    if (row.rule?.type !== 'grid' && row.rule?.type !== 'last_n') return [row];
    const rule = timed[row.rule.type];
    return rule === null ? [] : [{ from: row.from, rule }];
  });
  const missing = (['grid', 'last_n'] as const).flatMap((type): readonly RuleRow[] => {
    const rule = timed[type];
    return rule === null || ofType(rows, type) !== undefined ? [] : [{ from: rowOf(type).from, rule }];
  });
  return inOrder([...kept, ...missing]);
}

export const withRowAt = (rows: readonly RuleRow[], at: number, rule: KeepRuleForm): readonly RuleRow[] =>
  rows.map((row, index) => (index === at ? { ...row, rule } : row));

/** On this machine: what the destination does not have yet stays, or does not. The rule comes back as it was in the file. */
export function withNotReplicated(rows: readonly RuleRow[], on: boolean, file: JobKeep): readonly RuleRow[] {
  const isIt = ({ rule }: RuleRow): boolean => rule?.type === 'not_replicated';
  if (!on) return rows.filter((row) => !isIt(row));
  const was = rowsOf(file).filter(isIt);
  const fresh: RuleRow = { from: null, rule: { type: 'not_replicated', keepSnapshotAtCursor: true } };
  return inOrder([...rows, ...(was.length === 0 ? [fresh] : was)]);
}

/** As in the file, and the new ones behind. */
function inOrder(rows: readonly RuleRow[]): readonly RuleRow[] {
  return rows.toSorted((a, b) => (a.from ?? rows.length + RULES_MAX) - (b.from ?? rows.length + RULES_MAX));
}

/** Why they cannot be saved like that; null where they can. */
export function rulesFault(rows: readonly RuleRow[]): KeepFault | null {
  const keep = keepOf(rows);
  if (rows.length === 0) return 'nothing';
  const fault = keep === null ? null : keepFault(keep);
  return fault === 'nothing' ? null : fault;
}

/** Whether something that these rules keep may go by the others: said rather too often than too seldom. */
export function keepsLess(before: readonly RuleRow[], after: readonly RuleRow[]): boolean {
  const gone = before.some(({ from, rule }) => {
    if (rule?.type === 'grid' || rule?.type === 'last_n') return false;
    const now = after.find((row) => row.from === from);
    return now === undefined || !isSame(now.rule, rule);
  });
  const [was, now] = [keepOf(before), keepOf(after)];
  return gone || (was !== null && now !== null && !covers(now, was));
}

/** At every age at which anything changes, as many in as long a time, and as many of the newest. */
function covers(now: Keep, was: Keep): boolean {
  const ages = [...bordersS(now), ...bordersS(was)];
  return (now.lastN ?? 0) >= (was.lastN ?? 0) && ages.every((ageS) => density(now, ageS) >= density(was, ageS));
}

/** Ages at which an interval begins. */
function bordersS({ grid }: Keep): readonly number[] {
  const borders = [0];
  for (const { count, lengthS } of grid) borders.push((borders.at(-1) ?? 0) + count * lengthS);
  return borders;
}

/** Snapshots in a second, of that age. */
function density({ grid }: Keep, ageS: number): number {
  let untilS = 0;
  for (const { count, lengthS, keep } of grid) {
    untilS += count * lengthS;
    if (ageS < untilS) return keep === 'all' ? Number.POSITIVE_INFINITY : keep / lengthS;
  }
  return 0;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
