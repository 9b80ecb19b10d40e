import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRoute, routeHash, SETUP_STEPS, type SetupStep } from '../../../../renderer/model/route.ts';
import { addedText } from '../../../../renderer/model/setup/added-text.ts';
import { EMPTY_DRAFT, parseDraft, type SetupDraft } from '../../../../renderer/model/setup/draft.ts';
import { firstRun } from '../../../../renderer/model/setup/first-run.ts';
import { provenBy } from '../../../../renderer/model/setup/nas.ts';
import { plannedOf } from '../../../../renderer/model/setup/planned.ts';
import {
  furthestStep,
  type Missing,
  missing,
  type SetupFacts,
  stepAfter,
  stepBefore,
} from '../../../../renderer/model/setup/steps.ts';
import { suggestedOf } from '../../../../renderer/model/setup/ticked.ts';
import { treeOf } from '../../../../renderer/model/setup/tree.ts';
import { NAS_KEY, someMachine } from '../../../e2e/window/support/wizard-machine.ts';
import { finished, job, NOW_MS } from '../../cli/support/example-status.ts';

const FACTS: SetupFacts = { datasets: 13, chosen: 9 };
const NAS = {
  ...EMPTY_DRAFT.nas,
  host: 'nas.lan',
  hostKey: NAS_KEY,
  key: 'nas-lan',
  identityFile: '/var/lib/snapferry/keys/nas-lan/id_ed25519',
  rootFs: 'tank/backup',
  clientIdentity: 'desk',
};
const FULL: SetupDraft = { ...EMPTY_DRAFT, looked: true, nas: { ...NAS, proven: provenBy(NAS) } };

type Lacking = [SetupStep, SetupDraft, SetupFacts, Missing | null];

describe('the steps', () => {
  it.each([
    ['look', EMPTY_DRAFT, { datasets: null, chosen: null }, 'not-looked'],
    ['look', { ...EMPTY_DRAFT, looked: true }, { datasets: null, chosen: null }, null],
    ['look', EMPTY_DRAFT, { datasets: 0, chosen: 0 }, 'no-datasets'],
    ['what', EMPTY_DRAFT, { datasets: 3, chosen: 0 }, 'nothing-chosen'],
    ['where', EMPTY_DRAFT, FACTS, 'machine'],
    ['where', { ...FULL, nas: { ...NAS, hostKey: null } }, FACTS, 'host-key'],
    ['where', { ...FULL, nas: { ...NAS, key: null } }, FACTS, 'key'],
    ['where', { ...FULL, nas: { ...NAS, user: '-x' } }, FACTS, 'account'],
    ['where', { ...FULL, nas: { ...NAS, rootFs: '' } }, FACTS, 'target'],
    ['where', { ...FULL, nas: { ...NAS, rootFs: '/tank' } }, FACTS, 'target'],
    ['where', { ...FULL, nas: NAS }, FACTS, 'not-proven'],
    ['where', { ...FULL, place: 'zrepl' }, FACTS, 'later'],
    ['where', { ...FULL, place: 'drive' }, FACTS, 'drive'],
    ['where', FULL, FACTS, null],
    ['when', { ...FULL, intervalS: 5 }, FACTS, 'schedule'],
    ['when', { ...FULL, keepThere: { grid: [], lastN: null } }, FACTS, 'keep'],
    ['when', FULL, FACTS, null],
    ['plan', FULL, FACTS, 'not-saved'],
    ['plan', { ...FULL, saved: ['nas'] }, FACTS, null],
  ] satisfies Lacking[])('%s lacks what is missing', (step, draft, facts, lacks) => {
    expect(missing(step, draft, facts)).toBe(lacks);
  });

  it('lead no further than the first that is not complete', () => {
    fc.assert(
      fc.property(
        fc.record({
          looked: fc.boolean(),
          nas: fc.constantFrom(EMPTY_DRAFT.nas, NAS, FULL.nas),
          intervalS: fc.constantFrom(1, 900),
          saved: fc.subarray(['nas']),
        }),
        fc.constantFrom(FACTS, { datasets: null, chosen: null }, { datasets: 2, chosen: 0 }),
        (change, facts) => {
          const draft = { ...FULL, ...change };
          const furthest = furthestStep(draft, facts);
          for (const step of SETUP_STEPS.slice(0, SETUP_STEPS.indexOf(furthest))) {
            expect(missing(step, draft, facts)).toBeNull();
          }
          if (furthest !== 'run') expect(missing(furthest, draft, facts)).not.toBeNull();
        },
      ),
    );
  });

  it('come one after the other, and have an address each', () => {
    for (const step of SETUP_STEPS) {
      const after = stepAfter(step);
      if (after !== null) expect(stepBefore(after)).toBe(step);
      expect(parseRoute(routeHash({ page: 'setup', step }))).toEqual({ page: 'setup', step });
    }
    expect(stepBefore('look')).toBeNull();
    expect(stepAfter('run')).toBeNull();
    expect(parseRoute('#/setup/nonsense')).toEqual({ page: 'setup', step: 'look' });
  });
});

