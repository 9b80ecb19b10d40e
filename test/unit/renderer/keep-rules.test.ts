import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConfigJob, configEditSchema } from '../../../core/api/config.ts';
import type { JobKeep, KeepRuleForm } from '../../../core/api/config-forms.ts';
import type { Keep } from '../../../core/api/keep.ts';
import { PRESETS } from '../../../core/api/wizard/presets.ts';
import {
  changeOf,
  complaintAt,
  draftJob,
  draftRules,
  isFaulty,
  NO_DRAFT,
} from '../../../renderer/model/config-draft.ts';
import { lostInBands } from '../../../renderer/model/keep-picture.ts';
import {
  keepOf,
  keepsLess,
  type RuleRow,
  rowsOf,
  rulesFault,
  wantedRules,
  withKeep,
  withNotReplicated,
  withRowAt,
} from '../../../renderer/model/keep-rules.ts';
import { intervalChoice, scheduleOfKind, secondsBetween } from '../../../renderer/model/schedule-form.ts';

const HOUR_S = 3600;
const NOT_REPLICATED: KeepRuleForm = { type: 'not_replicated', keepSnapshotAtCursor: true };
const GRID: KeepRuleForm = { type: 'grid', grid: [{ count: 24, lengthS: HOUR_S, keep: 1 }], regex: '^a_' };
const OTHERS: KeepRuleForm = { type: 'regex', regex: '^a_', negate: true };
const fileOf = (...rules: (KeepRuleForm | null)[]): JobKeep => ({
  side: 'sender',
  editable: true,
  rules: rules.map((rule) => ({ rule, own: true })),
});
const FILE = fileOf(NOT_REPLICATED, GRID, OTHERS);
const keepers = fc.constantFrom(...PRESETS.flatMap(({ keepSender, keepReceiver }) => [keepSender, keepReceiver]));
const anyKeep: fc.Arbitrary<Keep> = fc
  .record({ keep: keepers, lastN: fc.option(fc.integer({ min: 1, max: 99 })), empty: fc.boolean() })
  .map(({ keep, lastN, empty }) => ({ grid: empty ? [] : keep.grid, lastN }));

describe('the rules of a job in a form', () => {
  it('are what was chosen, whatever they were, and the others stay', () => {
    const files = fc.constantFrom(FILE, fileOf(OTHERS), fileOf(GRID), fileOf({ type: 'last_n', count: 3, regex: '' }));
    fc.assert(
      fc.property(files, fc.array(anyKeep, { minLength: 1, maxLength: 3 }), (file, keeps) => {
        const rows = keeps.reduce<readonly RuleRow[]>((now, keep) => withKeep(now, keep, file, 'a_'), rowsOf(file));
        expect(keepOf(rows)).toEqual(keeps.at(-1));
        const isTimed = ({ rule }: RuleRow) => rule?.type === 'grid' || rule?.type === 'last_n';
        expect(rows.filter((row) => !isTimed(row))).toEqual(rowsOf(file).filter((row) => !isTimed(row)));
        const froms = rows.flatMap(({ from }) => from ?? []);
        expect(new Set(froms).size).toBe(froms.length);
        // Whatever comes of it, the daemon takes it.
        const rules = wantedRules(file, rows);
        if (rules !== null && rows.length > 0) configEditSchema.parse({ op: 'keep', job: 'j', side: 'sender', rules });
        const back = withKeep(rows, keepOf(rowsOf(file)) ?? { grid: [], lastN: null }, file, 'a_');
        expect(wantedRules(file, back)).toBeNull();
      }),
    );
  });

  it('ask for what has changed alone, and for nothing where nothing has', () => {
    expect(wantedRules(FILE, rowsOf(FILE))).toBeNull();
    const rows = withKeep(rowsOf(FILE), { grid: [], lastN: 5 }, FILE, 'a_');
    expect(wantedRules(FILE, rows)).toEqual([
      { from: 0, rule: null },
      { from: 2, rule: null },
      { from: null, rule: { type: 'last_n', count: 5, regex: '^a_' } },
    ]);
    const [first] = withKeep(
      rowsOf(fileOf(NOT_REPLICATED)),
      { grid: [], lastN: 5 },
      fileOf(NOT_REPLICATED),
      'a.b_',
    ).slice(1);
    expect(first?.rule).toMatchObject({ regex: '^a\\.b_' });
  });

  it('that are more than one grid, or have no words here, are for the file alone', () => {
    expect(keepOf(rowsOf(fileOf(GRID, GRID)))).toBeNull();
    expect(keepOf(rowsOf(fileOf(GRID, null)))).toBeNull();
    expect(keepOf(rowsOf(fileOf({ type: 'last_n', count: 20_000, regex: '' })))).toBeNull();
  });

  it('are faulty where nothing would be kept', () => {
    expect(rulesFault([])).toBe('nothing');
    expect(rulesFault(rowsOf(fileOf(OTHERS)))).toBeNull();
    const shrinking = [2 * HOUR_S, HOUR_S].map((lengthS) => ({ count: 1, lengthS, keep: 1 }));
    expect(rulesFault(rowsOf(fileOf({ ...GRID, grid: shrinking })))).toBe('gets-shorter');
  });
});

