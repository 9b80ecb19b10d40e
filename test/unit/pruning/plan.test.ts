import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobPlanSchema } from '../../../core/api/status.ts';
import { explainPlan } from '../../../core/pruning/explain.ts';
import type { KeepRule } from '../../../core/pruning/keep-rule.ts';
import { doomed, type PlanSettings, planDataset, planPrune, withHolds } from '../../../core/pruning/plan.ts';
import { compileRules } from '../../../core/pruning/rules.ts';
import type { PlannedSnapshot, PruneDataset, PruneSnapshot, PruneTarget } from '../../../core/pruning/types.ts';

const NOW_S = 1_000_000;
const nothing: KeepRule = { type: 'regex', regex: '^never$', negate: false };
const everything: KeepRule = { type: 'regex', regex: '', negate: false };
const notReplicated = (keepSnapshotAtCursor = true): KeepRule => ({ type: 'not_replicated', keepSnapshotAtCursor });

const settings = (rules: readonly KeepRule[], changes: Partial<PlanSettings> = {}): PlanSettings => ({
  side: 'sender',
  rules: compileRules(rules),
  replicatedOn: 'any',
  nowMs: NOW_S * 1000,
  ...changes,
});
const snapshot = (id: number, changes: Partial<PruneSnapshot> = {}): PruneSnapshot => ({
  name: `s${id}`,
  guid: BigInt(id),
  createtxg: BigInt(id * 10),
  creationS: id,
  userrefs: 0,
  ...changes,
});
const target = (changes: Partial<PruneTarget> = {}): PruneTarget => ({
  label: 'nas',
  cursorGuid: null,
  otherSide: null,
  baseGuid: null,
  ...changes,
});
const dataset = (snapshots: readonly PruneSnapshot[], changes: Partial<PruneDataset> = {}): PruneDataset => ({
  dataset: 'tank/a',
  guid: 99n,
  isPlaceholder: false,
  onSender: true,
  targets: [],
  unfinished: [],
  snapshots,
  ...changes,
});
const five = [1, 2, 3, 4, 5].map((id) => snapshot(id));

function planned(input: PruneDataset, plan: PlanSettings): readonly PlannedSnapshot[] {
  const result = planDataset(input, plan);
  if (result.kind !== 'planned') throw new Error(`it was ${JSON.stringify(result)}`);
  return result.snapshots;
}
const kept = (input: PruneDataset, plan: PlanSettings): string =>
  planned(input, plan)
    .flatMap(({ name, verdict }) => (verdict === 'keep' ? [name] : []))
    .join(' ');

describe('rules', () => {
  it('E1: without rules nothing goes', () => {
    expect(kept(dataset(five), settings([]))).toBe('s1 s2 s3 s4 s5');
  });

  it('what no rule keeps is destroyed, but for the newest', () => {
    expect(kept(dataset(five), settings([nothing]))).toBe('s5');
  });

  it('says by which rules each one is kept', () => {
    const rules = settings([
      { type: 'last_n', count: 1, regex: '' },
      { type: 'regex', regex: 's[25]', negate: false },
    ]);
    const [s1, s2, , , s5] = planned(dataset(five), rules);
    expect(s1?.reasons).toEqual([{ kind: 'unwanted', text: 'no rule keeps it' }]);
    expect(s2?.reasons).toEqual([{ kind: 'rule', index: 1, text: 'rule 2 keeps it: name with s[25]' }]);
    expect(s5?.reasons.map((reason) => (reason.kind === 'rule' ? reason.index : reason.kind))).toEqual([0, 1, 'guard']);
  });
});

