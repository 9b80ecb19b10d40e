/** Keep rules and holds in words. */
import { remark } from '../api/remark.ts';
import { parseHoldMark } from '../zfs/marks.ts';
import type { GridBucket } from './grid.ts';
import type { KeepRule } from './keep-rule.ts';

const UNITS = [
  [604_800, 'w'],
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'm'],
] as const;

function duration(seconds: number): string {
  for (const [size, unit] of UNITS) if (seconds % size === 0) return `${seconds / size}${unit}`;
  return `${seconds}s`;
}

/** A grid as one writes it: equal neighbours counted. */
export function describeGrid(grid: readonly GridBucket[]): string {
  const runs: { bucket: GridBucket; repeat: number }[] = [];
  for (const bucket of grid) {
    const last = runs.at(-1);
    if (last !== undefined && last.bucket.lengthS === bucket.lengthS && last.bucket.keep === bucket.keep)
      last.repeat += 1;
    else runs.push({ bucket, repeat: 1 });
  }
  return runs
    .map(({ bucket: { lengthS, keep }, repeat }) => {
      return `${repeat}x${duration(lengthS)}${keep === 1 ? '' : `(keep=${keep})`}`;
    })
    .join(' | ');
}

/** What a rule says, short enough for a table. */
export function describeRule(rule: KeepRule): string {
  switch (rule.type) {
    case 'not_replicated':
      return remark('rule-not-replicated');
    case 'last_n': {
      const { count, regex } = rule;
      return regex === ''
        ? remark('rule-last', { count: `${count}` })
        : remark('rule-last-named', { count: `${count}`, regex });
    }
    case 'grid': {
      const grid = describeGrid(rule.grid);
      return rule.regex === '' ? remark('rule-grid', { grid }) : remark('rule-grid-named', { grid, regex: rule.regex });
    }
    case 'regex':
      return remark(rule.negate ? 'rule-name-without' : 'rule-name-with', { regex: rule.regex });
  }
}

/** Whose hold it is, as far as its tag tells. */
export function describeHold(tag: string): string {
  const mark = parseHoldMark(tag);
  if (mark === null) return remark('hold-foreign', { tag });
  return remark('hold-of-job', { tag, job: mark.jobId });
}
