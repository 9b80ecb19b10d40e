/** Makes a failing scenario small: whatever it fails without is left out, one thing after the other. */
import type { Result } from './run.ts';
import type { Act, Scenario } from './scenario.ts';

type Smaller = (scenario: Scenario) => readonly Scenario[];

const without = <T>(items: readonly T[], index: number): readonly T[] => items.filter((_, at) => at !== index);

const withoutFaults: Smaller = (scenario) =>
  scenario.faults.map((_, index) => ({ ...scenario, faults: without(scenario.faults, index) }));

const withoutActs: Smaller = (scenario) =>
  scenario.acts.length === 1
    ? []
    : scenario.acts.map((_, index) => ({ ...scenario, acts: without(scenario.acts, index) }));

function smallerActs(act: Act): readonly Act[] {
  return [
    ...act.work.map((_, index) => ({ ...act, work: without(act.work, index) })),
    ...act.deeds.map((_, index) => ({ ...act, deeds: without(act.deeds, index) })),
    ...(act.settings === null ? [] : [{ ...act, settings: null }]),
    ...(act.restart ? [{ ...act, restart: false }] : []),
    ...(act.passMs > 0 ? [{ ...act, passMs: 0 }] : []),
    ...(act.drives ?? []).map((_, index) => ({ ...act, drives: without(act.drives ?? [], index) })),
  ];
}

const withSmallerActs: Smaller = (scenario) =>
  scenario.acts.flatMap((act, index) =>
    smallerActs(act).map((smaller) => ({ ...scenario, acts: scenario.acts.with(index, smaller) })),
  );

const withLess: Smaller = (scenario) => [
  ...(scenario.jobs === 2 ? [{ ...scenario, jobs: 1 } as const] : []),
  ...(scenario.encrypted ? [{ ...scenario, encrypted: false }] : []),
  ...(scenario.datasets.length > 1 ? [{ ...scenario, datasets: scenario.datasets.slice(0, -1) }] : []),
];

/**
 * The smallest scenario found that breaks the same rule.
 * @param run a whole run; called often
 */
export async function shrink(
  scenario: Scenario,
  rule: string,
  run: (scenario: Scenario) => Promise<Result>,
): Promise<Scenario> {
  let smallest = scenario;
  for (let found = true; found; ) {
    found = false;
    for (const smaller of [withoutFaults, withoutActs, withLess, withSmallerActs]) {
      for (let candidates = smaller(smallest), at = 0; at < candidates.length; at++) {
        const candidate = candidates[at];
        if (candidate === undefined) break;
        const { violations } = await run(candidate);
        if (violations[0]?.rule !== rule) continue;
        smallest = candidate;
        candidates = smaller(smallest);
        at = -1;
        found = true;
      }
    }
  }
  return smallest;
}