describe('replicated', () => {
  const at = (changes: Partial<PruneTarget>, plan: PlanSettings): string =>
    kept(dataset(five, { targets: [target({ baseGuid: 5n, ...changes })] }), plan);

  it('what lies before the cursor is, the cursor itself only if a rule says so, what lies behind is not', () => {
    expect(at({ cursorGuid: 3n }, settings([notReplicated(true)]))).toBe('s3 s4 s5');
    expect(at({ cursorGuid: 3n }, settings([notReplicated(false)]))).toBe('s4 s5');
    expect(at({ cursorGuid: 3n }, settings([notReplicated(true), notReplicated(false)]))).toBe('s4 s5');
  });

  it('nothing is when the snapshot of the cursor is gone', () => {
    expect(at({ cursorGuid: 77n }, settings([notReplicated()]))).toBe('s1 s2 s3 s4 s5');
  });

  it('nothing is where the other side is empty: the cursor came along with a renamed dataset, or the copy was removed', () => {
    const empty = { cursorGuid: 3n, otherSide: new Set<bigint>() };
    expect(at(empty, settings([notReplicated(true)]))).toBe('s1 s2 s3 s4 s5');
    expect(at({ ...empty, otherSide: new Set([9n]) }, settings([notReplicated(true)]))).toBe('s3 s4 s5');
  });

  it('the receiver has what the cursor marks', () => {
    expect(at({ cursorGuid: 3n }, settings([notReplicated(true)], { side: 'receiver' }))).toBe('s4 s5');
  });

  it('order is that of createtxg, not of time', () => {
    const swapped = [snapshot(1), snapshot(2, { creationS: 9 }), snapshot(3), snapshot(4)];
    const input = dataset(swapped, { targets: [target({ cursorGuid: 3n, baseGuid: 4n })] });
    expect(kept(input, settings([notReplicated()]))).toBe('s3 s4');
  });

  it('without a cursor, what is present on both sides', () => {
    const otherSide = new Set([1n, 3n]);
    expect(at({ otherSide }, settings([notReplicated(true)]))).toBe('s2 s3 s4 s5');
    // The newest common one is still the base of the next increment.
    const targets = [target({ otherSide: new Set([1n, 2n, 3n]) })];
    expect(kept(dataset(five, { targets }), settings([notReplicated(false)]))).toBe('s3 s4 s5');
    expect(kept(dataset(five, { targets: [target({ otherSide: new Set() })] }), settings([notReplicated()]))).toBe(
      's1 s2 s3 s4 s5',
    );
  });

  it('a drive that is away needs no snapshot as its base, and that nothing is on it yet is no problem', () => {
    const plan = settings([{ type: 'last_n', count: 1, regex: '' }]);
    const there = target({ cursorGuid: 2n, otherSide: new Set([2n]) });
    const away = (cursorGuid: bigint | null) => target({ label: 'Red', cursorGuid, isAway: true });
    expect(kept(dataset(five, { targets: [there, away(3n)] }), plan)).toBe('s2 s5');
    expect(kept(dataset(five, { targets: [away(2n), away(3n)] }), plan)).toBe('s5');
    expect(kept(dataset(five, { targets: [target({ cursorGuid: 2n }), away(3n)] }), plan)).toBe('s2 s5');
    const none = dataset(five, { targets: [away(null), away(null)] });
    expect(planDataset(none, plan)).toMatchObject({ kind: 'skipped', reason: expect.stringMatching(/on a drive yet/) });
    expect(planDataset(none, settings([notReplicated()]))).toMatchObject({ kind: 'skipped' });
    expect(planDataset(dataset(five, { targets: [target(), away(null)] }), plan)).toMatchObject({ kind: 'problem' });
    // What has arrived on one of them counts, whichever it is.
    expect(kept(dataset(five, { targets: [away(2n), away(4n)] }), settings([notReplicated(false)]))).toBe('s5');
  });

  it('is a problem when nothing is known, whatever the rules: the next increment may start from anything', () => {
    const unknown = dataset(five, { targets: [target()] });
    for (const rules of [[nothing, notReplicated()], [nothing]]) {
      expect(planDataset(unknown, settings(rules))).toMatchObject({
        kind: 'problem',
        problem: { code: 'prune-cursor-missing', facts: { name: 'tank/a' }, phase: 'prune', side: 'sender' },
      });
    }
    expect(kept(unknown, settings([]))).toBe('s1 s2 s3 s4 s5');
  });

  it('is no question without a destination, nor without snapshots', () => {
    expect(kept(dataset(five), settings([nothing], { side: 'local' }))).toBe('s5');
    expect(kept(dataset(five), settings([notReplicated()], { side: 'local' }))).toBe('s1 s2 s3 s4 s5');
    expect(planDataset(dataset([], { targets: [target()] }), settings([notReplicated()]))).toMatchObject({
      kind: 'planned',
      snapshots: [],
    });
  });

  it('to any drive of a set, or to every one', () => {
    const targets = [
      target({ label: 'A', cursorGuid: 4n, baseGuid: 4n }),
      target({ label: 'B', cursorGuid: 2n, baseGuid: 2n }),
    ];
    const input = dataset(five, { targets });
    expect(kept(input, settings([notReplicated()]))).toBe('s2 s4 s5');
    expect(kept(input, settings([notReplicated()], { replicatedOn: 'every' }))).toBe('s2 s3 s4 s5');
    const withNew = dataset(five, { targets: [...targets, target({ label: 'C' })] });
    expect(kept(withNew, settings([notReplicated()]))).toBe('s2 s4 s5');
    expect(kept(withNew, settings([notReplicated()], { replicatedOn: 'every' }))).toBe('s1 s2 s3 s4 s5');
  });
});

