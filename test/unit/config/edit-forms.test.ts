import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConfigEdit, configEditSchema, configGetReply } from '../../../core/api/config.ts';
import type { KeepRuleForm, Schedule, WantedRules } from '../../../core/api/config-forms.ts';
import { type GridInterval, gridFault } from '../../../core/api/keep.ts';
import { ProblemError } from '../../../core/api/problem.ts';
import { applyEdits } from '../../../core/config/edit.ts';
import { configJobs } from '../../../core/config/job-forms.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';

const NOW_MS = Date.UTC(2026, 0, 1, 12, 30);

/** Comments everywhere, and the ways in which people write. */
const TEXT = `# mine
jobs:
  # the house
  - type: push # away
    name: home
    connect: {type: local, listener_name: l, client_identity: c}
    filesystems: {"tank/home<": true} # all
    # often enough
    snapshotting: # when
      # fifteen minutes were too much
      type: periodic # by the clock
      interval: 60m # an hour
      prefix: s_ # ours
      timestamp_format: human # readable
    pruning:
      # here
      keep_sender:
        # until it is there
        - type: not_replicated
        - {type: last_n, count: 0x10, regex: "^s_"} # sixteen
        # what others have made
        - type: regex
          negate: yes # all others
          regex: "^s_"
      keep_receiver: # there
        - type: grid # the grid
          # a long one
          grid: 1x1h(keep=all) | 24x1h | 12x30d # a year
          regex: "^s_" # ours
  # another
  - {type: snap, name: flow, filesystems: {"tank/a<": on}, snapshotting: {type: cron, cron: "0 * * * *", prefix: x_}, pruning: {keep: [{type: last_n, count: 3}, {type: grid, grid: 3x1d, regex: x}]}} # tight
  - type: snap
    name: hand # by hand
    filesystems: {"tank/b<": true}
    snapshotting:
      type: manual # me
    pruning:
      keep:
        - type: regex
          regex: ".*" # everything
  - {type: sink, name: in, serve: {type: local, listener_name: l}, root_fs: tank/in}
# the end
`;

const parse = (text: string) => parseConfig(text, { fileName: 'f.yml' });
const jobsIn = (text: string) => configJobs(parse(text), text, NOW_MS);
const jobIn = (text: string, name: string) => {
  const job = jobsIn(text).find((one) => one.name === name);
  if (job === undefined) throw new Error(JSON.stringify(parse(text).problems));
  return job;
};
const commentsOf = (text: string) => text.split('\n').flatMap((line) => /# .*$/.exec(line)?.[0] ?? []);
/** Everything of the configuration but where it stands, and but these parts of one job. */
function restOf(text: string, name: string, part: 'snapshotting' | 'pruning'): unknown {
  const { config } = parse(text);
  return config?.jobs.map((job) => ({ ...job, definedAt: null, ...(job.name === name ? { [part]: null } : {}) }));
}
/** What the file says of the rules of one side. */
const rulesIn = (text: string, name: string, side: string) =>
  jobIn(text, name)
    .keeps.find((one) => one.side === side)
    ?.rules.map(({ rule }) => rule);

const text = fc.stringMatching(/^[ -~]{1,20}$/).filter((one) => one.trim() !== '' && !/^(~|null)$/i.test(one));
const prefix = fc.stringMatching(/^[a-z][a-z0-9_-]{0,10}$/).filter((one) => !/^null$/i.test(one));
const schedule: fc.Arbitrary<Schedule> = fc.oneof(
  fc.record({ kind: fc.constant('periodic' as const), intervalS: fc.integer({ min: 1, max: 10 ** 6 }), prefix }),
  fc.record({
    kind: fc.constant('cron' as const),
    cron: fc.constantFrom('*/15 * * * *', '0 3 * * 1', 'TZ=UTC 5 4 * * *'),
    prefix,
  }),
  fc.constant({ kind: 'manual' as const }),
);
const interval: fc.Arbitrary<GridInterval> = fc.record({
  count: fc.integer({ min: 1, max: 50 }),
  lengthS: fc.integer({ min: 1, max: 10 ** 7 }),
  keep: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant('all' as const)),
});
const grid = fc
  .array(interval, { minLength: 1, maxLength: 4 })
  .map((rows) => rows.toSorted((a, b) => a.lengthS - b.lengthS))
  .filter((rows) => gridFault(rows) === null && rows.every((row, at) => row.lengthS !== rows[at - 1]?.lengthS));
const regex = fc.constantFrom('.*', '^s_', '^"q\'', 'a: b #c', '[0-9]+$');
const rules: Readonly<Record<KeepRuleForm['type'], fc.Arbitrary<KeepRuleForm>>> = {
  not_replicated: fc.record({ type: fc.constant('not_replicated' as const), keepSnapshotAtCursor: fc.boolean() }),
  last_n: fc.record({
    type: fc.constant('last_n' as const),
    count: fc.integer({ min: 1, max: 1000 }),
    regex: fc.oneof(regex, fc.constant('')),
  }),
  grid: fc.record({ type: fc.constant('grid' as const), grid, regex }),
  regex: fc.record({ type: fc.constant('regex' as const), regex, negate: fc.boolean() }),
};
const anyRule = fc.oneof(rules.last_n, rules.grid, rules.regex);