describe('keeping less than before', () => {
  const less = (before: JobKeep, after: readonly RuleRow[]) => keepsLess(rowsOf(before), after);
  const grid = (count: number, lengthS: number, keep: number | 'all' = 1) =>
    withKeep(rowsOf(FILE), { grid: [{ count, lengthS, keep }], lastN: null }, FILE, 'a_');

  it('is noticed where intervals, numbers and other rules go, and not where there are more', () => {
    expect(less(FILE, rowsOf(FILE))).toBe(false);
    expect(less(FILE, grid(23, HOUR_S))).toBe(true);
    expect(less(FILE, grid(25, HOUR_S))).toBe(false);
    expect(less(FILE, grid(24, 2 * HOUR_S))).toBe(true);
    expect(less(FILE, grid(24, HOUR_S, 'all'))).toBe(false);
    expect(less(FILE, grid(48, HOUR_S / 2, 1))).toBe(false);
    expect(less(FILE, withNotReplicated(rowsOf(FILE), false, FILE))).toBe(true);
    expect(withNotReplicated(withNotReplicated(rowsOf(FILE), false, FILE), true, FILE)).toEqual(rowsOf(FILE));
    expect(less(FILE, withRowAt(rowsOf(FILE), 2, { ...OTHERS, regex: '^b_' }))).toBe(true);
    expect(less(FILE, [...rowsOf(FILE), { from: null, rule: OTHERS }])).toBe(false);
    const last = fileOf({ type: 'last_n', count: 5, regex: '' });
    expect(less(last, withKeep(rowsOf(last), { grid: [], lastN: 4 }, last, null))).toBe(true);
  });

  it('is counted by age, so that young snapshots make up for no old ones', () => {
    const point = (...ages: number[]) => ({ kept: ages.length, snapshots: ages.map((ageS) => ({ ageS })) });
    const day = 86_400;
    expect(lostInBands(point(10, 20 * day, 21 * day), point(10, 20, 30, 40))).toBe(2);
    expect(lostInBands(point(1), undefined)).toBeNull();
    expect(lostInBands({ kept: 5000, snapshots: [] }, { kept: 3000, snapshots: [] })).toBe(2000);
  });
});

describe('the draft of a job', () => {
  const job: ConfigJob = {
    ...{ name: 'j', title: '', type: 'push', disabled: false, file: 'f', line: 1, refused: [] },
    schedule: {
      schedule: { kind: 'periodic', intervalS: HOUR_S, prefix: 'a_' },
      ...{ editable: true, hooks: false, nextMs: [] },
    },
    keeps: [FILE],
    limit: null,
    movable: false,
  };
  it('is asked for as edits, and is nothing when it is as before', () => {
    const schedule = { kind: 'cron', cron: '* * * * *', prefix: 'a_' } as const;
    const draft = draftRules(draftJob(NO_DRAFT, 'j', { schedule }), 'j', {
      sender: withNotReplicated(rowsOf(FILE), false, FILE),
    });
    expect(changeOf(draft, '', [job])).toEqual({
      kind: 'edits',
      edits: [
        { op: 'schedule', job: 'j', schedule },
        {
          op: 'keep',
          ...{ job: 'j', side: 'sender' },
          rules: [
            { from: 1, rule: null },
            { from: 2, rule: null },
          ],
        },
      ],
    });
    const same = draftJob(draft, 'j', { schedule: { kind: 'periodic', intervalS: HOUR_S, prefix: 'a_' } });
    expect(changeOf(draftRules(same, 'j', { sender: rowsOf(FILE) }), '', [job])).toBeNull();
    expect(isFaulty(draft)).toBe(false);
    expect(isFaulty(draftRules(draft, 'j', { sender: [] }))).toBe(true);
  });

  it('has the complaints of the daemon at their fields', () => {
    const at = { file: 'f', line: 1, column: 1, hint: null, severity: 'error' as const };
    const problems = [{ ...at, path: 'jobs[0] "j".snapshotting.cron', message: 'no' }];
    expect(complaintAt(problems, 'j', 'snapshotting.cron', 'en')).toBe('no');
    expect(complaintAt(problems, 'k', 'snapshotting.cron', 'en')).toBeNull();
    expect(complaintAt(problems, 'j', 'snapshotting.prefix', 'en')).toBeNull();
  });
});

describe('a schedule', () => {
  it('of another kind keeps the names, and comes back as it was saved', () => {
    const saved = { kind: 'periodic', intervalS: 900, prefix: 'a_' } as const;
    const cron = scheduleOfKind('cron', saved, saved);
    expect(cron).toEqual({ kind: 'cron', cron: '0 * * * *', prefix: 'a_' });
    expect(scheduleOfKind('manual', cron, saved)).toEqual({ kind: 'manual' });
    expect(scheduleOfKind('periodic', { kind: 'manual' }, saved)).toEqual(saved);
    expect(scheduleOfKind('periodic', { kind: 'manual' }, null)).toMatchObject({ prefix: 'snapferry_' });
    expect([900, 901].map(intervalChoice)).toEqual(['900', 'own']);
  });

  it('says how often where that is known', () => {
    const cron = { kind: 'cron', cron: 'c', prefix: '' } as const;
    const told = { schedule: cron, editable: true, hooks: false, nextMs: [0, 1000 * HOUR_S, 4000 * HOUR_S] };
    expect(secondsBetween(cron, told)).toBe(2 * HOUR_S);
    expect(secondsBetween({ ...cron, cron: 'd' }, told)).toBeNull();
    expect(secondsBetween({ kind: 'periodic', intervalS: 30, prefix: '' }, told)).toBeNull();
    expect(secondsBetween({ kind: 'manual' }, told)).toBeNull();
  });
});