describe('guards', () => {
  it('keep the base of every target', () => {
    const targets = [
      target({ label: 'given', baseGuid: 1n, cursorGuid: 2n }),
      target({ label: 'listed', otherSide: new Set([3n]) }),
      target({ label: 'away', cursorGuid: 4n }),
    ];
    const input = dataset(five, { targets });
    expect(kept(input, settings([nothing]))).toBe('s1 s3 s4 s5');
    expect(planned(input, settings([nothing]))[3]?.reasons).toEqual([
      { kind: 'guard', guard: 'base', text: 'the next increment with away starts from it' },
    ]);
  });

  it('keep what an unfinished transfer holds, and let go of what a bookmark can stand in for', () => {
    const unfinished = [
      { jobId: 'b', guids: new Set([1n]), protection: 'resumability' as const },
      { jobId: 'z', guids: new Set([2n, 5n]), protection: 'incremental' as const },
      { jobId: 'c', guids: new Set([2n]), protection: 'incremental' as const },
    ];
    const snapshots = planned(dataset(five, { unfinished }), settings([nothing]));
    expect(snapshots.map(({ verdict, needsTentativeFirst }) => [verdict, ...needsTentativeFirst])).toEqual([
      ['keep'],
      ['destroy', 'c', 'z'],
      ['destroy'],
      ['destroy'],
      ['keep'],
    ]);
    expect(snapshots[0]?.reasons[0]).toMatchObject({ guard: 'unfinished' });
  });

  it('keep what is held, with tag and owner', () => {
    const plan = planPrune([dataset(five)], settings([nothing]));
    const tags = new Map([
      ['tank/a@s2', ['zrepl_STEP_J_backup', 'mine']],
      ['tank/a@s5', ['mine']],
      ['tank/b@s3', ['mine']],
    ]);
    const held = withHolds(plan, tags);
    expect(doomed(held).map(({ snapshot: { name } }) => name)).toEqual(['s1', 's3', 's4']);
    const entry = held.datasets[0];
    expect(entry?.kind === 'planned' ? entry.snapshots[1]?.reasons : null).toEqual([
      {
        kind: 'guard',
        guard: 'held',
        text: 'skipped: held by zrepl_STEP_J_backup (job backup), mine (not set by a job)',
      },
    ]);
  });
});