describe('a draft', () => {
  it('is the same after it was kept', () => {
    expect(parseDraft(JSON.stringify(FULL))).toEqual(FULL);
    const unfinished = { ...FULL, keepHere: { grid: [], lastN: null }, nas: { ...NAS, host: '', user: '-x' } };
    expect(parseDraft(JSON.stringify(unfinished))).toEqual(unfinished);
  });

  it.each([null, '', '{', '[]', '{"looked":true}', JSON.stringify({ ...FULL, password: 'x' })])(
    'is a new one for %j',
    (text) => expect(parseDraft(text)).toBe(EMPTY_DRAFT),
  );

  it('never throws, whatever was kept', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseDraft(text)));
  });

  it('becomes jobs that name what is chosen, and no secret', () => {
    const found = someMachine();
    const planned = plannedOf(FULL, treeOf(found.datasets), suggestedOf(found).ticked, []);
    expect(planned).toMatchObject({ name: 'nas', nameFits: true, names: ['nas', 'nas-plain'], faults: [] });
    expect(planned.edits).toHaveLength(2);
    expect(JSON.stringify(planned.edits)).toContain(NAS_KEY);
  });

  it('tells what stands in its way', () => {
    const found = someMachine();
    const { ticked } = suggestedOf(found);
    const roots = treeOf(found.datasets);
    expect(plannedOf({ ...FULL, name: 'nas' }, roots, ticked, ['nas']).faults).toContain('name-taken');
    const alone = { ...FULL, nas: { ...FULL.nas, clientIdentity: '' } };
    expect(plannedOf(alone, roots, ticked, []).faults).toContain('identity-needed');
    expect(plannedOf({ ...FULL, name: 'no/name' }, roots, ticked, [])).toMatchObject({ nameFits: false, edits: [] });
    expect(plannedOf(EMPTY_DRAFT, roots, ticked, []).edits).toEqual([]);
  });
});

describe('the first run', () => {
  it.each([
    [null, false, 'not-there'],
    [job('nas'), false, 'to-begin'],
    [job('nas'), true, 'asked'],
    [job('nas', { stage: 'replicating' }), true, 'running'],
    [job('nas', { lastSuccessMs: NOW_MS }), true, 'done'],
    [job('nas', { replication: finished([], 'failed') }), true, 'failed'],
  ] as const)('%# stands as it is', (of, begun, state) => {
    const plain = of === null ? null : { ...of, lastSuccessMs: state === 'done' ? NOW_MS : null };
    expect(firstRun(plain, begun)).toBe(state);
  });
});

describe('what is added to a file', () => {
  it('is told without what was there', () => {
    expect(addedText('a:\n  - 1\n# end\n', 'a:\n  - 1\n  - 2\n# end\n')).toBe('  - 2');
    expect(addedText('a\n', 'a\n')).toBe('');
    expect(addedText('', 'x: 1\n')).toBe('x: 1');
  });
});
