import { describe, expect, it } from 'vitest';
import type { ConfigJob } from '../../../core/api/config.ts';
import type { JobKeep } from '../../../core/api/config-forms.ts';
import type { JobPlan } from '../../../core/api/status.ts';
import { applyEdits } from '../../../core/config/edit.ts';
import { configJobs } from '../../../core/config/job-forms.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { type ConfigDraft, draftJob, NO_DRAFT } from '../../../renderer/model/config-draft.ts';
import { awaitsAgreement, oldCount, oldFate, prefixBefore } from '../../../renderer/model/prefix-change.ts';

const textWith = (rules: string, prefix = 'old_') => `jobs:
  - type: snap
    name: a
    filesystems: {"p<": true}
    snapshotting: {type: periodic, interval: 1h, prefix: ${prefix}}
    pruning: {keep: [${rules}]}
`;
const parse = (text: string) => parseConfig(text, { fileName: 'f' });
const jobsOf = (text: string) => configJobs(parse(text), text, 0);

/** The rules as the daemon tells them of a change of the prefix alone. */
function keepAfter(rules: string): JobKeep | undefined {
  const before = textWith(rules);
  const schedule = { kind: 'periodic' as const, intervalS: 3600, prefix: 'new_' };
  const after = applyEdits(before, [{ op: 'schedule', job: 'a', schedule }]);
  return configJobs(parse(after), after, 0, parse(before).config)[0]?.keeps[0];
}

describe('another prefix', () => {
  it.each([
    ['{type: grid, grid: 24x1h, regex: ".*"}', 'thinned', true],
    ['{type: grid, grid: 24x1h, regex: "^old_"}', 'thinned', false],
    ['{type: grid, grid: 24x1h, regex: "^new_"}', 'goes', true],
    ['{type: grid, grid: 24x1h, regex: "^new_"}, {type: regex, negate: true, regex: "^new_"}', 'kept', true],
    ['{type: last_n, count: 3}', 'thinned', true],
    ['{type: regex, regex: "^old_"}, {type: last_n, count: 3}', 'kept', true],
  ])('means for older snapshots, by the rules %s: %s', (rules, fate, newOnes) => {
    const keep = keepAfter(rules);
    expect(keep === undefined ? null : oldFate(keep)).toBe(fate);
    expect(keep?.rules.some(({ own, rule }) => own && rule?.type !== 'regex')).toBe(newOnes);
  });

  it('says nothing of what the daemon has not said', () => {
    const [job] = jobsOf(textWith('{type: last_n, count: 3}'));
    expect(job?.keeps.map(oldFate)).toEqual([null]);
  });

  it('counts what bears the old one, and nothing where a side was not listed', () => {
    const snapshot = (name: string) => ({ name, verdict: 'keep' as const, because: [] });
    const dataset = { dataset: 'p', skipReason: '', problem: null };
    const plan = (snapshots: string[]): JobPlan => ({
      job: 'a',
      replication: [],
      pruning: [{ side: 'local', problem: null, datasets: [{ ...dataset, snapshots: snapshots.map(snapshot) }] }],
    });
    expect(oldCount(plan(['old_1', '@old_2', 'older', 'new_old_']), 'local', 'old_')).toBe(2);
    expect(oldCount(plan([]), 'sender', 'old_')).toBeNull();
  });

  it('has to be agreed to, each one anew, but for a job that is removed', () => {
    const jobs: readonly ConfigJob[] = jobsOf(textWith('{type: last_n, count: 3}'));
    const [job] = jobs;
    const drafted = (change: Parameters<typeof draftJob>[2]): ConfigDraft => draftJob(NO_DRAFT, 'a', change);
    const schedule = { kind: 'periodic' as const, intervalS: 3600, prefix: 'new_' };
    expect(awaitsAgreement(NO_DRAFT, jobs)).toBe(false);
    expect(awaitsAgreement(drafted({ schedule }), jobs)).toBe(true);
    expect(awaitsAgreement(drafted({ schedule, prefixAgreed: true }), jobs)).toBe(false);
    expect(awaitsAgreement(drafted({ schedule, removed: true }), jobs)).toBe(false);
    expect(awaitsAgreement(drafted({ schedule: { ...schedule, prefix: 'old_' } }), jobs)).toBe(false);
    expect(job === undefined ? '' : prefixBefore(job, drafted({ schedule }))).toBe('old_');
  });
});