const places = [
  ['home', 'sender'],
  ['home', 'receiver'],
  ['flow', 'local'],
  ['hand', 'local'],
] as const;

/** A new list for one of these places: of what is there some stays, some changes, some goes, and some is new. */
const newRules = fc.constantFrom(...places).chain(([job, side]) => {
  const now = rulesIn(TEXT, job, side) ?? [];
  const kept = now.map((rule, from) => {
    if (rule === null || rule === undefined) throw new Error('every rule of the example can be told');
    const other: fc.Arbitrary<KeepRuleForm | null> = rules[rule.type];
    return fc
      .record({ stays: fc.boolean(), rule: fc.oneof(fc.constant(null), other) })
      .map(({ stays, rule: next }) => (stays ? [{ from, rule: next }] : []));
  });
  return fc
    .tuple(fc.tuple(...kept), fc.array(anyRule, { maxLength: 3 }))
    .map(([old, fresh]): { job: string; side: typeof side; rules: WantedRules } => ({
      job,
      side,
      rules: [...old.flat(), ...fresh.map((rule) => ({ from: null, rule }))],
    }))
    .filter((one) => one.rules.length > 0);
});

/** Each reads whole files several times. */
const RUNS = { numRuns: 40 };

describe('a schedule that a form has changed', () => {
  it('reads back as what was asked for, with everything else and every comment as it was', () => {
    fc.assert(
      fc.property(fc.constantFrom('home', 'flow', 'hand'), schedule, (job, wanted) => {
        const edit = configEditSchema.parse({ op: 'schedule', job, schedule: wanted });
        const after = applyEdits(TEXT, [edit]);
        expect(jobIn(after, job).schedule?.schedule).toEqual(wanted);
        expect(restOf(after, job, 'snapshotting')).toEqual(restOf(TEXT, job, 'snapshotting'));
        const gone = commentsOf(TEXT).filter((comment) => !commentsOf(after).includes(comment));
        // What was written beside a key that is not there any more goes with it.
        const beside = wanted.kind === 'manual' ? ['# an hour', '# ours', '# readable'] : [];
        expect(gone.filter((comment) => !beside.includes(comment))).toEqual([]);
        expect(applyEdits(after, [edit])).toBe(after);
      }),
      RUNS,
    );
  });

  it('keeps what else is said there, and changes the one line', () => {
    const after = applyEdits(TEXT, [
      { op: 'schedule', job: 'home', schedule: { kind: 'cron', cron: '*/15 * * * *', prefix: 's_' } },
    ]);
    expect(after).toContain(
      '      type: cron # by the clock\n      cron: "*/15 * * * *" # an hour\n      prefix: s_ # ours',
    );
    expect(after).toContain('timestamp_format: human # readable');
    const same = applyEdits(TEXT, [
      { op: 'schedule', job: 'home', schedule: { kind: 'periodic', intervalS: 3600, prefix: 's_' } },
    ]);
    expect(same).toContain('interval: 60m # an hour');
  });

  it('is not taken where hooks would be lost', () => {
    const hooked = TEXT.replace('prefix: s_', 'hooks: [{type: command, path: /root/x}]\n      prefix: s_');
    expect(jobIn(hooked, 'home').schedule).toMatchObject({ hooks: true, editable: true });
    const edit = { op: 'schedule', job: 'home', schedule: { kind: 'manual' } } as const;
    expect(() => applyEdits(hooked, [edit])).toThrow(ProblemError);
    const other = { op: 'schedule', job: 'home', schedule: { kind: 'periodic', intervalS: 60, prefix: 's_' } } as const;
    expect(applyEdits(hooked, [other])).toContain('hooks: [{type: command, path: /root/x}]');
  });
});