describe('datasets', () => {
  it('are skipped with a reason, or stopped by a clock, each for itself', () => {
    const inputs = [
      dataset(five, { dataset: 'tank/d' }),
      dataset(five, { dataset: 'tank/c', isPlaceholder: true }),
      dataset(five, { dataset: 'tank/b', onSender: false }),
      dataset([snapshot(1), snapshot(2, { creationS: NOW_S + 61 })], { dataset: 'tank/a' }),
      dataset([snapshot(1), snapshot(2, { creationS: NOW_S + 60 })], { dataset: 'tank/e' }),
    ];
    const plan = planPrune(inputs, settings([nothing]));
    expect(plan.datasets).toMatchObject([
      { dataset: 'tank/a', kind: 'problem', problem: { code: 'clock-jumped' } },
      { dataset: 'tank/b', kind: 'skipped', reason: expect.stringContaining('sender') },
      { dataset: 'tank/c', kind: 'skipped', reason: expect.stringContaining('stand-in') },
      { dataset: 'tank/d', kind: 'planned' },
      { dataset: 'tank/e', kind: 'planned' },
    ]);
    expect(doomed(plan).map(({ dataset: name }) => name)).toEqual(['tank/d', 'tank/d', 'tank/d', 'tank/d', 'tank/e']);
  });

  it('are explained, snapshot by snapshot', () => {
    const unfinished = [{ jobId: 'j', guids: new Set([1n]), protection: 'incremental' as const }];
    const inputs = [
      dataset([snapshot(1), snapshot(2)], { unfinished }),
      dataset(five, { dataset: 'tank/c', isPlaceholder: true }),
      dataset(five, { dataset: 'tank/d', targets: [target()] }),
    ];
    const explained = explainPlan(planPrune(inputs, settings([notReplicated(), everything].slice(0, 1))));
    const simple = explainPlan(planPrune(inputs, settings([nothing])));
    expect(jobPlanSchema.shape.pruning.parse([explained, simple])).toEqual([explained, simple]);
    expect(simple.datasets[0]?.snapshots).toEqual([
      {
        name: 's1',
        verdict: 'destroy',
        because: [
          'no rule keeps it',
          'it becomes a bookmark first, because an unfinished transfer of job j may start from it',
        ],
      },
      { name: 's2', verdict: 'keep', because: ['it is the newest snapshot of its dataset'] },
    ]);
    expect(simple.datasets[1]).toMatchObject({ skipReason: expect.stringContaining('stand-in'), snapshots: [] });
    expect(explained.datasets[2]).toMatchObject({ problem: { code: 'prune-cursor-missing' }, snapshots: [] });
  });
});

