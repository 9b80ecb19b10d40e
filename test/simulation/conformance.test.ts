/** The conformance cases on simulated machines; the lab runs the same ones on real ones. */
import { describe, expect, it } from 'vitest';
import { ALL_CASES } from '../conformance/all-cases.ts';
import { type SimFixtureOptions, simFixture } from './fixture.ts';

const MACHINES: readonly SimFixtureOptions[] = [
  { source: '2.3', target: '2.3', listing: 'direct' },
  { source: '2.1', target: '2.1', listing: 'text' },
  { source: '2.3', target: '2.1', listing: 'direct' },
  { source: '2.1', target: '2.3', listing: 'text' },
];

it('there are cases enough to be worth the name, each under a name of its own', () => {
  const names = Object.values(ALL_CASES).flatMap((cases) => cases.map(({ name }) => name));
  expect(names.length).toBeGreaterThanOrEqual(150);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(MACHINES)('simulated $source to $target, listings as $listing', (machines) => {
  describe.each(Object.entries(ALL_CASES))('%s', (_, cases) => {
    it.each(cases)('$name', async ({ run }) => run(simFixture(machines), expect));
  });
});