describe('keep rules that a form has changed', () => {
  it('read back as what was asked for, with everything else as it was', () => {
    fc.assert(
      fc.property(newRules, ({ job, side, rules: wanted }) => {
        const before = rulesIn(TEXT, job, side) ?? [];
        const edit = configEditSchema.parse({ op: 'keep', job, side, rules: wanted });
        const after = applyEdits(TEXT, [edit]);
        const asked = wanted.map(({ from, rule }) => rule ?? before[from ?? -1]);
        expect(rulesIn(after, job, side)).toEqual(asked);
        expect(restOf(after, job, 'pruning')).toEqual(restOf(TEXT, job, 'pruning'));
        const otherSides = (text: string) => jobIn(text, job).keeps.filter((one) => one.side !== side);
        expect(otherSides(after)).toEqual(otherSides(TEXT));
        // What stands at a rule that goes may go with it; nothing does where all of them stay.
        if (before.every((_, index) => wanted.some(({ from }) => from === index))) {
          expect(commentsOf(TEXT).filter((comment) => !commentsOf(after).includes(comment))).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('leave a rule as it was written while it says the same', () => {
    const wanted = (rulesIn(TEXT, 'home', 'sender') ?? []).map((rule, from) => ({ from, rule: rule ?? null }));
    const grown: WantedRules = [
      ...wanted,
      { from: null, rule: { type: 'grid', grid: [{ count: 2, lengthS: 3600, keep: 1 }], regex: '^s_' } },
    ];
    const after = applyEdits(TEXT, [{ op: 'keep', job: 'home', side: 'sender', rules: grown }]);
    expect(after).toContain('- {type: last_n, count: 0x10, regex: "^s_"} # sixteen');
    expect(after).toContain('negate: yes # all others');
    expect(after).toContain('grid: 2x1h\n');
  });

  it.each([
    [[{ from: 7, rule: null }]],
    [
      [
        { from: 0, rule: null },
        { from: 0, rule: null },
      ],
    ],
    [[{ from: 0, rule: { type: 'last_n', count: 1, regex: '' } }]],
  ] satisfies [WantedRules][])('are refused where they come from nowhere: %j', (wanted) => {
    expect(() => applyEdits(TEXT, [{ op: 'keep', job: 'home', side: 'sender', rules: wanted }])).toThrow(ProblemError);
  });
});

const SHARED = `jobs:
  - &first
    type: snap
    name: a
    filesystems: {"tank/a<": true}
    snapshotting: {type: manual}
    pruning: {keep: [{type: last_n, count: 1}]}
  - <<: *first
    name: b
  - <<: *first
    name: c
    snapshotting: &when {type: periodic, interval: 1h, prefix: p_}
    pruning: {keep: [&rule {type: last_n, count: 2}]}
  - type: snap
    name: d
    filesystems: {"tank/d<": true}
    snapshotting: *when
    pruning: {keep: [*rule]}
  - type: snap
    name: e
    filesystems: {"tank/e<": true}
    snapshotting: {<<: *when, prefix: e_}
    pruning: {keep: [{<<: *rule, count: 9}]}
  - <<: *first
    name: f
    snapshotting: {type: manual}
    pruning: {keep: [{type: last_n, count: 1}]}
`;

describe('what others share', () => {
  it('is told, and only the file can change it', () => {
    expect(jobsIn(SHARED).map(({ name, schedule, keeps }) => [name, schedule?.editable, keeps[0]?.editable])).toEqual(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, name === 'f', name === 'f']),
    );
    const edits = ['a', 'b', 'c', 'd', 'e'].flatMap((job): ConfigEdit[] => [
      { op: 'schedule', job, schedule: { kind: 'periodic', intervalS: 60, prefix: 'x_' } },
      { op: 'keep', job, side: 'local', rules: [{ from: 0, rule: { type: 'last_n', count: 5, regex: '' } }] },
    ]);
    for (const edit of edits) expect(() => applyEdits(SHARED, [edit])).toThrow(ProblemError);
  });
});

describe('what is told of a job', () => {
  it('fits the contract, with the next times of a calendar rule and which rules are about its snapshots', () => {
    const jobs = jobsIn(TEXT);
    const reply = { file: 'f.yml', text: TEXT, masked: false, digest: null, jobs, problems: [] };
    expect(configGetReply.parse(reply).jobs).toEqual(jobs);
    const zoned = TEXT.replace('"0 * * * *"', '"TZ=UTC 0 * * * *"');
    const hour = (at: number) => Date.UTC(2026, 0, 1, at);
    expect(jobIn(zoned, 'flow').schedule?.nextMs).toEqual([hour(13), hour(14), hour(15)]);
    const own = (text: string) => jobIn(text, 'home').keeps.map(({ rules: list }) => list.map((one) => one.own));
    expect(own(TEXT)).toEqual([[true, true, false], [true]]);
    expect(own(TEXT.replace('prefix: s_', 'prefix: t_'))).toEqual([[true, false, true], [false]]);
    expect(jobIn(TEXT, 'hand').schedule).toEqual({
      schedule: { kind: 'manual' },
      editable: true,
      hooks: false,
      nextMs: [],
    });
  });

  it('has nothing in the place of what a form has no words for, and lets the file alone change it', () => {
    const odd = TEXT.replace('12x30d', Array.from({ length: 30 }, (_, n) => `1x${n + 30}d`).join(' | '));
    expect(rulesIn(odd, 'home', 'receiver')).toEqual([null]);
    const after = applyEdits(odd, [{ op: 'keep', job: 'home', side: 'receiver', rules: [{ from: 0, rule: null }] }]);
    expect(after).toBe(applyEdits(odd, [{ op: 'title', job: 'home', title: '' }]));
  });

  it('is the same for any text of a prefix', () => {
    fc.assert(
      fc.property(text, (wanted) => {
        const edit: ConfigEdit = {
          op: 'schedule',
          job: 'home',
          schedule: { kind: 'periodic', intervalS: 60, prefix: wanted },
        };
        const after = applyEdits(TEXT, [edit]);
        const { config, problems } = parse(after);
        if (config === null) expect(problems.map(({ path }) => path.includes('snapshotting'))).toContain(true);
        else expect(jobIn(after, 'home').schedule?.schedule).toMatchObject({ prefix: wanted });
      }),
      RUNS,
    );
  });
});