describe('laws', () => {
  const regexText = fc.constantFrom('', '^a', '^b', 'a', '_');
  const oneRule: fc.Arbitrary<KeepRule> = fc.oneof(
    fc.record({ type: fc.constant('last_n' as const), count: fc.integer({ min: 1, max: 6 }), regex: regexText }),
    fc.record({ type: fc.constant('regex' as const), regex: regexText, negate: fc.boolean() }),
    fc.record({ type: fc.constant('not_replicated' as const), keepSnapshotAtCursor: fc.boolean() }),
    fc.record({
      type: fc.constant('grid' as const),
      regex: regexText,
      grid: fc.array(
        fc.record({
          lengthS: fc.integer({ min: 1, max: 300 }),
          keep: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant('all' as const)),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  );
  const someSnapshots = fc
    .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 1000 })), { maxLength: 25 })
    .map((entries) =>
      entries.map(([prefix, creationS], index) => snapshot(index + 1, { name: `${prefix}_${index}`, creationS })),
    );
  const someGuid = fc.integer({ min: 1, max: 26 }).map(BigInt);
  const someTarget = fc.record({
    label: fc.constant('nas'),
    cursorGuid: fc.option(someGuid),
    otherSide: fc.option(fc.array(someGuid).map((guids) => new Set(guids))),
    baseGuid: fc.option(someGuid),
  });
  const someDataset = fc.record({
    dataset: fc.constant('tank/a'),
    guid: fc.constant(99n),
    isPlaceholder: fc.constant(false),
    onSender: fc.constant(true),
    targets: fc.array(someTarget, { maxLength: 3 }),
    unfinished: fc.array(
      fc.record({
        jobId: fc.constantFrom('x', 'y'),
        guids: fc.array(someGuid).map((guids) => new Set(guids)),
        protection: fc.constantFrom('resumability' as const, 'incremental' as const),
      }),
      { maxLength: 2 },
    ),
    snapshots: someSnapshots,
  });
  const someKnown = someDataset.filter(
    ({ targets }) =>
      targets.length === 0 || targets.some(({ cursorGuid, otherSide }) => cursorGuid !== null || otherSide !== null),
  );
  const someRules = fc.array(oneRule, { maxLength: 3 });
  const without = (input: PruneDataset, guids: ReadonlySet<bigint>): PruneDataset => ({
    ...input,
    snapshots: input.snapshots.filter(({ guid }) => !guids.has(guid)),
  });
  const destroyed = (snapshots: readonly PlannedSnapshot[]): Set<bigint> =>
    new Set(snapshots.flatMap(({ guid, verdict }) => (verdict === 'destroy' ? [guid] : [])));

  it('the verdicts partition the input; order of input does not matter; twice is the same', () => {
    fc.assert(
      fc.property(someDataset, someRules, fc.infiniteStream(fc.nat()), (input, rules, noise) => {
        const plan = planDataset(input, settings(rules));
        const shuffled = input.snapshots
          .map((entry) => ({ entry, key: noise.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ entry }) => entry);
        expect(planDataset({ ...input, snapshots: shuffled }, settings(rules))).toEqual(plan);
        expect(planDataset(input, settings(rules))).toEqual(plan);
        if (plan.kind !== 'planned') return;
        expect(plan.snapshots.map(({ guid }) => guid).sort()).toEqual(input.snapshots.map(({ guid }) => guid).sort());
        expect(plan.snapshots.every(({ reasons }) => reasons.length > 0)).toBe(true);
      }),
    );
  });

  it('newest, bases and what a transfer holds are never destroyed', () => {
    fc.assert(
      fc.property(someDataset, someRules, (input, rules) => {
        const plan = planDataset(input, settings(rules));
        if (plan.kind !== 'planned') return;
        const gone = destroyed(plan.snapshots);
        const newest = plan.snapshots.at(-1);
        if (newest !== undefined) expect(gone.has(newest.guid)).toBe(false);
        for (const { baseGuid, cursorGuid, otherSide } of input.targets) {
          if (baseGuid !== null) expect(gone.has(baseGuid)).toBe(false);
          const common = plan.snapshots.filter(({ guid }) => otherSide?.has(guid) === true).at(-1);
          if (common !== undefined) expect(gone.has(common.guid)).toBe(false);
          if (baseGuid === null && common === undefined && cursorGuid !== null)
            expect(gone.has(cursorGuid)).toBe(false);
        }
        for (const { guids, protection, jobId } of input.unfinished) {
          for (const { guid, needsTentativeFirst } of plan.snapshots) {
            if (!guids.has(guid) || !gone.has(guid)) continue;
            expect(protection).toBe('incremental');
            expect(needsTentativeFirst).toContain(jobId);
          }
        }
      }),
    );
  });

  it('is done after one execution where rules go by count and name', () => {
    const stable = fc.array(
      oneRule.filter(({ type }) => type === 'last_n' || type === 'regex'),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(someKnown, stable, (input, rules) => {
        const plan = planned(input, settings(rules));
        expect(destroyed(planned(without(input, destroyed(plan)), settings(rules))).size).toBe(0);
      }),
    );
  });

  it('is done after one execution of a grid as long as its youngest stays', () => {
    const grids = fc.array(
      oneRule.filter(({ type }) => type === 'grid'),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(someKnown, grids, (input, rules) => {
        // The begin of a grid is its youngest snapshot, so a rule beside it that keeps that one holds the buckets still.
        const anchored = rules.flatMap((rule): KeepRule[] =>
          rule.type === 'grid' ? [rule, { type: 'last_n', count: 1, regex: rule.regex }] : [],
        );
        const plan = planned(input, settings(anchored));
        expect(destroyed(planned(without(input, destroyed(plan)), settings(anchored))).size).toBe(0);
      }),
    );
  });

  it('a grid alone comes to rest, and the newest is there then', () => {
    fc.assert(
      fc.property(someKnown, fc.array(oneRule, { minLength: 1, maxLength: 3 }), (input, rules) => {
        const usable = rules.filter(({ type }) => type !== 'not_replicated');
        if (usable.length === 0) return;
        let current: PruneDataset = input;
        for (let round = 0; round <= input.snapshots.length; round += 1) {
          const gone = destroyed(planned(current, settings(usable)));
          if (gone.size === 0) break;
          current = without(current, gone);
        }
        expect(destroyed(planned(current, settings(usable))).size).toBe(0);
        if (input.snapshots.length > 0) expect(current.snapshots.length).toBeGreaterThan(0);
      }),
    );
  });
});
